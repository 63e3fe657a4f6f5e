// What has changed, line by line; see diff_report.hpp.
#include "engine/author/diff/diff_report.hpp"
#include "engine/author/diff/json_diff.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/rewrite/datum.hpp"
#include "grammar/utf8.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr size_t longest_value = 60;     // characters
constexpr size_t kept_of_the_same = 12;  // of what stands before the place where two values part
constexpr size_t shown_users = 4;

// Both shortened where one is long, so that the first difference is seen.
void shorten(std::string& before, std::string& after) {
    if (before.size() <= longest_value && after.size() <= longest_value) return;
    const auto parted = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    const auto same = static_cast<size_t>(parted.first - before.begin());
    const size_t cut = same <= 2 * kept_of_the_same ? 0 : character_start(before, same - kept_of_the_same);
    for (std::string* text : {&before, &after})
        *text = (cut > 0 ? "…" : "") + printable(std::string_view(*text).substr(cut), longest_value);
}

class Reporter {
public:
    explicit Reporter(const DiffLineSink& sink) : sink_(sink) {}

    void report(const DumpDiff& diff) {
        if (diff.empty()) return;
        if (!diff.head.empty()) line(DiffLineKind::changed, "~ the dump itself");
        for (const Change& change : diff.head) json_change(change);
        for (const OpDiff& each : diff.ops) op(each);
        graph(diff.graph);
        for (const SubmoduleDiff& each : diff.submodules) submodule(each);
        summary(diff);
    }

private:
    struct Counts {
        size_t added = 0, copies = 0, removed = 0, changed = 0, moved = 0;
    };

    void line(DiffLineKind kind, std::string_view text) { sink_(kind, printable(text, text.size())); }
    void detail(std::string_view text) { line(DiffLineKind::detail, fmt::format("    {}", text)); }

    void change(std::string_view at, std::string before, std::string after) {
        shorten(before, after);
        if (before.empty()) return detail(fmt::format("{}: added, {}", at, after));
        if (after.empty()) return detail(fmt::format("{}: removed, was {}", at, before));
        detail(fmt::format("{}: {} -> {}", at, before, after));
    }

    void json_change(const Change& each) {
        const auto shown = [](const std::string& json) { return is_json(json) ? canonical_json(json) : json; };
        change(each.at, shown(each.before.json), shown(each.after.json));
    }

    void op(const OpDiff& op) {
        if (op.added) return line(DiffLineKind::added, fmt::format("+ op {}", op.target));
        if (op.removed) return line(DiffLineKind::removed, fmt::format("- op {}", op.target));
        line(DiffLineKind::changed, fmt::format("~ op {}", op.target));
        for (const Change& each : op.changes) json_change(each);
    }

    static std::string size_of(const Graph& graph) { return " of " + counted(graph.size(), "node"); }

    void submodule(const SubmoduleDiff& each) {
        if (!each.before)
            return line(DiffLineKind::added, fmt::format("+ submodule {}{}", each.path, size_of(*each.after)));
        if (!each.after)
            return line(DiffLineKind::removed, fmt::format("- submodule {}{}", each.path, size_of(*each.before)));
        line(DiffLineKind::heading, fmt::format("submodule {}:", each.path));
        graph(*each.graph);
    }

    void graph(const GraphDiff& diff) {
        for (const NodeDiff& each : diff.nodes) node(diff, each);
    }

    void node(const GraphDiff& diff, const NodeDiff& node) {
        if (node.added()) {
            ++counts_.added;
            line(DiffLineKind::added, "+ " + node_line(*diff.after, node.after));
            if (node.original != no_node) copy(diff, node);
        } else if (node.removed()) {
            ++counts_.removed;
            line(DiffLineKind::removed, "- " + node_line(*diff.before, node.before));
            if (node.successor != no_node)
                detail(fmt::format("{} stands in its place", diff.after->name(node.successor)));
        } else {
            line(DiffLineKind::changed, "~ " + diff.after->name(node.after));
            if (node.moved) moved(diff, node);
            if (!node.changes.empty()) ++counts_.changed;
        }
        for (const Change& each : node.changes) node_change(diff, node, each);
    }

    void copy(const GraphDiff& diff, const NodeDiff& node) {
        ++counts_.copies;
        std::vector<NodeId> users;
        diff.after->users(node.after, users);
        std::string names;
        for (size_t i = 0; i < users.size() && i < shown_users; ++i)
            names += (i == 0 ? "" : ", ") + diff.after->name(users[i]);
        if (users.size() > shown_users) names += fmt::format(" and {} more", users.size() - shown_users);
        const bool gone = diff.node_after[index_of(node.original)] == no_node;
        detail(fmt::format("a copy of {}{}{}{}", diff.before->name(node.original), gone ? ", which is gone" : "",
                           names.empty() ? "" : ", for ", names));
    }

    void moved(const GraphDiff& diff, const NodeDiff& node) {
        ++counts_.moved;
        const auto place = [](const Graph& graph, NodeId at) {
            const NodeId previous = graph.previous(at);
            return previous == no_node ? "first" : "behind " + graph.name(previous);
        };
        detail(fmt::format("moved: {}, was {}", place(*diff.after, node.after), place(*diff.before, node.before)));
    }

    void node_change(const GraphDiff& diff, const NodeDiff& node, const Change& each) {
        if (!each.before.value && !each.after.value) return json_change(each);
        Arena arena;
        Datum old, fresh;
        if (each.before.value) old = from_value(*diff.before, node.before, *each.before.value, arena);
        if (each.after.value) fresh = from_value(*diff.after, node.after, *each.after.value, arena);
        std::string before = each.before.value ? rule_text(*diff.before, old) : "";
        std::string after = each.after.value ? rule_text(*diff.after, fresh) : "";
        if (before == after) {  // an int8 that is a dtype, an int8 that is text …
            before += fmt::format(" ({})", type_name(old));
            after += fmt::format(" ({})", type_name(fresh));
        }
        change(each.at, before, after);
    }

    void summary(const DumpDiff& diff) {
        std::vector<std::string> parts;
        const auto part = [&](size_t count, std::string_view what) {
            if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
        };
        part(counts_.added, counts_.copies == 0 ? "added"
                                                : fmt::format("added ({} of them {})", counts_.copies,
                                                              counts_.copies == 1 ? "a copy" : "copies"));
        part(counts_.removed, "removed");
        part(counts_.changed, "changed");
        part(counts_.moved, "moved");
        std::string text = parts.empty() ? "nodes: all the same" : fmt::format("nodes: {}", fmt::join(parts, ", "));
        size_t submodules = 0;
        for (const SubmoduleDiff& each : diff.submodules) submodules += !each.graph;
        if (submodules > 0) text += fmt::format("; submodules: {} added or removed", submodules);
        if (!diff.ops.empty()) text += fmt::format("; ops: {} differ", diff.ops.size());
        line(DiffLineKind::summary, text);
    }

    const DiffLineSink& sink_;
    Counts counts_;
};

}  // namespace

void report_diff_lines(const DumpDiff& diff, const DiffLineSink& sink) {
    Reporter(sink).report(diff);
}

}  // namespace dqrewrite
