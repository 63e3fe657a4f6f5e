// Runs the `test` blocks of a checked rule file.
//
// A test builds its graph node by node as a dump is loaded, runs the pass, and compares names, order, arguments
// and metadata with the graph that it states. Errors of the test itself (no valid graph) are failures too.
// Tested by tests/author/rule_tests_test.cpp; all shipped rule files are run by tests/author too.
#pragma once

#include "engine/author/testing/tested_passes.hpp"
#include "engine/graph/module.hpp"
#include "engine/program/program.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dqrewrite {

class RunObserver;

struct RuleTestResult {
    const program::Test* test;
    bool passed = false;
    std::string message = {};  // of a failure: what was expected and what was found, line by line
    bool built = true;         // both graphs of the test are valid ones
    // The graph as the pass left it; null where it could not be built or the pass ended with an error.
    std::shared_ptr<Module> found = {};
};

RuleTestResult run_rule_test(TestedPasses& passes, const program::Test& test, RunObserver* observer = nullptr);
// What the pass does to the graph of a test, edit by edit, as `dqrewrite run --plan` prints it, but no more than so
// many edits; empty where it does nothing. Runs it once more.
constexpr size_t most_shown_edits = 100;
std::string edits_of_test(TestedPasses& passes, const program::Test& test);
// For a test that could be built and whose pass does nothing: why its rules did not match, as `dqrewrite explain`
// prints it, but of each rule the nearest miss alone; rules without candidates are left out where others have some.
// Runs it once more.
std::string misses_of_test(TestedPasses& passes, const program::Test& test);
std::vector<RuleTestResult> run_rule_tests(const std::shared_ptr<const program::Program>& program);

}  // namespace dqrewrite
