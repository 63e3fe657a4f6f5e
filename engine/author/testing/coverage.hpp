// How often each condition of a rule decided, over the runs that were watched.
//
// The conditions of a rule file are: each `where` and `unless`; in patterns each op, literal, repeated name and list,
// and that no other arguments are given; each branch of an alternation; the condition of each `if` and the filter of
// each `for`. What a rule starts with is none: it is not tried elsewhere. A condition is covered where it has both
// held and declined, a branch where a match has taken it. Patterns within expressions are part of the expression.
//
// Rules count that stand in the file itself, and those that a pass of its tests sweeps, from whatever file they were
// imported. What ships counts in its own file alone.
//
// Each rule of a sweep that is tried at a node is tried once more for this, alone and step by step, so steps are
// counted per rule, and a rule after the one that matches is not counted. This spends from the budget of the run too.
// Tested by tests/cli/cases/test_coverage*.txt.
#pragma once

#include "engine/program/compile.hpp"
#include "engine/rewrite/observer.hpp"
#include "grammar/diagnostic.hpp"

#include <map>
#include <memory>
#include <tuple>
#include <vector>

namespace dqrewrite {

struct Condition {
    enum class Kind : uint8_t { clause, op, arguments, literal, same, list, branch, if_, filter };

    Kind kind;
    program::Location location;
    program::RuleId rule;
    uint64_t held = 0, declined = 0;
    bool is_elsewhere = false;  // counted with another file: it will go

    bool covered() const { return held > 0 && (declined > 0 || kind == Kind::branch); }
};

class Coverage final : public RunObserver {
public:
    explicit Coverage(const program::Program& program);
    ~Coverage() override;

    void visit(const program::Step& sweep, NodeId node, GraphRun& on) override;
    void decided(const program::Statement& statement, bool holds) override;

    // In the order of the text.
    const std::vector<Condition>& conditions() const { return conditions_; }
    size_t covered() const;
    bool has_rules() const;
    void reset();  // all counts to 0
    // A rule may be tested from several files: it is counted once, in its own file where that is among these. Nothing
    // is watched after this.
    static void join(const std::vector<std::unique_ptr<Coverage>>& all);

private:
    struct Rule;
    class Trace;

    void add_rule(program::RuleId id);
    void add_statements(const std::vector<program::StatementId>& statements, program::RuleId rule);
    void sort();
    uint32_t add(Condition::Kind kind, const program::Location& location, program::RuleId rule);

    using Place = std::tuple<program::RuleId, Condition::Kind, uint32_t, uint32_t, uint32_t>;

    const program::Program& program_;
    std::map<Place, uint32_t> known_;  // while the conditions are collected
    std::vector<Condition> conditions_;
    std::vector<std::unique_ptr<Rule>> rules_;  // by RuleId; null where it does not count
    std::map<const program::Statement*, uint32_t> statements_;
};

// "no test comes here", "always held …" for what is not covered.
Diagnostics coverage_warnings(const program::Program& program, const Coverage& coverage);
// The rules of the file with the counts beside their lines; where a line has several conditions, under it.
std::string coverage_text(const program::Program& program, const Coverage& coverage);
// "where", "op", … : what kind of condition it is.
std::string_view condition_name(Condition::Kind kind);

}  // namespace dqrewrite
