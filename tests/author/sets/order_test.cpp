// Whether the order of rules makes a difference on a graph.

#include "tests/support/catch.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/order.hpp"
#include "engine/program/check.hpp"

using namespace dqrewrite;

namespace {

// x, relu(x), neg(relu), relu(neg), and an output that returns the last.
constexpr const char* graph = R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "a", "op": "call_function", "target": "torch.ops.aten.relu.default", "args": [{"node": "x"}], "kwargs": {}},
{"name": "b", "op": "call_function", "target": "torch.ops.aten.neg.default", "args": [{"node": "a"}], "kwargs": {}},
{"name": "c", "op": "call_function", "target": "torch.ops.aten.relu.default", "args": [{"node": "b"}], "kwargs": {}},
{"name": "output", "op": "output", "target": "output", "args": [{"node": "c"}], "kwargs": {}}]}})";

// Diagnostics point into the sources of the program.
struct Reported : OrderReport {
    std::shared_ptr<const program::Program> program;
};

Reported report_of(const std::string& rules) {
    CheckedRules checked = check_rules(load_rules_text("order.rules", rules));
    for (const Diagnostic& each : checked.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(checked.program);
    auto report = check_order(checked.program, Input::from_string(graph), "graph.json");
    REQUIRE(report);
    return {*report, checked.program};
}

}  // namespace

TEST_CASE("an order that makes a difference is said, with where and what") {
    Reported report = report_of(R"(rule absolute { aten.relu.default(x) => aten.abs.default(x) }
rule cancelled { aten.relu.default(aten.neg.default(x)) => x }
pass P { sweep absolute, cancelled }
)");
    CHECK(report.orders == 1);
    CHECK(report.complete);
    REQUIRE(report.differences.size() == 1);
    CHECK(
        render(report.differences[0]) ==
        R"(order.rules:2:6: warning: on graph.json the result depends on which of "absolute" and "cancelled" stands first in the sweep: both match at c [order-dependent]
    rule cancelled { aten.relu.default(aten.neg.default(x)) => x }
         ^^^^^^^^^
order.rules:1:6: note: this rule wins at c
    rule absolute { aten.relu.default(x) => aten.abs.default(x) }
         ^^^^^^^^
note: as it is (-), and in the other order (+):
    - abs_default_1 = aten.abs.default(b)
    - return abs_default_1
    + return abs_default
)");
}

TEST_CASE("an order that makes no difference is tried, and not said") {
    Reported report = report_of(R"(rule one { aten.relu.default(x) => aten.abs.default(x) }
rule two {
    match n: aten.relu.default(x: aten.neg.default(_))
    rewrite {
        insert aten.abs.default(x) as y before n  meta from n
        replace n with y
        erase n
    }
}
pass P { sweep one, two }
)");
    CHECK(report.orders == 1);
    CHECK(report.differences.empty());
}

TEST_CASE("where no two rules match at one node, there is no order to try") {
    Reported report = report_of(R"(rule one { aten.relu.default(aten.neg.default(x)) => x }
rule two { aten.neg.default(x) => aten.abs.default(x) }
pass P { sweep one, two }
)");
    CHECK(report.orders == 0);
    CHECK(report.differences.empty());
}

TEST_CASE("a run that fails in the other order is a difference; one that fails as it stands is an error") {
    constexpr const char* rules = R"(rule fine {
    match n: aten.relu.default(aten.neg.default(x))
    rewrite { replace n with x }
}
rule fails {
    match n: aten.relu.default(x: aten.neg.default(_))
    where len(n.users) == 1
    rewrite { fail f"not here: {x}" }
}
)";
    Reported report = report_of(std::string(rules) + "pass P { sweep fine, fails }");
    REQUIRE(report.differences.size() == 1);
    CHECK(render(report.differences[0]).find("in the other order the run fails: not here: b") != std::string::npos);
    report = report_of(std::string(rules) + "pass P { sweep fails, fine }");
    REQUIRE(report.differences.size() == 1);
    CHECK(report.differences[0].severity == Severity::error);
    CHECK(report.orders == 0);
}

TEST_CASE("what is no dump is an error") {
    CheckedRules checked = check_rules(load_rules_text("order.rules", "pass P { eliminate dead code }"));
    CHECK_FALSE(check_order(checked.program, Input::from_string("[]"), "graph.json"));
}
