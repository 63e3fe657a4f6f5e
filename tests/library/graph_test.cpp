// Graphs through the library's header: read, built, looked at, written.
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <dqrewrite/dqrewrite.hpp>

using namespace dqrewrite;

namespace {

const std::string small = R"({"format": "fx-graph", "version": 1, "ops": {}, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}, "meta": {"k": [1]}},
{"name": "g", "op": "call_module", "target": "guards", "args": [{"node": "x"}], "kwargs": {}, "impure": true},
{"name": "f", "op": "call_function", "target": "t.f", "args": [{"node": "x"}, {"node": "g"}, {"node": "x"}], "kwargs": {"k": 1}},
{"name": "output", "op": "output", "target": "output", "args": [{"node": "f"}], "kwargs": {}}
]}, "submodules": {"body": {"nodes": [
{"name": "y", "op": "placeholder", "target": "y", "args": [], "kwargs": {}}
]}}}
)";

std::vector<std::string> names(const Nodes& nodes, const std::vector<Node>& of) {
    std::vector<std::string> all;
    for (const Node node : of) all.push_back(nodes.name(node));
    return all;
}

using Names = std::vector<std::string>;

NodeInfo placeholder(const std::string& name) {
    return {name, Opcode::placeholder, name, {}, {}, "", {}};
}

}  // namespace

TEST_CASE("a graph that was read: every part of its nodes, and its text as it was") {
    const auto graph = Graph::parse(small);
    REQUIRE(graph);
    const Nodes& nodes = graph->nodes();
    CHECK(nodes.size() == 4);
    CHECK(names(nodes, nodes.in_order()) == Names{"x", "g", "f", "output"});
    const Node x = *nodes.find("x"), g = *nodes.find("g"), f = *nodes.find("f");
    CHECK(nodes.meta(x) == R"({"k": [1]})");
    CHECK(nodes.opcode(g) == Opcode::call_module);
    CHECK(nodes.target(f) == "t.f");
    CHECK(names(nodes, nodes.inputs(f)) == Names{"x", "g"});
    CHECK(names(nodes, nodes.users(x)) == Names{"g", "f"});
    const auto info = nodes.get(f);
    REQUIRE(info);
    CHECK(info->name == "f");
    CHECK(info->opcode == Opcode::call_function);
    CHECK(info->target == "t.f");
    CHECK(info->args == std::vector<Value>{x, g, x});
    CHECK(info->kwargs == std::vector<std::pair<std::string, Value>>{{"k", 1}});
    CHECK(info->meta.empty());
    CHECK_FALSE(info->impure);
    CHECK(nodes.get(g)->impure == true);
    CHECK(nodes.get(x)->meta == R"({"k": [1]})");
    CHECK(graph->submodules() == Names{"body"});
    REQUIRE(graph->submodule("body"));
    CHECK(names(*graph->submodule("body"), graph->submodule("body")->in_order()) == Names{"y"});
    CHECK_FALSE(graph->submodule("other"));
    CHECK(*graph->text() == small);
}

TEST_CASE("of a node that is not of the graph there is nothing") {
    const auto graph = Graph::parse(small);
    const Nodes& nodes = graph->nodes();
    const Node none{4};
    CHECK_FALSE(nodes.contains(none));
    CHECK_FALSE(nodes.find("nothing"));
    CHECK(nodes.name(none).empty());
    CHECK_FALSE(nodes.opcode(none));
    CHECK(nodes.target(none).empty());
    CHECK(nodes.meta(none).empty());
    CHECK(nodes.inputs(none).empty());
    CHECK(nodes.users(none).empty());
    CHECK(nodes.get(none).error().text() == "error: the graph has no node of the id 4\n");
}

TEST_CASE("a graph that is built node by node, with a submodule and an op") {
    Graph graph;
    CHECK(graph.declare_op("torch.ops.my.log", "my::log(Tensor x) -> ()"));
    CHECK(graph.declare_op("torch.ops.my.log", "my::log(Tensor x) -> ()", true));
    Nodes& nodes = graph.nodes();
    const auto x = nodes.add({"x", Opcode::placeholder, "x", {}, {}, " {\"k\": \"\\u00e9\"} ", {}});
    REQUIRE(x);
    CHECK(*x == Node{0});
    const auto log = nodes.add({"log", Opcode::call_function, "torch.ops.my.log", {*x}, {}, "", {}});
    REQUIRE(log);
    const auto guards = nodes.add({"guards", Opcode::call_module, "g", {}, {{"of", *x}}, "{}", false});
    REQUIRE(guards);
    REQUIRE(nodes.add({"output", Opcode::output, "output", {Tuple{{*x}}}, {}, "", {}}));
    const auto body = graph.add_submodule("body");
    REQUIRE(body);
    REQUIRE((*body)->add(placeholder("x")));  // names are per graph
    CHECK(graph.submodule("body") == *body);
    const Graph moved = std::move(graph);
    CHECK(names(moved.nodes(), moved.nodes().users(*x)) == Names{"log", "guards", "output"});
    CHECK(
        *moved.text() ==
        R"json({"format": "fx-graph", "version": 1, "ops": {"torch.ops.my.log": {"schema": "my::log(Tensor x) -> ()", "impure": true}}, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}, "meta": {"k": "\u00e9"}},
{"name": "log", "op": "call_function", "target": "torch.ops.my.log", "args": [{"node": "x"}], "kwargs": {}},
{"name": "guards", "op": "call_module", "target": "g", "args": [], "kwargs": {"of": {"node": "x"}}, "impure": false},
{"name": "output", "op": "output", "target": "output", "args": [{"tuple": [{"node": "x"}]}], "kwargs": {}}
]}, "submodules": {"body": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}
]}}}
)json");
    CHECK(Graph::parse(*moved.text()));
}

