#include "engine/author/testing/rule_tests.hpp"

#include "engine/author/explain/explain.hpp"
#include "engine/author/explain/explain_print.hpp"
#include "engine/author/plan/plan.hpp"
#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/line_diff.hpp"
#include "engine/author/text/rule_place.hpp"
#include "engine/rewrite/argument_builder.hpp"
#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/rewriter.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;
using program::Test;
using program::TestGraph;

namespace {

std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
    std::string text;
    for (const DiffLine& line : line_diff(expected, found)) text += fmt::format("{} {}\n", line.mark, line.text);
    return text;
}

std::vector<std::string> lines_of(const Program& program, const TestGraph& graph) {
    OpTable table(*program.declarations);
    Module module;
    build_test_graph(program, graph, module, table);
    return module_lines(module);
}

// What a test gives; the result's message where it fails.
void run(TestedPasses& passes, const Test& test, RunObserver* observer, RuleTestResult& result) {
    const Program& program = passes.program();
    OpTable table(*program.declarations);
    auto module = std::make_shared<Module>();
    build_test_graph(program, test.before, *module, table);
    std::vector<std::string> before = module_lines(*module);
    try {
        passes[test.pass].run(*module, table, observer);
    } catch (const RunError& error) {
        if (test.outcome != Test::Outcome::fails)
            result.message = "the pass failed:\n" + render(diagnostic_of(program, error));
        else if (std::string_view(error.what()).find(test.message) == std::string_view::npos)
            result.message = fmt::format("expected the pass to fail with \"{}\", it failed with \"{}\"", test.message,
                                         error.what());
        return;
    }
    result.found = module;
    if (test.outcome == Test::Outcome::fails) {
        result.message = fmt::format("expected the pass to fail with \"{}\", it succeeded", test.message);
        return;
    }
    std::vector<std::string> expected =
        test.outcome == Test::Outcome::unchanged ? before : lines_of(program, test.after);
    std::vector<std::string> found = module_lines(*module);
    if (expected != found)
        result.message = fmt::format("expected (-) and found (+) differ:\n{}", difference(expected, found));
}

}  // namespace

RuleTestResult run_rule_test(TestedPasses& passes, const Test& test, RunObserver* observer) {
    RuleTestResult result{&test};
    try {
        run(passes, test, observer, result);
        result.passed = result.message.empty();
        return result;
    } catch (const GraphError& error) {
        result.message = fmt::format("the graph of the test is no valid graph: {}", error.what());
    } catch (const RunError& error) {
        result.message = fmt::format("the graph of the test cannot be built: {} at {}", error.what(),
                                     RulePlace(passes.program(), error.location).text());
    } catch (const ArgumentError& error) {
        result.message = fmt::format("the graph of the test cannot be built: {}", error.what());
    }
    result.built = false;
    return result;
}

namespace {

// Ends a run that goes on and on: its first edits are enough to see why.
class FirstEdits : public PlanRecorder {
public:
    FirstEdits(const Program& program, const Module& module) : PlanRecorder(program, module, most_bytes) {}

    bool are_all() const { return are_all_ && !is_full(); }

    void editing(const Edit& edit, const Graph& graph) override {
        are_all_ = plan().edits.size() < most_shown_edits;
        if (!are_all_) throw BudgetSpent{edit.location};
        PlanRecorder::editing(edit, graph);
    }

private:
    static constexpr size_t most_bytes = size_t{1} << 25;

    bool are_all_ = true;
};

}  // namespace

std::string edits_of_test(TestedPasses& passes, const Test& test) {
    const Program& program = passes.program();
    OpTable table(*program.declarations);
    Module module;
    try {
        build_test_graph(program, test.before, module, table);
    } catch (const std::runtime_error&) {
        return "";
    }
    FirstEdits recorder(program, module);
    try {
        passes[test.pass].run(module, table, &recorder);
    } catch (const std::runtime_error&) {
        // what was done until then
    }
    const Plan& plan = recorder.plan();
    if (plan.edits.empty()) return "";
    return plan_text(program, plan) + (recorder.are_all() ? "" : "what comes after that is left out\n");
}

std::string misses_of_test(TestedPasses& passes, const Test& test) {
    const Program& program = passes.program();
    OpTable table(*program.declarations);
    Module module;
    build_test_graph(program, test.before, module, table);
    GraphExplainer explainer(program, test.pass, module, {}, 1);
    bool failed = false;
    try {
        passes[test.pass].run(module, table, &explainer);
    } catch (const RunError&) {
        failed = true;
    }
    GraphExplanation explanation = explainer.explanation();
    std::vector<Funnel>& funnels = explanation.funnels;
    const auto has_matched = [&](const Funnel& each) { return failed && each.matches > 0; };  // and failed then
    if (std::ranges::any_of(funnels, has_matched)) return "";
    const auto has_none = [](const Funnel& each) { return each.candidates == 0; };
    if (!std::ranges::all_of(funnels, has_none)) std::erase_if(funnels, has_none);
    return explanation_text(program, test.pass, explanation);
}

std::vector<RuleTestResult> run_rule_tests(const std::shared_ptr<const Program>& program) {
    std::vector<RuleTestResult> results;
    TestedPasses passes(program);
    for (const Test& test : program->tests) results.push_back(run_rule_test(passes, test));
    return results;
}

}  // namespace dqrewrite
