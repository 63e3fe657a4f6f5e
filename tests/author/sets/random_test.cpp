// Sets of random rules: what is said of them is so.
//
// A pair of rules that is said to overlap is matched by the reference engine on the graph that is shown. A rule that
// is said to match nothing, or to be shadowed, is tried at each node of the graph that the rules were made from. (The
// graphs have calls that do not fit their schemas, of which the proofs do not speak: those graphs are left out.)
// DQREWRITE_PAIRS says how many pairs of rules (10,000 otherwise), DQREWRITE_SEED where to start.

#include "tests/author/sets/shown_test.hpp"
#include "tests/reference/trial.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/setting.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/rule_sets.hpp"
#include "engine/author/testing/test_graph.hpp"

#include <fmt/format.h>

namespace dqrewrite::reference {

namespace {

constexpr size_t steps = 400'000;

using test::setting;

struct Count {
    size_t pairs = 0, overlaps = 0, undecided = 0, too_many_ways = 0, shadows = 0, same = 0, never = 0, tried = 0;
};

std::string text_at(const Source* source, Span span) {
    return std::string(source->text().substr(span.begin, span.end - span.begin));
}

// Whether each call has the arguments that its schema asks for, and no others.
bool fits(const Graph& graph, Binding& binding) {
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        if (graph.opcode(node) != Opcode::call_function) continue;
        const Schema* schema = binding.schema(graph.target(node));
        if (!schema) continue;
        size_t given = graph.args(node).size();
        if (given > schema->positional) return false;
        std::vector<bool> has(schema->arguments.size());
        std::fill_n(has.begin(), given, true);
        for (const Keyword& each : graph.kwargs(node)) {
            size_t index = schema->find(each.name);
            if (index == Schema::npos || has[index]) return false;
            has[index] = true;
        }
        for (size_t i = 0; i < has.size(); ++i)
            if (!has[i] && !schema->arguments[i].has_default) return false;
    }
    return true;
}

// Both rules match at the node of the graph that the note speaks of.
void check_overlap(const std::string& rules, const Diagnostic& said) {
    std::string printed = test::test_of(said);
    INFO(printed);
    REQUIRE(!printed.empty());
    CheckedFile file(rules + "\n" + printed);
    for (const Diagnostic& each : file.diagnostics)
        if (each.severity == Severity::error) UNSCOPED_INFO(render(each));
    REQUIRE(file.program);
    OpTable table(*file.files.declarations);
    Module module;
    build_test_graph(*file.program, file.program->tests.at(0).before, module, table);
    NodeId root = module.graph.find(test::root_of(said));
    REQUIRE(root != no_node);
    for (const std::string& rule :
         {text_at(said.source, said.span), text_at(said.notes[0].source, said.notes[0].span)}) {
        INFO(rule);
        Engine engine({&file.files.files[0].tree}, *file.files.declarations, table, module.graph, steps);
        try {
            CHECK(engine.match(rule, root));
        } catch (const TooSlow&) {
        }
    }
}

class ProofTrial {
public:
    explicit ProofTrial(const Trial& trial, const CheckedFile& file)
        : file_(file), dump_(read_dump(trial.graph.dump())), table_(*file.files.declarations) {
        state_ops(dump_, table_);
        Binding binding(*file.program, *dump_.module.symbols, table_);
        fits_ = fits(dump_.module.graph, binding);
    }
    bool usable() const { return fits_; }

    void check(const Diagnostic& said) {
        std::string rule = text_at(said.source, said.span);
        INFO(render(said));
        const Graph& graph = dump_.module.graph;
        for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
            if (!matches(rule, node)) continue;
            INFO(graph.name(node));
            REQUIRE(said.code != codes::never_matches);
            CHECK(matches(text_at(said.notes[0].source, said.notes[0].span), node));
        }
    }

private:
    bool matches(const std::string& rule, NodeId node) {
        Engine engine({&file_.files.files[0].tree}, *file_.files.declarations, table_, dump_.module.graph, steps);
        return engine.match(rule, node).has_value();
    }

    const CheckedFile& file_;
    Dump dump_;
    OpTable table_;
    bool fits_ = false;
};

void check_trial(const Trial& trial, Count& count) {
    std::string rules = trial.rules_text() + "pass P { sweep ";
    for (size_t i = 0; i < trial.rules.size(); ++i) rules += (i == 0 ? "" : ", ") + trial.rules[i].name;
    rules += " }\n";
    INFO(rules);
    CheckedFile file(rules);
    REQUIRE(file.program);
    count.pairs += trial.rules.size() * (trial.rules.size() - 1) / 2;
    ProofTrial proofs(trial, file);
    for (const Diagnostic& said : check_rule_sets(file.program, {.overlaps = true})) {
        if (said.code == codes::overlap) {
            ++count.overlaps;
            check_overlap(rules, said);
            continue;
        }
        if (said.code == codes::may_overlap) {
            ++(said.notes.size() > 1 ? count.undecided : count.too_many_ways);
            continue;
        }
        ++(said.code == codes::never_matches ? count.never
           : said.code == codes::same_rule   ? count.same
                                             : count.shadows);
        if (!proofs.usable()) continue;
        ++count.tried;
        try {
            proofs.check(said);
        } catch (const TooSlow&) {
        }
    }
}

}  // namespace

TEST_CASE("what is said of sets of random rules is so") {
    uint64_t first = setting("DQREWRITE_SEED", 1), wanted = setting("DQREWRITE_PAIRS", 10'000);
    Count count;
    for (uint64_t seed = first; count.pairs < wanted; ++seed) {
        INFO("DQREWRITE_SEED=" << seed << " shows it again");
        Trial trial = random_trial(seed).trial.without_rewrites();
        if (trial.rules.size() > 1) check_trial(trial, count);
    }
    WARN(
        fmt::format("{} pairs: {} overlap, {} may, {} have too many ways; {} rules shadowed, {} the same as another, "
                    "{} match nothing, {} of these proofs tried on a graph",
                    count.pairs, count.overlaps, count.undecided, count.too_many_ways, count.shadows, count.same,
                    count.never, count.tried));
    CHECK(count.overlaps * 100 > count.pairs);
    CHECK(count.too_many_ways * 50 <= count.pairs);
    CHECK(count.shadows > 0);
    CHECK(count.never > 0);
}

}  // namespace dqrewrite::reference
