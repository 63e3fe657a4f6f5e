#include "engine/author/sets/same.hpp"

#include <algorithm>

namespace dqrewrite::sets {

using program::Expression;
using program::ExpressionId;
using program::no_expression;
using program::no_pattern;
using program::no_variable;
using program::Pattern;
using program::PatternId;
using program::Statement;
using program::StatementId;
using program::VariableId;

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

bool Sameness::all(std::span<const ExpressionId> a, std::span<const ExpressionId> b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (!expressions(a[i], b[i])) return false;
    return true;
}

bool Sameness::expressions(ExpressionId first, ExpressionId second) {
    if (first == no_expression || second == no_expression) return first == second;
    const Expression &a = program_[first], &b = program_[second];
    if (a.kind != b.kind || a.field != b.field || a.function != b.function || a.method != b.method || a.op != b.op ||
        a.define != b.define || a.table != b.table || a.bound != b.bound || a.text != b.text ||
        a.operators != b.operators || a.loops.size() != b.loops.size())
        return false;
    if (a.kind == Expression::Kind::constant) return constants(a.constant, b.constant);
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
    if (a.kind != b.kind || a.opcode != b.opcode || a.op_set != b.op_set || a.open != b.open ||
        a.at_most_one != b.at_most_one || a.children.size() != b.children.size() || !pair(a.variable, b.variable))
        return false;
    if (a.kind == Pattern::Kind::literal) return constants(a.constant, b.constant);
    for (size_t i = 0; i < a.children.size(); ++i)
        if (!patterns(a.children[i], b.children[i])) return false;
    return arguments(a, b);
}

bool Sameness::arguments(const Pattern& first, const Pattern& second) {
    std::vector<Pattern::Argument> a = in_schema_order(first), b = in_schema_order(second);
    if (a.size() != b.size()) return false;
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
    bool has_target = a.kind == Statement::Kind::let || a.kind == Statement::Kind::for_;
    return all(a.operands, b.operands) && all(a.arguments, b.arguments) && expressions(a.place, b.place) &&
           expressions(a.meta.node, b.meta.node) && expressions(a.result_key, b.result_key) &&
           pair(a.result, b.result) && (!has_target || targets(a.target, b.target)) && blocks(a.body, b.body) &&
           blocks(a.otherwise, b.otherwise);
}

}  // namespace dqrewrite::sets
