// What a command line says of graphs: a dump, a graph of it, a node. What is not there is said on standard error,
// with the nearest name that is. Tested by tests/cli.
#pragma once

#include "engine/dump/dump.hpp"

#include <optional>
#include <string>

namespace dqrewrite::cli {

// "-" is standard input.
std::optional<Dump> read_dump(const std::string& path);

// The top graph where `submodule` is empty; null where there is no such submodule.
const Graph* find_graph(const Dump& dump, const std::string& path, const std::string& submodule);

// no_node where no node of the graph has that name; another graph of the dump may have it, and that is said.
NodeId find_node(const Dump& dump, const Graph& graph, const std::string& path, const std::string& name);

}  // namespace dqrewrite::cli
