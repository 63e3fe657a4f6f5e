// What a run did, edit by edit: the record of it, as text for people and as JSON for machines.
//
// The edits of a plan, applied in order to the graph before the run, give the graph after it: each is one operation
// of FX with all that it needs, nodes being named as they are at that point. What a statement did to no node (`let`,
// `remember`, `warn`, metadata that stays as it is) is no edit.
// Memory is proportional to the edits and the nodes that they touch, and has a bound: RunError, which ends the run,
// where it is reached. Tested by tests/author/plan_test.cpp.
#pragma once

#include "engine/rewrite/observer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dqrewrite {

struct PlannedEdit {
    Edit::Kind kind;
    program::Location location;          // of the statement, or of the step of the pass
    size_t graph = 0;                    // 0: the top graph; else the index of the submodule + 1
    std::optional<size_t> rewrite = {};  // index into Plan::rewrites; nothing: a step of the pass
    std::string node = {}, other = {}, user = {};
    Place::Side side = Place::Side::before;
    std::string place = {};
    // Of insert: all of them. Else what is set: the target, args and kwargs, the metadata.
    std::string opcode = {}, target = {}, args = {}, kwargs = {}, meta = {};
    // The nodes that it touches as lines, cut where they are very long; of metadata the keys that it changes.
    std::vector<std::string> before = {}, after = {};
};

struct PlannedRewrite {
    program::RuleId rule;
    size_t graph = 0;
    std::string root;  // the node at which the rule matched
};

struct Plan {
    std::vector<std::string> graphs;  // paths: "", then those of the submodules
    std::vector<PlannedRewrite> rewrites;
    std::vector<PlannedEdit> edits;  // in order
};

// Watches one run and makes its plan.
class PlanRecorder : public RunObserver {
public:
    // The module that is run on; it outlives the recorder.
    PlanRecorder(const program::Program& program, const Module& module, size_t most_bytes = size_t{1} << 31);

    const Plan& plan() const { return plan_; }
    bool is_full() const { return bytes_ > most_bytes_; }

    bool matched(program::RuleId rule, NodeId root, GraphRun& on) override;
    void applied(program::RuleId rule, NodeId root, bool edited, GraphRun& on) override;
    void editing(const Edit& edit, const Graph& graph) override;
    void edited(const Edit& edit, const Graph& graph) override;

private:
    size_t index_of_graph(const Graph& graph) const { return graphs_.at(&graph); }
    void take(size_t bytes, const Edit& edit);
    void add_line(std::vector<std::string>& lines, const Edit& edit, const Graph& graph, NodeId node);
    void add_edit(const Edit& edit);

    const program::Program& program_;
    std::unordered_map<const Graph*, size_t> graphs_;  // 0: the top graph
    size_t most_bytes_;
    size_t bytes_ = 0;
    Plan plan_;
    PlannedEdit next_;           // what is being made
    std::string meta_before_;    // of next_
    std::vector<NodeId> users_;  // of next_: those that get another input
    bool in_rewrite_ = false;
};

// One edit, indented: what it is, with its line of the rules, then the nodes.
std::string edit_text(const program::Program& program, const PlannedEdit& edit);
std::string plan_text(const program::Program& program, const Plan& plan);
// One object, an edit a line; or all of it in one line.
std::string plan_json(const program::Program& program, const Plan& plan, bool one_line = false);

}  // namespace dqrewrite
