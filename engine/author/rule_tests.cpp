#include "engine/author/rule_tests.hpp"

#include "engine/author/graph_text.hpp"
#include "engine/author/test_graph.hpp"
#include "engine/rewrite/argument_builder.hpp"
#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/rewriter.hpp"

#include <optional>

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;
using program::Test;
using program::TestGraph;

namespace {

// Both texts, the lines that only one has marked; enough to read, `dqrewrite diff` is for more.
std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
    std::string text;
    size_t same = 0;
    while (same < expected.size() && same < found.size() && expected[same] == found[same]) ++same;
    size_t tail = 0;
    while (tail < expected.size() - same && tail < found.size() - same &&
           expected[expected.size() - 1 - tail] == found[found.size() - 1 - tail])
        ++tail;
    for (size_t i = 0; i < same; ++i) text += "      " + expected[i] + "\n";
    for (size_t i = same; i < expected.size() - tail; ++i) text += "    - " + expected[i] + "\n";
    for (size_t i = same; i < found.size() - tail; ++i) text += "    + " + found[i] + "\n";
    for (size_t i = expected.size() - tail; i < expected.size(); ++i) text += "      " + expected[i] + "\n";
    return text;
}

std::vector<std::string> lines_of(const Program& program, const TestGraph& graph) {
    OpTable table(*program.declarations);
    Module module;
    build_test_graph(program, graph, module, table);
    return graph_lines(module.graph);
}

// The failure of a test, or nothing.
std::optional<std::string> failure(const std::shared_ptr<const Program>& program, const Test& test) {
    OpTable table(*program->declarations);
    Module module;
    build_test_graph(*program, test.before, module, table);
    std::vector<std::string> before = graph_lines(module.graph);
    try {
        Driver(program, test.pass).run(module, table);
    } catch (const RunError& error) {
        if (test.outcome != Test::Outcome::fails) return fmt::format("the pass failed: {}", error.what());
        if (std::string_view(error.what()).find(test.message) != std::string_view::npos) return {};
        return fmt::format("expected the pass to fail with \"{}\", it failed with \"{}\"", test.message,
                           error.what());
    }
    if (test.outcome == Test::Outcome::fails)
        return fmt::format("expected the pass to fail with \"{}\", it succeeded", test.message);
    std::vector<std::string> expected =
        test.outcome == Test::Outcome::unchanged ? before : lines_of(*program, test.after);
    std::vector<std::string> found = graph_lines(module.graph);
    if (expected == found) return {};
    return fmt::format("expected (-) and found (+) differ:\n{}", difference(expected, found));
}

}  // namespace

std::vector<RuleTestResult> run_rule_tests(const std::shared_ptr<const Program>& program) {
    std::vector<RuleTestResult> results;
    for (const Test& test : program->tests) {
        RuleTestResult& result = results.emplace_back(RuleTestResult{&test});
        try {
            auto failed = failure(program, test);
            result.passed = !failed;
            result.message = failed.value_or("");
        } catch (const GraphError& error) {
            result.message = fmt::format("the graph of the test is no valid graph: {}", error.what());
        } catch (const RunError& error) {
            result.message = fmt::format("the graph of the test cannot be built: {}", error.what());
        } catch (const ArgumentError& error) {
            result.message = fmt::format("the graph of the test cannot be built: {}", error.what());
        }
    }
    return results;
}

}  // namespace dqrewrite
