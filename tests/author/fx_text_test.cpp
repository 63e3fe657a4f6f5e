// A graph as FX prints it. The expected text is what str(graph) of torch 2.13 printed; tests/live/graph_text.py asks
// torch itself.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/show/fx_text.hpp"
#include "engine/dump/dump.hpp"

using namespace dqrewrite;

TEST_CASE("values of all kinds print as in str(graph)") {
    const std::string folder = DQREWRITE_SOURCE_DIR "/tests/author/fx_text/";
    auto dump = Dump::read(Input::from_string(test::read_file(folder + "values.json")));
    REQUIRE(dump);
    const Graph& graph = dump->module.graph;
    std::string text(fx_text_head);
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node))
        text += "\n    " + fx_line(graph, node);
    CHECK(text + "\n" == test::read_file(folder + "values.txt"));
}

TEST_CASE("an output without arguments, which FX cannot print") {
    auto dump = Dump::read(Input::from_string(R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
        {"name": "o", "op": "output", "target": "output", "args": [], "kwargs": {}}]}})"));
    REQUIRE(dump);
    CHECK(fx_line(dump->module.graph, dump->module.graph.first()) == "return");
}

TEST_CASE("ExecuTorch's ops, which torch alone does not load") {
    const auto line = [](const std::string& target) {
        auto dump = Dump::read(Input::from_string(R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
            {"name": "r", "op": "call_function", "target": ")" +
                                                  target + R"(", "args": [], "kwargs": {}}]}})"));
        REQUIRE(dump);
        return fx_line(dump->module.graph, dump->module.graph.first());
    };
    CHECK(line("executorch.exir.dialects.edge._ops.aten.relu.default") ==
          "%r : [num_users=0] = call_function[target=executorch.exir.dialects.edge._ops.aten.relu.default]"
          "(args = (), kwargs = {})");
    CHECK(line("executorch.exir.dialects.edge._ops.aten.relu") ==
          "%r : [num_users=0] = call_function[target=executorch.exir.dialects._ops.aten.aten.relu]"
          "(args = (), kwargs = {})");
}
