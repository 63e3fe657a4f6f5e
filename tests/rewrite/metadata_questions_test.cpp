// Questions about metadata: what is kept with a node is what evaluation finds, when read and when run.
#include "engine/rewrite/metadata_questions.hpp"

#include "engine/dump/json_scan.hpp"
#include "engine/rewrite/apply.hpp"
#include "tests/rewrite/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program_of.hpp"

#include <fmt/format.h>

using namespace dqrewrite;
using dqrewrite::test::program_of;
using Answer = MetaAnswers::Answer;

namespace {

// A rule that erases the calls of relu, which have no users, for which this holds.
std::string rule_with(const std::string& condition) {
    return fmt::format(
        "rule r {{ match n: aten.relu.default(...) where {} rewrite {{ erase n }} }}\npass P {{ sweep r }}\n",
        condition);
}

// Two placeholders, "x" the first one; a call of relu for each metadata.
std::string dump_with(const std::vector<std::string>& metadata) {
    std::vector<std::string> nodes = {test::node_json("x", "placeholder", "x", "[]"),
                                      test::node_json("y", "placeholder", "y", "[]")};
    for (size_t i = 0; i < metadata.size(); ++i)
        nodes.push_back(test::node_json(fmt::format("relu_{}", i), "call_function", "torch.ops.aten.relu.default",
                                        R"([{"node": "x"}])", "{}", metadata[i]));
    nodes.push_back(test::node_json("output", "output", "output", R"([{"node": "y"}])"));
    return test::dump_json(nodes);
}

enum class When : uint8_t { reading, running };

Dump read(const program::Program& program, const std::string& text, When when) {
    const auto input = Input::from_string(text);
    auto dump = when == When::reading ? read_for(program, input) : Dump::read(input);
    REQUIRE(dump);
    return std::move(*dump);
}

// What is known of each call after reading: "y", "n" or "?".
std::string answers(const Dump& dump, size_t calls) {
    std::string found;
    for (size_t i = 0; i < calls; ++i) {
        const NodeId node = dump.module.graph.find(fmt::format("relu_{}", i));
        found += "?ny"[static_cast<size_t>(dump.module.graph.meta_answers().answer(node, 0))];
    }
    return found;
}

// Of each call whether it is still there after the run: "n", where the condition did not hold, or "y".
std::string outcome(const std::shared_ptr<const program::Program>& program, const std::string& text, size_t calls,
                    When when) {
    Dump dump = read(*program, text, when);
    const auto report = apply(Driver(program, program::PassId{0}), dump);
    if (!report) return report.error().what();
    std::string found;
    for (size_t i = 0; i < calls; ++i)
        found += dump.module.graph.find(fmt::format("relu_{}", i)) == no_node ? 'y' : 'n';
    return found;
}

}  // namespace

TEST_CASE("metadata questions: answered when read as when run") {
    struct Row {
        const char* condition;
        std::vector<std::string> metadata;
        const char* answers;  // after reading
        const char* outcome;
    };
    const Row rows[] = {
        {"n.meta.a == 1",
         {R"({"a": 1})", R"({"a": 2})", "{}", "", R"({"b": {"a": 1}})", R"({"a": 2, "a": 1})", R"({"b": "a"})"},
         "ynnnnnn",
         "ynnnnnn"},
        {"not (n.meta.a is not None)", {"", R"({"b": "a"})", R"({"a": null})", R"({"a": 1})"}, "yyyn", "yyyn"},
        {"n.meta.a is None", {"", R"({"b": "a"})", R"({"a": null})", R"({"a": 1})"}, "yyyn", "yyyn"},
        {"n.meta.a.b is 1", {R"({"a": {"b": 1}})", R"({"a": {"b": 1.0}})", R"({"b": 1})"}, "ynn", "ynn"},
        {"n.meta.a == 1", {R"({"\u0061": 1})", R"({"b": "\n", "a": 1})", R"({"b\n": 1})"}, "yyn", "yyn"},
        {"len(n.meta.a.b or []) > 1",
         {R"({"a": {"b": [1, 2]}})", R"({"a": {"b": [1]}})", R"({"a": 7})"},
         "ynn",
         "ynn"},
        {"n.meta.a.b == 1", {R"({"a": {"dtype": "int8"}})", R"({"a": [1]})", R"({"dtype": "int8"})"}, "nnn", "nnn"},
        // What a node has depends on more than metadata, whether it is in the graph or not.
        {"not (n.meta.a.b is not None)",
         {R"({"a": {"node": "x"}})", R"({"a": {"node": "gone"}})", R"({"a": {}})"},
         "??y",
         "yyy"},
        // A node as a value does not.
        {"n.meta.a is not None", {R"({"a": {"node": "x"}})", R"({"a": {"node": "gone"}})"}, "yy", "yy"},
        // What cannot be evaluated has no answer, and does not hold.
        {"len(n.meta.a) > 1", {R"({"a": 1})", R"({"a": [1, 2]})", ""}, "?y?", "nyn"},
        {"n.meta.a < 3", {R"({"a": "text"})", R"({"a": 1})"}, "?y", "ny"},
        // A reader leaves these to whoever looks at them.
        {"n.meta.a == 1", {R"({"b" 2, "a": 1})", R"({"a" 1})", R"({"a": 1,,})", R"({1: 2})"}, "nnyn", "nnyn"},
    };
    for (const Row& row : rows) {
        INFO(row.condition);
        const auto program = program_of(rule_with(row.condition));
        REQUIRE(program->questions.size() == 1);
        const std::string text = dump_with(row.metadata);
        CHECK(answers(read(*program, text, When::reading), row.metadata.size()) == row.answers);
        CHECK(answers(read(*program, text, When::running), row.metadata.size()) ==
              std::string(row.metadata.size(), '?'));
        CHECK(outcome(program, text, row.metadata.size(), When::reading) == row.outcome);
        CHECK(outcome(program, text, row.metadata.size(), When::running) == row.outcome);
    }
}