TEST_CASE("what is refused of a node that is added") {
    struct Row {
        NodeInfo info;
        std::string message;
    };
    const Row row = GENERATE(values<Row>({
        {placeholder(""), "error: a node has no name\n"},
        {placeholder("x"), "error: two nodes have the name 'x'\n"},
        {placeholder("\xC3"), "error: the name is not UTF-8\n"},
        {{"f", Opcode::call_function, "\xFF", {}, {}, "", {}}, "error: the target is not UTF-8\n"},
        {{"f", static_cast<Opcode>(6), "f", {}, {}, "", {}}, "error: there is no such opcode\n"},
        {{"f", Opcode::call_function, "f", {}, {{"k", 1}, {"k", 2}}, "", {}},
         "error: the keyword \"k\" stands twice\n"},
        {{"f", Opcode::call_function, "f", {}, {}, "[]", {}},
         "error: meta is no JSON object: expected an object, found \"[\"\n"},
        {{"f", Opcode::call_function, "f", {}, {}, " ", {}},
         "error: meta is no JSON object: expected an object, found the end\n"},
        {{"f", Opcode::call_function, "f", {}, {}, "{\"k\": 01}", {}},
         "error: meta is no JSON object: 01 is no number of JSON\n"},
        {{"f", Opcode::call_function, "f", {}, {}, "{\"k\": 1}}", {}},
         "error: meta is no JSON object: something stands behind it\n"},
        {{"f", Opcode::call_function, "f", {}, {}, "{\"k\": \"\xFF\"}", {}},
         "error: meta is no JSON object: this byte is not UTF-8\n"},
    }));
    Graph graph;
    REQUIRE(graph.nodes().add(placeholder("x")));
    const auto added = graph.nodes().add(row.info);
    REQUIRE_FALSE(added);
    CHECK(added.error().text() == row.message);
    CHECK(graph.nodes().size() == 1);
}

TEST_CASE("what is refused of submodules and ops") {
    Graph graph;
    REQUIRE(graph.add_submodule("a"));
    CHECK(graph.add_submodule("a").error().text() == "error: there is a submodule \"a\"\n");
    CHECK(graph.add_submodule("").error().text() == "error: the path of the submodule is empty\n");
    CHECK(graph.declare_op("f", "no schema").error().text() == "error: \"no schema\" is no schema of an operator\n");
    auto read = Graph::parse(small);
    CHECK(read->nodes().add(placeholder("z")).error().text() ==
          "error: nodes are added to a graph that is built, not to one that was read\n");
    CHECK(read->add_submodule("z").error().text() ==
          "error: submodules are added to a graph that is built, not to one that was read\n");
    CHECK(read->declare_op("f", "").error().text() ==
          "error: ops are declared of a graph that is built, not of one that was read\n");
}

TEST_CASE("what is wrong with a dump, as the command says it") {
    const auto broken = Graph::parse("{\"format\": \"fx-graph\",\n \"version\": 2}", "model.json");
    REQUIRE_FALSE(broken);
    CHECK(broken.error().text() ==
          R"(model.json:2:13: error: the dump is of version 2; this program reads "fx-graph", version 1
     "version": 2}
                ^
)");
    const Diagnostic& diagnostic = broken.error().diagnostics.front();
    CHECK(diagnostic.severity == Severity::error);
    CHECK(diagnostic.file == "model.json");
    CHECK(diagnostic.line == 2);
    CHECK(diagnostic.column == 13);
    CHECK(Graph::read("no/such/file").error().text() ==
          "no/such/file: error: cannot open: No such file or directory\n");
}

TEST_CASE("a file that is written, and read again") {
    const test::Scratch scratch;
    const std::string path = scratch.path("graph.json");
    const auto graph = Graph::parse(small);
    REQUIRE(graph->write(path));
    CHECK(test::read_file(path) == small);
    const auto again = Graph::read(path);
    REQUIRE(again);
    CHECK(*again->text() == small);
    CHECK(graph->write("no/such/folder/out.json").error().text() ==
          "no/such/folder/out.json: error: cannot write: No such file or directory\n");
}
