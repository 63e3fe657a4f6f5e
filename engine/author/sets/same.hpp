// Whether two pieces of rules say the same, up to the names of their variables; and, in patterns, up to the way in
// which an argument is given (by position, by name, or a default that is spelled out).
//
// It can also be asked whether they say the same with the operands of some calls of the second exchanged
// (exchange()): then what is said of the node of such a call must not hang on the order of its operands.
//
// Which variable of the one is which of the other is found on the way, from a first pairing that the caller knows.
// Recursion goes as deep as expressions and blocks nest, which the checker bounds.
// Tested by tests/author/sets.
#pragma once

#include "engine/author/sets/demands.hpp"

#include <map>
#include <set>
#include <span>

namespace dqrewrite::sets {

class Sameness {
public:
    Sameness(const program::Program& program, Demands& demands) : program_(program), demands_(demands) {}

    // False where one of them is paired with another one already.
    bool pair(program::VariableId a, program::VariableId b);
    // Variables of either side that are known to hold the same value: any of a group goes with any other.
    void group_a(program::VariableId a, uint32_t group) { groups_a_[a] = group; }
    void group_b(program::VariableId b, uint32_t group) { groups_b_[b] = group; }
    void ungroup_b(program::VariableId b) { groups_b_.erase(b); }
    // Compares this pattern of the second with its two operands in the other order; its op must commute (commutes()).
    void exchange(program::PatternId b) { exchanged_.insert(b); }
    // Whether the pattern is a call with two operands, all else at its defaults, of ops that commute in them.
    bool commutes(const program::Pattern& pattern);
    // no_variable where it is paired with none.
    program::VariableId partner(program::VariableId a) const;

    bool expressions(program::ExpressionId a, program::ExpressionId b);
    bool patterns(program::PatternId a, program::PatternId b);
    bool blocks(std::span<const program::StatementId> a, std::span<const program::StatementId> b);
    bool targets(uint32_t a, uint32_t b);

private:
    template <class Ids>
    bool all(const Ids& a, const Ids& b);
    bool statements(const program::Statement& a, const program::Statement& b);
    bool constants(uint32_t a, uint32_t b) const;
    bool arguments(const program::Pattern& a, const program::Pattern& b, bool exchanged);
    bool operands_are_exchanged(program::PatternId b) const;
    bool hangs_on_order(program::ExpressionId b, program::Field field) const;
    std::vector<program::Pattern::Argument> in_schema_order(const program::Pattern& pattern);

    const program::Program& program_;
    Demands& demands_;
    std::map<program::VariableId, program::VariableId> to_b_, to_a_;
    std::map<program::VariableId, uint32_t> groups_a_, groups_b_;
    std::set<program::PatternId> exchanged_;
    std::set<program::VariableId> exchanged_nodes_;  // of the second
};

}  // namespace dqrewrite::sets
