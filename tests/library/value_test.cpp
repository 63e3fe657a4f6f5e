// Every kind of argument, built, written, read again.
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

#include <dqrewrite/dqrewrite.hpp>

using namespace dqrewrite;

namespace {

// A graph of a placeholder x and a call f(x, value, key=value).
Graph graph_with(const Value& value) {
    Graph graph;
    const auto x = graph.nodes().add({"x", Opcode::placeholder, "x", {}, {}, "", {}});
    REQUIRE(x);
    const auto call = graph.nodes().add({"f", Opcode::call_function, "f", {*x, value}, {{"key", value}}, "", {}});
    INFO((call ? "" : call.error().text()));
    REQUIRE(call);
    return graph;
}

// Levels of lists around a value.
Value nested(size_t levels, Value value) {
    for (size_t i = 0; i < levels; ++i) value = List{{std::move(value)}};
    return value;
}

const Node x{0};

}  // namespace

TEST_CASE("each kind of value is written as JSON and read again") {
    struct Row {
        Value value;
        std::string json;
    };
    const Row row = GENERATE(values<Row>({
        {None{}, "null"},
        {true, "true"},
        {0, "0"},
        {int64_t{-9223372036854775807} - 1, "-9223372036854775808"},
        {uint8_t{255}, "255"},
        {BigInteger{"9223372036854775808"}, R"({"int": "9223372036854775808"})"},
        {1.0, "1.0"},
        {0.1f, "0.10000000149011612"},
        {1e-05, "1e-05"},
        {-std::numeric_limits<double>::infinity(), R"({"float": "-inf"})"},
        {std::complex<double>(0.0, -1.5), R"({"complex": [0.0, -1.5]})"},
        {"", R"("")"},
        {std::string_view("a \"b\"\n\\ \xC3\xA9"), R"("a \"b\"\n\\ \u00e9")"},
        {x, R"({"node": "x"})"},
        {List{}, "[]"},
        {List{{1, 2.0, List{{x}}}}, R"([1, 2.0, [{"node": "x"}]])"},
        {Tuple{}, R"({"tuple": []})"},
        {Tuple{{x, x}}, R"({"tuple": [{"node": "x"}, {"node": "x"}]})"},
        {Dict{}, R"({"dict": []})"},
        {Dict{{{"k", x}, {1, None{}}}}, R"({"dict": [["k", {"node": "x"}], [1, null]]})"},
        {Slice(None{}, x, -1), R"({"slice": [null, {"node": "x"}, -1]})"},
        {Dtype{"int8"}, R"({"dtype": "int8"})"},
        {Device{"cuda:0"}, R"({"device": "cuda:0"})"},
        {MemoryFormat{"channels_last"}, R"({"memory_format": "channels_last"})"},
        {Layout{"strided"}, R"({"layout": "strided"})"},
        {Symbolic{"s0 + 1"}, R"({"sym": "s0 + 1"})"},
        {Opaque{"<a \"b\">"}, R"({"opaque": "<a \"b\">"})"},
    }));
    const Graph built = graph_with(row.value);
    const auto text = built.text();
    REQUIRE(text);
    CHECK(*text == R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "f", "op": "call_function", "target": "f", "args": [{"node": "x"}, )" +
                       row.json + R"(], "kwargs": {"key": )" + row.json + "}}\n]}}\n");
    const auto read = Graph::parse(*text);
    REQUIRE(read);
    for (const Graph* graph : {&built, &*read}) {
        const auto info = graph->nodes().get(Node{1});
        REQUIRE(info);
        CHECK(info->args == std::vector<Value>{x, row.value});
        CHECK(info->kwargs == std::vector<std::pair<std::string, Value>>{{"key", row.value}});
    }
}

TEST_CASE("kinds are told apart as Python tells them apart") {
    CHECK_FALSE(Value(1) == Value(1.0));
    CHECK_FALSE(Value(1) == Value(true));
    CHECK_FALSE(Value("int8") == Value(Dtype{"int8"}));
    CHECK_FALSE(Value(List{{1}}) == Value(Tuple{{1}}));
    CHECK(Value("text").get<std::string>() != nullptr);
    CHECK(Value("text").get<bool>() == nullptr);
}

TEST_CASE("not a number stays what it is") {
    const auto info = graph_with(std::nan("")).nodes().get(Node{1});
    REQUIRE(info);
    const double* number = info->args[1].get<double>();
    REQUIRE(number);
    CHECK(std::isnan(*number));
}

TEST_CASE("small numbers and numbers with a fraction that a dump has in another form") {
    const auto graph = Graph::parse(R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "f", "op": "call_function", "target": "f", "kwargs": {},
 "args": [{"int": "7"}, 1E2, {"complex": [1, 2.0]}, "\u00e9\ud83d\ude00"]}]}})");
    REQUIRE(graph);
    const auto info = graph->nodes().get(Node{0});
    REQUIRE(info);
    CHECK(info->args ==
          std::vector<Value>{7, 100.0, std::complex<double>(1, 2), std::string_view("\xC3\xA9\xF0\x9F\x98\x80")});
}

TEST_CASE("what is refused as an argument") {
    struct Row {
        Value value;
        std::string message;
    };
    const std::string too_deep = "error: the arguments are nested deeper than the 1000 levels that a dump may have\n";
    const Row row = GENERATE_COPY(values<Row>({
        {Node{2}, "error: an argument is the node 2, and the graph has none of that id\n"},
        {Tuple{{Node{0xFFFFFFFF}}}, "error: an argument is the node 4294967295, and the graph has none of that id\n"},
        {std::string("\xFF"), "error: the text of an argument is not UTF-8\n"},
        {Opaque{"\xED\xA0\x80"}, "error: the text of an argument is not UTF-8\n"},
        {BigInteger{""}, "error: the digits of a BigInteger are no whole number\n"},
        {BigInteger{"1.5"}, "error: the digits of a BigInteger are no whole number\n"},
        {BigInteger{"0x10"}, "error: the digits of a BigInteger are no whole number\n"},
        {nested(995, 1), too_deep},
        {Tuple{{nested(993, 1)}}, too_deep},
    }));
    Graph graph;
    REQUIRE(graph.nodes().add({"x", Opcode::placeholder, "x", {}, {}, "", {}}));
    const auto added = graph.nodes().add({"f", Opcode::call_function, "f", {row.value}, {}, "", {}});
    REQUIRE_FALSE(added);
    CHECK(added.error().text() == row.message);
    CHECK(graph.nodes().size() == 1);
    CHECK_FALSE(graph.nodes().find("f"));
}

TEST_CASE("what is nested as deep as may be can be written and read again") {
    const Graph built = graph_with(nested(994, x));
    const auto text = built.text();
    REQUIRE(text);
    const auto read = Graph::parse(*text);
    INFO((read ? "" : read.error().text()));
    REQUIRE(read);
    CHECK(read->nodes().get(Node{1})->args == built.nodes().get(Node{1})->args);
}
