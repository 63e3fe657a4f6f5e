#include "engine/author/show/dot.hpp"

#include "engine/author/text/counted.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/dump/error.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr size_t longest_label = 40;  // characters
constexpr size_t longest_line = 70;
constexpr size_t longest_side = 20;  // bytes, of a change
constexpr size_t shown_changes = 3;

// What a box stands for; its look, and its row in the legend.
enum class Look : uint8_t { plain, input, attribute, output, added, copy, removed, changed, moved };

struct Style {
    std::string_view meaning;
    std::string_view fill, line, font, extra;
};

constexpr std::array<Style, 9> styles = {{
    {"as it was", "#FFFFFF", "#9AA5B1", "#1F2933", ""},
    {"placeholder", "#E3F0FC", "#5B9BD5", "#1F2933", ""},
    {"get_attr", "#F0ECF7", "#A593C7", "#1F2933", ""},
    {"output", "#E9ECEF", "#52606D", "#1F2933", ""},
    {"added", "#D7F2DC", "#2E9E4F", "#14532D", ", penwidth=1.8"},
    {"a copy", "#D7F2DC", "#2E9E4F", "#14532D", ", penwidth=1.2, peripheries=2"},
    {"removed", "#FBE3E1", "#D64545", "#8A1C1C", ", style=\"rounded,filled,dashed\", penwidth=1.4"},
    {"changed", "#FFF3CD", "#E0A100", "#5C4400", ", penwidth=1.8"},
    {"moved", "#E0E7FF", "#5661D8", "#27307A", ", penwidth=1.8"},
}};

const Style& style_of(Look look) {
    return styles[static_cast<size_t>(look)];
}

// For a label in Graphviz's HTML.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

// For a string in double quotes.
std::string quoted_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string label_text(std::string_view text) {
    return escaped(printable(text, longest_label));
}

// "aten.add.Tensor"; what all ops of a kind begin with, and ".default", tell a reader nothing.
std::string short_call(const Graph& graph, NodeId node) {
    std::string_view target = graph.target_text(node);
    if (graph.opcode(node) != Opcode::call_function)
        return fmt::format("{} {}", opcode_name(graph.opcode(node)), target);
    if (target.starts_with("torch.ops.")) target.remove_prefix(10);
    if (const size_t ops = target.find("._ops."); ops != std::string_view::npos) target.remove_prefix(ops + 6);
    if (target.ends_with(".default")) target.remove_suffix(8);
    while (target.size() > longest_label && target.find('.') != std::string_view::npos)
        target.remove_prefix(target.find('.') + 1);
    return std::string(target);
}

// The arguments that are no nodes.
std::string constants(const Graph& graph, NodeId node) {
    Arena arena;
    std::string out;
    const auto add = [&](std::string_view keyword, const Value& value) {
        if (value.kind == Value::Kind::operand || out.size() > 4 * longest_label) return;
        const std::string text = value_text(graph, from_value(graph, node, value, arena), longest_label);
        out += fmt::format("{}{}{}", out.empty() ? "" : ", ", keyword,
                           text.starts_with("torch.") ? std::string_view(text).substr(6) : std::string_view(text));
    };
    for (const Value& value : graph.args(node))
        if (!value.has_operands) add("", value);
    for (const Keyword& keyword : graph.kwargs(node))
        if (!keyword.value.has_operands) add(std::string(keyword.name) + "=", keyword.value);
    return out;
}

class DotWriter {
public:
    DotWriter(const Overlay& overlay, const OverlayRegion& region) : overlay_(overlay), region_(region) {}

    std::string write(std::string_view title) {
        out_ =
            fmt::format("digraph {{\n"
                        "  graph [label={}, labelloc=t, fontname=\"Helvetica\", fontsize=13, fontcolor=\"#52606D\", "
                        "bgcolor=\"#FFFFFF\", nodesep=0.3, ranksep=0.35]\n"
                        "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, "
                        "margin=\"0.12,0.06\", height=0.3]\n"
                        "  edge [color=\"#9AA5B1\", arrowsize=0.6, fontname=\"Helvetica\", fontsize=9]\n",
                        quoted_text(printable(title, 4 * longest_label)));
        for (size_t i = 0; i < overlay_.nodes.size(); ++i)
            if (region_.inside[i]) node(i);
        for (const Overlay::Edge& each : overlay_.edges) edge(each);
        outside();
        if (overlay_.before && something_seen()) legend();
        return std::move(out_) + "}\n";
    }

private:
    bool removed(const Overlay::Node& node) const { return node.after == no_node; }

