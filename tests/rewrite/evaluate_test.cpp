// Expressions on a graph. The first column of the .tsv files is written by hand, the second is what came out.
#include "engine/rewrite/budget.hpp"
#include "tests/rewrite/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <fmt/format.h>

#include <sstream>

namespace dqrewrite::test {

namespace {

const std::string x_meta = R"({"val": {"shape": [1, 3], "dtype": "float32", "device": "cpu"}, "tag": "t",
    "ann": {"map": [[{"node": "x"}, null], [{"node": "gone"}, {"dtype": {"dtype": "int8"}}]], "out": null,
            "node": {"node": "x"}, "big": 123456789012345678901, "inf": {"float": "inf"}, "pair": {"tuple": [1]}}})";

constexpr std::string_view inplace_ops = R"json({"torch.ops.aten.add_.Tensor": {"impure": true,
    "schema": "aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)"}})json";

std::string sample_dump() {
    return dump_json(
        {node_json("x", "placeholder", "x", "[]", "{}", x_meta), node_json("w", "get_attr", "block.weight", "[]"),
         node_json("add", "call_function", "torch.ops.aten.add.Tensor", R"([{"node": "x"}, {"node": "x"}])",
                   R"({"alpha": 2})",
                   R"({"val": {"dtype":"float32","device":"cpu","shape":[1,3]}, "bad": tru, "good": 1})"),
         node_json("cat", "call_function", "torch.ops.aten.cat.default", R"([[{"node": "add"}, {"node": "x"}], 1])"),
         node_json("view", "call_method", "view", R"([{"node": "cat"}, [-1]])"),
         node_json(
             "odd", "call_function", "torch.ops.my.odd.default",
             R"([{"node": "x"}, {"node": "add"}, {"sym": "s0 + 1"}, 1e-05, {"complex": [1, 2.5]}, {"dtype": "int8"}])",
             R"({"flag": true, "other": {"node": "view"}})"),
         node_json("inplace", "call_function", "torch.ops.aten.add_.Tensor", R"([{"node": "add"}, {"node": "w"}])"),
         node_json("output", "output", "output", R"([{"tuple": [{"node": "odd"}, {"node": "inplace"}]}])")},
        inplace_ops);
}

constexpr std::string_view declarations = R"(
rule remembers { match n: placeholder() rewrite { remember seen[n] = True  remember empty[n] = True } }
define twice(a) = a + a
define pair(a, b) = [b, a]
define constant = 42
define deep(a) = [twice(b) for b in range(a) if twice(b) > 2]
)";

std::vector<std::string> first_column(const std::string& path) {
    std::istringstream text(read_file(path));
    std::vector<std::string> rows;
    for (std::string line; std::getline(text, line);) rows.push_back(line.substr(0, line.find('\t')));
    return rows;
}

void check_rows(const std::string& name, bool strict) {
    std::string path = DQREWRITE_SOURCE_DIR "/tests/rewrite/" + name;
    std::vector<std::string> rows = first_column(path), expressions;
    for (const std::string& row : rows) expressions.push_back("(" + row + ")");
    Evaluation evaluation(sample_dump(), expressions, declarations);
    Graph& graph = evaluation.graph();
    evaluation.evaluator().set_strict(strict);
    Datum pair[] = {make_integer(1), make_integer(2)};
    evaluation.tables().remember(program::TableId{0}, make_node(graph.find("x")), make_boolean(true));
    evaluation.tables().remember(program::TableId{0}, make_items(Datum::Kind::tuple, pair), make_integer(3));
    std::string text;
    for (size_t i = 0; i < rows.size(); ++i) text += rows[i] + "\t" + evaluation(i) + "\n";
    check_golden(path, text);
}

}  // namespace

