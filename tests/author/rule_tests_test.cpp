// The `test` blocks of every shipped rule file pass; and the runner of tests says what is wrong with one that fails.

#include "tests/support/catch.hpp"

#include "engine/author/testing/rule_tests.hpp"
#include "engine/program/check.hpp"
#include "engine/program/shipped.hpp"

#include <fmt/format.h>

using namespace dqrewrite;

namespace {

CheckedRules checked(RuleFiles files) {
    CheckedRules rules = check_rules(std::move(files));
    for (const Diagnostic& each : rules.diagnostics) UNSCOPED_INFO(render(each));
    return rules;
}

// The message of the only test of a file that consists of `rules` and one test.
std::string message_of(const std::string& test) {
    std::string text = "rule twice { aten.neg.default(aten.neg.default(x)) => x }\n"
                       "pass P { sweep twice }\n" +
                       test;
    CheckedRules rules = checked(load_rules_text("test.rules", text));
    REQUIRE(rules.program);
    auto results = run_rule_tests(rules.program);
    REQUIRE(results.size() == 1);
    CHECK(results[0].passed == results[0].message.empty());
    return results[0].message;
}

}  // namespace

TEST_CASE("the tests of the shipped rule files pass") {
    size_t count = 0;
    for (const std::string& name : shipped_rule_names()) {
        CheckedRules rules = checked(load_rules(name));
        INFO(name);
        REQUIRE(rules.program);
        for (const RuleTestResult& result : run_rule_tests(rules.program)) {
            INFO(result.test->title << "\n" << result.message);
            CHECK(result.passed);
            ++count;
        }
    }
    CHECK(count > 0);
}

TEST_CASE("a test block that holds has no message") {
    CHECK(message_of("test \"t\" { run P on { x = placeholder()  a = aten.neg.default(x)  b = aten.neg.default(a)  "
                     "return b }\n"
                     "becomes { x = placeholder()  a = aten.neg.default(x)  return x } }") == "");
    CHECK(message_of("test \"t\" { run P on { x = placeholder()  a = aten.neg.default(x)  return a } unchanged }") ==
          "");
}

TEST_CASE("a test block that fails shows both graphs") {
    CHECK(message_of("test \"t\" { run P on { x = placeholder()  a = aten.neg.default(x)  b = aten.neg.default(a)  "
                     "return b }\n"
                     "becomes { x = placeholder()  return x } }") == "expected (-) and found (+) differ:\n"
                                                                     "  x = placeholder(\"x\")\n"
                                                                     "+ a = aten.neg.default(x)\n"
                                                                     "  return x\n");
    CHECK(message_of("test \"t\" { run P on { x = placeholder()  a = aten.neg.default(x)  b = aten.neg.default(a)  "
                     "return b }\n"
                     "unchanged }") == "expected (-) and found (+) differ:\n"
                                       "  x = placeholder(\"x\")\n"
                                       "  a = aten.neg.default(x)\n"
                                       "- b = aten.neg.default(a)\n"
                                       "- return b\n"
                                       "+ return x\n");
    CHECK(message_of("test \"t\" { run P on { x = placeholder()  return x } fails \"no such thing\" }") ==
          "expected the pass to fail with \"no such thing\", it succeeded");
}

TEST_CASE("of a pass that does not end the first edits are shown") {
    CheckedRules rules = checked(
        load_rules_text("test.rules", "rule more { match n: aten.neg.default(x)  rewrite { clone n as m after n } }\n"
                                      "pass P { sweep more }\n"
                                      "test \"t\" { run P on { x = placeholder() n = aten.neg.default(x) return n } "
                                      "unchanged }\n"));
    REQUIRE(rules.program);
    TestedPasses passes(rules.program);
    const std::string text = edits_of_test(passes, rules.program->tests[0]);
    const std::string end =
        fmt::format("{} rewrites, {} edits, 0 nodes of dead code\nwhat comes after that is left out\n",
                    most_shown_edits + 1, most_shown_edits);
    CHECK(text.find("clone n_99 as n_100 after n_99\n") != std::string::npos);
    CHECK(text.ends_with(end));
}

TEST_CASE("a pass is compiled once for all tests that run it") {
    CheckedRules rules = checked(load_rules_text("test.rules", "pass P { eliminate dead code }\npass Q { run P }\n"));
    REQUIRE(rules.program);
    TestedPasses passes(rules.program);
    const Driver& first = passes[program::PassId{0}];
    const Driver& second = passes[program::PassId{1}];
    CHECK(&first == &passes[program::PassId{0}]);
    CHECK(&second == &passes[program::PassId{1}]);
    CHECK(first.pass() != second.pass());
}

TEST_CASE("types of values and metadata count") {
    CHECK(message_of("test \"t\" { run P on { x = placeholder()  a = aten.add.Tensor(x, 1)  return a }\n"
                     "becomes { x = placeholder()  a = aten.add.Tensor(x, 1.0)  return a } }") ==
          "expected (-) and found (+) differ:\n"
          "  x = placeholder(\"x\")\n"
          "- a = aten.add.Tensor(x, 1.0)\n"
          "+ a = aten.add.Tensor(x, 1)\n"
          "  return a\n");
    CHECK(message_of("test \"t\" { run P on { x = placeholder() meta { k: {\"b\": 1, \"a\": 2} }  return x }\n"
                     "becomes { x = placeholder() meta { k: {\"a\": 2, \"b\": 1} }  return x } }") == "");
}
