// What diff_graphs says of random edits: nothing is left out, nothing is made up, and no more has moved than must.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/diff/graph_diff.hpp"
#include "engine/author/show/overlay.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/dump/dump.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace dqrewrite;

namespace {

Dump read(const std::string& name) {
    auto dump = Dump::read(Input::from_string(test::read_file(DQREWRITE_SOURCE_DIR "/tests/corpus/" + name)));
    REQUIRE(dump);
    return std::move(*dump);
}

std::vector<NodeId> nodes_of(const Graph& graph) {
    std::vector<NodeId> nodes;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) nodes.push_back(node);
    return nodes;
}

// The longest common order, by the table that everyone can check.
size_t longest_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<size_t> row(b.size() + 1), last(b.size() + 1);
    for (const std::string& name : a) {
        std::swap(row, last);
        for (size_t j = 0; j < b.size(); ++j) row[j + 1] = name == b[j] ? last[j] + 1 : std::max(last[j + 1], row[j]);
    }
    return row.back();
}

// One edit, as a pass may make it.
void edit(Graph& graph, std::mt19937& random) {
    const std::vector<NodeId> nodes = nodes_of(graph);
    const auto any = [&] { return nodes[random() % nodes.size()]; };
    const NodeId node = any(), other = any();
    switch (random() % 6) {
    case 0: graph.move(node, {Place::Side::before, other}); break;
    case 1: {
        const NodeId copy = graph.clone(node, {Place::Side::after, node});
        std::vector<NodeId> users;
        graph.users(node, users);
        if (!users.empty()) graph.replace_input(users[random() % users.size()], node, copy);
        break;
    }
    case 2: graph.replace_all_uses(node, other); break;
    case 3:
        if (graph.user_count(node) == 0 && graph.opcode(node) != Opcode::output) graph.erase(node);
        break;
    case 4: graph.set_meta(node, R"({"val": 1})"); break;
    default:  // an output's target is in no line
        if (graph.opcode(node) != Opcode::output)
            graph.set_target(node, graph.symbols().intern("torch.ops.aten.other.default"));
    }
}

void check(const Graph& before, const Graph& after) {
    const GraphDiff diff = diff_graphs(before, after);
    std::set<NodeId> seen_before, seen_after;
    size_t moved = 0;
    for (const NodeDiff& node : diff.nodes) {
        CHECK((node.before == no_node || seen_before.insert(node.before).second));
        CHECK((node.after == no_node || seen_after.insert(node.after).second));
        moved += node.moved;
        if (node.before == no_node) CHECK(before.find(after.name(node.after)) == no_node);
        if (node.after == no_node) CHECK(after.find(before.name(node.before)) == no_node);
        if (node.original != no_node) {
            CHECK(node.added());
            CHECK(before.target_text(node.original) == after.target_text(node.after));
        }
        if (node.before == no_node || node.after == no_node) continue;
        CHECK(before.name(node.before) == after.name(node.after));
        const bool same = node_line(before, node.before) == node_line(after, node.after) &&
                          canonical_json(before.meta(node.before)) == canonical_json(after.meta(node.after));
        CHECK(same == node.changes.empty());
    }
    // A picture of both has each of them once.
    const Overlay overlay = make_overlay(diff);
    std::set<std::pair<NodeId, NodeId>> drawn;
    for (const Overlay::Node& node : overlay.nodes) {
        CHECK(drawn.insert({node.before, node.after}).second);
        const bool listed = node.after == no_node ? seen_before.count(node.before) : seen_after.count(node.after);
        CHECK(listed == (node.diff != nullptr));
        if (node.diff) CHECK((node.diff->before == node.before && node.diff->after == node.after));
    }
    const auto removed =
        std::count_if(diff.nodes.begin(), diff.nodes.end(), [](const auto& node) { return node.removed(); });
    CHECK(overlay.nodes.size() == after.size() + static_cast<size_t>(removed));
    // All others are the same, in the same order.
    std::vector<std::string> rest_before, rest_after, names_before, names_after;
    const auto line = [](const Graph& graph, NodeId node) {
        return node_line(graph, node) + canonical_json(graph.meta(node));
    };
    for (NodeId node : nodes_of(before)) {
        if (!seen_before.count(node)) rest_before.push_back(line(before, node));
        if (after.find(before.name(node)) != no_node) names_before.push_back(before.name(node));
    }
    for (NodeId node : nodes_of(after)) {
        if (!seen_after.count(node)) rest_after.push_back(line(after, node));
        if (before.find(after.name(node)) != no_node) names_after.push_back(after.name(node));
    }
    CHECK(rest_before == rest_after);
    CHECK(moved == names_before.size() - longest_common(names_before, names_after));
}

}  // namespace

TEST_CASE("random edits are found, all of them and no others") {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        INFO(round);
        const Dump before = read("cond.x86.before.json");
        Dump after = read("cond.x86.before.json");
        for (size_t edits = random() % 12; edits > 0; --edits) edit(after.module.graph, random);
        check(before.module.graph, after.module.graph);
        check(after.module.graph, before.module.graph);
    }
}

TEST_CASE("a copy is the copy of what its user used before, of several that are the same call") {
    const auto dump = [](const std::string& nodes, const std::string& used) {
        auto read = Dump::read(
            Input::from_string(R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
            {"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
            {"name": "a", "op": "call_function", "target": "f", "args": [{"node": "x"}, 1], "kwargs": {}},
            {"name": "b", "op": "call_function", "target": "f", "args": [{"node": "x"}, 1], "kwargs": {}},
            {"name": "c", "op": "call_function", "target": "f", "args": [{"node": "x"}, 1.0], "kwargs": {}},)" +
                               nodes + R"({"name": "u", "op": "call_function", "target": "g", "args": [{"node": ")" +
                               used + R"("}], "kwargs": {}}]}})"));
        REQUIRE(read);
        return std::move(*read);
    };
    const auto copy = [](const std::string& name, const char* arguments) {
        return R"({"name": ")" + name + R"(", "op": "call_function", "target": "f", "args": )" + arguments +
               R"(, "kwargs": {}},)";
    };
    const auto original = [](const Dump& before, const Dump& after) -> std::string {
        const GraphDiff diff = diff_graphs(before.module.graph, after.module.graph);
        for (const NodeDiff& node : diff.nodes)
            if (node.added()) return node.original == no_node ? "none" : before.module.graph.name(node.original);
        return "nothing added";
    };
    const char* same = R"([{"node": "x"}, 1])";
    CHECK(original(dump("", "b"), dump(copy("fresh", same), "fresh")) == "b");
    CHECK(original(dump("", "c"), dump(copy("fresh", same), "fresh")) == "a");
    CHECK(original(dump("", "c"), dump(copy("b_3", same), "b_3")) == "b");
    CHECK(original(dump("", "a"), dump(copy("b_3", same), "b_3")) == "a");
    CHECK(original(dump("", "a"), dump(copy("b_3", R"([{"node": "x"}, 2])"), "b_3")) == "none");
    CHECK(original(dump("", "a"), dump(copy("b_3", R"([{"node": "x"}, 1.0])"), "b_3")) == "c");
    CHECK(original(dump("", "a"), dump("", "b")) == "nothing added");
}
