// The evaluator: iteration, comprehensions, walks.

#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/hashed.hpp"
#include "engine/rewrite/strings.hpp"

namespace dqrewrite {

using Kind = program::Expression::Kind;
using Form = program::Expression::Form;
using program::Function;

Evaluator::Visit Evaluator::stop(const Location& at, const char* message, const Datum& first) {
    fail(at, message, first);
    return Visit::failed;
}

// Asks a generator, a walk, a range and enumerate() for one item at a time.
Evaluator::Visit Evaluator::each(ExpressionId expression, Datum* frame, Visitor visit) {
    const Expression& e = program_[expression];
    if (e.kind == Kind::generator) {
        return loops(e, 0, frame, [&] {
            Datum item;
            return evaluate_item(e.children[0], frame, item) ? visit(item) : Visit::failed;
        });
    }
    if (e.kind == Kind::walk) return each_walked(e, frame, visit);
    if (e.kind == Kind::call && e.function == Function::range) return each_in_range(e, frame, visit);
    if (e.kind == Kind::call && e.function == Function::enumerate) return each_numbered(e, frame, visit);
    if (e.kind == Kind::attribute && e.field == program::Field::users) return each_user(e, frame, visit);
    Datum value;
    return evaluate(expression, frame, value) ? each_of(e.location, value, visit) : Visit::failed;
}

// The users of a node are not made a list first.
Evaluator::Visit Evaluator::each_user(const Expression& e, Datum* frame, Visitor visit) {
    bool of_arg = is_arg(e.children[0]);
    Referent object;
    if (!refer(of_arg ? program_[e.children[0]].children[0] : e.children[0], frame, object)) return Visit::failed;
    if (of_arg || object.kind != Referent::Kind::datum || object.datum.kind != Datum::Kind::node) {
        Referent found;
        Datum value;
        return attribute_of_referent(e, object, found) && value_of(e.location, found, value)
                   ? each_of(e.location, value, visit)
                   : Visit::failed;
    }
    if (!alive(e.location, object.datum.node)) return Visit::failed;
    NodeScratch users(*this);
    const size_t repeats = graph_.users(object.datum.node, nodes_);
    const size_t end = nodes_.size();
    budget_.spend(2 * (end - users.base()) + repeats / uses_per_step, e.location);  // each is collected and visited
    Visit last = Visit::more;
    for (size_t i = users.base(); i < end && last == Visit::more; ++i) last = visit(make_node(nodes_[i]));
    return last;
}

Evaluator::Visit Evaluator::each_of(const Location& at, const Datum& value, Visitor visit) {
    auto visit_all = [&](std::span<const Datum> items, size_t stride) {
        Visit last = Visit::more;
        for (size_t i = 0; i < items.size() && last == Visit::more; i += stride) {
            budget_.spend(1, at);
            last = visit(items[i]);
        }
        return last;
    };
    if (value.kind == Datum::Kind::table) return visit_all(tables_.keys(value.table), 1);
    if (is_sequence(value) || value.kind == Datum::Kind::set) return visit_all(value.item_span(), 1);
    if (value.kind == Datum::Kind::string) {
        Visit last = Visit::more;
        for (std::string_view left = value.text_view(); !left.empty() && last == Visit::more;) {
            budget_.spend(1, at);
            Datum character = make_text(Datum::Kind::string, first_character(left));
            left.remove_prefix(character.size);
            last = visit(character);
        }
        return last;
    }
    bool is_mapping = false;
    Datum dict;
    if (!as_dict(at, value, is_mapping, dict)) return Visit::failed;
    if (is_mapping) return visit_all(dict.item_span(), 2);
    return stop(at, "%1 cannot be iterated", value);
}

Evaluator::Visit Evaluator::each_in_range(const Expression& e, Datum* frame, Visitor visit) {
    std::span<const Datum> values;
    if (!row(e.children, frame, values)) return Visit::failed;
    if (values.empty() || values.size() > 3) return stop(e.location, "range() takes 1 to 3 arguments");
    int64_t numbers[3] = {0, 0, 1};
    for (size_t i = 0; i < values.size(); ++i) {
        if (values[i].kind != Datum::Kind::integer && values[i].kind != Datum::Kind::boolean)
            return stop(e.location, "range() takes int, not %1", values[i]);
        int64_t number = values[i].kind == Datum::Kind::boolean ? values[i].boolean : values[i].integer;
        numbers[values.size() == 1 ? 1 : i] = number;
    }
    auto [start, limit, step] = numbers;
    if (step == 0) return stop(e.location, "the step of range() cannot be zero");
    auto first = static_cast<uint64_t>(start), last_but = static_cast<uint64_t>(limit);
    auto stride = static_cast<uint64_t>(step);
    uint64_t count = 0;
    if (step > 0 && start < limit) count = (last_but - first - 1) / stride + 1;
    if (step < 0 && start > limit) count = (first - last_but - 1) / (0 - stride) + 1;
    Visit last = Visit::more;
    for (uint64_t i = 0; i < count && last == Visit::more; ++i) {
        budget_.spend(1, e.location);
        last = visit(make_integer(static_cast<int64_t>(first + i * stride)));
    }
    return last;
}

Evaluator::Visit Evaluator::each_numbered(const Expression& e, Datum* frame, Visitor visit) {
    Datum start = make_integer(0);
    if (program_[e.children[0]].kind == Kind::star || e.children.size() > 2)
        return stop(e.location, "enumerate() takes what is enumerated and a start");
    if (e.children.size() == 2 && !evaluate(e.children[1], frame, start)) return Visit::failed;
    if (start.kind != Datum::Kind::integer) return stop(e.location, "%1 is no start for enumerate()", start);
    auto number = static_cast<uint64_t>(start.integer);
    return each(e.children[0], frame, [&](const Datum& item) {
        Datum* pair = arena_.data(2);
        pair[0] = make_integer(static_cast<int64_t>(number++));
        pair[1] = item;
        Datum numbered;
        return finish(e.location, Datum::Kind::tuple, {pair, 2}, numbered) ? visit(numbered) : Visit::failed;
    });
}

// Calls `visit` with the variables of the loops from `loop` on set, as often as the loops and filters say.
Evaluator::Visit Evaluator::loops(const Expression& e, size_t loop, Datum* frame, FunctionRef<Visit()> visit) {
    if (loop == e.loops.size()) return visit();
    const Expression::Loop& here = e.loops[loop];
    return each(here.iterable, frame, [&](const Datum& item) {
        if (!unpack(here.target, item, frame, e.location)) return Visit::failed;
        bool taken = true;
        if (!passes(here.filters, frame, taken)) return Visit::failed;
        if (!taken) return Visit::more;
        return loop + 1 == e.loops.size() ? visit() : loops(e, loop + 1, frame, visit);
    });
}

// Once for each item of a loop: what was made for it is not needed any more.
bool Evaluator::judge_item(const Expression& e, Datum* frame, bool& out) {
    const Arena::Mark mark = arena_.mark();
    if (!judge(e, frame, out)) return false;
    arena_.release(mark);
    return true;
}

// `[u for u in n.users if …]`
bool Evaluator::collect_users(const Expression& e, Datum* frame, Datum& out) {
    const Datum& owner = frame[static_cast<size_t>(e.variable)];
    if (owner.kind != Datum::Kind::node) return list_comprehension(e, frame, out);
    const auto at = [&]() -> const Location& { return program_[e.loops[0].iterable].location; };
    if (graph_.erased(owner.node)) [[unlikely]]
        return fail_as_erased(at(), owner.node);
    const size_t count = graph_.user_count(owner.node);
    budget_.spend(2 * count, at);
    if (count > max_weight) return fail(e.location, "the value is too large");
    Datum* const items = arena_.data(count);
    if (const size_t repeats = graph_.users(owner.node, items, make_node)) [[unlikely]]
        budget_.spend(repeats / uses_per_step, at);
    Datum* last = items;
    if (e.op_set != program::none_of<program::OpSetId>) {
        for (const Datum& user : std::span(items, count))
            if (is_call_of(user.node, e.op_set) == e.in_set) *last++ = user;
    } else {
        Datum& variable = frame[static_cast<size_t>(program_[e.children[0]].variable)];
        for (const Datum& user : std::span(items, count)) {
            variable = user;
            bool taken = true;
            if (!passes(e.loops[0].filters, frame, taken)) return false;
            if (taken) *last++ = variable;
        }
    }
    out = make_items(Datum::Kind::list, {items, last});
    return true;
}

bool Evaluator::list_comprehension(const Expression& e, Datum* frame, Datum& out) {
    Scratch scratch(*this);
    Visit end = loops(e, 0, frame, [&] {
        Datum item;
        if (!evaluate_item(e.children[0], frame, item)) return Visit::failed;
        stack_.push_back(item);
        return Visit::more;
    });
    return end != Visit::failed && finish(e.location, Datum::Kind::list, pushed(scratch.base()), out);
}

// Of a dict or a set.
bool Evaluator::hashed_comprehension(const Expression& e, Datum* frame, Datum& out) {
    bool is_dict = e.kind == Kind::dict_comprehension;
    HashedItems items(is_dict ? Datum::Kind::dict : Datum::Kind::set, arena_);
    Visit end = loops(e, 0, frame, [&] {
        Datum key, value;
        if (!evaluate_item(e.children[0], frame, key) || !check_key(e.location, key)) return Visit::failed;
        if (is_dict && !evaluate_item(e.children[1], frame, value)) return Visit::failed;
        items.insert(key, value);
        return Visit::more;
    });
    out = items.finish();
    return end != Visit::failed && check_extent(e.location, out.item_span());
}

// -- walks

// Breadth first: what was entered is kept level by level. A node is visited as soon as it is entered.
Evaluator::Visit Evaluator::each_walked(const Expression& e, Datum* frame, Visitor visit) {
    NodeScratch entered(*this);
    Datum start;
    if (!evaluate(e.children[0], frame, start)) return Visit::failed;
    if (start.kind != Datum::Kind::node) return stop(e.location, "a walk starts from a node, not from %1", start);
    if (!alive(e.location, start.node)) return Visit::failed;
    HashedItems seen(Datum::Kind::set, arena_);
    seen.insert(start);
    nodes_.push_back(start.node);
    Visit last = visit(start);
    size_t level = entered.base();
    for (uint32_t depth = 0; depth < e.bound && level < nodes_.size(); ++depth) {
        for (size_t end = nodes_.size(); level < end && last == Visit::more; ++level) {
            frame[static_cast<size_t>(e.variable)] = make_node(nodes_[level]);
            Datum next;
            last = evaluate(e.children[1], frame, next) ? enter(e, frame, next, seen, visit) : Visit::failed;
        }
        if (last != Visit::more) break;
    }
    return last;
}

// Enters what one step leads to: of a node or a row of values, the nodes that are new and meet the condition.
Evaluator::Visit Evaluator::enter(const Expression& e, Datum* frame, const Datum& next, HashedItems& seen,
                                  Visitor visit) {
    std::span<const Datum> candidates = is_sequence(next) ? next.item_span() : std::span(&next, 1);
    Visit last = Visit::more;
    for (size_t i = 0; i < candidates.size() && last == Visit::more; ++i) {
        const Datum& candidate = candidates[i];
        budget_.spend(1, e.location);
        if (candidate.kind != Datum::Kind::node || !seen.insert(candidate)) continue;
        if (!alive(e.location, candidate.node)) return Visit::failed;
        frame[static_cast<size_t>(e.variable)] = candidate;
        Datum enters;
        if (!evaluate_item(e.children[2], frame, enters)) return Visit::failed;
        if (!truth_of_value(enters)) continue;
        nodes_.push_back(candidate.node);
        last = visit(candidate);
    }
    return last;
}

bool Evaluator::walk(const Expression& e, Datum* frame, Datum& out) {
    Scratch scratch(*this);
    const Visit last = each_walked(e, frame, [&](const Datum& node) {
        stack_.push_back(node);
        return Visit::more;
    });
    return last != Visit::failed && finish(e.location, Datum::Kind::list, pushed(scratch.base()), out);
}

}  // namespace dqrewrite
