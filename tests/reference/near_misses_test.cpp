// Both engines agree on graphs that are nearly those of the shipped tests: every rule, at every node, and on what the
// passes of the tests leave.

#include "tests/reference/compiled.hpp"
#include "tests/reference/pass.hpp"
#include "tests/support/catch.hpp"

#include "engine/author/testing/near_misses.hpp"
#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/block_text.hpp"
#include "engine/program/shipped.hpp"
#include "engine/rewrite/driver.hpp"

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

std::vector<const syntax::Tree*> trees_of(const RuleFiles& files) {
    std::vector<const syntax::Tree*> trees;
    for (const RuleFile& file : files.files) trees.push_back(&file.tree);
    return trees;
}

std::string slow(const RuleFiles& files, const program::Program& program, const Graph& graph) {
    OpTable table(*program.declarations);
    Engine engine(trees_of(files), *program.declarations, table, graph, max_steps);
    std::string text;
    for (const program::Rule& rule : program.rules)
        for (NodeId root = graph.first(); root != no_node; root = graph.next(root))
            if (engine.match(rule.name, root)) text += rule.name + " at " + graph.name(root) + "\n";
    return text;
}

// What a pass leaves of the graph, or why it ended.
std::string left_by_compiled(const std::shared_ptr<const program::Program>& program, program::PassId pass,
                             Module& module) {
    OpTable table(*program->declarations);
    try {
        Driver(program, pass).run(module, table);
    } catch (const RunError& error) {
        return std::string("ended: ") + error.what();
    }
    return block_text(module).value_or("");
}

// `compiled` says it where the reference engine has no words for it.
std::string left_by_slow(const RuleFiles& files, const program::Program& program, program::PassId pass,
                         Module& module, const std::string& compiled) {
    OpTable table(*program.declarations);
    Pass run(trees_of(files), *program.declarations, table, module, max_steps);
    auto ended = run.run(program[pass].name).ended;
    if (!ended) return block_text(module).value_or("");
    return ended->message.empty() && compiled.starts_with("ended: ") ? compiled : "ended: " + ended->message;
}

struct Compared {
    size_t graphs = 0, changed = 0;
};

void compare(const RuleFiles& files, const std::shared_ptr<const program::Program>& program, program::PassId pass,
             const ModuleDraft& draft, Compared& compared) {
    Module module, same;
    try {
        build(draft, module);
        build(draft, same);
    } catch (const std::runtime_error&) {
        return;  // no valid graph
    }
    const std::string before = block_text(module).value_or("");
    INFO(before);
    try {
        const std::string matches = slow(files, *program, module.graph);
        CHECK(compiled(*program, module) == matches);
        const std::string left = left_by_compiled(program, pass, module);
        CHECK(left == left_by_slow(files, *program, pass, same, left));
        ++compared.graphs;
        compared.changed += left != before;
    } catch (const TooSlow&) {
        return;
    }
}

// The graph of the test, and some that are nearly it.
void compare(const RuleFiles& files, const std::shared_ptr<const program::Program>& program,
             const program::Test& test, Compared& compared) {
    OpTable table(*program->declarations);
    Module from;
    build_test_graph(*program, test.before, from, table);
    Arena arena;
    const ModuleDraft draft = draft_of(from, arena);
    compare(files, program, test.pass, draft, compared);
    const size_t count = for_each_near_miss(draft, *program, arena, [](size_t, bool) { return false; }, {});
    const size_t step = std::max<size_t>(count / graphs_of_a_test, 1);
    for_each_near_miss(
        draft, *program, arena, [&](size_t index, bool) { return index % step == 0; },
        [&](size_t, const NearMiss& near) {
            INFO(test.title << ": " << near.what);
            compare(files, program, test.pass, near.draft, compared);
        });
}

}  // namespace

TEST_CASE("both engines agree on near misses of the shipped tests") {
    Compared compared;
    for (const std::string& name : shipped_rule_names()) {
        const RuleFiles files = load_rules(name);
        auto program = check_rules(files).program;
        INFO(name);
        REQUIRE(program);
        for (const program::Test& test : program->tests) compare(files, program, test, compared);
    }
    WARN(compared.graphs << " graphs, of which passes changed " << compared.changed);
    CHECK(compared.changed * 4 > compared.graphs);
}
