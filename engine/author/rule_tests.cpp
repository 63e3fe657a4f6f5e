#include "engine/author/rule_tests.hpp"

#include "engine/author/graph_text.hpp"
#include "engine/author/line_diff.hpp"
#include "engine/author/test_graph.hpp"
#include "engine/rewrite/argument_builder.hpp"
#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/observer.hpp"
#include "engine/rewrite/rewriter.hpp"

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;
using program::Test;
using program::TestGraph;

namespace {

constexpr size_t max_edits = 100;  // that are told of one test

std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
    std::string text;
    for (const DiffLine& line : line_diff(expected, found)) text += fmt::format("    {} {}\n", line.mark, line.text);
    return text;
}

// The statements that were carried out, under the match that they belong to.
class EditLog : public RunObserver {
public:
    explicit EditLog(const Program& program) : program_(program) {}

    bool matched(program::RuleId rule, NodeId root, GraphRun& on) override {
        add(program_[rule].location, fmt::format("{} at {}", program_[rule].name, on.graph.name(root)));
        return true;
    }
    void after(const program::Statement& statement, Datum*, Graph&) override {
        using Kind = program::Statement::Kind;
        if (statement.kind == Kind::let || statement.kind == Kind::if_ || statement.kind == Kind::for_) return;
        std::string_view text = program_.sources[statement.location.file]->text(statement.location.span);
        text = text.substr(0, text.find('\n'));
        // The statements of `P => T` stand at T and its calls.
        std::string_view word = word_of(statement.kind);
        add(statement.location,
            text.starts_with(word) ? fmt::format("  {}", text) : fmt::format("  {}: {}", word, text));
    }
    std::vector<std::string> lines() && {
        if (left_out_ > 0) lines_.push_back(fmt::format("… and {} more", left_out_));
        return std::move(lines_);
    }

private:
    static std::string_view word_of(program::Statement::Kind kind) {
        using Kind = program::Statement::Kind;
        switch (kind) {
        case Kind::clone: return "clone";
        case Kind::insert: return "insert";
        case Kind::replace: return "replace";
        case Kind::erase: return "erase";
        default: return "";  // `P => T` has none of these
        }
    }

    void add(const program::Location& location, const std::string& text) {
        if (lines_.size() >= max_edits) {
            ++left_out_;
            return;
        }
        const Source& source = *program_.sources[location.file];
        lines_.push_back(fmt::format("{}:{}: {}", source.name(), source.locate(location.span.begin).line, text));
    }

    const Program& program_;
    std::vector<std::string> lines_;
    size_t left_out_ = 0;
};

std::string place_of(const Program& program, const RunError& error) {
    const Source& source = *program.sources[error.location.file];
    return fmt::format("{}:{}", source.name(), source.locate(error.location.span.begin).line);
}

std::vector<std::string> lines_of(const Program& program, const TestGraph& graph) {
    OpTable table(*program.declarations);
    Module module;
    build_test_graph(program, graph, module, table);
    return graph_lines(module.graph);
}

// What a test gives; the result's message where it fails.
void run(const std::shared_ptr<const Program>& program, const Test& test, RunObserver* observer,
         RuleTestResult& result) {
    OpTable table(*program->declarations);
    auto module = std::make_shared<Module>();
    build_test_graph(*program, test.before, *module, table);
    std::vector<std::string> before = graph_lines(module->graph);
    try {
        Driver(program, test.pass).run(*module, table, observer);
    } catch (const RunError& error) {
        if (test.outcome != Test::Outcome::fails)
            result.message = fmt::format("the pass failed at {}: {}", place_of(*program, error), error.what());
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
        test.outcome == Test::Outcome::unchanged ? before : lines_of(*program, test.after);
    std::vector<std::string> found = graph_lines(module->graph);
    if (expected != found)
        result.message = fmt::format("expected (-) and found (+) differ:\n{}", difference(expected, found));
}

}  // namespace

RuleTestResult run_rule_test(const std::shared_ptr<const Program>& program, const Test& test, RunObserver* observer) {
    RuleTestResult result{&test};
    try {
        run(program, test, observer, result);
    } catch (const GraphError& error) {
        result.message = fmt::format("the graph of the test is no valid graph: {}", error.what());
    } catch (const RunError& error) {
        result.message =
            fmt::format("the graph of the test cannot be built: {} at {}", error.what(), place_of(*program, error));
    } catch (const ArgumentError& error) {
        result.message = fmt::format("the graph of the test cannot be built: {}", error.what());
    }
    result.passed = result.message.empty();
    return result;
}

std::vector<std::string> edits_of_test(const std::shared_ptr<const Program>& program, const Test& test) {
    EditLog log(*program);
    run_rule_test(program, test, &log);
    return std::move(log).lines();
}

std::vector<RuleTestResult> run_rule_tests(const std::shared_ptr<const Program>& program) {
    std::vector<RuleTestResult> results;
    for (const Test& test : program->tests) results.push_back(run_rule_test(program, test));
    return results;
}

}  // namespace dqrewrite
