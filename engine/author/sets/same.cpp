#include "engine/author/sets/same.hpp"

#include <algorithm>

namespace dqrewrite::sets {

using program::Expression;
using program::ExpressionId;
using program::Field;
using program::no_expression;
using program::no_pattern;
using program::no_variable;
using program::OpId;
using program::Pattern;
using program::PatternId;
using program::Statement;
using program::StatementId;
using program::VariableId;

namespace {

bool has_name(const Pattern& pattern) {
    return pattern.kind == Pattern::Kind::bind || pattern.kind == Pattern::Kind::same;
}

// What is asked of the value besides its name. Which of two places of a name comes first, and so which of them binds
// it, is a matter of order alone.
PatternId named(const program::Program& program, const Pattern& pattern) {
    if (pattern.children.empty()) return no_pattern;
    return program[pattern.children[0]].kind == Pattern::Kind::anything ? no_pattern : pattern.children[0];
}

}  // namespace

bool Sameness::pair(VariableId a, VariableId b) {
    if (a == no_variable || b == no_variable) return a == b;
    auto group = groups_a_.find(a), other = groups_b_.find(b);
    if (group != groups_a_.end() || other != groups_b_.end())
        return group != groups_a_.end() && other != groups_b_.end() && group->second == other->second;
    auto [forth, fresh] = to_b_.try_emplace(a, b);
    if (!fresh) return forth->second == b;
    return to_a_.try_emplace(b, a).first->second == a;
}

VariableId Sameness::partner(VariableId a) const {
    auto found = to_b_.find(a);
    return found == to_b_.end() ? no_variable : found->second;
}

bool Sameness::constants(uint32_t a, uint32_t b) const {
    return a == b || same_constant(program_.constants[a], program_.constants[b]);
}

template <class Ids>
bool Sameness::all(const Ids& a, const Ids& b) {
    return std::ranges::equal(a, b, [&](ExpressionId one, ExpressionId other) { return expressions(one, other); });
}

bool Sameness::expressions(ExpressionId first, ExpressionId second) {
    if (first == no_expression || second == no_expression) return first == second;
    const Expression &a = program_[first], &b = program_[second];
    if (a.kind != b.kind || a.field != b.field || a.function != b.function || a.method != b.method || a.op != b.op ||
        a.define != b.define || a.table != b.table || a.bound != b.bound || a.text != b.text ||
        a.operators != b.operators || a.loops.size() != b.loops.size())
        return false;
    if (a.kind == Expression::Kind::constant) return constants(a.constant, b.constant);
    if (a.kind == Expression::Kind::attribute && hangs_on_order(b.children[0], b.field)) return false;
    if (!pair(a.variable, b.variable)) return false;
    for (size_t i = 0; i < a.loops.size(); ++i)
        if (!expressions(a.loops[i].iterable, b.loops[i].iterable) ||
            !targets(a.loops[i].target, b.loops[i].target) || !all(a.loops[i].filters, b.loops[i].filters))
            return false;
    return patterns(a.pattern, b.pattern) && all(a.children, b.children);
}

bool Sameness::targets(uint32_t first, uint32_t second) {
    const program::Target &a = program_.targets[first], &b = program_.targets[second];
    if (!pair(a.variable, b.variable) || a.parts.size() != b.parts.size()) return false;
    for (size_t i = 0; i < a.parts.size(); ++i)
        if (!targets(a.parts[i], b.parts[i])) return false;
    return true;
}

bool Sameness::patterns(PatternId first, PatternId second) {
    if (first == no_pattern || second == no_pattern) return first == second;
    const Pattern &a = program_[first], &b = program_[second];
    bool same_name = has_name(a) && has_name(b);
    if ((a.kind != b.kind && !same_name) || a.opcode != b.opcode || a.op_set != b.op_set || a.open != b.open ||
        a.at_most_one != b.at_most_one || !pair(a.variable, b.variable))
        return false;
    if (a.kind == Pattern::Kind::literal) return constants(a.constant, b.constant);
    if (same_name) {
        if (operands_are_exchanged(second)) exchanged_nodes_.insert(b.variable);
        return patterns(named(program_, a), named(program_, b));
    }
    if (a.children.size() != b.children.size()) return false;
    for (size_t i = 0; i < a.children.size(); ++i)
        if (!patterns(a.children[i], b.children[i])) return false;
    return arguments(a, b, exchanged_.contains(second));
}

bool Sameness::operands_are_exchanged(PatternId id) const {
    if (exchanged_.contains(id)) return true;
    const Pattern& pattern = program_[id];
    bool looks_through = has_name(pattern) || pattern.kind == Pattern::Kind::either;
    return looks_through &&
           std::ranges::any_of(pattern.children, [&](PatternId each) { return operands_are_exchanged(each); });
}

// `n.args`, `n.other` and the like, of a node whose operands are compared in the other order.
bool Sameness::hangs_on_order(ExpressionId node, Field field) const {
    const Expression& of = program_[node];
    bool reads_arguments = field == Field::args || field == Field::kwargs || field == Field::inputs ||
                           field == Field::arg || field == Field::bound_args || field == Field::bound_kwargs ||
                           field == Field::none;
    return reads_arguments && of.kind == Expression::Kind::variable && exchanged_nodes_.contains(of.variable);
}

bool Sameness::commutes(const Pattern& pattern) {
    using Argument = Pattern::Argument;
    if (pattern.kind != Pattern::Kind::call || pattern.open) return false;
    const std::vector<OpId>& ops = program_[pattern.op_set];
    if (!std::ranges::all_of(ops, [&](OpId op) { return demands_.commutes(op); })) return false;
    std::vector<Argument> operands = in_schema_order(pattern);
    if (operands.size() != 2) return false;
    for (size_t i = 0; i < 2; ++i) {
        const Argument& each = operands[i];
        const Schema* schema = ops.size() == 1 ? demands_.schema(ops[0]) : nullptr;
        bool in_place = each.kind == Argument::Kind::positional ||
                        (each.kind == Argument::Kind::named && schema && schema->find(each.name) == i);
        if (!in_place) return false;
    }
    return true;
}

bool Sameness::arguments(const Pattern& first, const Pattern& second, bool exchanged) {
    std::vector<Pattern::Argument> a = in_schema_order(first), b = in_schema_order(second);
    if (a.size() != b.size()) return false;
    if (exchanged) std::swap(b[0].pattern, b[1].pattern);
    for (size_t i = 0; i < a.size(); ++i)
        if (a[i].kind != b[i].kind || a[i].name != b[i].name || !pair(a[i].variable, b[i].variable) ||
            !patterns(a[i].pattern, b[i].pattern))
            return false;
    return true;
}

// By name, in the order of the schema, without what is asked to be what it is by default; as they are where the ops
// differ in what they take, or other arguments are bound to a name.
std::vector<Pattern::Argument> Sameness::in_schema_order(const Pattern& pattern) {
    using Argument = Pattern::Argument;
    std::vector<Argument> given = pattern.arguments;
    bool has_rest =
        std::ranges::any_of(given, [](const auto& each) { return each.kind == Argument::Kind::named_rest; });
    if (pattern.kind != Pattern::Kind::call || program_[pattern.op_set].size() != 1 || has_rest) return given;
    const Schema* schema = demands_.schema(program_[pattern.op_set][0]);
    if (!schema) return given;
    std::vector<std::pair<size_t, Argument>> ordered;
    for (size_t i = 0; i < given.size(); ++i) {
        bool named = given[i].kind == Argument::Kind::named;
        size_t index = named ? schema->find(given[i].name) : i;
        if (index >= schema->arguments.size()) return given;
        const SchemaArgument& as = schema->arguments[index];
        const Pattern& asked = program_[given[i].pattern];
        bool is_default = !pattern.open && as.has_default && asked.kind == Pattern::Kind::literal &&
                          same_constant(program_.constants[asked.constant], as.default_value);
        if (is_default) continue;
        given[i].kind = Argument::Kind::named;
        given[i].name = as.name;
        ordered.emplace_back(index, given[i]);
    }
    std::ranges::stable_sort(ordered, {}, [](const auto& each) { return each.first; });
    given.clear();
    for (auto& [index, argument] : ordered) given.push_back(std::move(argument));
    return given;
}

bool Sameness::blocks(std::span<const StatementId> a, std::span<const StatementId> b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (!statements(program_.statements[static_cast<size_t>(a[i])],
                        program_.statements[static_cast<size_t>(b[i])]))
            return false;
    return true;
}

bool Sameness::statements(const Statement& a, const Statement& b) {
    if (a.kind != b.kind || a.op != b.op || a.opcode != b.opcode || a.field != b.field || a.text != b.text ||
        a.path != b.path || a.side != b.side || a.table != b.table || a.meta.policy != b.meta.policy ||
        a.meta.keys != b.meta.keys)
        return false;
    if (a.kind == Statement::Kind::set_field && hangs_on_order(b.operands[0], b.field)) return false;
    bool has_target = a.kind == Statement::Kind::let || a.kind == Statement::Kind::for_;
    return all(a.operands, b.operands) && all(a.arguments, b.arguments) && expressions(a.place, b.place) &&
           expressions(a.meta.node, b.meta.node) && expressions(a.result_key, b.result_key) &&
           pair(a.result, b.result) && (!has_target || targets(a.target, b.target)) && blocks(a.body, b.body) &&
           blocks(a.otherwise, b.otherwise);
}

}  // namespace dqrewrite::sets
