// What has changed from one graph to another, node by node.
//
// A node is known by its name: the nodes of one name are the same node, before and after. Of each it is said what of
// it differs, and whether it has moved; moved are as few as possible (all that are not in a longest common order). An
// added node that is the same call as a node of the first graph is a copy of it: same op, target and arguments, in
// which copies stand for their originals. Where there are several such, it is the one that a user of the copy used
// before, else the one from whose name the copy's name is made, else the first.
//
// Users and their order are no part of it: in a dump they follow from the arguments and the order of the nodes, or
// are its past, which dump_diff.hpp compares. Work: n log n in the nodes, linear in arguments and metadata (see
// json_diff.hpp). Both graphs outlive the result. Tested by tests/author/graph_diff_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

// One side of a change: an argument's value, or JSON. Neither where there is nothing on this side.
struct ChangeSide {
    const Value* value = nullptr;
    std::string json = {};
};

struct Change {
    std::string at;  // "op", "target", "impure", "args[0]", "kwargs.alpha", "order of kwargs", "meta.val.dtype", …
    ChangeSide before, after;
};

struct NodeDiff {
    NodeId before = no_node;  // no_node: added
    NodeId after = no_node;   // no_node: removed
    bool moved = false;
    std::vector<Change> changes = {};  // of a copy: from its original
    NodeId original = no_node;         // of an added node that is a copy: in the first graph
    // Of a removed node that had users and of which all that are still there use one other node instead: that node,
    // in the second graph.
    NodeId successor = no_node;

    bool added() const { return before == no_node; }
    bool removed() const { return after == no_node; }
};

struct GraphDiff {
    const Graph* before = nullptr;
    const Graph* after = nullptr;
    // Nodes in which something differs, in the order of the second graph; removed ones before what
    // came in their place.
    std::vector<NodeDiff> nodes;
    std::vector<NodeId> node_before;  // by id in the second graph; no_node: added
    std::vector<NodeId> node_after;   // by id in the first graph; no_node: removed
};

// Where two texts of JSON say different things, as changes at `path` and below.
void add_json_changes(std::string_view before, std::string_view after, const std::string& path,
                      std::vector<Change>& changes);

// What differs at one of these places alone is no difference: "meta.from_node" and all in it.
using IgnoredPlaces = std::vector<std::string>;
bool is_ignored(const IgnoredPlaces& ignored, std::string_view place);
GraphDiff diff_graphs(const Graph& before, const Graph& after, const IgnoredPlaces& ignored = {});

}  // namespace dqrewrite
