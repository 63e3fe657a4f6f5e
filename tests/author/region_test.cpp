// The nodes that are near others.

#include "tests/support/catch.hpp"

#include "engine/author/region.hpp"
#include "engine/dump/dump.hpp"

#include <fmt/format.h>

using namespace dqrewrite;

namespace {

// x -> a -> b -> c -> output, and x -> s -> c.
constexpr const char* text = R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "a", "op": "call_function", "target": "f", "args": [{"node": "x"}], "kwargs": {}},
{"name": "s", "op": "call_function", "target": "f", "args": [{"node": "x"}], "kwargs": {}},
{"name": "b", "op": "call_function", "target": "f", "args": [{"node": "a"}, [{"node": "a"}]], "kwargs": {}},
{"name": "c", "op": "call_function", "target": "g", "args": [{"node": "b"}, {"node": "s"}], "kwargs": {}},
{"name": "output", "op": "output", "target": "output", "args": [{"node": "c"}], "kwargs": {}}
]}})";

std::string names(const Graph& graph, const Region& region) {
    std::string all;
    for (NodeId node : region.nodes) all += (all.empty() ? "" : " ") + graph.name(node);
    return all + (region.complete ? "" : " ...");
}

}  // namespace

TEST_CASE("a region is what is near, in the order of the graph") {
    auto dump = Dump::read(Input::from_string(text));
    REQUIRE(dump);
    const Graph& graph = dump->module.graph;
    const auto around = [&](std::vector<std::string_view> centers, size_t depth, Direction direction, size_t limit) {
        std::vector<NodeId> nodes;
        for (std::string_view name : centers) nodes.push_back(graph.find(name));
        return names(graph, region_around(graph, nodes, depth, direction, limit));
    };
    CHECK(around({"b"}, 0, Direction::both, 9) == "b");
    CHECK(around({"b"}, 1, Direction::both, 9) == "a b c");
    CHECK(around({"b"}, 2, Direction::both, 9) == "x a s b c output");
    CHECK(around({"b"}, 9, Direction::inputs, 9) == "x a b");
    CHECK(around({"b"}, 1, Direction::users, 9) == "b c");
    CHECK(around({"b", "x"}, 1, Direction::users, 9) == "x a s b c");
    CHECK(around({}, 3, Direction::both, 9) == "");
    CHECK(around({"c"}, 2, Direction::inputs, 5) == "x a s b c");
    CHECK(around({"c"}, 2, Direction::inputs, 3) == "s b c ...");
    CHECK(around({"c"}, 2, Direction::inputs, 0) == " ...");
    CHECK(names(graph, whole_region(graph, 6)) == "x a s b c output");
    CHECK(names(graph, whole_region(graph, 2)) == "x a ...");
}
