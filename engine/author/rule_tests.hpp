// Runs the `test` blocks of a checked rule file.
//
// A test builds its graph node by node as a dump is loaded, runs the pass, and compares names, order, arguments
// and metadata with the graph that it states. Errors of the test itself (no valid graph) are failures too.
// Tested by tests/author/rule_tests_test.cpp; all shipped rule files are run by tests/author too.
#pragma once

#include "engine/program/program.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dqrewrite {

struct RuleTestResult {
    const program::Test* test;
    bool passed = false;
    std::string message = {};  // of a failure: what was expected and what was found, line by line
};

std::vector<RuleTestResult> run_rule_tests(const std::shared_ptr<const program::Program>& program);

}  // namespace dqrewrite
