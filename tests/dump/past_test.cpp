// The "past" of graphs: what is written of it, and that a graph that is read with it goes on as the one it was of.
#include "tests/dump/support.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

constexpr std::string_view node_lines = R"(
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "op.f", "args": [{"node": "x"}], "kwargs": {}},
{"name": "g", "op": "call_function", "target": "op.g", "args": [{"node": "x"}, {"node": "f"}], "kwargs": {}}
)";

std::string graph_with(std::string_view past, bool first = false, std::string_view nodes = node_lines) {
    return first ? fmt::format(R"({{"past": {}, "nodes": [{}]}})", past, nodes)
                 : fmt::format(R"({{"nodes": [{}], "past": {}, "after": 1}})", nodes, past);
}

std::string dump_with(std::string_view graph) {
    return fmt::format(R"({{"format": "fx-graph", "version": 1, "graph": {}}})", graph);
}

NodeId named(const Graph& graph, std::string_view name) {
    const NodeId node = graph.find(name);
    REQUIRE(node != no_node);
    return node;
}

std::string users_of(const Graph& graph, NodeId node) {
    std::vector<NodeId> users;
    graph.users(node, users);
    std::string names;
    for (const NodeId user : users) names += graph.name(user) + ' ';
    return names;
}

// All that a pass can see of a graph's order, names and users.
std::string seen(const Graph& graph) {
    std::string text;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node))
        text += fmt::format("{}: {}\n", graph.name(node), users_of(graph, node));
    return text;
}

// An edit of a node that only depends on what seen() shows.
void edit(Graph& graph, std::mt19937& random) {
    std::vector<NodeId> nodes;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) nodes.push_back(node);
    const auto below = [&](size_t bound) { return random() % bound; };
    const NodeId node = nodes[below(nodes.size())];
    std::vector<NodeId> inputs;
    graph.inputs(node, inputs);
    switch (below(5)) {
    case 0: graph.clone(node, {Place::Side::after, node}); return;
    case 1:
        if (graph.user_count(node) == 0 && nodes.size() > 2) graph.erase(node);
        return;
    case 2: graph.erase(graph.clone(node, {Place::Side::before, no_node})); return;
    case 3:
        if (!inputs.empty()) graph.replace_input(node, inputs[0], inputs[0]);
        return;
    default:
        if (!inputs.empty()) {
            const NodeId copy = graph.clone(inputs[0], {Place::Side::after, inputs[0]});
            graph.replace_input(node, inputs[0], copy);
        }
    }
}

std::string random_nodes(std::mt19937& random) {
    constexpr std::string_view names[] = {"f",    "f_1",  "f_3", "g_01",         "input",
                                          "max_", "h_07", "é_2", "f_4294967296", "a.b"};
    std::string text = R"({"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}})";
    std::vector<std::string> made{"x"};
    for (const std::string_view name : names) {
        std::string args;
        for (size_t i = 1 + random() % 2; i > 0; --i)
            args += fmt::format(R"({}{{"node": "{}"}})", args.empty() ? "" : ", ", made[random() % made.size()]);
        text += fmt::format(
            R"(,{{"name": "{}", "op": "call_function", "target": "op", "args": [{}], "kwargs": {{}}}})", name, args);
        made.emplace_back(name);
    }
    return text;
}

}  // namespace

TEST_CASE("a dump whose graph is not edited keeps the past as it is written") {
    for (const bool first : {false, true}) {
        const std::string text = dump_with(graph_with(R"({ "taken" : ["f"], "users":{"x":["g", "f"]}})", first));
        CHECK(round_trip(text) == text);
        CHECK(users_of(read_dump(text).module.graph, NodeId{0}) == "g f ");
    }
}

TEST_CASE("a past is written anew after edits") {
    struct Row {
        std::string_view before;
        std::function<void(Graph&)> edit;
        std::string_view after;
    };
    const std::vector<Row> rows{
        {R"({})", [](Graph& g) { g.set_meta(named(g, "g"), "{}"); }, R"({})"},
        {R"({"users": {"x": ["g", "f"]}, "taken": ["y", "f_1"], "counts": {"f": 12, "x": 0}})",
         [](Graph& g) { g.set_meta(named(g, "g"), "{}"); },
         R"({"users": {"x": ["g", "f"]}, "taken": ["f_1", "y"], "counts": {"f": 12}})"},
        {R"({})", [](Graph& g) { g.replace_input(named(g, "f"), named(g, "x"), named(g, "x")); },
         R"({"users": {"x": ["g", "f"]}})"},
        {R"({"users": {"x": ["g", "f"]}})",
         [](Graph& g) { g.replace_input(named(g, "g"), named(g, "x"), named(g, "x")); }, R"({})"},
        {R"({})", [](Graph& g) { g.erase(named(g, "g")); }, R"({"taken": ["g"]})"},
        {R"({"counts": {"g": 4}})", [](Graph& g) { g.erase(g.clone(named(g, "g"), {})); },
         R"({"taken": ["g_5"], "counts": {"g": 5}})"},
        {R"({"counts": {"g": 123456789012345678901234567890}})",
         [](Graph& g) { g.erase(g.clone(named(g, "g"), {})); },
         R"({"taken": ["g_123456789012345678901234567891"], "counts": {"g": 123456789012345678901234567891}})"},
    };
    for (const Row& row : rows) {
        for (const bool first : {false, true}) {
            INFO(row.before);
            Dump dump = read_dump(dump_with(graph_with(row.before, first)));
            row.edit(dump.module.graph);
            const std::string text = text_of(dump);
            CHECK(text.find(fmt::format(R"("past": {}{})", row.after, first ? ", \"nodes\"" : ", \"after\"")) !=
                  text.npos);
            CHECK(round_trip(text) == text);
        }
    }
}

TEST_CASE("a graph without a past is written without one, also beside one that has it") {
    const std::string nodes(node_lines);
    const std::string text = fmt::format(
        R"({{"format": "fx-graph", "version": 1, "graph": {{"nodes": [{}]}}, "submodules": {{"a": {}}}}})", nodes,
        graph_with("{}"));
    Dump dump = read_dump(text);
    for (Graph* graph : {&dump.module.graph, &dump.module.submodules[0].graph})
        graph->replace_input(named(*graph, "f"), named(*graph, "x"), named(*graph, "x"));
    const std::string after = text_of(dump);
    CHECK(after.find("past") == after.rfind("past"));
    CHECK(after.find(R"("past": {"users": {"x": ["g", "f"]}})") > after.find("submodules"));
}

TEST_CASE("a graph that is read with its past goes on as the one that it was written from") {
    for (uint32_t seed = 0; seed < 2000; ++seed) {
        INFO(seed);
        std::mt19937 random(seed);
        Dump live = read_dump(dump_with(graph_with("{}", seed % 2 == 0, random_nodes(random))));
        for (int i = 0; i < 12; ++i) edit(live.module.graph, random);
        const std::string text = text_of(live);
        Dump again = read_dump(text);
        REQUIRE(seen(again.module.graph) == seen(live.module.graph));
        std::mt19937 same = random;
        for (int i = 0; i < 12; ++i) {
            edit(live.module.graph, random);
            edit(again.module.graph, same);
        }
        REQUIRE(seen(again.module.graph) == seen(live.module.graph));
        REQUIRE(text_of(again) == text_of(live));
    }
}
