// What a matcher spends, and how large it is. Which matches it finds, and in which order, tests/reference checks.
#include "engine/rewrite/matcher.hpp"

#include "engine/program/compile.hpp"
#include "engine/rewrite/apply.hpp"
#include "tests/rewrite/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program_of.hpp"

#include <fmt/format.h>

using namespace dqrewrite;
using dqrewrite::test::program_of;

namespace {

std::string relus(int count) {
    std::vector<std::string> nodes = {test::node_json("x", "placeholder", "x", "[]", "{}", R"({"round": 0})")};
    for (int i = 0; i < count; ++i)
        nodes.push_back(test::node_json(fmt::format("relu_{}", i), "call_function", "torch.ops.aten.relu.default",
                                        R"([{"node": "x"}])"));
    return test::dump_json(nodes);
}

}  // namespace

TEST_CASE("matcher: that what must not match does not match is free") {
    std::string clauses;
    for (int i = 0; i < 20; ++i) clauses += fmt::format(" unless x is aten.mul.Tensor({}, ...)", i);
    const auto program = program_of("rule tick { match n: placeholder() where n.meta.round < 700"
                                    " rewrite { set n.meta.round = n.meta.round + 1 } }\n"
                                    "rule guard { match n: aten.relu.default(x)" +
                                    clauses +
                                    " where n.meta.never rewrite { erase n } }\n"
                                    "pass P { repeat at most 1000 { sweep tick, guard } }");
    auto dump = Dump::read(Input::from_string(relus(100)));  // 1,400,000 times, with a budget of 1,101,000
    REQUIRE(dump);
    const auto report = apply(Driver(program, program::PassId{0}), *dump);
    CHECK(report);
}

TEST_CASE("matcher: a large pattern that must not match is not copied to each op that a rule can start at") {
    std::string large = "aten.add.Tensor(0, ...)";
    for (int i = 1; i < 100; ++i) large += fmt::format(" | aten.add.Tensor({}, ...)", i);
    const auto steps = [&](const std::string& clause) {
        const auto program = program_of("ops any_of_four = aten.{add.Tensor, sub.Tensor, mul.Tensor, div.Tensor}\n"
                                        "rule a { match n: aten.add.Tensor(...) rewrite { erase n } }\n"
                                        "rule b { match n: aten.sub.Tensor(...) rewrite { erase n } }\n"
                                        "rule c { match n: aten.mul.Tensor(...) rewrite { erase n } }\n"
                                        "rule wide { match n: any_of_four(x, ...) " +
                                        clause + " rewrite { erase n } }\npass P { sweep a, b, c, wide }");
        return program::compile_rules(*program, program->passes[0].steps[0].rules).steps.size();
    };
    CHECK(steps("unless x is (" + large + ")") == steps("unless x is None"));
    CHECK(steps("unless x is aten.add.Tensor(0, ...)") > steps("unless x is None"));
}
