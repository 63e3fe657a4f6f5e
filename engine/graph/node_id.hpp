// What a graph calls a node, and the error that every edit of a graph may end in.
//
// An id is the place of a node in a graph's parallel arrays: dense, in order of creation, never reused.
// Tested with engine/graph/graph.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace dqrewrite {

enum class NodeId : uint32_t {};
inline constexpr NodeId no_node{0xFFFFFFFF};

// Nodes that a graph may hold in its life, and operands too: room is left for the marks of other tables.
inline constexpr size_t max_id_count = 0x7FFFFFF0;

constexpr size_t index_of(NodeId node) {
    return static_cast<size_t>(node);
}

// FX's own text where FX has one.
struct GraphError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// One that is due to a node's name.
struct NameError : GraphError {
    using GraphError::GraphError;
};

}  // namespace dqrewrite
