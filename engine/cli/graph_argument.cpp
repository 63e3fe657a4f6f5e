#include "engine/cli/graph_argument.hpp"

#include "engine/cli/console.hpp"
#include "engine/program/codes.hpp"

#include <fmt/format.h>

namespace dqrewrite::cli {

std::optional<Dump> read_dump(const std::string& path) {
    auto input = open_input(path);
    if (!input) return print_error(path, input.error()), std::nullopt;
    auto dump = Dump::read(*input);
    if (!dump) return print_error(path, dump.error()), std::nullopt;
    return std::move(*dump);
}

const Graph* find_graph(const Dump& dump, const std::string& path, const std::string& submodule) {
    if (submodule.empty()) return &dump.module.graph;
    std::vector<std::string> all;
    for (const Submodule& each : dump.module.submodules) {
        if (each.path == submodule) return &each.graph;
        all.push_back(each.path);
    }
    print_error(fmt::format("{} has no submodule \"{}\"{}", path, submodule, suggestion(submodule, all)));
    return nullptr;
}

NodeId find_node(const Graph& graph, const std::string& path, const std::string& name) {
    const NodeId found = graph.find(name);
    if (found != no_node) return found;
    std::vector<std::string> all;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) all.push_back(graph.name(node));
    print_error(fmt::format("{} has no node \"{}\"{}", path, name, suggestion(name, all)));
    return no_node;
}

}  // namespace dqrewrite::cli