// What a path found last is a guess at what it finds next.
TEST_CASE("a path through metadata finds in each node what stands there") {
    const std::vector<std::string> metas = {R"({"a": {"b": 1, "c": 2}})",
                                            R"({"a": {"b": 3}})",
                                            R"({"a": {"b": 4}, "a": {"b": 5}})",
                                            R"({"a": {"b": }})",
                                            R"({"a": {"b": [6]}})",
                                            R"({"a": {"b" : 7}})",
                                            R"({"a": {"b2": 8}})",
                                            R"({"a": 9})",
                                            "",
                                            R"({"a": {"b": {"node": "n0"}}})",
                                            R"({"a": {"b": {"node": "n0", "c": 10}}})",
                                            R"({"b": {"a": {"b": 11}}})",
                                            R"({"a": {"b": 12}})"};
    std::vector<std::string> nodes, names, alone, expected;
    for (const std::string& meta : metas) {
        names.push_back(fmt::format("n{}", names.size()));
        nodes.push_back(node_json(names.back(), "placeholder", names.back(), "[]", "{}", meta));
    }
    for (const std::string path : {"a.b", "a.b.node"}) {
        for (const std::string& name : names) alone.push_back(fmt::format("{}.meta.{}", name, path));
        alone.push_back(fmt::format("[n.meta.{} for n in [{}]]", path, fmt::join(names, ", ")));
    }
    Evaluation evaluation(dump_json(nodes), alone);
    for (size_t i = 0; i < alone.size(); i += metas.size() + 1) {
        expected.clear();
        for (size_t n = 0; n < metas.size(); ++n) expected.push_back(evaluation(i + n));
        INFO(alone[i + metas.size()]);
        CHECK(evaluation(i + metas.size()) == fmt::format("[{}]", fmt::join(expected, ", ")));
    }
    CHECK(evaluation(metas.size()) ==
          "[1, 3, 4, None, [6], 7, None, None, None, n0, {'node': 'n0', 'c': 10}, None, 12]");
}

TEST_CASE("expressions on a graph") {
    check_rows("graph_expressions.tsv", false);
}

TEST_CASE("in a rewrite the fields of what is no node are errors") {
    check_rows("strict_expressions.tsv", true);
}

TEST_CASE("an erased node is compared and printed, not read") {
    Evaluation evaluation(sample_dump(),
                          {"cat == cat", "[cat, f\"{cat}\"]", "cat.name", "cat.args", "cat.args[0]", "cat.meta",
                           "len(cat.users)", "cat.dim", "cat.arg.dim", "walk n from cat by n.users",
                           "walk n from x by [cat]", "x.meta.val.shape"});
    Graph& graph = evaluation.graph();
    for (std::string_view name : {"output", "odd", "view", "cat"}) graph.erase(graph.find(name));
    std::string text;
    for (size_t i = 0; i < evaluation.size(); ++i) text += evaluation(i) + "\n";
    CHECK(text == "True\n"
                  "[cat, 'cat']\n"
                  "! node cat was erased [cat.name]\n"
                  "! node cat was erased [cat.args]\n"
                  "! node cat was erased [cat.args]\n"
                  "! node cat was erased [cat.meta]\n"
                  "! node cat was erased [cat.users]\n"
                  "! node cat was erased [cat.dim]\n"
                  "! node cat was erased [cat.arg.dim]\n"
                  "! node cat was erased [walk n from cat by n.users]\n"
                  "! node cat was erased [walk n from x by [cat]]\n"
                  "[1, 3]\n");
}

