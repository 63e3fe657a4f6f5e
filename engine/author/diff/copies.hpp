// Which added nodes are copies, and what stands in the place of removed nodes; a part of graph_diff.hpp.
//
// Tested by tests/author/graph_diff_test.cpp.
#pragma once

#include "engine/author/diff/graph_diff.hpp"

namespace dqrewrite {

// A place in the arguments of a node of both graphs at which it used one node before and uses another one now.
struct Rewire {
    NodeId before;  // in the first graph
    NodeId after;   // in the second
};

// Sets `original` and `successor` of the nodes of `diff`.
void find_copies(GraphDiff& diff, const std::vector<Rewire>& rewires);

}  // namespace dqrewrite