TEST_CASE("metadata questions: wherever a reader's window of the text ends") {
    const auto program = program_of(rule_with("n.meta.wanted == 1"));
    const std::string before = dump_with({R"({"b": "", "wanted": 1, "c": 2})"});
    const size_t pad_at = before.find(R"(": "", "wanted)") + 4, key_at = before.find("wanted");
    constexpr size_t window = JsonScan::Options{}.window;
    for (size_t place = 0; place < 40; ++place) {
        // No line and no "}," ends near the end of the window, which is so many bytes behind the key.
        std::string text = before;
        text.insert(pad_at, window - key_at - place + 20, 'x');
        INFO(place);
        CHECK(answers(read(*program, text, When::reading), 1) == "y");
    }
}

TEST_CASE("metadata questions: an edit of the metadata asks anew") {
    const auto program = program_of(R"(
        rule once { match n: aten.relu.default(...) where n.meta.a == 1 rewrite { set n.meta.a = 2 } }
        rule twice { match n: aten.relu.default(...) where n.meta.a == 2 rewrite { erase n } }
        pass P { sweep once sweep twice })");
    REQUIRE(program->questions.size() == 2);
    const std::string text = dump_with({R"({"a": 1})", R"({"a": 3})"});
    for (const When when : {When::reading, When::running}) CHECK(outcome(program, text, 2, when) == "yn");
}

TEST_CASE("metadata questions: a node of metadata is looked up whenever it is asked for") {
    // The metadata of the first relu names the second, which has a first argument until it is erased.
    const auto program = program_of(R"(
        rule whole { match n: aten.relu.default(...) where n.meta.go rewrite { erase n } }
        rule broken { match n: aten.relu.default(...) where not (n.meta.a.self is not None) rewrite { erase n } }
        pass P { sweep broken sweep whole sweep broken })");
    REQUIRE(program->questions.size() == 2);
    const std::string text = dump_with({R"({"a": {"node": "relu_1"}})", R"({"a": {"node": "relu_0"}, "go": true})"});
    for (const When when : {When::reading, When::running}) CHECK(outcome(program, text, 2, when) == "yy");
}

TEST_CASE("metadata questions: what takes too long is left to the run") {
    std::string defines = "define d0(n) = n.meta.a == 2\n";
    for (int i = 1; i <= 40; ++i) defines += fmt::format("define d{}(n) = d{}(n) or d{}(n)\n", i, i - 1, i - 1);
    const auto program = program_of(defines + rule_with("d40(n)"));
    REQUIRE(program->questions.size() == 1);
    const std::string text = dump_with({R"({"a": 1})", R"({"a": 2})"});
    CHECK(answers(read(*program, text, When::reading), 2) == "??");
    CHECK(outcome(program, text, 2, When::reading) ==
          "the run has spent its budget of 1005000 steps here (at node relu_0)");
}

TEST_CASE("metadata questions: a condition on very many keys is no question") {
    std::string condition = "n.meta.k0 == 1";
    for (int i = 1; i < 50'000; ++i) condition += fmt::format(" or n.meta.k{} == 1", i);
    const auto program = program_of(rule_with(condition));
    CHECK(program->questions.empty());
    CHECK(outcome(program, dump_with({R"({"k49999": 1})", R"({"k50000": 1})"}), 2, When::reading) == "yn");
}

TEST_CASE("metadata questions: in submodules too, and for one program at a time") {
    const auto program = program_of(rule_with("n.meta.a == 1"));
    const auto other = program_of(rule_with("n.meta.a == 2"));
    const std::string nodes = dump_with({R"({"a": 1})", R"({"a": 2})"});
    const std::string graph = nodes.substr(nodes.find(R"({"nodes")"));
    const std::string text = nodes.substr(0, nodes.size() - 1) + R"(, "submodules": {"a": )" +
                             graph.substr(0, graph.size() - 1) + R"(, "b": )" + graph.substr(0, graph.size() - 1) +
                             "}}";
    Dump dump = read(*program, text, When::reading);
    CHECK(answers(dump, 2) == "yn");
    for (const Submodule& each : dump.module.submodules) {
        const NodeId node = each.graph.find("relu_0");
        CHECK(each.graph.meta_answers().answer(node, 0) == Answer::yes);
    }
    REQUIRE(apply(Driver(other, program::PassId{0}), dump));
    CHECK(dump.module.graph.find("relu_0") != no_node);
    CHECK(dump.module.graph.find("relu_1") == no_node);
}
