// A GraphModule: a graph, and the graphs of the GraphModules that hang below it.
//
// Submodules are kept by attribute path ("true_graph_0.false_graph_0"), in the order of the dump.
// Tested by tests/graph/module_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dqrewrite {

struct Submodule {
    std::string path;
    Graph graph;
};

struct Module {
    std::unique_ptr<Symbols> symbols = std::make_unique<Symbols>();
    Graph graph{*symbols};
    std::vector<Submodule> submodules;
};

// Of one of its graphs; empty for the top graph.
std::string path_of(const Module& module, const Graph& graph);

// Graph.eliminate_dead_code of torch 2.13 on the top graph: lint, dead nodes in reverse order, then the same
// for each direct child that is a GraphModule and the whole target of a get_attr still in the graph; and so
// on for those. GraphError from lint leaves the graphs half done.
// Depth: at most the number of components of the longest path; no recursion on the stack.
DeadCode eliminate_dead_code(Module& module, const ImpureTarget& impure_target, const DeadNode& tell = {});

}  // namespace dqrewrite
