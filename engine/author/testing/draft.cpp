#include "engine/author/testing/draft.hpp"

#include "engine/rewrite/argument_builder.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

bool has_items(const Datum& datum) {
    return is_container(datum) || datum.kind == Datum::Kind::slice || datum.kind == Datum::Kind::complex;
}

}  // namespace

uint32_t Draft::insert(size_t place, Node node) {
    auto taken = [&](const std::string& name) {
        return std::any_of(nodes.begin(), nodes.end(), [&](const Node& each) { return each.name == name; });
    };
    const std::string base = node.name;
    for (int number = 1; taken(node.name); ++number) node.name = fmt::format("{}_{}", base, number);
    const auto index = static_cast<uint32_t>(nodes.size());
    nodes.push_back(std::move(node));
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(place), index);
    return index;
}

size_t Draft::place_of(uint32_t node) const {
    return static_cast<size_t>(std::find(order.begin(), order.end(), node) - order.begin());
}

Draft draft_of(const Graph& graph, Arena& arena) {
    Draft draft;
    for (NodeId id = graph.first(); id != no_node; id = graph.next(id)) {
        Draft::Node node;
        node.opcode = graph.opcode(id);
        node.target = graph.target_text(id);
        node.name = graph.name(id);
        node.meta = graph.meta(id);
        for (const Value& value : graph.args(id))
            node.args.push_back(keep(from_value(graph, id, value, arena), arena));
        for (const Keyword& each : graph.kwargs(id))
            node.kwargs.emplace_back(each.name, keep(from_value(graph, id, each.value, arena), arena));
        // Nodes that were appended one after the other, none erased: ids are indices.
        draft.order.push_back(static_cast<uint32_t>(id));
        draft.nodes.push_back(std::move(node));
    }
    return draft;
}

ModuleDraft draft_of(const Module& module, Arena& arena) {
    ModuleDraft draft{{""}, {draft_of(module.graph, arena)}};
    for (const Submodule& each : module.submodules) {
        draft.paths.push_back(each.path);
        draft.graphs.push_back(draft_of(each.graph, arena));
    }
    return draft;
}

void build(const Draft& draft, Graph& graph) {
    Arena arena;
    std::vector<NodeId> made(draft.nodes.size(), no_node);
    for (uint32_t index : draft.order) {
        const Draft::Node& from = draft.nodes[index];
        ArgumentBuilder arguments(graph);
        for (const Datum& each : from.args) arguments.add(with_nodes(each, arena, made));
        for (const auto& [name, each] : from.kwargs) arguments.add(name, with_nodes(each, arena, made));
        Graph::NewNode node;
        node.opcode = from.opcode;
        node.target = graph.symbols().intern(from.target);
        node.name = from.name;
        node.arguments = arguments.arguments();
        node.meta = graph.store().copy(from.meta);
        made[index] = graph.append(node);
    }
}

void build(const ModuleDraft& draft, Module& module) {
    build(draft.graphs[0], module.graph);
    for (size_t i = 1; i < draft.graphs.size(); ++i) {
        module.submodules.push_back({draft.paths[i], Graph(*module.symbols)});
        build(draft.graphs[i], module.submodules.back().graph);
    }
}

Datum with_nodes(const Datum& datum, Arena& arena, const std::vector<NodeId>& nodes) {
    if (datum.kind == Datum::Kind::node) {
        const NodeId made = nodes[static_cast<size_t>(datum.node)];
        if (made == no_node) throw GraphError("a node is used before it is defined");
        return make_node(made);
    }
    if (!has_items(datum)) return datum;
    Datum* items = arena.data(datum.size);
    for (size_t i = 0; i < datum.size; ++i) items[i] = with_nodes(datum.items[i], arena, nodes);
    Datum result = make_items(datum.kind, {items, datum.size});
    result.from_metadata = datum.from_metadata;
    return result;
}

bool holds_node(const Datum& datum, NodeId node) {
    if (datum.kind == Datum::Kind::node) return datum.node == node;
    if (!has_items(datum)) return false;
    const auto items = datum.item_span();
    return std::any_of(items.begin(), items.end(), [&](const Datum& each) { return holds_node(each, node); });
}

}  // namespace dqrewrite
