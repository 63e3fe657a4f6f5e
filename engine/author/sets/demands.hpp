// What rules demand of a graph at one root: their patterns and conditions as terms, all in one.
//
// solve() unifies the demands of one or more rules at the same root, branch by branch: alternatives, lengths of
// chains (up to longest_chain, shortest first), operands of `or`, ops with different schemas. A solution is a set of
// terms that a graph can be drawn from (witness.hpp).
//
// Which way this is inexact. Conditions that nothing is known of (metadata, arithmetic, values of the host) are left
// out and listed as undecided: so a solution may match none of the rules, which whoever draws it finds out by running
// the matchers on it. The other way round, no solution and `complete` means that no graph whose calls fit their
// schemas meets all the demands: nothing was left out that could have been met.
// Bounded: max_goals and max_branches for each call; beyond them `exhausted`.
// Tested by tests/author/sets.
#pragma once

#include "engine/author/sets/terms.hpp"
#include "engine/ops/schema.hpp"

#include <map>
#include <memory>
#include <span>

namespace dqrewrite::sets {

inline constexpr uint32_t longest_chain = 3;
inline constexpr size_t max_goals = 20'000, max_branches = 600, max_solutions = 12;

// A variable of a rule or a define: a term, or another expression that stands for it (`let`), or nothing known.
struct Slot {
    Term term = no_term;
    program::ExpressionId alias = program::no_expression;
    uint32_t alias_frame = 0;
};

struct Frame {
    program::RuleId rule = program::none_of<program::RuleId>;
    std::vector<Slot> slots;
};

struct Undecided {
    program::RuleId rule;
    program::Location location;
};

// Python's `==` between two values of which one was not known yet: 1 is equal to 1.0 and to True.
struct Equality {
    Term a, b;
    program::Location location;
};

// `x is not P`, to be asked once more when all is known of x.
struct Exclusion {
    Term term;
    program::PatternId pattern;
};

struct Solution {
    Terms terms;
    Term root = no_term;
    std::vector<Frame> frames;  // first those of the rules, in order
    std::vector<std::pair<Term, std::string_view>> names;
    std::vector<Undecided> undecided;
    std::vector<Equality> equalities;
    std::vector<Exclusion> exclusions;
};

struct Demanded {
    std::vector<Solution> solutions;
    bool complete = true;              // no branch was left out
    bool exhausted = false;            // the bounds were reached
    size_t failed = 0;                 // branches that contradict themselves
    std::optional<Conflict> conflict;  // of the first of them
};

class Demands {
public:
    explicit Demands(const program::Program& program) : program_(program) {}

    // Ready to be drawn.
    Demanded solve(std::span<const program::RuleId> rules);
    // What holds of every root that the rule matches, one solution for each of its alternatives: ops and chains are
    // left as general as they are.
    Demanded general(program::RuleId rule);

    // Null where the op has none.
    const Schema* schema(program::OpId op);
    // Whether its first two arguments may change places, as its declaration says.
    bool commutes(program::OpId op) const;

private:
    friend class Solver;

    const program::Program& program_;
    std::map<program::OpId, std::unique_ptr<Schema>> schemas_;
    ValueStore store_;
};

}  // namespace dqrewrite::sets
