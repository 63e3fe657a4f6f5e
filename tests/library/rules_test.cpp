// Rules and runs through the library's header.
#include "tests/support/catch.hpp"

#include <dqrewrite/dqrewrite.hpp>

using namespace dqrewrite;

namespace {

using Names = std::vector<std::string>;

const std::string double_neg = R"(rule double_neg { aten.neg.default(aten.neg.default(x)) => x }
pass simplify {
    repeat at most 5 { sweep double_neg }
    eliminate dead code
}
)";

// x, `count` calls of neg on it, each on the one before, output.
Graph chain_of_neg(size_t count) {
    Graph graph;
    Nodes& nodes = graph.nodes();
    Node last = *nodes.add({"x", Opcode::placeholder, "x", {}, {}, "", {}});
    for (size_t i = 0; i < count; ++i) {
        const std::string name = i == 0 ? "neg" : "neg_" + std::to_string(i);
        last = *nodes.add({name, Opcode::call_function, "torch.ops.aten.neg.default", {last}, {}, "", {}});
    }
    REQUIRE(nodes.add({"output", Opcode::output, "output", {last}, {}, "", {}}));
    return graph;
}

Rules rules_of(const std::string& text) {
    auto rules = Rules::parse(text, "my.rules");
    INFO((rules ? "" : rules.error().text()));
    REQUIRE(rules);
    return *rules;
}

}  // namespace

TEST_CASE("a run says what each rule did and how each loop ended") {
    Graph graph = chain_of_neg(4);
    const auto report = rules_of(double_neg).run(graph);
    REQUIRE(report);
    CHECK(report->nodes_before == 6);
    CHECK(report->nodes_after == 2);
    CHECK(report->changed);
    REQUIRE(report->rules.size() == 1);
    CHECK(report->rules[0].rule == "double_neg");
    CHECK(report->rules[0].rewrites == report->rules[0].matches);
    CHECK(report->rules[0].rewrites > 0);
    CHECK(report->rules[0].candidates >= report->rules[0].matches);
    REQUIRE(report->loops.size() == 1);
    CHECK(report->loops[0].file == "my.rules");
    CHECK(report->loops[0].line == 3);
    CHECK(report->loops[0].rounds == 2);
    CHECK(report->loops[0].stopped == "round 2 changed nothing");
    CHECK(report->warnings.empty());
    const Nodes& nodes = graph.nodes();
    CHECK_FALSE(nodes.contains(Node{1}));
    CHECK(nodes.get(*nodes.find("output"))->args == std::vector<Value>{*nodes.find("x")});
    REQUIRE(nodes.in_order() == std::vector<Node>{Node{0}, Node{5}});
}

TEST_CASE("one pass runs on many graphs, also on those that were rewritten before") {
    const auto pass = rules_of(double_neg).pass("simplify");
    REQUIRE(pass);
    CHECK(pass->name() == "simplify");
    for (const size_t count : {0, 1, 2, 3}) {
        Graph graph = chain_of_neg(count);
        REQUIRE(pass->run(graph));
        CHECK(graph.nodes().size() == 2 + count % 2);
        const auto again = pass->run(graph);
        REQUIRE(again);
        CHECK_FALSE(again->changed);
    }
}

TEST_CASE("the run of a graph that was read is that of the command") {
    const auto rules = Rules::shipped("duplicate_dq");
    REQUIRE(rules);
    CHECK(rules->passes() == Names{"DuplicateDQPass"});
    const std::string folder = DQREWRITE_SOURCE_DIR "/tests/corpus/";
    auto graph = Graph::read(folder + "squeezenet.x86.before.json");
    const auto after = Graph::read(folder + "squeezenet.x86.after.json");
    REQUIRE(graph);
    REQUIRE(after);
    REQUIRE(rules->run(*graph));
    CHECK(*graph->text() == *after->text());
}