    Look look_of(const Overlay::Node& node) const {
        if (node.diff && node.diff->removed()) return Look::removed;
        if (node.diff && node.diff->added()) return node.diff->original == no_node ? Look::added : Look::copy;
        if (node.diff) return node.diff->changes.empty() ? Look::moved : Look::changed;
        switch (overlay_.after->opcode(node.after)) {
        case Opcode::placeholder: return Look::input;
        case Opcode::get_attr: return Look::attribute;
        case Opcode::output: return Look::output;
        default: return Look::plain;
        }
    }

    void node(size_t index) {
        const Overlay::Node& node = overlay_.nodes[index];
        const Graph& graph = removed(node) ? *overlay_.before : *overlay_.after;
        const NodeId id = removed(node) ? node.before : node.after;
        const Look look = look_of(node);
        looks_seen_[static_cast<size_t>(look)] = true;
        std::string label = fmt::format("<b>{}</b>", label_text(graph.name(id)));
        const auto line = [&](std::string_view color, const std::string& text) {
            if (!text.empty())
                label += fmt::format("<br/><font point-size=\"9\" color=\"{}\">{}</font>", color,
                                     escaped(printable(text, longest_line)));
        };
        const Opcode opcode = graph.opcode(id);
        const bool says_nothing = opcode == Opcode::output || graph.target_text(id) == graph.name(id);
        if (!says_nothing) line("#52606D", printable(short_call(graph, id), longest_label));
        line("#7B8794", printable(constants(graph, id), longest_label));
        if (node.diff) changes(*node.diff, style_of(look).font, line);
        const Style& style = style_of(look);
        const bool round = opcode == Opcode::placeholder || opcode == Opcode::output;
        out_ += fmt::format("  n{} [label=<{}>, tooltip={}, fillcolor=\"{}\", color=\"{}\", fontcolor=\"{}\"{}{}]\n",
                            index, label, quoted_text(printable(node_line(graph, id, readable_line), readable_line)),
                            style.fill, style.line, style.font, style.extra, round ? ", shape=ellipse" : "");
        if (node.diff && node.diff->original != no_node) copy_of(index, node.diff->original);
    }

    template <class Line>
    void changes(const NodeDiff& diff, std::string_view color, const Line& line) const {
        if (diff.original != no_node) line(color, "copy of " + overlay_.before->name(diff.original));
        if (diff.moved) line(color, "moved");
        size_t shown = 0;
        for (const Change& each : diff.changes) {
            if (shown++ == shown_changes)
                return line(color, fmt::format("and {} more", diff.changes.size() - shown_changes));
            line(color, change_text(diff, each));
        }
    }

    // Short enough that both sides are seen. Which nodes are used is what edges say.
    std::string change_text(const NodeDiff& diff, const Change& change) const {
        const auto is_node = [](const ChangeSide& side) {
            return side.value && side.value->kind == Value::Kind::operand;
        };
        if (is_node(change.before) && is_node(change.after)) return change.at + ": another node";
        Arena arena;
        const auto side = [&](const Graph* graph, NodeId owner, const ChangeSide& of) -> std::string {
            if (!of.value) return of.json.empty() ? "nothing" : shortened(of.json, longest_side);
            return value_text(*graph, from_value(*graph, owner, *of.value, arena), longest_side);
        };
        const NodeId old = diff.original != no_node ? diff.original : diff.before;
        return fmt::format("{}: {} → {}", shortened(change.at, longest_side),
                           side(overlay_.before, old, change.before), side(overlay_.after, diff.after, change.after));
    }

    void copy_of(size_t copy, NodeId original) {
        const size_t at = overlay_.of_before[index_of(original)];
        if (!region_.inside[at]) return;
        out_ += fmt::format("  n{} -> n{} [style=dotted, color=\"#2E9E4F\", constraint=false, arrowhead=none]\n", at,
                            copy);
    }

    void edge(const Overlay::Edge& edge) {
        const bool from = region_.inside[edge.from], to = region_.inside[edge.to];
        if (from && !to) ++users_outside(edge.from);
        if (to && !from) ++inputs_outside(edge.to);
        if (!from || !to) return;
        edges_seen_[static_cast<size_t>(edge.change)] = true;
        out_ += fmt::format("  n{} -> n{}{}\n", edge.from, edge.to, edge_style(edge.change, edge.uses));
    }

