// A graph that is being made up: nodes as plain data that may be changed at will, then built as a dump is read.
//
// Unlike Graph it has no semantics: no users, no unique names, no check until it is built. Nodes in arguments are
// indices into `nodes`, which never change; `order` says where each stands. The data live in an arena of the caller.
// Tested through tests/author/near_misses_test.cpp.
#pragma once

#include "engine/graph/module.hpp"
#include "engine/rewrite/datum.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dqrewrite {

struct Draft {
    struct Node {
        Opcode opcode = Opcode::call_function;
        std::string target, name;
        std::vector<Datum> args;
        std::vector<std::pair<std::string, Datum>> kwargs;
        std::string meta;  // JSON; empty: none
    };

    std::vector<Node> nodes;
    std::vector<uint32_t> order;  // the output is the last

    Node& output() { return nodes[order.back()]; }
    const Node& output() const { return nodes[order.back()]; }
    // The index of a node that is put before the one at `place` of the order; with a name of its own.
    uint32_t insert(size_t place, Node node);
    size_t place_of(uint32_t node) const;
};

// The top graph, whose path is empty, then the submodules.
struct ModuleDraft {
    std::vector<std::string> paths;
    std::vector<Draft> graphs;
};

// The graphs were built node by node and have not been edited.
Draft draft_of(const Graph& graph, Arena& arena);
ModuleDraft draft_of(const Module& module, Arena& arena);
// Into `module`, which is empty. GraphError or ArgumentError where it is no valid graph.
void build(const Draft& draft, Graph& graph);
void build(const ModuleDraft& draft, Module& module);

// `datum` with each node in it replaced.
Datum with_nodes(const Datum& datum, Arena& arena, const std::vector<NodeId>& nodes);
// Whether the node is in the datum.
bool holds_node(const Datum& datum, NodeId node);

}  // namespace dqrewrite
