// A node as one line of text, in the syntax of test blocks: for messages, plans, explanations.
//
//     y = aten.clamp.default(x, 0.0, max=6)
//
// A line can be cut, so that a node of very many arguments costs no more than what is shown of it.
// Tested by tests/author.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/rewrite/datum.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace dqrewrite {

inline constexpr size_t whole_line = static_cast<size_t>(-1);
// Bytes of what people read.
inline constexpr size_t readable_line = 160;
inline constexpr size_t readable_value = 80;

// Without metadata.
std::string node_line(const Graph& graph, NodeId node, size_t limit = whole_line);

// A value as rules write it, where they write it in another way than Python prints it: symbolic and complex numbers,
// devices.
std::string rule_text(const Graph& graph, const Datum& value);
// Nodes by names that are not those of the graph.
using NameOf = std::function<std::string(NodeId)>;
std::string rule_text(const Graph& graph, const Datum& value, const NameOf& name);

// The same; what is longer ends in "…".
std::string value_text(const Graph& graph, const Datum& value, size_t limit = readable_value);

// At most so many bytes, "…" for the rest included; no character is cut in two.
std::string shortened(std::string text, size_t limit);

}  // namespace dqrewrite
