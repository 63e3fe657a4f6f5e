// What has changed, as JSON; see diff_report.hpp.
#include "engine/author/diff/diff_report.hpp"
#include "engine/author/diff/json_diff.hpp"
#include "engine/author/graph_text.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/dump/value_writer.hpp"

#include <fmt/format.h>

namespace dqrewrite {

namespace {

// Metadata is whatever stands in the dump; what is no JSON is shown as text.
std::string clean_json(std::string_view text) {
    return is_json(text) ? canonical_json(text) : json_string(text);
}

// An object that is written member by member.
class Object {
public:
    void add(std::string_view key, std::string_view json) {
        text_ += fmt::format("{}\"{}\": {}", text_.empty() ? "" : ", ", key, json);
    }
    void add_text(std::string_view key, std::string_view text) { add(key, json_string(text)); }
    std::string text() const { return "{" + text_ + "}"; }

private:
    std::string text_;
};

class Reporter {
public:
    explicit Reporter(Output& output) : output_(output), values_(nullptr, JsonStyle()) {}

    void report(const DumpDiff& diff) {
        output_.write(fmt::format("{{\"same\": {}, \"head\": {}, \"ops\": ", diff.empty() ? "true" : "false",
                                  changes(nullptr, nullptr, diff.head)));
        rows(diff.ops, [&](const OpDiff& each) { return op(each); });
        output_.write(", \"graph\": ");
        graph(diff.graph);
        output_.write(", \"submodules\": [");
        std::string_view separator = "\n";
        for (const SubmoduleDiff& each : diff.submodules) {
            output_.write(separator);
            submodule(each);
            separator = ",\n";
        }
        output_.write(diff.submodules.empty() ? "]}\n" : "\n]}\n");
    }

private:
    // An array, one item a line.
    template <class Items, class Row>
    void rows(const Items& items, const Row& row) {
        output_.write("[");
        std::string_view separator = "\n";
        for (const auto& each : items) {
            output_.write(separator);
            output_.write(row(each));
            separator = ",\n";
        }
        output_.write(items.empty() ? "]" : "\n]");
    }

    void graph(const GraphDiff& diff) {
        rows(diff.nodes, [&](const NodeDiff& each) { return node(diff, each); });
    }

    void submodule(const SubmoduleDiff& each) {
        Object object;
        object.add_text("submodule", each.path);
        if (!each.graph) {
            object.add_text("change", each.before ? "removed" : "added");
            return output_.write(object.text());
        }
        output_.write(
            fmt::format("{{\"submodule\": {}, \"change\": \"changed\", \"graph\": ", json_string(each.path)));
        graph(*each.graph);
        output_.write("}");
    }

    std::string op(const OpDiff& op) {
        Object object;
        object.add_text("op", op.target);
        object.add_text("change", op.added ? "added" : op.removed ? "removed" : "changed");
        if (!op.changes.empty()) object.add("changes", changes(nullptr, nullptr, op.changes));
        return object.text();
    }

    std::string node(const GraphDiff& diff, const NodeDiff& node) {
        Object object;
        object.add_text("node", node.removed() ? diff.before->name(node.before) : diff.after->name(node.after));
        object.add_text("change", node.added() ? "added" : node.removed() ? "removed" : "changed");
        if (node.original != no_node) {
            object.add_text("copy_of", diff.before->name(node.original));
            std::vector<NodeId> users;
            diff.after->users(node.after, users);
            object.add("for", names(*diff.after, users));
        }
        if (node.successor != no_node) object.add_text("replaced_by", diff.after->name(node.successor));
        if (node.moved) {
            Object place;
            place.add("before", previous(*diff.before, node.before));
            place.add("after", previous(*diff.after, node.after));
            object.add("moved_behind", place.text());
        }
        if (!node.changes.empty()) object.add("changes", changes(&diff, &node, node.changes));
        return object.text();
    }

    static std::string previous(const Graph& graph, NodeId node) {
        const NodeId found = graph.previous(node);
        return found == no_node ? "null" : json_string(graph.name(found));
    }

    static std::string names(const Graph& graph, const std::vector<NodeId>& nodes) {
        std::string text;
        for (const NodeId node : nodes) text += (text.empty() ? "" : ", ") + json_string(graph.name(node));
        return "[" + text + "]";
    }

    // The two are null where no argument is among the changes.
    std::string changes(const GraphDiff* diff, const NodeDiff* node, const std::vector<Change>& all) {
        std::string text;
        for (const Change& each : all) {
            Object object;
            object.add_text("at", each.at);
            if (each.before.value)
                object.add("before", value(*diff->before, node->before, *each.before.value));
            else if (!each.before.json.empty())
                object.add("before", clean_json(each.before.json));
            if (each.after.value)
                object.add("after", value(*diff->after, node->after, *each.after.value));
            else if (!each.after.json.empty())
                object.add("after", clean_json(each.after.json));
            text += (text.empty() ? "" : ", ") + object.text();
        }
        return "[" + text + "]";
    }

    std::string value(const Graph& graph, NodeId owner, const Value& value) {
        std::string out;
        values_.append_value(out, graph, owner, value);
        return out;
    }

    Output& output_;
    ValueWriter values_;
};

}  // namespace

void report_diff_json(const DumpDiff& diff, Output& output) {
    Reporter(output).report(diff);
}

}  // namespace dqrewrite