TEST_CASE("what could go on and on spends the budget") {
    struct Row {
        std::string_view expression;
        uint64_t spent;
    };
    auto row = GENERATE(values<Row>({
        {"[i for i in range(1000)]", 1000},
        {"range(1000)", 1000},
        {"any(i == 7 for i in range(1000000000000000))", 8},
        {"next((i for i in range(1000000000000000)), 0)", 1},
        {"[0 for i in range(100) for j in range(100)]", 10100},
        {"sorted(range(1000))", 1000},
        {"zip(range(10), range(20))", 70},
        {"enumerate(range(5))", 20},
        {"[*range(100)]", 100},
        {"[0] * 1000", 1000},
        {"100 in range(101)", 202},
        {"walk n from x by n.users", 20},
        {"f10(0)", 2047},
        {"d10", 30721},
        {"\"a,b\".split(\",\")", 2},
        {"\"aaa\".replace(\"a\", \"b\")", 3},
        {"\",\".join([\"a\", \"b\"])", 2},
        {"(\"a\" * 6400).find(\"b\" * 640)", 6400 + 640 + 100 + 100 * 11},
        {"(\"b\" * 640) in \"a\" * 6400", 6400 + 640 + 100 * 11},
        {"(\"a\" * 6400)[6399]", 6400 + 100},
        {"\"abc\".find(\"c\")", 0},
        // What long texts take to be compared, counted and found, of which each costs 40960.
        {"\"a\".strip(\"b\" * 40960)", 40960 + 640 + 1},
        {"(\"a\" * 40960).startswith((\"b\" * 40960,))", 2 * 40960 + 640 + 1 + 10},
        {"\"a\" * 40960 == \"b\" * 40960", 2 * 40960 + 10},
        {"\"a\" * 40960 < \"b\" * 40960", 2 * 40960 + 10},
        {"\"a\" * 40960 in [\"a\", \"b\"]", 40960 + 2 * 11},
        {"[\"a\", \"b\"].count(\"a\" * 40960)", 40960 + 2 * 11},
        {"{\"a\" * 40960}", 40960 + 10},
        {"{\"a\" * 40960: 1}", 40960 + 10},
        {"max(\"a\" * 40960, \"b\" * 40960)", 2 * 40960 + 2 + 10},
        {"len(cat.args[0]) + 5", 0},
        {"1 + 2 * 3", 0},
    }));
    std::string defines = "define f0(a) = a\ndefine d0 = [1]\n";
    for (int i = 1; i <= 10; ++i)
        defines += fmt::format("define f{0}(a) = f{1}(a) + f{1}(a)\ndefine d{0} = [d{1}, d{1}]\n", i, i - 1);
    Evaluation rich(sample_dump(), {std::string(row.expression)}, defines);
    INFO(row.expression << " is " << rich(0).substr(0, 100));
    CHECK(rich.spent() == row.spent);
    if (row.spent == 0) return;
    Evaluation poor(sample_dump(), {std::string(row.expression)}, defines, row.spent - 1);
    CHECK_THROWS_AS(poor(0), BudgetSpent);
}

TEST_CASE("values and expressions are bounded") {
    struct Row {
        std::string_view expression, problem;
    };
    auto row = GENERATE(values<Row>({
        {"[0] * 100000000", "the value is too large"},
        {"'a' * 100000000", "the value is too large"},
        {"f\"{'a' * 40000000}{'a' * 40000000}\"", "the text is too long"},
        {"[[0] * 5000] * 5000", "the value is too large"},
        {"'a' * 40000000 + 'a' * 40000000", "the text is too long"},
        {"('a' * 8000000).replace('a', 'abcdefghi')", "the text is too long"},
        {"('a' * 8000).replace('', 'a' * 10000)", "the text is too long"},
        {"('a' * 10000).join('b' * 8000)", "the text is too long"},
        {"('a,' * 17000000).split(',')", "the value is too large"},
    }));
    INFO(row.expression);
    Evaluation evaluation(sample_dump(), {std::string(row.expression)}, "", 10'000'000'000);
    CHECK(evaluation(0).find(row.problem) != std::string::npos);
}

TEST_CASE("nesting of values is bounded") {
    Evaluation evaluation(sample_dump(), {"[seen[x]]", "[[seen[x]]]", "[*[[seen[x]]]]", "{1: (seen[x], 1)}"},
                          declarations);
    Datum nested = make_none();
    for (size_t i = 1; i < max_nesting; ++i) {
        Datum* item = evaluation.arena().data(1);
        *item = nested;
        nested = make_items(Datum::Kind::list, {item, 1});
    }
    evaluation.tables().remember(program::TableId{0}, make_node(evaluation.graph().find("x")), nested);
    CHECK(evaluation(0).substr(0, 3) == "[[[");
    CHECK(evaluation(1) == "! the value is nested too deeply [[[seen[x]]]]");
    CHECK(evaluation(2) == "! the value is nested too deeply [[[seen[x]]]]");
    CHECK(evaluation(3) == "! the value is nested too deeply [{1: (seen[x], 1)}]");
}

TEST_CASE("loops give back what they took from the arena") {
    Evaluation evaluation(sample_dump(),
                          {"all(len([i, [i]]) == 2 for i in range(100000))",
                           "sum(len(n.meta.ann.map or []) for n in [x] * 10000)",
                           "any(f\"{i}\" == \"\" for i in range(100000))"},
                          declarations);
    for (size_t i = 0; i < evaluation.size(); ++i) {
        evaluation(i);
        CHECK(evaluation.arena().mark().chunk < 10);
    }
}

}  // namespace dqrewrite::test
