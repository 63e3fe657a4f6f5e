#include "engine/author/text/node_text.hpp"

#include "engine/author/text/rule_words.hpp"
#include "engine/dump/json_text.hpp"
#include "grammar/escapes.hpp"
#include "grammar/utf8.hpp"

#include <fmt/format.h>

namespace dqrewrite {

namespace {

class LinePrinter {
public:
    LinePrinter(const Graph& graph, NodeId node, size_t limit) : graph_(graph), node_(node), limit_(limit) {}

    std::string print() {
        const Opcode opcode = graph_.opcode(node_);
        if (opcode == Opcode::output) {
            out_ = "return ";
            arguments("");
            return shortened(std::move(out_), limit_);
        }
        graph_.append_name(node_, out_);
        out_ += " = ";
        std::string target;
        if (opcode == Opcode::call_function) {
            out_ += short_target(graph_.target_text(node_));
        } else {
            out_ += opcode_name(opcode);
            append_json_string(target, graph_.target_text(node_));
        }
        out_ += '(';
        arguments(target);
        out_ += ')';
        return shortened(std::move(out_), limit_);
    }

private:
    bool full() const { return out_.size() > limit_; }

    void arguments(std::string_view first) {
        out_ += first;
        std::string_view separator = first.empty() ? "" : ", ";
        for (const Value& argument : graph_.args(node_)) {
            if (full()) return;
            out_ += separator;
            value(argument);
            separator = ", ";
        }
        for (const Keyword& keyword : graph_.kwargs(node_)) {
            if (full()) return;
            ((out_ += separator) += keyword.name) += '=';
            value(keyword.value);
            separator = ", ";
        }
    }

    // As deep as arguments nest. Rows are cut where the line is full.
    void value(const Value& value) {
        if (value.kind == Value::Kind::list) return row("[", value.item_span(), "]");
        if (value.kind == Value::Kind::tuple) return row("(", value.item_span(), value.size == 1 ? ",)" : ")");
        out_ += rule_text(graph_, from_value(graph_, node_, value, arena_));
    }

    void row(std::string_view open, std::span<const Value> items, std::string_view close) {
        out_ += open;
        std::string_view separator;
        for (const Value& item : items) {
            if (full()) return;
            out_ += separator;
            value(item);
            separator = ", ";
        }
        out_ += close;
    }

    const Graph& graph_;
    NodeId node_;
    size_t limit_;
    std::string out_;
    Arena arena_;
};

}  // namespace

std::string node_line(const Graph& graph, NodeId node, size_t limit) {
    return LinePrinter(graph, node, limit).print();
}

std::string rule_text(const Graph& graph, const Datum& datum) {
    return rule_text(graph, datum, [&](NodeId node) { return graph.name(node); });
}

std::string rule_text(const Graph& graph, const Datum& datum, const NameOf& name) {
    const auto row = [&](std::string_view open, std::string_view close) {
        std::string out(open);
        for (const Datum& item : datum.item_span())
            out += (&item == datum.items ? "" : ", ") + rule_text(graph, item, name);
        return out.append(close);
    };
    switch (datum.kind) {
    case Datum::Kind::node: return name(datum.node);
    case Datum::Kind::symbolic: return fmt::format("sym({})", quoted(datum.text_view()));  // no name of a node
    case Datum::Kind::device: return fmt::format("device({})", quoted(datum.text_view()));
    case Datum::Kind::complex: return row("complex(", ")");
    case Datum::Kind::slice: return row("slice(", ")");
    case Datum::Kind::list: return row("[", "]");
    case Datum::Kind::tuple: return row("(", datum.size == 1 ? ",)" : ")");
    case Datum::Kind::dict: {
        std::string out = "{";
        for (size_t i = 0; i < datum.size; i += 2)
            out += fmt::format("{}{}: {}", i == 0 ? "" : ", ", rule_text(graph, datum.items[i], name),
                               rule_text(graph, datum.items[i + 1], name));
        return out + "}";
    }
    default: return to_repr(graph, datum);
    }
}

std::string value_text(const Graph& graph, const Datum& value, size_t limit) {
    return shortened(rule_text(graph, value), limit);
}

std::string shortened(std::string text, size_t limit) {
    constexpr std::string_view ellipsis = "…";
    if (text.size() <= limit) return text;
    text.resize(character_start(text, limit < ellipsis.size() ? 0 : limit - ellipsis.size()));
    return text.append(ellipsis);
}

}  // namespace dqrewrite
