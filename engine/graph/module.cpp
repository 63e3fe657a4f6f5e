// Where a graph of a module is, and dead code in it and the modules below it; see module.hpp.
#include "engine/graph/module.hpp"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dqrewrite {

namespace {

constexpr size_t top = 0;  // graphs are counted from the top one, then the submodules in their order

Graph& graph_at(Module& module, size_t index) {
    return index == top ? module.graph : module.submodules[index - 1].graph;
}

struct Child {
    std::string_view name;
    size_t index = 0;
};

// For each graph, the submodules that hang directly below it.
std::vector<std::vector<Child>> children_of(const Module& module) {
    std::unordered_map<std::string_view, size_t> by_path{{"", top}};
    for (size_t i = 0; i < module.submodules.size(); ++i) by_path.emplace(module.submodules[i].path, i + 1);
    std::vector<std::vector<Child>> children(module.submodules.size() + 1);
    for (size_t i = 0; i < module.submodules.size(); ++i) {
        const std::string_view path = module.submodules[i].path;
        const size_t dot = path.rfind('.');
        const std::string_view parent = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
        if (const auto found = by_path.find(parent); found != by_path.end()) {
            children[found->second].push_back({path.substr(dot + 1), i + 1});
        }
    }
    return children;
}

std::unordered_set<std::string_view> attributes_in(const Graph& graph) {
    std::unordered_set<std::string_view> targets;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        if (graph.opcode(node) == Opcode::get_attr) targets.insert(graph.target_text(node));
    }
    return targets;
}

}  // namespace

std::string path_of(const Module& module, const Graph& graph) {
    for (const Submodule& submodule : module.submodules)
        if (&submodule.graph == &graph) return submodule.path;
    return {};
}

DeadCode eliminate_dead_code(Module& module, const ImpureTarget& impure_target, const DeadNode& tell) {
    const auto children = children_of(module);
    DeadCode all{.looked_at = module.submodules.size()};
    std::vector<size_t> pending{top};
    while (!pending.empty()) {
        const size_t index = pending.back();
        pending.pop_back();
        Graph& graph = graph_at(module, index);
        const DeadCode found = graph.eliminate_dead_code(impure_target, tell);
        all.erased += found.erased;
        all.looked_at += found.looked_at + 1;
        if (children[index].empty()) continue;
        all.looked_at += graph.size();
        const auto attributes = attributes_in(graph);
        for (auto child = children[index].rbegin(); child != children[index].rend(); ++child) {
            if (attributes.contains(child->name)) pending.push_back(child->index);
        }
    }
    return all;
}

}  // namespace dqrewrite
