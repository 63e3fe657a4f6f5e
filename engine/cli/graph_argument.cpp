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

namespace {

// Where else a node of that name is, of a graph that has none; empty where it is nowhere.
std::string found_elsewhere(const Dump& dump, const Graph& graph, const std::string& name) {
    const Graph& top = dump.module.graph;
    if (&graph != &top && top.find(name) != no_node) return "; the top graph has one: leave out --submodule";
    for (const Submodule& each : dump.module.submodules)
        if (&each.graph != &graph && each.graph.find(name) != no_node)
            return fmt::format("; its submodule {0} has one: --submodule {0}", each.path);
    return "";
}

}  // namespace

const Graph* find_graph(const Dump& dump, const std::string& path, const std::string& submodule) {
    if (submodule.empty()) return &dump.module.graph;
    std::vector<std::string> all;
    for (const Submodule& each : dump.module.submodules) {
        if (each.path == submodule) return &each.graph;
        all.push_back(each.path);
    }
    constexpr size_t most_listed = 10;
    std::string hint = suggestion(submodule, all);
    if (hint.empty() && all.size() <= most_listed)
        hint = fmt::format("; it has {}{}", all.empty() ? "none" : "", fmt::join(all, ", "));
    print_error(fmt::format("{} has no submodule \"{}\"{}", path, submodule, hint));
    return nullptr;
}

NodeId find_node(const Dump& dump, const Graph& graph, const std::string& path, const std::string& name) {
    const NodeId found = graph.find(name);
    if (found != no_node) return found;
    const std::string submodule = path_of(dump.module, graph);
    std::string hint = found_elsewhere(dump, graph, name);
    std::vector<std::string> all;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) all.push_back(graph.name(node));
    if (hint.empty()) hint = suggestion(name, all);
    if (hint.empty()) hint = "; dqrewrite show lists its nodes";
    print_error(
        fmt::format("{}{}{} has no node \"{}\"{}", submodule, submodule.empty() ? "" : " of ", path, name, hint));
    return no_node;
}

}  // namespace dqrewrite::cli