TEST_CASE("a graph that was read for rules is the graph that it is without, for them and for others") {
    const auto rules = Rules::shipped("duplicate_dq");
    REQUIRE(rules);
    const std::string path = DQREWRITE_SOURCE_DIR "/tests/corpus/squeezenet.x86.before.json";
    const auto plain = Graph::read(path);
    REQUIRE(plain);
    for (int round = 0; round < 2; ++round) {
        auto graph = round == 0 ? Graph::read(path, *rules) : Graph::parse(*plain->text(), *rules);
        auto other = Graph::parse(*plain->text(), rules_of(double_neg));
        REQUIRE(graph);
        REQUIRE(other);
        CHECK(*graph->text() == *plain->text());
        REQUIRE(rules->run(*graph));
        REQUIRE(rules->run(*other));
        CHECK(*graph->text() == *other->text());
        CHECK(*graph->text() != *plain->text());
    }
    CHECK(Graph::read("no/such/file", *rules).error().text() == Graph::read("no/such/file").error().text());
    CHECK(Graph::parse("[]", *rules, "my.json").error().text() == Graph::parse("[]", "my.json").error().text());
}

TEST_CASE("what a rule file gets wrong") {
    const auto rules = Rules::parse("pass p { sweep nothing }\n", "my.rules");
    REQUIRE_FALSE(rules);
    CHECK(rules.error().text() == R"(my.rules:1:16: error: there is no rule "nothing" [unknown-rule]
    pass p { sweep nothing }
                   ^^^^^^^
)");
    CHECK(rules.error().diagnostics.front().code == "unknown-rule");
    CHECK(Rules::load("none").error().text() ==
          "error: cannot read \"./none\": No such file or directory [cannot-read]\n");
    CHECK(Rules::load(DQREWRITE_SOURCE_DIR "/rules/duplicate_dq.rules"));
    CHECK(Rules::shipped("duplicate_dp").error().diagnostics.front().code == "unknown-rules");
    CHECK(Rules::shipped("../my.rules").error().diagnostics.front().code == "unknown-rules");
}

TEST_CASE("which pass is meant") {
    const std::string rule = "rule r { aten.neg.default(x) => x }\n";
    CHECK(rules_of(rule).pass().error().text() == "error: my.rules has no pass of its own [unknown-pass]\n");
    const Rules two = rules_of(rule + "pass first { sweep r }\npass second { sweep r }\n");
    CHECK(two.passes() == Names{"first", "second"});
    CHECK(two.pass().error().text() ==
          "error: my.rules has several passes, name one: first, second [unknown-pass]\n");
    CHECK(two.pass("frist").error().text() ==
          "error: my.rules has no pass \"frist\", did you mean \"first\"? [unknown-pass]\n");
    CHECK(two.pass("second")->name() == "second");
    CHECK(Rules::parse("import \"duplicate_dq.rules\"\n")->pass("DuplicateDQPass"));
}

TEST_CASE("warnings are kept") {
    const Rules rules = rules_of("rule r { match n: aten.neg.default(x) rewrite { insert aten.abs.default(x) as y "
                                 "before n replace n with y } }\n");
    REQUIRE(rules.warnings().size() == 1);
    CHECK(rules.warnings().front().severity == Severity::warning);
    CHECK(rules.warnings().front().code == "no-meta-policy");
}

TEST_CASE("a graph on which a run fails is discarded") {
    Graph graph = chain_of_neg(2);
    REQUIRE(graph.add_submodule("body"));
    Nodes* body = graph.submodule("body");
    const Rules rules = rules_of(R"(rule r {
    match n: aten.neg.default(x)
    rewrite { replace n with x
        fail "the last word"
    }
}
pass p { sweep r }
)");
    const auto report = rules.run(graph);
    REQUIRE_FALSE(report);
    CHECK(report.error().text() == R"(my.rules:4:9: error: the last word
            fail "the last word"
            ^^^^^^^^^^^^^^^^^^^^
note: in the rewrite of "r" at node neg
)");
    CHECK(graph.nodes().size() == 0);
    CHECK_FALSE(graph.nodes().contains(Node{0}));
    CHECK(body->size() == 0);
    CHECK(graph.submodules().empty());
    const std::string message = "error: the graph was discarded: a run failed on it\n";
    CHECK(graph.text().error().text() == message);
    CHECK(graph.write("out.json").error().text() == message);
    CHECK(graph.nodes().add({}).error().text() == message);
    CHECK(graph.add_submodule("body").error().text() == message);
    CHECK(graph.declare_op("f", "").error().text() == message);
    CHECK(rules.run(graph).error().text() == message);
}

TEST_CASE("the version") {
    CHECK(std::string(version()) == "0.1.0");
}
