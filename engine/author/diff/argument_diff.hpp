// The arguments of two nodes, of one graph or of two: whether they are the same, and where they are not.
//
// Values are the same when type and value are (1, 1.0 and True are three; nan is nan, 0.0 is not -0.0), however a
// dump spells them. Which node of one graph is which of the other is the caller's affair: operands are compared by
// numbers that it gives them. Recursion: as deep as values nest. Linear in the arguments; keywords are sorted.
// Tested by tests/author/graph_diff_test.cpp, and by tests/cli (diff_values, diff_arguments).
#pragma once

#include "engine/graph/graph.hpp"

#include <functional>
#include <string>

namespace dqrewrite {

// A number for each node that may be an operand; equal numbers, same node.
using NodeNumbers = std::function<uint64_t(NodeId)>;

// A text that is the same for the same arguments, args and kwargs, and for no others. The order of keywords counts.
std::string argument_key(const Graph& graph, NodeId node, const NodeNumbers& numbers);

// Where the arguments of two nodes differ: "args[0][2]", "kwargs.alpha"; null where one has no such argument.
// A list, tuple, dict or slice that has as many items in both is looked into.
using ArgumentDiffSink = std::function<void(const std::string& path, const Value* before, const Value* after)>;

struct ArgumentSide {
    const Graph& graph;
    NodeId node;
    const NodeNumbers& numbers;
};
void diff_arguments(const ArgumentSide& before, const ArgumentSide& after, const ArgumentDiffSink& sink);

// Whether both have the same keywords, in another order.
bool keywords_reordered(const ArgumentSide& before, const ArgumentSide& after);

}  // namespace dqrewrite
