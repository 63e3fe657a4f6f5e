// A part of a graph: the nodes that are near others, for what a person is to look at.
//
// Tested by tests/author/region_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"

#include <span>
#include <vector>

namespace dqrewrite {

enum class Direction : uint8_t { inputs, users, both };

struct Region {
    std::vector<NodeId> nodes;  // in the order of the graph
    bool complete = true;       // whether `limit` left none out
};

// The nodes that are at most `depth` steps from one of `centers`, those included; of more than `limit` nodes the
// nearest ones, and of the last step those that were found first. Breadth first: linear in what is looked at.
Region region_around(const Graph& graph, std::span<const NodeId> centers, size_t depth, Direction direction,
                     size_t limit);

// All nodes, or the first `limit`.
Region whole_region(const Graph& graph, size_t limit);

}  // namespace dqrewrite
