#include "engine/author/rule_tests.hpp"

#include "engine/author/graph_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/matcher.hpp"
#include "engine/rewrite/metadata.hpp"

#include <optional>

#include <fmt/format.h>

namespace dqrewrite {

using program::Expression;
using program::ExpressionId;
using program::Program;
using program::Test;
using program::TestGraph;

namespace {

// Builds the graph of a test block, in a module of its own.
class GraphBuilder {
public:
    GraphBuilder(const Program& program, const TestGraph& from, Module& module, OpTable& table)
        : program_(program), from_(from), graph_(module.graph), binding_(program, *module.symbols, table),
          tables_(program.tables.size()), budget_(budget_base), matcher_(program, graph_, binding_, arena_, budget_),
          evaluator_(program, graph_, binding_, arena_, tables_, budget_, matcher_), frame_(from.variables.size()) {
        matcher_.set_evaluator(evaluator_);
    }

    void build() {
        for (const TestGraph::Node& node : from_.nodes) add(node);
        ArgumentBuilder arguments(graph_);
        arguments.add(value(from_.result));
        append(Opcode::output, "output", "output", arguments, "");
    }

private:
    void add(const TestGraph::Node& node) {
        ArgumentBuilder arguments(graph_);
        for (ExpressionId id : node.arguments) {
            const Expression& argument = program_[id];
            if (argument.kind == Expression::Kind::keyword)
                arguments.add(argument.text, value(argument.children[0]));
            else if (argument.kind == Expression::Kind::star)
                for (const Datum& item : value(argument.children[0]).item_span()) arguments.add(item);
            else
                arguments.add(value(id));
        }
        NodeId made = append(node.opcode, node.target, node.name, arguments, meta(node));
        frame_[static_cast<size_t>(node.variable)] = make_node(made);
    }

    NodeId append(Opcode opcode, std::string_view target, std::string_view name, ArgumentBuilder& arguments,
                  std::string_view meta) {
        Graph::NewNode node;
        node.opcode = opcode;
        node.target = graph_.symbols().intern(target);
        node.name = name;
        node.arguments = arguments.arguments();
        node.meta = graph_.store().copy(meta);
        return graph_.append(node);
    }

    std::string meta(const TestGraph::Node& node) {
        std::string text;
        for (size_t i = 0; i < node.meta_keys.size(); ++i) {
            std::string json;
            TypeForm form = node.meta_keys[i] == "val" ? TypeForm::text : TypeForm::object;
            if (!to_json(graph_, value(node.meta_values[i]), json, form))
                throw RunError(node.location, fmt::format("meta \"{}\" has no JSON form", node.meta_keys[i]));
            std::string_view path[] = {node.meta_keys[i]};
            if (auto updated = set_member(text, path, json)) text = *updated;
        }
        return text;
    }

    Datum value(ExpressionId expression) {
        Datum result;
        if (evaluator_.evaluate(expression, frame_.data(), result)) return result;
        throw RunError(evaluator_.failure().location, evaluator_.failure().message);
    }

    const Program& program_;
    const TestGraph& from_;
    Graph& graph_;
    Binding binding_;
    Arena arena_;
    Tables tables_;
    Budget budget_;
    Matcher matcher_;
    Evaluator evaluator_;
    std::vector<Datum> frame_;
};

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
    GraphBuilder(program, graph, module, table).build();
    return graph_lines(module.graph);
}

// The failure of a test, or nothing.
std::optional<std::string> failure(const std::shared_ptr<const Program>& program, const Test& test) {
    OpTable table(*program->declarations);
    Module module;
    GraphBuilder(*program, test.before, module, table).build();
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
