// Tries one rule at one node and tells how far it got and why no further.
//
// The rule is compiled alone and run by the matcher itself, step by step, so that what is told is what happened.
// Expressions that failed are taken apart afterwards: each operand is evaluated in the frame of the failing step.
// Nothing of the run is changed, tables included; steps are spent from a budget of its own, BudgetSpent goes to who
// asks. Tested by tests/cli/explain.
#pragma once

#include "engine/author/explain/explanation.hpp"
#include "engine/rewrite/graph_run.hpp"

#include <map>
#include <span>

namespace dqrewrite {

// A frame, with what its variables are called.
struct NamedFrame {
    Datum* data;
    std::span<const std::string> names;
};

class Probe {
public:
    // All references outlive the probe; `budget` is for all that it does.
    Probe(const program::Program& program, GraphRun& on, Budget& budget);

    // Whether the rule can start there at all.
    bool can_start(program::RuleId rule, NodeId node);

    struct Progress {
        bool matched = false;
        uint32_t clause = 0;  // of the step that got furthest
        uint32_t depth = 0;   // … and how far that is, in steps
    };
    Progress progress(program::RuleId rule, NodeId node);
    // The same, with its reasons.
    Attempt attempt(program::RuleId rule, NodeId node);
    // Why the condition of an `if` or `for` of a rule does not hold.
    Finding declined(program::RuleId rule, const program::Statement& statement, Datum* frame);

private:
    struct Traced {
        program::MatchProgram steps;
        program::Roots roots;
    };
    struct Failed;
    class Furthest;
    using Expression = program::Expression;
    using ExpressionId = program::ExpressionId;

    // -- probe.cpp: rules and patterns
    const Traced& traced(program::RuleId rule);
    const program::MatchProgram& traced(program::PatternId pattern);
    std::vector<Finding> misses(const program::MatchProgram& steps, const Datum& value, NamedFrame frame);
    Finding miss(const program::MatchProgram& steps, const Failed& failed, NamedFrame names);
    Finding pattern_miss(const program::MatchProgram& steps, const Failed& failed, NamedFrame frame);
    Finding in_expansions(Finding found, uint32_t expansion) const;
    std::string surplus(const program::MatchProgram::Rest& rest, NodeId node);
    std::string mistaken(program::OpSetId set, const Datum& value) const;
    Finding unevaluated(ExpressionId expression) const;

    // -- dissect.cpp: expressions
    // Why the truth of it is not the wanted one.
    Finding judge(ExpressionId expression, NamedFrame frame, bool wanted);
    Finding judge_children(const Expression& e, NamedFrame frame, bool wanted, Finding finding);
    Finding judge_compare(const Expression& e, NamedFrame frame, bool wanted, Finding finding);
    void add_differences(const Expression& e, NamedFrame frame, Finding& finding);
    Finding judge_is(const Expression& e, NamedFrame frame, bool wanted, Finding finding);
    bool evaluate_arguments(const Expression& e, NamedFrame frame, std::vector<Datum>& own);
    Finding judge_define(const Expression& e, NamedFrame frame, bool wanted, Finding finding);
    Finding judge_any_or_all(const Expression& e, NamedFrame frame, bool wanted, Finding finding);
    // What the `let`s of the rule have left out, of those whose names stand in the expression.
    void add_lets(ExpressionId expression, NamedFrame frame, Finding& finding);
    void add_left_out(ExpressionId expression, NamedFrame frame, Finding& finding);
    void add_values(ExpressionId expression, NamedFrame frame, Finding& finding);
    void add_users(ExpressionId expression, NamedFrame frame, Finding& finding);
    // Calls visit() for each item, with the loops' variables bound, until it returns false; left_out(filter) where
    // a filter does not let an item through. False where visit() has ended it.
    template <class VisitItem, class LeftOut>
    bool each_item(const Expression& comprehension, size_t loop, NamedFrame frame, VisitItem visit, LeftOut left_out);

    std::string source(const program::Location& location) const;
    std::string value_line(const Datum& value) const;

    const program::Program& program_;
    Graph& graph_;
    Binding& binding_;
    Arena arena_;
    Matcher matcher_;
    Evaluator evaluator_;
    std::map<program::RuleId, Traced> rules_;
    std::map<program::PatternId, program::MatchProgram> patterns_;
    const program::Rule* rule_ = nullptr;  // that is tried
    const program::MatchProgram* steps_of_rule_ = nullptr;
    unsigned depth_ = 0;  // of judge() within judge()
};

// The text of a place in a rule file: in one line, cut where it is very long.
std::string source_text(const program::Program& program, const program::Location& location);

}  // namespace dqrewrite
