#include "engine/rewrite/evaluate.hpp"

#include "engine/dump/error.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/hashed.hpp"

#include <algorithm>
#include <utility>

namespace dqrewrite {

using Kind = program::Expression::Kind;
using Form = program::Expression::Form;

namespace {

// A datum that points at no memory.
bool stands_alone(const Datum& datum) {
    switch (datum.kind) {
    case Datum::Kind::none:
    case Datum::Kind::boolean:
    case Datum::Kind::integer:
    case Datum::Kind::real:
    case Datum::Kind::node:
    case Datum::Kind::op:
    case Datum::Kind::type:
    case Datum::Kind::table: return true;
    default: return false;
    }
}

}  // namespace

Evaluator::Evaluator(const program::Program& program, Graph& graph, Binding& binding, Arena& arena, Tables& tables,
                     Budget& budget, PatternTest& patterns)
    : program_(program), graph_(graph), binding_(binding), arena_(arena), tables_(tables), budget_(budget),
      patterns_(patterns), last_found_(program.meta_paths) {
    const bool asked_before = graph.meta_answers().ask(program.number);
    touches_meta_ = program.asks_more_of_meta || (!program.questions.empty() && !asked_before);
    constants_.reserve(program.constants.size());
    for (const Value& value : program.constants) constants_.push_back(from_constant(value, constant_memory_));
}

// -- failures

bool Evaluator::fail(const Location& at, const char* message, const Datum& first, const Datum& second) {
    problem_ = {at, message, first, second};
    return false;
}

Evaluator::Failure Evaluator::failure() const {
    Failure failure{problem_.location, {}};
    for (const char* at = problem_.message; *at; ++at) {
        if (*at != '%') {
            failure.message += *at;
            continue;
        }
        if (*++at == '%') {
            failure.message += '%';
            continue;
        }
        const Datum& datum = *at == '1' || *at == 'a' ? problem_.first : problem_.second;
        failure.message +=
            *at == '1' || *at == '2' ? std::string(type_name(datum)) : printable(to_brief_repr(graph_, datum));
    }
    return failure;
}

// -- entry points

bool Evaluator::judge_other(const Expression& e, Datum* frame, bool& out) {
    switch (e.kind) {
    case Kind::compare: return e.form == Form::length_test ? compare_length(e, frame, out) : compare(e, frame, out);
    case Kind::is:
    case Kind::is_not: return is(e, frame, out);
    case Kind::not_: {
        if (!judge(program_[e.children[0]], frame, out)) return false;
        out = !out;
        return true;
    }
    case Kind::and_:
    case Kind::or_:
        for (ExpressionId child : e.children) {
            if (!judge(program_[child], frame, out)) return false;
            if (out == (e.kind == Kind::or_)) return true;
        }
        return true;
    case Kind::define: {
        Datum* own = enter_define(e, frame);
        return own && judge(program_[program_[e.define].body], own, out);
    }
    case Kind::attribute:
    case Kind::subscript: {
        Referent referent;
        bool found = e.kind == Kind::attribute ? attribute(e, frame, referent) : subscript(e, frame, referent);
        return found && truth_of_referent(e.location, referent, out);
    }
    default: {
        Datum value;
        if (!evaluate(e, frame, value)) return false;
        out = truth_of_value(value);
        return true;
    }
    }
}

bool Evaluator::find_answer(const Expression& e, NodeId asked, uint32_t question, Datum* frame, bool& out) {
    const bool outer = std::exchange(left_metadata_, false);
    const bool known = judge_other(e, frame, out);
    if (known && !left_metadata_) graph_.meta_answers().set(asked, question, out);
    left_metadata_ |= outer;
    return known;
}

void Evaluator::answer(uint32_t question, Datum* frame) {
    const program::MetaQuestion& asked = program_.questions[question];
    bool unused = false;
    find_answer(program_[asked.expression], frame[static_cast<size_t>(asked.variable)].node, question, frame, unused);
}

bool Evaluator::truth_of_value(const Datum& value) const {
    return value.kind == Datum::Kind::table ? !tables_.keys(value.table).empty() : truth(value);
}

bool Evaluator::unpack_row(const program::Target& to, const Datum& value, Datum* frame, const Location& location) {
    if (!is_sequence(value)) return fail(location, "%1 cannot be unpacked", value);
    if (value.size != to.parts.size())
        return fail(location, "%a items cannot be unpacked to %b", make_integer(value.size),
                    make_integer(static_cast<int64_t>(to.parts.size())));
    for (size_t i = 0; i < to.parts.size(); ++i)
        if (!unpack(to.parts[i], value.items[i], frame, location)) return false;
    return true;
}

// For what is evaluated again and again: gives the arena back what it took, if the value does not point there.
bool Evaluator::evaluate_item(ExpressionId expression, Datum* frame, Datum& out) {
    Arena::Mark mark = arena_.mark();
    if (!evaluate(expression, frame, out)) return false;
    if (stands_alone(out)) arena_.release(mark);
    return true;
}

// What is neither a variable nor a constant. What it calls is to stay out of line, so that it has nothing
// to save.
bool Evaluator::compute(const Expression& e, Datum* frame, Datum& out) {
    switch (e.kind) {
    case Kind::constant:
    case Kind::variable: return false;  // evaluate() has done them
    case Kind::op:
    case Kind::type:
    case Kind::table: return named_value(e, out);
    case Kind::list: return sequence(e, Datum::Kind::list, frame, out);
    case Kind::tuple: return sequence(e, Datum::Kind::tuple, frame, out);
    case Kind::set: return set_display(e, frame, out);
    case Kind::dict: return dict_display(e, frame, out);
    case Kind::list_comprehension:
        if (e.form == Form::users_list) return collect_users(e, frame, out);
        [[fallthrough]];
    case Kind::generator: return list_comprehension(e, frame, out);
    case Kind::set_comprehension:
    case Kind::dict_comprehension: return hashed_comprehension(e, frame, out);
    case Kind::attribute:
    case Kind::subscript:
    case Kind::and_:
    case Kind::or_: return referred(e, frame, out);
    case Kind::slice: return slice(e, frame, out);
    case Kind::call: return call(e, frame, out);
    case Kind::method: return method(e, frame, out);
    case Kind::define: return define(e, frame, out);
    case Kind::compare:
    case Kind::is:
    case Kind::is_not:
    case Kind::not_: return boolean_of(e, frame, out);
    case Kind::conditional: return conditional(e, frame, out);
    case Kind::walk: return walk(e, frame, out);
    case Kind::format: return format(e, frame, out);
    case Kind::negate: return negative(e, frame, out);
    case Kind::binary: return binary(e, frame, out);
    case Kind::star:
    case Kind::double_star:
    case Kind::keyword: return fail_as_spread(e.location);
    }
    return false;
}

[[gnu::noinline]] bool Evaluator::fail_as_spread(const Location& at) {
    return fail(at, "this stands alone");
}

// Of an op, a type or a table.
[[gnu::noinline]] bool Evaluator::named_value(const Expression& e, Datum& out) {
    out = {};
    if (e.kind == Kind::op) {
        out = make_op(binding_.symbol(e.op));
    } else if (e.kind == Kind::type) {
        out.kind = Datum::Kind::type;
        out.function = e.function;
    } else {
        out.kind = Datum::Kind::table;
        out.table = e.table;
    }
    return true;
}

[[gnu::noinline]] bool Evaluator::boolean_of(const Expression& e, Datum* frame, Datum& out) {
    bool result = false;
    if (!judge(e, frame, result)) return false;
    out = make_boolean(result);
    return true;
}

// -- containers

bool Evaluator::check_extent(const Location& at, std::span<const Datum> items) {
    Extent whole;
    bool nested = std::ranges::any_of(items, is_container);
    whole.weight = nested ? 0 : items.size();
    if (nested) {
        for (const Datum& item : items) {
            Extent extent = extent_of(item);
            whole.weight += extent.weight;
            whole.nesting = std::max(whole.nesting, extent.nesting);
        }
        budget_.spend(whole.weight, at);
    }
    if (whole.weight > max_weight) return fail(at, "the value is too large");
    return whole.nesting < max_nesting || fail(at, "the value is nested too deeply");
}

// `items` lie in the arena.
bool Evaluator::finish(const Location& at, Datum::Kind kind, std::span<const Datum> items, Datum& out) {
    out = make_items(kind, items);
    return check_extent(at, items);
}

// What was pushed from `base` on, in the arena.
std::span<const Datum> Evaluator::pushed(size_t base) {
    size_t count = stack_.size() - base;
    Datum* items = arena_.data(count);
    std::copy(stack_.begin() + static_cast<std::ptrdiff_t>(base), stack_.end(), items);
    return {items, count};
}

bool Evaluator::finish_text(const Location& at, std::string_view text, Datum& out) {
    budget_.spend(text.size() / text_per_step, at);
    if (text.size() > max_text) return fail(at, "the text is too long");
    out = make_text(Datum::Kind::string, arena_.copy(text));
    return true;
}

bool Evaluator::check_key(const Location& at, const Datum& key) {
    spend_on_reading(at, key);
    return hashable(key) || fail(at, "%1 cannot be a key", key);
}

// The values of children, with what stands behind a star spread.
bool Evaluator::row(std::span<const ExpressionId> children, Datum* frame, std::span<const Datum>& out) {
    bool spread =
        std::ranges::any_of(children, [&](ExpressionId child) { return program_[child].kind == Kind::star; });
    if (spread) {
        Scratch scratch(*this);
        if (!push_row(children, frame)) return false;
        out = pushed(scratch.base());
        return true;
    }
    Datum* items = arena_.data(children.size());
    for (size_t i = 0; i < children.size(); ++i)
        if (!evaluate(children[i], frame, items[i])) return false;
    out = {items, children.size()};
    return true;
}

bool Evaluator::push_row(std::span<const ExpressionId> children, Datum* frame) {
    for (ExpressionId child : children) {
        const Expression& e = program_[child];
        Datum item;
        if (e.kind != Kind::star) {
            if (!evaluate(child, frame, item)) return false;
            stack_.push_back(item);
            continue;
        }
        Visit end = each(e.children[0], frame, [&](const Datum& spread) {
            stack_.push_back(spread);
            return Visit::more;
        });
        if (end == Visit::failed) return false;
    }
    return true;
}

[[gnu::noinline]] bool Evaluator::sequence(const Expression& e, Datum::Kind kind, Datum* frame, Datum& out) {
    std::span<const Datum> items;
    return row(e.children, frame, items) && finish(e.location, kind, items, out);
}

bool Evaluator::set_display(const Expression& e, Datum* frame, Datum& out) {
    std::span<const Datum> items;
    if (!row(e.children, frame, items)) return false;
    HashedItems set(Datum::Kind::set, arena_);
    for (const Datum& item : items) {
        if (!check_key(e.location, item)) return false;
        set.insert(item);
    }
    out = set.finish();
    return check_extent(e.location, out.item_span());
}

bool Evaluator::dict_display(const Expression& e, Datum* frame, Datum& out) {
    HashedItems dict(Datum::Kind::dict, arena_);
    for (size_t i = 0; i < e.children.size();) {
        const Expression& child = program_[e.children[i]];
        Datum key, value;
        if (child.kind == Kind::double_star) {
            bool is_mapping = false;
            if (!evaluate(child.children[0], frame, value) || !as_dict(child.location, value, is_mapping, value))
                return false;
            if (!is_mapping) return fail(child.location, "%1 has no keys to spread", value);
            for (size_t k = 0; k < value.size; k += 2) dict.insert(value.items[k], value.items[k + 1]);
            budget_.spend(value.size / 2, e.location);
            ++i;
            continue;
        }
        if (!evaluate(e.children[i], frame, key) || !evaluate(e.children[i + 1], frame, value)) return false;
        if (!check_key(child.location, key)) return false;
        dict.insert(key, value);
        i += 2;
    }
    out = dict.finish();
    return check_extent(e.location, out.item_span());
}

// -- what decides between expressions

bool Evaluator::conditional(const Expression& e, Datum* frame, Datum& out) {
    bool ok;
    bool first = truth_of(e.children[1], frame, ok);
    return ok && evaluate(e.children[first ? 0 : 2], frame, out);
}

bool Evaluator::is(const Expression& e, Datum* frame, bool& out) {
    Datum value;
    if (!evaluate(e.children[0], frame, value)) return false;
    out = patterns_.matches(e.pattern, value, frame) == (e.kind == Kind::is);
    return true;
}

bool Evaluator::format(const Expression& e, Datum* frame, Datum& out) {
    std::string text;
    for (ExpressionId child : e.children) {
        Datum value;
        if (!evaluate(child, frame, value)) return false;
        if (is_container(value)) budget_.spend(extent_of(value).weight, e.location);
        text += to_text(graph_, value, max_text);
        if (text.size() > max_text) break;
    }
    return finish_text(e.location, text, out);
}

// The frame of a define with its parameters set; null where one cannot be evaluated.
Datum* Evaluator::enter_define(const Expression& e, Datum* frame) {
    const program::Define& called = program_[e.define];
    budget_.spend(1, e.location);
    const size_t wanted = called.parameters;
    const size_t variables = called.variables.size();
    Datum* own = arena_.data(variables);
    for (size_t i = wanted; i < variables; ++i) own[i] = {};
    if (e.form == Form::plain_define) {
        for (size_t i = 0; i < wanted; ++i)
            if (!evaluate(e.children[i], frame, own[i])) return nullptr;
        return own;
    }
    std::span<const Datum> given;
    if (!row(e.children, frame, given)) return nullptr;
    if (given.size() != wanted) {
        fail(e.location, "%a arguments are needed, not %b", make_integer(static_cast<int64_t>(wanted)),
             make_integer(static_cast<int64_t>(given.size())));
        return nullptr;
    }
    std::copy(given.begin(), given.end(), own);
    return own;
}

bool Evaluator::define(const Expression& e, Datum* frame, Datum& out) {
    Arena::Mark mark = arena_.mark();
    Datum* own = enter_define(e, frame);
    if (!own || !evaluate(program_[e.define].body, own, out)) return false;
    if (stands_alone(out)) arena_.release(mark);
    return true;
}

}  // namespace dqrewrite
