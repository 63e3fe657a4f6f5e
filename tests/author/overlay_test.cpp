// Graphs as nodes and edges to draw, and the nodes that are near others.

#include "tests/support/catch.hpp"

#include "engine/author/show/overlay.hpp"
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

std::string names(const Overlay& overlay, const OverlayRegion& region) {
    std::string all;
    size_t count = 0;
    for (size_t i = 0; i < overlay.nodes.size(); ++i) {
        if (!region.inside[i]) continue;
        all += (count++ == 0 ? "" : " ") + overlay.name(i);
    }
    CHECK(count == region.count);
    return all + (region.complete ? "" : " ...");
}

}  // namespace

TEST_CASE("a region is what is near, in the order of the graph") {
    auto dump = Dump::read(Input::from_string(text));
    REQUIRE(dump);
    const Overlay overlay = make_overlay(dump->module.graph);
    const auto around = [&](std::vector<std::string_view> centers, size_t depth, size_t limit) {
        std::vector<size_t> nodes;
        for (std::string_view name : centers) nodes.push_back(overlay.find(name));
        return names(overlay, overlay_around(overlay, nodes, depth, limit));
    };
    CHECK(around({"b"}, 0, 9) == "b");
    CHECK(around({"b"}, 1, 9) == "a b c");
    CHECK(around({"b"}, 2, 9) == "x a s b c output");
    CHECK(around({"b", "x"}, 1, 9) == "x a s b c");
    CHECK(around({}, 3, 9) == "");
    CHECK(around({"c"}, 1, 4) == "s b c output");
    CHECK(around({"c"}, 1, 3) == "s b c ...");
    CHECK(around({"c"}, 2, 0) == " ...");
    CHECK(names(overlay, overlay_start(overlay, 6)) == "x a s b c output");
    CHECK(names(overlay, overlay_start(overlay, 2)) == "x a ...");
}

TEST_CASE("of two graphs a node that both have is one, and so is an edge") {
    const auto read = [](std::string_view old, std::string_view fresh) {
        std::string changed = text;
        for (size_t at; !old.empty() && (at = changed.find(old)) != std::string::npos;)
            changed.replace(at, old.size(), fresh);
        auto dump = Dump::read(Input::from_string(changed));
        REQUIRE(dump);
        return std::move(*dump);
    };
    const Dump before = read("", ""), after = read("\"s\"", "\"t\"");
    const GraphDiff diff = diff_graphs(before.module.graph, after.module.graph);
    const Overlay overlay = make_overlay(diff);
    std::string edges;
    for (const Overlay::Edge& edge : overlay.edges)
        edges += fmt::format("{}{}->{} ",
                             edge.change == EdgeChange::none    ? ""
                             : edge.change == EdgeChange::added ? "+"
                                                                : "-",
                             overlay.name(edge.from), overlay.name(edge.to));
    CHECK(edges == "x->a +x->t -x->s a->b +t->c -s->c b->c c->output ");
    CHECK(changed_nodes(overlay).size() == 3);
    CHECK(overlay.name(overlay.find("s")) == "s");
    CHECK(overlay.nodes[overlay.find("s")].after == no_node);
    CHECK(overlay.find("none") == Overlay::npos);
}
