// A graph written as a test block states the same graph; what a block cannot say is an error.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/block_text.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/rule_words.hpp"
#include "engine/dump/dump.hpp"
#include "engine/program/check.hpp"
#include "engine/program/shipped.hpp"

#include <filesystem>

using namespace dqrewrite;

namespace {

std::shared_ptr<const program::Program> checked(RuleFiles files) {
    CheckedRules rules = check_rules(std::move(files));
    for (const Diagnostic& each : rules.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(rules.program);
    return rules.program;
}

struct Built {
    explicit Built(const program::Program& program, const program::TestGraph& graph) {
        OpTable table(*program.declarations);
        build_test_graph(program, graph, module, table);
    }
    Module module;
};

// The lines of the graph that a block states.
std::vector<std::string> lines_of_block(const std::string& block) {
    INFO(block);
    auto program = checked(load_rules_text("block.rules", "pass P { eliminate dead code }\ntest \"t\" { run P on " +
                                                              block + " unchanged }"));
    return module_lines(Built(*program, program->tests.at(0).before).module);
}

// The block of a dump with these nodes before an output.
tl::expected<std::string, std::string> block_of(const std::string& nodes) {
    auto dump = Dump::read(Input::from_string(
        R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [)" + nodes +
        R"({"name": "output", "op": "output", "target": "output", "args": [{"tuple": []}], "kwargs": {}}]}})"));
    REQUIRE(dump);
    return block_text(dump->module.graph);
}

std::string node_with(const std::string& arguments, const std::string& more = "") {
    return R"({"name": "n", "op": "call_method", "target": "neg", "args": [)" + arguments + R"(], "kwargs": {})" +
           more + "}, ";
}

}  // namespace

TEST_CASE("the graphs of all shipped tests come back from their text") {
    size_t count = 0;
    for (const std::string& name : shipped_rule_names()) {
        auto program = checked(load_rules(name));
        for (const program::Test& test : program->tests) {
            INFO(name << ": " << test.title);
            Built built(*program, test.before);
            auto block = block_text(built.module);
            INFO((block ? *block : block.error()));
            REQUIRE(block);
            CHECK(lines_of_block(*block) == module_lines(built.module));
            ++count;
        }
    }
    CHECK(count > 0);
}

TEST_CASE("a real graph comes back from its text, or the text says why not") {
    size_t stated = 0, with_submodules = 0;
    for (const auto& entry : std::filesystem::directory_iterator(DQREWRITE_SOURCE_DIR "/tests/corpus")) {
        if (!entry.path().string().ends_with(".before.json")) continue;
        INFO(entry.path());
        auto dump = Dump::read(Input::from_string(test::read_file(entry.path().string())));
        REQUIRE(dump);
        auto block = block_text(dump->module);
        if (!block) {
            CHECK(block.error().starts_with("a test cannot state this graph: \""));
            continue;
        }
        CHECK(lines_of_block(*block) == module_lines(dump->module));
        ++stated;
        with_submodules += !dump->module.submodules.empty();
    }
    CHECK(stated > 0);
    CHECK(with_submodules > 0);
}

TEST_CASE("every kind of value has its text") {
    auto block = block_of(node_with(
        R"(null, true, -1, 1.0, 1e-05, {"float": "-inf"}, {"float": "nan"}, "a\"\\\n\t\u00e9\u0001", [], [1, [2]],
           {"tuple": []}, {"tuple": [1]}, {"dict": [["k", {"tuple": [1, 2]}]]}, {"dtype": "int8"}, {"dtype": "bool"},
           {"device": "cuda:0"}, {"memory_format": "channels_last"}, {"layout": "strided"}, [{"sym": "s0 + 1"}], {"slice": [null, {"sym": "s0"}, -1]},
           {"complex": [1, -0.0]}, {"complex": [{"float": "inf"}, 2.5]}, {"int": "-99999999999999999999"})",
        R"(, "meta": {"a": {"b": [1, 2.5, null, true, "s"], "c d": {}}, "not a word": {"dtype": "int8"}})"));
    REQUIRE(block);
    CHECK(*block ==
          "{\n"
          "    n = call_method(\"neg\", None, True, -1, 1.0, 1e-05, -inf, nan, \"a\\\"\\\\\\n\\té\\x01\", [], [1, "
          "[2]], "
          "(), "
          "(1,), {\"k\": (1, 2)}, int8, torch.bool, device(\"cuda:0\"), torch.channels_last, torch.strided, "
          "[sym(\"s0 + 1\")], slice(None, sym(\"s0\"), -1), complex(1, -0.0), complex(inf, 2.5), "
          "-99999999999999999999)"
          "  meta { a: {\"b\": [1, 2.5, None, True, \"s\"], \"c d\": {}}, \"not a word\": {\"dtype\": \"int8\"} }\n"
          "    return ()\n"
          "}");
    CHECK(lines_of_block(*block).size() == 2);
}

TEST_CASE("ops are called by the words of rule files") {
    CHECK(short_target("torch.ops.aten.neg.default") == "aten.neg.default");
    CHECK(short_target("executorch.exir.dialects.edge._ops.aten.neg.default") == "edge.aten.neg.default");
    CHECK(short_target("executorch.exir.dialects.backend._ops.aten.neg.default") == "backend.aten.neg.default");
    CHECK(short_target("operator.getitem") == "operator.getitem");
    auto block = block_of(
        R"({"name": "n", "op": "call_function", "target": "executorch.exir.dialects.backend._ops.aten.neg.default",
            "args": [1], "kwargs": {}}, )");
    REQUIRE(block);
    CHECK(*block == "{\n    n = backend.aten.neg.default(1)\n    return ()\n}");
    CHECK(lines_of_block(*block).size() == 2);
}

TEST_CASE("what a test block cannot say") {
    auto why = [](const std::string& nodes) {
        auto block = block_of(nodes);
        return block ? *block : block.error();
    };
    const std::string n = "a test cannot state this graph: \"n\" ";
    CHECK(why(node_with(R"({"opaque": "<thing>"})")) == n + "has the argument <thing>");
    CHECK(why(node_with("", R"(, "impure": true)")) == n + "says of itself whether it is impure");
    CHECK(why(node_with("", R"(, "meta": {"a": 99999999999999999999})")) ==
          n + "has an integer beyond 64 bits in its metadata");
    CHECK(why(R"({"name": "a.b", "op": "placeholder", "target": "x", "args": [], "kwargs": {}}, )") ==
          "a test cannot state this graph: \"a.b\" has a name that is no name of the rule language");
    CHECK(why(R"({"name": "in", "op": "placeholder", "target": "in", "args": [], "kwargs": {}}, )") ==
          "a test cannot state this graph: \"in\" has a name that is no name of the rule language");
}

TEST_CASE("what a block cannot say of a submodule names that too") {
    auto dump = Dump::read(Input::from_string(
        R"({"format": "fx-graph", "version": 1,
            "graph": {"nodes": [{"name": "output", "op": "output", "target": "output", "args": [1], "kwargs": {}}]},
            "submodules": {"a.b": {"nodes": [
              {"name": "output", "op": "output", "target": "output", "args": [{"opaque": "<thing>"}], "kwargs": {}}]}}})"));
    REQUIRE(dump);
    CHECK(block_text(dump->module.graph) == "{\n    return 1\n}");
    CHECK(block_text(dump->module).error() ==
          "a test cannot state this graph: in submodule \"a.b\", \"output\" has the argument <thing>");
}
