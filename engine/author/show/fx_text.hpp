// A graph as FX prints it: str(graph) of torch 2.13, exactly.
//
//     graph():
//         %x : [num_users=1] = placeholder[target=x]
//         %relu : [num_users=1] = call_function[target=torch.ops.aten.relu.default](args = (%x,), kwargs = {})
//         return (relu,)
//
// That is: of the graph as python/dqrewrite_dump loads it, where a symbolic or opaque value is text, which Python's
// repr puts in quotes. An output without arguments, at which FX fails, is `return`. Recursion: as deep as values
// nest. Source: Node.format_node, _format_arg and _pretty_print_target in torch/fx/node.py.
// Tested by tests/author/fx_text_test.cpp, and by tests/live/graph_text.py against torch.
#pragma once

#include "engine/graph/graph.hpp"

#include <string>

namespace dqrewrite {

inline constexpr std::string_view fx_text_head = "graph():";

// The line of one node, without indentation.
std::string fx_line(const Graph& graph, NodeId node);

}  // namespace dqrewrite
