// What is known of expressions, and warnings that follow from it.

#include "engine/program/checker.hpp"
#include "engine/program/words.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

namespace dqrewrite::program {

using E = Expression::Kind;
using F = Facts::Kind;

namespace {

Facts of_kind(F kind) {
    Facts facts;
    facts.kind = kind;
    if (facts.is_row() || kind == F::text) facts.least = 0;
    if (kind == F::boolean) facts.least = 0, facts.most = 1;
    return facts;
}

Facts of_truth(std::optional<bool> truth) {
    Facts facts = of_kind(F::boolean);
    facts.truth = truth;
    if (truth) facts.least = facts.most = *truth ? 1 : 0;
    return facts;
}

Facts of_constant(Value::Kind kind) {
    Facts facts = of_kind(F::other);
    facts.value_kind = kind;
    return facts;
}

Facts list(bool of_nodes) {
    Facts facts = of_kind(F::list);
    facts.of_nodes = of_nodes;
    return facts;
}

Facts or_none(Facts facts) {
    facts.nullable = true;
    return facts;
}

Facts length_of(const Facts& items) {
    Facts length = of_kind(F::integer);
    length.least = 0;
    if (items.is_row() || items.kind == F::text) {
        length.least = std::max(0.0, items.least);
        length.most = items.most;
    }
    return length;
}

std::optional<bool> opposite(std::optional<bool> truth) {
    return truth ? std::optional(!*truth) : std::nullopt;
}

// Whether `a < b` and the like hold, where the intervals decide.
std::optional<bool> decide(Operator op, const Facts& a, const Facts& b) {
    auto ordered = [](bool always, bool never) {
        return always ? std::optional(true) : never ? std::optional(false) : std::nullopt;
    };
    switch (op) {
    case Operator::less: return ordered(a.most < b.least, a.least >= b.most);
    case Operator::less_equal: return ordered(a.most <= b.least, a.least > b.most);
    case Operator::greater: return ordered(a.least > b.most, a.most <= b.least);
    case Operator::greater_equal: return ordered(a.least >= b.most, a.most < b.least);
    case Operator::equal:
    case Operator::not_equal: {
        bool apart = a.most < b.least || b.most < a.least;
        bool same = a.least == a.most && b.least == b.most && a.least == b.least;
        if (!apart && !same) return {};
        return same == (op == Operator::equal);
    }
    default: return {};
    }
}

}  // namespace

Facts Checker::derive(const Expression& expression) {
    const auto& parts = expression.children;
    switch (expression.kind) {
    case E::constant: return facts_of(program_.constants[expression.constant]);
    case E::op: {
        Facts op = of_kind(F::op);
        op.ops = add_op_set({expression.op});
        return op;
    }
    case E::type: return of_kind(F::other);
    case E::list: return derive_row(F::list, parts);
    case E::tuple: return derive_row(F::tuple, parts);
    case E::set: return derive_row(F::set, parts);
    case E::dict: {
        Facts row = of_kind(F::dict);
        if (parts.empty()) row.most = 0;
        return row;
    }
    case E::list_comprehension: return list(facts(parts[0]).kind == F::node);
    case E::set_comprehension: return of_kind(F::set);
    case E::dict_comprehension: return of_kind(F::dict);
    case E::walk: return list(true);
    case E::format: return of_kind(F::text);
    case E::attribute: return derive_attribute(expression);
    case E::subscript: return derive_subscript(expression);
    case E::call: return derive_call(expression);
    case E::method: return derive_method(expression.method);
    case E::not_: return of_truth(opposite(truth_of(facts(parts[0]))));
    case E::negate: return facts(parts[0]).is_number() ? of_kind(F::number) : Facts{};
    case E::and_:
    case E::or_: return derive_and_or(expression);
    case E::binary: return derive_binary(expression);
    case E::compare: return derive_compare(expression);
    case E::is: return of_truth(derive_is(facts(parts[0]), expression.pattern));
    case E::is_not: return of_truth(opposite(derive_is(facts(parts[0]), expression.pattern)));
    case E::conditional: return common(facts(parts[0]), facts(parts[2]));
    default: return {};
    }
}

Facts Checker::derive_row(F kind, std::span<const ExpressionId> items) {
    Facts row = of_kind(kind);
    bool spread = false;
    for (ExpressionId each : items) {
        if (program_[each].kind == E::star)
            spread = true;
        else
            row.least += 1;
    }
    if (!spread) row.most = row.least;
    if (kind == F::set) row.least = std::min(row.least, 1.0);  // equal ones are one
    return row;
}

// Its value is one of theirs; it is decided where one decides it, or all agree.
Facts Checker::derive_and_or(const Expression& expression) {
    bool deciding = expression.kind == E::or_;
    bool all = true, any = false, booleans = true;
    for (ExpressionId each : expression.children) {
        auto truth = truth_of(facts(each));
        any |= truth == deciding;
        all &= truth == !deciding;
        booleans &= facts(each).kind == F::boolean;
    }
    Facts facts = booleans ? of_kind(F::boolean) : Facts{};
    if (any)
        facts.truth = deciding;
    else if (all)
        facts.truth = !deciding;
    return facts;
}

Facts Checker::derive_attribute(const Expression& expression) {
    Facts object = facts(expression.children[0]);
    const Expression& from = program_[expression.children[0]];
    bool is_node = object.kind == F::node && !object.nullable;
    bool ops_known = object.has_ops() && !targets_change_;
    if (object.kind == F::plain || (from.field == Field::meta && expression.text == "val"))
        return or_none(of_kind(F::plain));
    // Metadata may hold anything under any name. What is passed as an operand has these fields or, where it is no
    // node, none.
    Facts result;
    if (object.kind != F::node && object.held != Value::Kind::operand) return result;
    switch (expression.field) {
    case Field::name:
    case Field::op: result = of_kind(F::text); break;
    case Field::target:
        result = of_kind(is_node && ops_known ? F::op : F::target);
        if (result.kind == F::op) result.ops = object.ops;
        break;
    case Field::args:
        result = of_kind(F::list);
        if (ops_known) result.most = most_positional(program_[object.ops]);
        break;
    case Field::kwargs: result = of_kind(F::dict); break;
    // None where the call does not fit its schema.
    case Field::bound_args: result = or_none(of_kind(F::list)); break;
    case Field::bound_kwargs: result = or_none(of_kind(F::dict)); break;
    case Field::users:
    case Field::inputs: result = list(true); break;
    case Field::uses: result = of_kind(F::list); break;
    case Field::only_user: result = or_none(of_kind(F::node)); break;
    case Field::impure: result = of_kind(F::boolean); break;
    case Field::none:
        if (ops_known) result.held = held_at(program_[object.ops], 0, expression.text);
        return result;
    default: return result;
    }
    result.nullable |= !is_node;
    return result;
}

// How many arguments a call of one of them has by position at most.
double Checker::most_positional(std::span<const OpId> ops) {
    double most = 0;
    for (OpId op : ops) {
        const Schema* known = schema(op);
        most = known && !known->vararg ? std::max(most, static_cast<double>(known->positional)) : Facts::infinite;
    }
    return most;
}

Facts Checker::derive_subscript(const Expression& expression) {
    Facts object = facts(expression.children[0]);
    const Expression& index = program_[expression.children[1]];
    if (object.kind == F::plain) return or_none(of_kind(F::plain));
    Facts result;
    if (index.kind == E::slice) {
        if (!object.is_row() || object.kind == F::dict || object.kind == F::set) return result;
        result = of_kind(object.kind);
        result.of_nodes = object.of_nodes;
        result.most = object.most;
        return result;
    }
    Facts at = facts(expression.children[1]);
    bool is_sequence = object.kind == F::list || object.kind == F::tuple;
    if (is_sequence && at.kind == F::integer && at.least == at.most) {
        double needed = at.least >= 0 ? at.least + 1 : -at.least;
        if (needed > object.most)
            warn(codes::out_of_range, index.location,
                 fmt::format("there is no item {}: this is {} of at most {}", at.least, kind_text(object),
                             object.most));
    }
    if (object.of_nodes) result.kind = F::node;
    return result;
}

Facts Checker::derive_call(const Expression& expression) {
    const auto& parts = expression.children;
    switch (expression.function) {
    case Function::len: return length_of(parts.size() == 1 ? facts(parts[0]) : Facts{});
    case Function::all:
    case Function::any:
    case Function::bool_:
    case Function::isinstance: return of_kind(F::boolean);
    case Function::int_:
    case Function::round: return of_kind(F::integer);
    case Function::float_: return of_kind(F::real);
    case Function::str:
    case Function::structure: return of_kind(F::text);
    case Function::leaves: return of_kind(F::list);
    case Function::tuple: return of_kind(F::tuple);
    case Function::set: return of_kind(F::set);
    case Function::dict: return of_kind(F::dict);
    case Function::list:
    case Function::sorted: return list(parts.size() == 1 && facts(parts[0]).of_nodes);
    case Function::dtype: return of_constant(Value::Kind::dtype);
    case Function::device: return of_constant(Value::Kind::device);
    case Function::sym: return of_constant(Value::Kind::symbolic);
    case Function::slice: return of_constant(Value::Kind::slice);
    default: return {};
    }
}

Facts Checker::derive_method(Method method) {
    Facts result;
    switch (method) {
    case Method::get:
    case Method::items:
    case Method::keys:
    case Method::values: return result;
    case Method::index:
    case Method::count:
    case Method::find:
    case Method::rfind:
        result = of_kind(F::integer);
        result.least = method == Method::find || method == Method::rfind ? -1 : 0;
        return result;
    case Method::startswith:
    case Method::endswith: return of_kind(F::boolean);
    case Method::split:
    case Method::rsplit: return of_kind(F::list);
    case Method::partition:
    case Method::rpartition:
        result = of_kind(F::tuple);
        result.least = result.most = 3;
        return result;
    default: return of_kind(F::text);
    }
}

Facts Checker::derive_binary(const Expression& expression) {
    Facts a = facts(expression.children[0]);
    Facts b = facts(expression.children[1]);
    if (a.is_number() && b.is_number()) return of_kind(F::number);
    bool rows = a.kind == b.kind && !a.nullable && !b.nullable &&
                (a.kind == F::list || a.kind == F::tuple || a.kind == F::text);
    if (expression.operators[0] != Operator::add || !rows) return {};
    Facts sum = of_kind(a.kind);
    sum.of_nodes = a.of_nodes && b.of_nodes;
    sum.least = a.least + b.least;
    sum.most = a.most + b.most;
    return sum;
}

Facts Checker::derive_compare(const Expression& expression) {
    bool all = true;
    for (size_t i = 0; i < expression.operators.size(); ++i) {
        Facts a = facts(expression.children[i]);
        Facts b = facts(expression.children[i + 1]);
        Operator op = expression.operators[i];
        std::optional<bool> truth;
        if (a.is_number() && b.is_number() && !a.nullable && !b.nullable)
            truth = decide(op, a, b);
        else if (a.kind == F::none && b.kind == F::none && op == Operator::equal)
            truth = true;
        if (truth == false) return of_truth(false);
        all &= truth == true;
    }
    return of_truth(all ? std::optional(true) : std::nullopt);
}

std::optional<bool> Checker::derive_is(const Facts& value, PatternId id) {
    const Pattern& pattern = program_[id];
    Facts wanted = facts_of_pattern(id);
    if (value.kind == F::none && wanted.kind == F::none) return true;
    if (value.kind != F::node || wanted.kind != F::node || value.nullable) return {};
    // Without brackets, or with `...` alone, only the op or the kind is asked for.
    bool any_arguments = pattern.kind == Pattern::Kind::any_call || (pattern.open && pattern.arguments.empty());
    if (pattern.kind == Pattern::Kind::node) return any_arguments ? std::optional(true) : std::nullopt;
    if (value.opcode && wanted.opcode && *value.opcode != *wanted.opcode) return false;
    if (pattern.kind == Pattern::Kind::opcode)
        return any_arguments && value.opcode && value.opcode == wanted.opcode ? std::optional(true) : std::nullopt;
    if (!value.has_ops() || !wanted.has_ops() || targets_change_) return {};
    std::unordered_set<OpId> in_pattern(program_[wanted.ops].begin(), program_[wanted.ops].end());
    size_t hits = 0;
    for (OpId op : program_[value.ops]) hits += in_pattern.contains(op);
    if (hits == 0) return false;
    return any_arguments && hits == program_[value.ops].size() ? std::optional(true) : std::nullopt;
}

// At the smallest part that is the same on every run.
void Checker::warn_of_constant(ExpressionId id) {
    const Expression& expression = program_[id];
    if (expression.kind == E::and_ || expression.kind == E::or_ || expression.kind == E::not_) {
        for (ExpressionId each : expression.children) warn_of_constant(each);
        return;
    }
    auto truth = truth_of(facts(id));
    if (!truth) return;
    std::string why;
    if (expression.kind == E::is || expression.kind == E::is_not)
        if (Facts value = facts(expression.children[0]); value.has_ops())
            why = fmt::format(": it is a call of {}", display(value.ops));
    warn(codes::constant_condition, expression.location, fmt::format("always {}{}", *truth ? "true" : "false", why));
}

void Checker::expect_node(ExpressionId id, std::string_view purpose) {
    Facts value = facts(id);
    if (!value.is_known() || value.kind == F::node) return;
    report(codes::not_a_node, program_[id].location, fmt::format("{} a node, found {}", purpose, kind_text(value)));
}

void Checker::expect_items(ExpressionId id, std::string_view those_of_node) {
    Facts value = facts(id);
    bool single = value.kind == F::none || value.is_number() || value.kind == F::node || value.kind == F::op ||
                  value.kind == F::other;
    if (single)
        report(codes::not_iterable, program_[id].location,
               fmt::format("{} has no items{}", kind_text(value),
                           value.kind == F::node ? fmt::format(": {}", those_of_node) : ""));
}

}  // namespace dqrewrite::program
