// Watches a run of a pass and explains it: why rules matched or did not, at one node or over a graph.
//
// Each rule that a sweep names is tried alone, in the state in which the sweep comes to the node, before the sweep
// tries it. Memory is bounded by the number of rules and a few nodes for each. What it spends is the explainer's own:
// the run goes as without it.
// Tested by tests/cli/explain and tests/cli/cases.
#pragma once

#include "engine/author/explain/probe.hpp"
#include "engine/author/explain/starts.hpp"

#include <map>
#include <memory>
#include <tuple>

namespace dqrewrite {

struct ExplainOptions {
    std::optional<program::RuleId> rule = {};  // that one alone
    uint64_t sweep = 0;  // that one alone, and for a node in the state at its start; 0: each, as it comes to the node
};

// What both explainers have: a probe for each graph, the count of sweeps.
class Explainer : public RunObserver {
public:
    uint64_t sweeps() const { return sweeps_; }  // so far

protected:
    Explainer(const program::Program& program, const Module& module, const ExplainOptions& options);

    Probe& probe(GraphRun& on);
    // Counts it; whether it is one that is to be explained.
    bool begins(const program::Step& step);
    bool chosen() const { return options_.sweep == 0 || options_.sweep == sweeps_; }
    bool chosen(program::RuleId rule) const { return !options_.rule || *options_.rule == rule; }
    Attempt attempt(program::RuleId rule, NodeId node, GraphRun& on);
    // Adds why the condition of a statement of the rule that is being applied does not hold; the first few, of those
    // that keep edits from being made.
    void add_declined(const program::Statement& statement, std::vector<Finding>& declined);
    // Of a rewrite that has made edits the `if`s tell nothing: another branch was taken.
    void drop_ifs(std::vector<Finding>& declined);
    void begin_rewrite(program::RuleId rule, GraphRun& on);

    const program::Program& program_;
    ExplainOptions options_;
    Budget budget_;
    std::map<const GraphRun*, std::unique_ptr<Probe>> probes_;
    uint64_t sweeps_ = 0;
    // Of the rule that is being applied:
    GraphRun* on_ = nullptr;
    program::RuleId applied_{};
    Datum* frame_ = nullptr;
    std::vector<size_t> ifs_;  // which of the findings are of an `if`
};

class NodeExplainer final : public Explainer {
public:
    // A node of `graph`, which is one of the module's; it may be made during the run.
    NodeExplainer(const program::Program& program, program::PassId pass, const Module& module, const Graph& graph,
                  std::string name, const ExplainOptions& options);

    const NodeExplanation& explanation() const { return explanation_; }

    void begin(const program::Step& step, GraphRun& on) override;
    void visit(const program::Step& sweep, NodeId node, GraphRun& on) override;
    bool matched(program::RuleId rule, NodeId root, GraphRun& on) override;
    void applied(program::RuleId rule, NodeId root, bool edited, GraphRun& on) override;
    void before(const program::Statement& statement, Datum* frame, Graph& graph) override;
    void decided(const program::Statement& statement, bool holds) override;
    void editing(const Edit& edit, const Graph& graph) override;
    void edited(const Edit& edit, const Graph& graph) override;

private:
    void explain(const program::Step& sweep, NodeId node, GraphRun& on);
    bool is_it(const Graph& graph, NodeId node) const;

    const Graph& graph_;
    const Module& module_;
    NodeExplanation explanation_;
    std::optional<PlanRecorder> recorder_;  // of the rewrite at the node
    bool here_ = false;                     // the sweep is at the node
};

class GraphExplainer final : public Explainer {
public:
    // `nearest` misses are told of each rule.
    GraphExplainer(const program::Program& program, program::PassId pass, const Module& module,
                   const ExplainOptions& options, size_t nearest = 3);

    GraphExplanation explanation() const;

    void begin(const program::Step& step, GraphRun& on) override;
    void visit(const program::Step& sweep, NodeId node, GraphRun& on) override;
    bool matched(program::RuleId rule, NodeId root, GraphRun& on) override;
    void applied(program::RuleId rule, NodeId root, bool edited, GraphRun& on) override;
    void before(const program::Statement& statement, Datum* frame, Graph& graph) override;
    void decided(const program::Statement& statement, bool holds) override;

private:
    struct Row {
        Funnel funnel;
        std::vector<uint64_t> ranks;  // of funnel.nearest
    };

    Row* row(program::RuleId rule);
    void try_rule(program::RuleId rule, NodeId node, GraphRun& on);
    uint64_t rank(program::RuleId rule, const Probe::Progress& progress, NodeId node, const Graph& graph);
    void keep_nearest(Row& row, const Probe::Progress& progress, NodeId node, GraphRun& on);

    const Module& module_;
    size_t most_nearest_;
    std::vector<Row> rows_;
    std::map<program::RuleId, size_t> row_of_;
    std::vector<program::RuleId> matching_;  // at the node at hand
    std::vector<Finding> declined_;          // likewise
    std::string line_;                       // likewise, where it is needed
    size_t judged_ = 0;                      // conditions, of all nodes
    std::vector<std::string> targets_;       // of the graphs before the run
    // By rule, clause and target: whether the clause speaks of such an op.
    std::map<std::tuple<program::RuleId, uint32_t, Symbol>, bool> spoken_of_;
    bool cut_short_ = false;
};

}  // namespace dqrewrite
