// The compiled matcher and the slow one agree on graphs that are nearly those of the shipped tests: every rule, at
// every node. Rules that read tables are left out, the reference engine knows none.

#include "tests/reference/compiled.hpp"
#include "tests/support/catch.hpp"

#include "engine/author/block_text.hpp"
#include "engine/author/test_graph.hpp"
#include "engine/author/testing/near_misses.hpp"
#include "engine/program/shipped.hpp"

#include <algorithm>

using namespace dqrewrite;
using namespace dqrewrite::reference;

namespace {

constexpr size_t max_steps = 400'000;
constexpr uint64_t budget_of_a_graph = 10'000'000;
constexpr size_t graphs_of_a_test = 12;

// "rule at node" for each match of each rule alone, by the compiled matcher.
std::string compiled(const program::Program& program, Module& module) {
    OpTable table(*program.declarations);
    Binding binding(program, *module.symbols, table);
    Arena arena;
    Tables tables(program.tables.size());
    Budget budget(budget_of_a_graph);
    Matcher matcher(program, module.graph, binding, arena, budget);
    Evaluator evaluator(program, module.graph, binding, arena, tables, budget, matcher);
    matcher.set_evaluator(evaluator);
    std::string text;
    for (uint32_t i = 0; i < program.rules.size(); ++i) {
        const auto rule = static_cast<program::RuleId>(i);
        const program::MatchProgram steps = program::compile_rules(program, std::span(&rule, 1));
        for (NodeId root = module.graph.first(); root != no_node; root = module.graph.next(root))
            if (matcher.match(steps, root)) text += program[rule].name + " at " + module.graph.name(root) + "\n";
    }
    return text;
}

std::string slow(const RuleFiles& files, const program::Program& program, const Graph& graph) {
    OpTable table(*program.declarations);
    std::vector<const syntax::Tree*> trees;
    for (const RuleFile& file : files.files) trees.push_back(&file.tree);
    Engine engine(trees, *program.declarations, table, graph, max_steps);
    std::string text;
    for (const program::Rule& rule : program.rules)
        for (NodeId root = graph.first(); root != no_node; root = graph.next(root))
            if (engine.match(rule.name, root)) text += rule.name + " at " + graph.name(root) + "\n";
    return text;
}

// How many graphs were compared.
size_t compare(const RuleFiles& files, const program::Program& program, const program::Test& test) {
    OpTable table(*program.declarations);
    Module from;
    build_test_graph(program, test.before, from, table);
    Arena arena;
    const std::vector<NearMiss> all = near_misses_of(draft_of(from.graph, arena), program, arena);
    size_t count = 0;
    for (size_t i = 0; i < all.size(); i += std::max<size_t>(all.size() / graphs_of_a_test, 1)) {
        Module module;
        try {
            build(all[i].draft, module);
        } catch (const std::runtime_error&) {
            continue;  // no valid graph
        }
        std::string expected;
        try {
            expected = slow(files, program, module.graph);
        } catch (const TooSlow&) {
            continue;
        }
        INFO(test.title << ": " << all[i].what << "\n" << block_text(module.graph).value_or(""));
        CHECK(compiled(program, module) == expected);
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("both engines agree on near misses of the shipped tests") {
    size_t count = 0;
    for (const std::string& name : shipped_rule_names()) {
        Diagnostics diagnostics;
        const RuleFiles files = load_rules(name, diagnostics);
        auto program = check(files, diagnostics);
        INFO(name);
        REQUIRE(program);
        if (!program->tables.empty()) continue;
        for (const program::Test& test : program->tests) count += compare(files, *program, test);
    }
    CHECK(count > 0);
}
