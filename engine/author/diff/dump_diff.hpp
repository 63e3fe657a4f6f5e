// What has changed from one dump to another: nodes of all graphs, submodules, ops, and whatever else stands in them.
//
// Compared is what a dump says, so one that was only written in another way is the same. Submodules are known by
// their paths, ops by their targets. Both dumps outlive the result.
// Tested by tests/cli, case by case (diff_*).
#pragma once

#include "engine/author/diff/graph_diff.hpp"
#include "engine/dump/dump.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dqrewrite {

struct SubmoduleDiff {
    std::string path;
    const Graph* before = nullptr;        // null: added
    const Graph* after = nullptr;         // null: removed
    std::optional<GraphDiff> graph = {};  // where both are there
};

struct OpDiff {
    std::string target;
    bool added = false, removed = false;
    std::vector<Change> changes = {};
};

struct DumpDiff {
    GraphDiff graph;
    std::vector<SubmoduleDiff> submodules;  // in which something differs, in the order of the second dump
    std::vector<OpDiff> ops;                // likewise, by target
    std::vector<Change> head;               // "producer", "order of submodules", "graph.note", …

    bool empty() const { return graph.nodes.empty() && submodules.empty() && ops.empty() && head.empty(); }
};

// What is to be ignored is a place of the nodes (see diff_graphs()), of the head, or "ops" and "ops.TARGET".
DumpDiff diff_dumps(const Dump& before, const Dump& after, const IgnoredPlaces& ignored = {});

}  // namespace dqrewrite