    static std::string edge_style(EdgeChange change, uint32_t uses) {
        const std::string label = uses > 1 ? fmt::format("label=\"{} times\", ", uses) : "";
        switch (change) {
        case EdgeChange::added: return fmt::format(" [{}color=\"#2E9E4F\", penwidth=2]", label);
        case EdgeChange::removed: return fmt::format(" [{}color=\"#D64545\", style=dashed]", label);
        case EdgeChange::none: break;
        }
        return label.empty() ? "" : fmt::format(" [{}]", std::string_view(label).substr(0, label.size() - 2));
    }

    size_t& users_outside(size_t node) {
        if (outside_.empty()) outside_.resize(overlay_.nodes.size());
        return outside_[node].second;
    }
    size_t& inputs_outside(size_t node) {
        if (outside_.empty()) outside_.resize(overlay_.nodes.size());
        return outside_[node].first;
    }

    // Where lines lead out of the region.
    void outside() {
        const auto end = [&](size_t node, size_t count, bool inputs) {
            if (count == 0) return;
            const std::string name = fmt::format("{}{}", inputs ? 'i' : 'u', node);
            out_ += fmt::format("  {} [shape=plaintext, style=\"\", margin=0, fontsize=9, fontcolor=\"#9AA5B1\", "
                                "label=\"{}\"]\n",
                                name, counted(count, inputs ? "input" : "user"));
            out_ += inputs ? fmt::format("  {} -> n{} [style=dotted]\n", name, node)
                           : fmt::format("  n{} -> {} [style=dotted]\n", node, name);
        };
        for (size_t i = 0; i < outside_.size(); ++i) {
            end(i, outside_[i].first, true);
            end(i, outside_[i].second, false);
        }
    }

    // Whether there is anything to explain.
    bool something_seen() const {
        const auto seen = [this](Look look) { return looks_seen_[static_cast<size_t>(look)]; };
        return seen(Look::added) || seen(Look::copy) || seen(Look::removed) || seen(Look::changed) ||
               seen(Look::moved);
    }

    void legend() {
        out_ += "  subgraph cluster_legend {\n"
                "    graph [label=\"\", style=rounded, color=\"#CBD2D9\", margin=10]\n"
                "    legend [shape=plaintext, style=\"\", label=<<table border=\"0\" cellborder=\"0\" "
                "cellspacing=\"4\">\n";
        constexpr Look rows[] = {Look::added, Look::copy, Look::removed, Look::changed, Look::moved, Look::plain};
        for (const Look look : rows) {
            if (!looks_seen_[static_cast<size_t>(look)]) continue;
            const Style& style = style_of(look);
            out_ += fmt::format("      <tr><td bgcolor=\"{}\" border=\"1\" color=\"{}\" width=\"28\"{}></td>"
                                "<td align=\"left\">{}</td></tr>\n",
                                style.fill, style.line,
                                look == Look::removed ? " style=\"dashed\""
                                : look == Look::copy  ? " sides=\"TB\""
                                                      : "",
                                style.meaning);
        }
        edge_row(EdgeChange::added, "#2E9E4F", "━━▶", "uses it now");
        edge_row(EdgeChange::removed, "#D64545", "╌╌▶", "used it before");
        if (looks_seen_[static_cast<size_t>(Look::copy)]) row_of_line("#2E9E4F", "┈┈┈", "the original of a copy");
        out_ += "    </table>>]\n  }\n";
    }

    void edge_row(EdgeChange change, std::string_view color, std::string_view line, std::string_view meaning) {
        if (edges_seen_[static_cast<size_t>(change)]) row_of_line(color, line, meaning);
    }

    void row_of_line(std::string_view color, std::string_view line, std::string_view meaning) {
        out_ += fmt::format("      <tr><td><font color=\"{}\">{}</font></td><td align=\"left\">{}</td></tr>\n", color,
                            line, meaning);
    }

    const Overlay& overlay_;
    const OverlayRegion& region_;
    std::string out_;
    std::array<bool, styles.size()> looks_seen_ = {};
    std::array<bool, 3> edges_seen_ = {};
    std::vector<std::pair<size_t, size_t>> outside_;  // by node: inputs and users that are not drawn
};

}  // namespace

std::string dot_text(const Overlay& overlay, const OverlayRegion& region, std::string_view title) {
    return DotWriter(overlay, region).write(title);
}

}  // namespace dqrewrite
