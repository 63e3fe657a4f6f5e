// Pictures: what is drawn of which node and edge. How they look is for eyes; tests/cli has whole texts.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/show/dot.hpp"
#include "engine/dump/dump.hpp"

#include <algorithm>

using namespace dqrewrite;

namespace {

Dump read(const std::string& text) {
    auto dump = Dump::read(Input::from_string(text));
    REQUIRE(dump);
    return std::move(*dump);
}

size_t count(const std::string& text, std::string_view what) {
    size_t found = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

Dump corpus(const std::string& name) {
    return read(test::read_file(DQREWRITE_SOURCE_DIR "/tests/corpus/" + name));
}

}  // namespace

TEST_CASE("every node is a box and every use an edge, marked where something has changed") {
    const Dump before = corpus("cond.x86.before.json"), after = corpus("cond.x86.after.json");
    const GraphDiff diff = diff_graphs(before.module.graph, after.module.graph);
    const Overlay overlay = make_overlay(diff);
    CHECK(overlay.nodes.size() == 42);  // 41, and the one that is gone
    CHECK(std::count_if(overlay.edges.begin(), overlay.edges.end(),
                        [](const auto& edge) { return edge.change == EdgeChange::removed; }) == 3);
    CHECK(std::count_if(overlay.edges.begin(), overlay.edges.end(),
                        [](const auto& edge) { return edge.change == EdgeChange::added; }) == 4);
    const std::string text = dot_text(overlay, overlay_start(overlay, 1000), "both");
    CHECK(count(text, "tooltip=") == 42);
    CHECK(count(text, "peripheries=2") == 2);
    CHECK(count(text, "copy of dequantize_per_tensor_default_1<") == 2);
    CHECK(count(text, "cluster_legend") == 1);
    CHECK(count(text, "users\"]") == 0);
}

TEST_CASE("of a region the lines that lead out are counted") {
    const Dump dump = corpus("cond.x86.before.json");
    const Overlay overlay = make_overlay(dump.module.graph);
    const OverlayRegion region = overlay_around(overlay, {overlay.find("relu")}, 0, 10);
    const std::string text = dot_text(overlay, region, "one");
    CHECK(region.count == 1);
    CHECK(region.complete);
    CHECK(count(text, "tooltip=") == 1);
    CHECK(count(text, "label=\"1 input\"") == 1);
    CHECK(count(text, "label=\"3 users\"") == 1);
    CHECK(count(text, "cluster_legend") == 0);
    CHECK_FALSE(overlay_around(overlay, {overlay.find("relu")}, 1, 2).complete);
    CHECK(overlay.find("no such node") == Overlay::npos);
}

TEST_CASE("no name or value can end a label") {
    const Dump dump = read(R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
        {"name": "a\"]<b>&\\\n", "op": "placeholder", "target": "]>\"", "args": [], "kwargs": {}},
        {"name": "f", "op": "call_function", "target": "f<g>", "args": ["</b>\\\"", {"node": "a\"]<b>&\\\n"},
            {"node": "a\"]<b>&\\\n"}], "kwargs": {"k\"": 1}}]}})");
    const Overlay overlay = make_overlay(dump.module.graph);
    const std::string text = dot_text(overlay, overlay_start(overlay, 10), "\"]\\");
    CHECK(text.find("label=\"\\\"]\\\\\"") != std::string::npos);
    CHECK(text.find("<b>a&quot;]&lt;b&gt;&amp;\\\xEF\xBF\xBD</b>") != std::string::npos);
    CHECK(text.find("f&lt;g&gt;") != std::string::npos);
    CHECK(text.find("'&lt;/b&gt;") != std::string::npos);
    CHECK(text.find("label=\"2 times\"") != std::string::npos);
}
