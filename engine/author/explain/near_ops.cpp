#include "engine/author/explain/near_ops.hpp"

#include "engine/ops/op_table.hpp"
#include "engine/program/children.hpp"
#include "grammar/suggest.hpp"

#include <algorithm>
#include <set>

namespace dqrewrite {

using program::DefineId;
using program::ExpressionId;
using program::OpId;
using program::PatternId;

namespace {

// "add.Tensor" of "torch.ops.aten.add.Tensor": a target without dialect and namespace.
std::string_view plain(std::string_view target) {
    for (const Dialect& dialect : dialects()) {
        if (!target.starts_with(dialect.prefix)) continue;
        target.remove_prefix(dialect.prefix.size());
        return target.substr(target.find('.') + 1);
    }
    return target.substr(target.rfind('.') + 1);
}

std::string_view packet(std::string_view target) {
    std::string_view name = plain(target);
    return name.substr(0, name.find('.'));
}

// As deep as patterns and expressions nest; a define is entered once.
class Ops {
public:
    explicit Ops(const program::Program& program) : program_(program) {}

    void pattern(PatternId id) {
        if (id == program::no_pattern) return;
        const program::Pattern& pattern = program_[id];
        if (pattern.op_set != program::none_of<program::OpSetId>)
            found.insert(program_[pattern.op_set].begin(), program_[pattern.op_set].end());
        program::for_each_child(pattern, [this](PatternId child) { this->pattern(child); });
    }

    void expression(ExpressionId id) {
        if (id == program::no_expression) return;
        const program::Expression& expression = program_[id];
        if (expression.op != program::none_of<OpId>) found.insert(expression.op);
        pattern(expression.pattern);
        if (expression.define != program::none_of<DefineId> && defines_.insert(expression.define).second)
            this->expression(program_[expression.define].body);
        program::for_each_child(expression, [this](ExpressionId child) { this->expression(child); });
    }

    std::set<OpId> found;

private:
    const program::Program& program_;
    std::set<DefineId> defines_;
};

}  // namespace

Nearness nearness(std::string_view target, std::string_view other, bool spelling) {
    if (plain(target) == plain(other)) return Nearness::dialect;
    if (packet(target) == packet(other)) return Nearness::overload;
    if (!spelling) return Nearness::none;
    std::string_view candidates[] = {packet(other)};
    return closest(packet(target), candidates).empty() ? Nearness::none : Nearness::spelling;
}

OpId mistaken_op(const program::Program& program, std::span<const OpId> ops, std::string_view target) {
    OpId nearest = program::none_of<OpId>;
    Nearness best = Nearness::none;
    for (OpId op : ops) {
        const std::string& other = program[op].target;
        if (other == target) return program::none_of<OpId>;
        Nearness near = nearness(target, other, false);
        if (near <= best) continue;
        best = near;
        nearest = op;
    }
    return nearest;
}

std::vector<OpId> ops_of(const program::Program& program, const program::Clause& clause) {
    Ops ops(program);
    ops.pattern(clause.pattern);
    ops.expression(clause.expression);
    return {ops.found.begin(), ops.found.end()};
}

}  // namespace dqrewrite
