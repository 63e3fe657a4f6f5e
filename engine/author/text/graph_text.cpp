#include "engine/author/text/graph_text.hpp"

#include "engine/author/text/node_text.hpp"
#include "engine/dump/json_value.hpp"
#include "grammar/escapes.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr unsigned deepest = 1000;  // level of a dump; what is deeper stays as it is

void append_canonical(const JsonValue& value, unsigned depth, std::string& out) {
    JsonKind kind = value.kind();
    if (depth == 0 || (kind != JsonKind::array && kind != JsonKind::object)) {
        out += value.text();
        return;
    }
    if (kind == JsonKind::array) {
        out += '[';
        std::string_view separator;
        for (JsonItems items(value); items.next(); separator = ", ") {
            out += separator;
            append_canonical(items.value(), depth - 1, out);
        }
        out += ']';
        return;
    }
    std::vector<std::pair<std::string, std::string>> members;
    for (JsonMembers each(value); each.next();) {
        auto& [key, text] = members.emplace_back(each.raw_key(), "");
        append_canonical(each.value(), depth - 1, text);
    }
    std::sort(members.begin(), members.end());
    out += '{';
    std::string_view separator;
    for (const auto& [key, text] : members) {
        out += fmt::format("{}\"{}\": {}", separator, key, text);
        separator = ", ";
    }
    out += '}';
}

std::string line_of(const Graph& graph, NodeId node) {
    std::string line = node_line(graph, node);
    if (!graph.meta(node).empty()) line += "   meta " + canonical_json(graph.meta(node));
    return line;
}

}  // namespace

std::string canonical_json(std::string_view json) {
    std::string out;
    append_canonical(JsonValue(json), deepest, out);
    return out;
}

std::vector<std::string> graph_lines(const Graph& graph) {
    std::vector<std::string> lines;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) lines.push_back(line_of(graph, node));
    return lines;
}

std::vector<std::string> module_lines(const Module& module) {
    std::vector<std::string> lines = graph_lines(module.graph);
    for (const Submodule& each : module.submodules) {
        lines.push_back(fmt::format("submodule {} {{", quoted(each.path)));
        for (const std::string& line : graph_lines(each.graph)) lines.push_back("    " + line);
        lines.emplace_back("}");
    }
    return lines;
}

}  // namespace dqrewrite
