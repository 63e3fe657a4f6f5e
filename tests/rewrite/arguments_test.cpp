// Arguments by position, by name and by default.
#include "engine/rewrite/arguments.hpp"
#include "tests/rewrite/evaluation.hpp"
#include "tests/support/catch.hpp"

namespace dqrewrite::test {

namespace {

constexpr std::string_view op_schema = "my::op(Tensor self, int a, float b=1, *, str c=\"mean\", bool? d) -> Tensor";
constexpr std::string_view pair_schema = "my::pair(Tensor self, int[2] size=[1, 1]) -> Tensor";

struct Row {
    std::string_view args, kwargs;
    std::string_view positions;  // at(0), at(1) … as far as there are any
    std::string_view names;      // self, a, b, c, d, other
    std::string_view tail;       // rest(1)
};

std::string show(const Graph& graph, bool found, const Datum& datum) {
    return found ? to_repr(graph, datum) : "-";
}

class Call {
public:
    Call(std::string_view target, std::string_view args, std::string_view kwargs,
         std::string_view op = "call_function")
        : evaluation_(dump_json({node_json("x", "placeholder", "x", "[]"), node_json("n", op, target, args, kwargs)}),
                      {}),
          table_(*evaluation_.program().declarations) {
        table_.state("torch.ops.my.op.default", op_schema, false);
        table_.state("torch.ops.my.pair.default", pair_schema, false);
        node_ = graph().find("n");
    }
    Graph& graph() { return evaluation_.graph(); }
    CallArguments arguments() {
        binding_ = std::make_unique<Binding>(evaluation_.program(), graph().symbols(), table_);
        return {graph(), *binding_, node_};
    }
    std::string at(size_t position) {
        Datum value;
        return show(graph(), arguments().at(position, arena_, value), value);
    }
    std::string named(std::string_view name) {
        Datum value;
        return show(graph(), arguments().named(name, arena_, value), value);
    }
    std::string rest(size_t position) {
        std::vector<Datum> values;
        arguments().rest(position, arena_, values);
        return to_repr(graph(), make_items(Datum::Kind::list, values));
    }
    bool rest_is_default(size_t positions, std::initializer_list<std::string_view> names) {
        return arguments().rest_is_default(positions, {names.begin(), names.size()}, arena_);
    }

private:
    Evaluation evaluation_;
    OpTable table_;
    std::unique_ptr<Binding> binding_;
    Arena arena_;
    NodeId node_;
};

}  // namespace

TEST_CASE("position, keyword and default are one thing") {
    auto row = GENERATE(values<Row>({
        {R"([{"node": "x"}, 1])", "{}", "x 1 1.0", "x 1 1.0 'mean' - -", "[1, 1.0]"},
        {R"([{"node": "x"}, 1, 2.5])", "{}", "x 1 2.5", "x 1 2.5 'mean' - -", "[1, 2.5]"},
        {R"([{"node": "x"}])", R"({"a": 1})", "x 1 1.0", "x 1 1.0 'mean' - -", "[1, 1.0]"},
        {"[]", R"({"b": 2.0, "self": {"node": "x"}, "a": 3, "d": true, "c": "sum"})", "x 3 2.0",
         "x 3 2.0 'sum' True -", "[3, 2.0]"},
        // What does not fit is read as it is stored.
        {R"([{"node": "x"}])", "{}", "x", "x - 1.0 'mean' - -", "[]"},
        {R"([{"node": "x"}, 1, 2.0, 3, 4])", "{}", "x 1 2.0 3 4", "x 1 2.0 'mean' - -", "[1, 2.0, 3, 4]"},
        {R"([{"node": "x"}, 1])", R"({"a": 2, "other": 5})", "x 1 1.0", "x 1 1.0 'mean' - 5", "[1, 1.0]"},
        {R"([{"node": "x"}, {"node": "x"}])", R"({"d": [{"node": "x"}]})", "x x 1.0", "x x 1.0 'mean' [x] -",
         "[x, 1.0]"},
    }));
    INFO(row.args << row.kwargs);
    Call call("torch.ops.my.op.default", row.args, row.kwargs);
    std::string positions, names;
    for (size_t i = 0; call.at(i) != "-"; ++i) positions += (i ? " " : "") + call.at(i);
    for (std::string_view name : {"self", "a", "b", "c", "d", "other"})
        names += (names.empty() ? "" : " ") + call.named(name);
    CHECK(positions == row.positions);
    CHECK(names == row.names);
    CHECK(call.rest(1) == row.tail);
}

TEST_CASE("without a schema there are positions and stored keywords") {
    auto [op, target] = GENERATE(table<std::string, std::string>({
        {"call_function", "torch.ops.unknown.op.default"},
        {"call_method", "torch.ops.my.op.default"},
        {"call_module", "block"},
    }));
    Call call(target, R"([{"node": "x"}, 1])", R"({"b": 2})", op);
    CHECK(call.at(0) == "x");
    CHECK(call.at(1) == "1");
    CHECK(call.at(2) == "-");
    CHECK(call.named("b") == "2");
    CHECK(call.named("a") == "-");
    CHECK(call.rest(0) == "[x, 1]");
    CHECK(call.rest(5) == "[]");
    CHECK(!call.rest_is_default(1, {"b"}));
    CHECK(!call.rest_is_default(2, {}));
    CHECK(call.rest_is_default(2, {"b"}));
}

TEST_CASE("the rest is at its defaults") {
    struct Case {
        std::string_view args, kwargs;
        size_t positions;
        std::initializer_list<std::string_view> names;
        bool expected;
    };
    const Case cases[] = {
        {R"([{"node": "x"}, 1])", "{}", 2, {}, true},
        {R"([{"node": "x"}, 1])", "{}", 1, {}, false},  // no default
        {R"([{"node": "x"}, 1])", "{}", 1, {"a"}, true},
        {R"([{"node": "x"}, 1, 1.0])", "{}", 2, {}, true},
        {R"([{"node": "x"}, 1, 1])", "{}", 2, {}, false},  // the default is 1.0
        {R"([{"node": "x"}, 1, 2.0])", "{}", 2, {}, false},
        {R"([{"node": "x"}, 1, 2.0])", "{}", 2, {"b"}, true},
        {R"([{"node": "x"}, 1])", R"({"b": 1.0, "c": "mean"})", 2, {}, true},
        {R"([{"node": "x"}, 1])", R"({"c": "sum"})", 2, {}, false},
        {R"([{"node": "x"}, 1])", R"({"c": "sum"})", 2, {"c"}, true},
        {R"([{"node": "x"}, 1])", R"({"d": null})", 2, {}, false},  // given, and without a default
        {R"([{"node": "x"}])", R"({"a": 7})", 2, {}, true},         // by position, though stored by keyword
        {R"([{"node": "x"}])", R"({"a": 7})", 1, {}, false},
        {R"([{"node": "x"}])", "{}", 2, {}, true},                   // absent
        {R"([{"node": "x"}, 1])", R"({"a": 7})", 2, {}, true},       // the position counts
        {R"([{"node": "x"}, 1])", R"({"other": 7})", 2, {}, false},  // unknown
        {R"([{"node": "x"}, 1])", R"({"other": 7})", 2, {"other"}, true},
        {R"([{"node": "x"}, 1, 1.0, 3])", "{}", 2, {}, false},  // beyond the schema
        {R"([{"node": "x"}, 1, 1.0, 3])", "{}", 4, {}, true},
    };
    for (const Case& each : cases) {
        INFO(each.args << each.kwargs << each.positions);
        Call call("torch.ops.my.op.default", each.args, each.kwargs);
        CHECK(call.rest_is_default(each.positions, each.names) == each.expected);
    }
    CHECK(Call("torch.ops.my.pair.default", R"([{"node": "x"}, [1, 1]])", "{}").rest_is_default(1, {}));
    CHECK(!Call("torch.ops.my.pair.default", R"([{"node": "x"}, {"tuple": [1, 1]}])", "{}").rest_is_default(1, {}));
}

}  // namespace dqrewrite::test
