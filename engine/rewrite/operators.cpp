// The evaluator: operators.

#include "engine/rewrite/arithmetic.hpp"
#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/hashed.hpp"

#include <algorithm>

namespace dqrewrite {

using program::Operator;

namespace {

using Kind = Datum::Kind;

const char* cannot_calculate(Operator op) {
    switch (op) {
    case Operator::add: return "%1 + %2 has no value";
    case Operator::subtract: return "%1 - %2 has no value";
    case Operator::multiply: return "%1 * %2 has no value";
    case Operator::divide: return "%1 / %2 has no value";
    case Operator::floor_divide: return "%1 // %2 has no value";
    case Operator::modulo: return "%1 %% %2 has no value";
    default: return "%1 ** %2 has no value";
    }
}

bool is_number(const Datum& datum) {
    return datum.kind == Kind::boolean || datum.kind == Kind::integer || datum.kind == Kind::real ||
           datum.kind == Kind::big_integer;
}

bool is_membership(Operator op) {
    return op == Operator::in || op == Operator::not_in;
}

bool is_row(const Datum& datum) {
    return is_sequence(datum) || datum.kind == Kind::string;
}

// Two lists, two tuples; a list of metadata goes with both.
bool can_be_joined(const Datum& a, const Datum& b) {
    return is_sequence(a) && is_sequence(b) && (a.kind == b.kind || a.from_metadata || b.from_metadata);
}

bool compare_integers(Operator op, int64_t a, int64_t b) {
    switch (op) {
    case Operator::equal: return a == b;
    case Operator::not_equal: return a != b;
    case Operator::less: return a < b;
    case Operator::less_equal: return a <= b;
    case Operator::greater: return a > b;
    default: return a >= b;
    }
}

std::optional<int64_t> as_count(const Datum& datum) {
    if (datum.kind == Kind::integer) return datum.integer;
    if (datum.kind == Kind::boolean) return datum.boolean;
    return {};
}

}  // namespace

bool Evaluator::negative(const Expression& e, Datum* frame, Datum& out) {
    Datum value;
    if (!evaluate(e.children[0], frame, value)) return false;
    const char* problem = negate(value, out);
    return !problem || fail(e.location, problem, value);
}

bool Evaluator::binary(const Expression& e, Datum* frame, Datum& out) {
    Datum a, b;
    return evaluate(e.children[0], frame, a) && evaluate(e.children[1], frame, b) &&
           calculated(e.location, e.operators[0], a, b, out);
}

bool Evaluator::calculated(const Location& at, Operator op, const Datum& a, const Datum& b, Datum& out) {
    if (is_number(a) && is_number(b)) {
        const char* problem = calculate(op, a, b, out);
        return !problem || fail(at, problem, a, b);
    }
    if (op == Operator::add && a.kind == Kind::string && b.kind == Kind::string) {
        return finish_text(at, cleared_text().append(a.text_view()).append(b.text_view()), out);
    }
    if (op == Operator::add && can_be_joined(a, b)) return concatenate(at, a, b, out);
    if (op == Operator::multiply && is_row(a) && as_count(b)) return repeat(at, a, *as_count(b), out);
    if (op == Operator::multiply && is_row(b) && as_count(a)) return repeat(at, b, *as_count(a), out);
    if (op == Operator::subtract && a.kind == Kind::set && b.kind == Kind::set) {
        HashedItems left(Kind::set, arena_);
        budget_.spend(a.size, at);
        for (const Datum& item : a.item_span())
            if (!find_key(b, item)) left.insert(item);
        out = left.finish();
        return true;
    }
    return fail(at, cannot_calculate(op), a, b);
}

bool Evaluator::concatenate(const Location& at, const Datum& a, const Datum& b, Datum& out) {
    size_t size = size_t{a.size} + b.size;
    if (size > max_weight) return fail(at, "the value is too large");
    budget_.spend(size, at);
    Datum* items = arena_.data(size);
    std::copy_n(b.items, b.size, std::copy_n(a.items, a.size, items));
    bool from_metadata = a.from_metadata && b.from_metadata;
    if (!finish(at, a.from_metadata ? b.kind : a.kind, {items, size}, out)) return false;
    out.from_metadata = from_metadata;
    return true;
}

bool Evaluator::repeat(const Location& at, const Datum& a, int64_t times, Datum& out) {
    size_t count = times > 0 ? static_cast<size_t>(times) : 0;
    bool is_text = a.kind == Kind::string;
    if (a.size > 0 && count > (is_text ? max_text : max_weight) / a.size) return fail(at, "the value is too large");
    size_t size = count * a.size;
    budget_.spend(size, at);
    if (is_text) {
        char* text = arena_.bytes(size);
        for (size_t i = 0; i < size; i += a.size) std::copy_n(a.text, a.size, text + i);
        out = make_text(Kind::string, {text, size});
        return true;
    }
    Datum* items = arena_.data(size);
    for (size_t i = 0; i < size; i += a.size) std::copy_n(a.items, a.size, items + i);
    if (!finish(at, a.kind, {items, size}, out)) return false;
    out.from_metadata = a.from_metadata;
    return true;
}

// -- comparisons

// `len(x) > 2`, of which most comparisons are, counts to three and no further.
bool Evaluator::compare_length(const Expression& e, Datum* frame, bool& out) {
    const int64_t number = constants_[e.constant].integer;
    size_t length = 0;
    if (e.variable != program::no_variable && is_sequence(frame[static_cast<size_t>(e.variable)])) {
        length = frame[static_cast<size_t>(e.variable)].size;
    } else {
        size_t enough = number < 0 ? 0 : static_cast<size_t>(number) + 1;
        if (!this->length(program_[e.children[0]], enough, frame, length)) return false;
    }
    out = compare_integers(e.operators[0], static_cast<int64_t>(length), number);
    return true;
}

bool Evaluator::compare(const Expression& e, Datum* frame, bool& out) {
    Datum left, right;
    if (!evaluate(e.children[0], frame, left)) return false;
    out = true;
    for (size_t i = 0; i < e.operators.size() && out; ++i) {
        const bool is_last = i + 1 == e.operators.size();
        if (is_last && is_membership(e.operators[i]) && is_users(e.children[i + 1]))
            return is_in_users(e, left, frame, out);
        if (!evaluate(e.children[i + 1], frame, right)) return false;
        if (!compare_two(e.location, e.operators[i], left, right, out)) return false;
        left = right;
    }
    return true;
}

// What a node's users are asked for most, whether another one is among them, is answered without a list of them.
bool Evaluator::is_in_users(const Expression& e, const Datum& item, Datum* frame, bool& out) {
    const Expression& users = program_[e.children.back()];
    Datum owner;
    if (!evaluate(users.children[0], frame, owner)) return false;
    if (owner.kind == Kind::node && item.kind == Kind::node) {
        if (!alive(users.location, owner.node)) return false;
        const bool lives = !graph_.erased(item.node);
        if (lives)
            budget_.spend(std::min(graph_.operand_count(item.node), graph_.user_count(owner.node)) / uses_per_step,
                          e.location);
        out = lives && graph_.uses(item.node, owner.node);
    } else {
        Referent found;
        Datum list;
        if (!attribute_of(users, owner, strict_, found) || !value_of(users.location, found, list)) return false;
        if (!contains(e.location, list, item, out)) return false;
    }
    out = out == (e.operators.back() == Operator::in);
    return true;
}

bool Evaluator::compare_two(const Location& at, Operator op, const Datum& a, const Datum& b, bool& out) {
    if (is_membership(op)) {
        if (!contains(at, b, a, out)) return false;
        out = out == (op == Operator::in);
        return true;
    }
    if (a.kind == Kind::integer && b.kind == Kind::integer) {
        out = compare_integers(op, a.integer, b.integer);
        return true;
    }
    spend_on_comparison(at, a, b);
    if (op == Operator::equal || op == Operator::not_equal) {
        out = equal(a, b) == (op == Operator::equal);
        return true;
    }
    auto found = order(a, b);
    if (!found) return fail(at, "%1 and %2 have no order", a, b);
    if (op == Operator::less)
        out = *found < 0;
    else if (op == Operator::less_equal)
        out = *found <= 0;
    else if (op == Operator::greater)
        out = *found > 0;
    else
        out = *found >= 0;
    return true;
}

void Evaluator::spend_on_comparison(const Location& at, const Datum& a, const Datum& b) {
    if (is_container(a) && is_container(b))
        budget_.spend(std::min(extent_of(a).weight, extent_of(b).weight), at);
    else if (a.kind == Kind::record || b.kind == Kind::record)
        budget_.spend(a.size / read_per_step + b.size / read_per_step, at);
    else if (a.kind == b.kind)
        spend_on_reading(at, a.size < b.size ? a : b);
}

void Evaluator::spend_on_reading(const Location& at, const Datum& datum) {
    budget_.spend(extent_of(datum).weight / data_per_step, at);
}

// To compare each item of a list or tuple with one.
void Evaluator::spend_on_items(const Location& at, const Datum& row, const Datum& wanted) {
    budget_.spend(
        is_container(wanted) ? extent_of(row).weight : row.size * (1 + extent_of(wanted).weight / data_per_step), at);
}

bool Evaluator::contains(const Location& at, const Datum& container, const Datum& item, bool& out) {
    switch (container.kind) {
    case Kind::list:
    case Kind::tuple:
        spend_on_items(at, container, item);
        out = std::ranges::any_of(container.item_span(), [&](const Datum& each) { return equal(each, item); });
        return true;
    case Kind::set:
        if (!check_key(at, item)) return false;
        out = find_key(container, item) != nullptr;
        return true;
    case Kind::string:
        if (item.kind != Kind::string) return fail(at, "%1 cannot be looked for in str", item);
        spend_on_search(at, container.text_view(), item);
        out = container.text_view().find(item.text_view()) != std::string_view::npos;
        return true;
    case Kind::dict:
    case Kind::record:
    case Kind::table: {
        Datum value;
        return look_up(at, container, item, out, value);
    }
    default: return fail(at, "nothing can be looked for in %1", container);
    }
}

}  // namespace dqrewrite
