#include "tests/dump/listing.hpp"

#include <fmt/format.h>

namespace dqrewrite::test {

namespace {

using Kind = Value::Kind;

std::string show(const Graph& graph, NodeId owner, const Value& value);

std::string show_items(const Graph& graph, NodeId owner, const Value& value, const char* open, const char* close) {
    std::string text = open;
    for (const Value& item : value.item_span()) {
        if (&item != value.items) text += ", ";
        text += show(graph, owner, item);
    }
    return text + close + (value.has_operands ? "" : "'");
}

// Recursion is fine here: tests keep their values shallow.
std::string show(const Graph& graph, NodeId owner, const Value& value) {
    switch (value.kind) {
    case Kind::none: return "None";
    case Kind::boolean: return value.boolean ? "True" : "False";
    case Kind::integer: return fmt::format("{}", value.integer);
    case Kind::big_integer: return fmt::format("big:{}", value.text_view());
    case Kind::real: return value.as_text ? fmt::format("~{}", value.text_view()) : fmt::format("{}", value.real);
    case Kind::complex: return "complex" + show_items(graph, owner, value, "(", ")");
    case Kind::string: return fmt::format("'{}'{}", value.text_view(), value.escaped ? "e" : "");
    case Kind::list: return show_items(graph, owner, value, "[", "]");
    case Kind::tuple: return show_items(graph, owner, value, "(", ")");
    case Kind::dict: return show_items(graph, owner, value, "{", "}");
    case Kind::slice: return "slice" + show_items(graph, owner, value, "(", ")");
    case Kind::dtype: return fmt::format("dtype:{}", value.text_view());
    case Kind::device: return fmt::format("device:{}", value.text_view());
    case Kind::memory_format: return fmt::format("memory_format:{}", value.text_view());
    case Kind::layout: return fmt::format("layout:{}", value.text_view());
    case Kind::symbolic: return fmt::format("sym:{}", value.text_view());
    case Kind::opaque: return fmt::format("opaque:{}", value.text_view());
    case Kind::operand: return "%" + graph.name(graph.operand(owner, value.operand));
    }
    return "?";
}

}  // namespace

std::string listing(const Graph& graph) {
    std::string text;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        text +=
            fmt::format("{} = {} {}(", graph.name(node), opcode_name(graph.opcode(node)), graph.target_text(node));
        const char* comma = "";
        for (const Value& value : graph.args(node)) {
            text += comma + show(graph, node, value);
            comma = ", ";
        }
        for (const Keyword& keyword : graph.kwargs(node)) {
            text += fmt::format("{}{}={}", comma, keyword.name, show(graph, node, keyword.value));
            comma = ", ";
        }
        text += ')';
        if (graph.own_impurity(node) != Impurity::unsaid) {
            text += graph.own_impurity(node) == Impurity::impure ? " impure" : " pure";
        }
        if (!graph.meta(node).empty()) text += fmt::format(" meta {}", graph.meta(node));
        text += '\n';
    }
    return text;
}

}  // namespace dqrewrite::test
