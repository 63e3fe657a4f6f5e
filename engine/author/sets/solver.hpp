// The search behind demands.hpp: a stack of states, each with the goals that it still has to meet.
//
// No recursion over patterns: a goal is met by adding to the terms and by further goals. Where there are several ways
// the state is copied, one copy for each.
#pragma once

#include "engine/author/sets/demands.hpp"
#include "engine/program/facts.hpp"

namespace dqrewrite::sets {

// How far a value may be taken for one that is there: `none`: it may be None as well; `sure`: what is asked of it is
// true of no None; `guess`: it is taken so, and a solution says less than all (Demanded::complete).
enum class Trust : uint8_t { none, guess, sure };

struct Goal {
    enum class Kind : uint8_t { clauses, pattern, chain, holds };
    Kind kind = Kind::pattern;
    uint32_t frame = 0;
    uint32_t index = 0;  // of clauses: the next; of a chain: its length so far
    program::PatternId pattern = program::no_pattern;
    program::ExpressionId expression = program::no_expression;
    bool positive = true;  // of holds
    Term term = no_term;
    std::vector<Term> chain = {};
};

struct State {
    Solution solution;
    std::vector<Goal> goals;  // the next one last
};

class Solver {
public:
    Solver(Demands& demands, bool general) : demands_(demands), program_(demands.program_), general_(general) {}
    Demanded solve(std::span<const program::RuleId> rules);

private:
    using Outcome = Terms::Outcome;
    using Expression = program::Expression;
    using ExpressionId = program::ExpressionId;
    using Pattern = program::Pattern;

    // -- solver.cpp
    void advance(State state);
    void branch(std::vector<State> ways);
    Outcome perform(State& state, const Goal& goal);
    Outcome clauses(State& state, const Goal& goal);
    Outcome pattern(State& state, const Goal& goal);
    Outcome chain(State& state, const Goal& goal);
    Outcome arguments(State& state, const Pattern& pattern, const Goal& goal);
    Outcome row(State& state, const Pattern& pattern, const Goal& goal);
    void bind(State& state, uint32_t frame, program::VariableId variable, Term term);

    // -- conditions.cpp
    Outcome holds(State& state, const Goal& goal);
    Trust trust_in(program::PatternId pattern) const;
    Outcome is(State& state, const Expression& e, const Goal& goal);
    Outcome is_not(State& state, const Pattern& pattern, Term term);
    Outcome compare(State& state, const Expression& e, const Goal& goal);
    Outcome counted(State& state, const Expression& count, program::Operator op, const Value& number, uint32_t frame,
                    bool& known);
    Outcome equal(State& state, ExpressionId a, ExpressionId b, const Goal& goal, bool& known);
    Outcome equal_target(State& state, const Expression& target, const Expression& value, const Goal& goal,
                         bool& known);
    Outcome among(State& state, const Expression& e, const Goal& goal, bool& known);
    void each_way(State& state, const Goal& goal, std::span<const ExpressionId> ways);
    void undecided(State& state, const Goal& goal);
    uint32_t enter(State& state, const Expression& call, uint32_t frame);
    // The expression that this one stands for, and the frame that it belongs to.
    std::pair<ExpressionId, uint32_t> resolved(const State& state, ExpressionId id, uint32_t frame) const;
    // no_term where nothing is known of the value. A conflict is left in conflict_.
    Term term(State& state, ExpressionId id, uint32_t frame, Trust trust);
    Term attribute(State& state, const Expression& e, uint32_t frame, Trust trust);
    Term item(State& state, const Expression& e, uint32_t frame);
    Term node(State& state, ExpressionId id, uint32_t frame, Trust trust);
    Term reader(State& state, Term node, bool only, const program::Location& location);

    // -- resolve.cpp
    bool resolve(State& state, Outcome& outcome);
    Outcome resolve_node(State& state, Term term);
    Outcome resolve_opcode(State& state, Term term);
    Outcome resolve_call(State& state, Term term);
    Outcome resolve_arguments(State& state, Term term, const Schema* schema);
    Outcome resolve_rests(State& state, Term term, const Schema* schema);
    Outcome misfit(const Terms& terms);
    bool may_hold(const Terms& terms, const program::ArgumentType& type, Term term) const;
    bool reads(const Terms& terms, Term user, Term node) const;
    Outcome attach(State& state, Term node, Term user);
    std::string signature(program::OpId op);

    Demands& demands_;
    const program::Program& program_;
    bool general_;
    std::vector<State> stack_;
    bool branched_ = false;
    Demanded result_;
    Outcome conflict_;
    size_t goals_ = 0, branches_ = 0;
};

}  // namespace dqrewrite::sets
