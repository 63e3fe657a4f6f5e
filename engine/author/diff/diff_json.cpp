// What has changed, as JSON; see diff_report.hpp.
#include "engine/author/diff/diff_report.hpp"
#include "engine/author/diff/json_diff.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/json_object.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/dump/value_writer.hpp"

#include <fmt/format.h>

namespace dqrewrite {

namespace {

// Metadata is whatever stands in the dump; what is no JSON is shown as text.
std::string clean_json(std::string_view text) {
    return is_json(text) ? canonical_json(text) : json_string(text);
}

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
        std::string text;
        JsonObject object(text);
        object.text("submodule", each.path);
        object.text("change", each.graph ? "changed" : each.before ? "removed" : "added");
        if (each.graph) {
            object.key("graph");
            output_.write(text);
            text.clear();
            graph(*each.graph);
        }
        object.close();
        output_.write(text);
    }

    std::string op(const OpDiff& op) {
        std::string text;
        JsonObject object(text);
        object.text("op", op.target);
        object.text("change", op.added ? "added" : op.removed ? "removed" : "changed");
        if (!op.changes.empty()) object.raw("changes", changes(nullptr, nullptr, op.changes));
        object.close();
        return text;
    }

    std::string node(const GraphDiff& diff, const NodeDiff& node) {
        std::string text;
        JsonObject object(text);
        object.text("node", node.removed() ? diff.before->name(node.before) : diff.after->name(node.after));
        object.text("change", node.added() ? "added" : node.removed() ? "removed" : "changed");
        if (node.original != no_node) {
            object.text("copy_of", diff.before->name(node.original));
            std::vector<NodeId> users;
            diff.after->users(node.after, users);
            object.array("for", users,
                         [&](std::string& out, NodeId user) { append_json_string(out, diff.after->name(user)); });
        }
        if (node.successor != no_node) object.text("replaced_by", diff.after->name(node.successor));
        if (node.moved) {
            JsonObject place(object.key("moved_behind"));
            place.raw("before", previous(*diff.before, node.before));
            place.raw("after", previous(*diff.after, node.after));
            place.close();
        }
        if (!node.changes.empty()) object.raw("changes", changes(&diff, &node, node.changes));
        object.close();
        return text;
    }

    static std::string previous(const Graph& graph, NodeId node) {
        const NodeId found = graph.previous(node);
        return found == no_node ? "null" : json_string(graph.name(found));
    }

    // The two are null where no argument is among the changes.
    std::string changes(const GraphDiff* diff, const NodeDiff* node, const std::vector<Change>& all) {
        std::string text = "[";
        for (const Change& each : all) {
            if (text.size() > 1) text += ", ";
            JsonObject object(text);
            object.text("at", each.at);
            if (each.before.value)
                values_.append_value(object.key("before"), *diff->before, node->before, *each.before.value);
            else if (!each.before.json.empty())
                object.raw("before", clean_json(each.before.json));
            if (each.after.value)
                values_.append_value(object.key("after"), *diff->after, node->after, *each.after.value);
            else if (!each.after.json.empty())
                object.raw("after", clean_json(each.after.json));
            object.close();
        }
        return text + "]";
    }

    Output& output_;
    ValueWriter values_;
};

}  // namespace

void report_diff_json(const DumpDiff& diff, Output& output) {
    Reporter(output).report(diff);
}

}  // namespace dqrewrite
