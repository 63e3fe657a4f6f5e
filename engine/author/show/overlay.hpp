// One graph, or two of which the second lies over the first, as nodes and edges to draw.
//
// Linear in nodes and arguments. The graphs and the diff outlive the overlay.
// Tested by tests/author/overlay_test.cpp and dot_test.cpp.
#pragma once

#include "engine/author/diff/graph_diff.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace dqrewrite {

enum class EdgeChange : uint8_t { none, added, removed };

struct Overlay {
    struct Node {
        NodeId before = no_node;  // of the first graph; no_node where there is none, or where only one graph is drawn
        NodeId after = no_node;
        const NodeDiff* diff = nullptr;  // null: nothing has changed
    };
    struct Edge {
        uint32_t from, to;  // indices of nodes
        EdgeChange change;
        uint32_t uses;  // how often the node stands in the arguments
    };

    const Graph* before = nullptr;  // null where only one graph is drawn
    const Graph* after = nullptr;
    std::vector<Node> nodes;  // in the order of the graph; removed ones where they stood
    std::vector<Edge> edges;
    std::vector<uint32_t> of_before, of_after;  // indices of nodes, by id in the graph

    // Nothing where no node has that name. A name that both graphs have is one node.
    static constexpr size_t npos = static_cast<size_t>(-1);
    size_t find(std::string_view name) const;
    std::string name(size_t node) const;
};

Overlay make_overlay(const Graph& graph);
Overlay make_overlay(const GraphDiff& diff);

// What of an overlay is drawn.
struct OverlayRegion {
    std::vector<bool> inside;  // by node
    size_t count = 0;
    bool complete = true;  // whether `limit` left none out
};

// Nodes at most `depth` edges from one of `centers`; of more than `limit` the nearest, breadth first.
OverlayRegion overlay_around(const Overlay& overlay, const std::vector<size_t>& centers, size_t depth, size_t limit);
// The first nodes.
OverlayRegion overlay_start(const Overlay& overlay, size_t limit);
// Where something has changed.
std::vector<size_t> changed_nodes(const Overlay& overlay);

}  // namespace dqrewrite
