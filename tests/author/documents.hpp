// The rule files in a page of documentation, and the tests within a rule file.
#pragma once

#include "engine/author/testing/rule_tests.hpp"
#include "engine/program/check.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::test {

// The blocks of a page that are marked `rules`.
inline std::vector<std::string> rules_of(const std::string& page) {
    constexpr std::string_view open = "\n```rules\n", close = "\n```\n";
    std::vector<std::string> blocks;
    for (size_t at = page.find(open); at != std::string::npos; at = page.find(open, at)) {
        at += open.size();
        blocks.push_back(page.substr(at, page.find(close, at) + 1 - at));
    }
    return blocks;
}

// That the rules are without errors and their tests pass.
inline void check_tests(const CheckedRules& rules) {
    for (const Diagnostic& each : rules.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(rules.program);
    for (const RuleTestResult& result : run_rule_tests(rules.program)) {
        INFO(result.test->title << "\n" << result.message);
        CHECK(result.passed);
    }
}

}  // namespace dqrewrite::test
