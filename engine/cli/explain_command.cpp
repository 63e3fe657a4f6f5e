// dqrewrite explain: why rules matched or did not.

#include "engine/author/explain/explain.hpp"
#include "engine/author/explain/explain_print.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/graph_argument.hpp"
#include "engine/cli/rules_argument.hpp"
#include "engine/rewrite/apply.hpp"

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

// The run that is watched, to its end or to an error, which is said last: an `expect` that does not hold is the very
// thing that is to be explained.
std::optional<RunError> watch(const program::Program& program, const Driver& driver, Dump& dump,
                              RunObserver& observer) {
    auto report = apply(driver, dump, &observer);
    if (!report) return report.error();
    print(program, report->warnings);
    return {};
}

int finish(const program::Program& program, const std::string& text, const std::optional<RunError>& error) {
    fmt::print("{}", text);
    if (!error) return done;
    std::fflush(stdout);
    print_error(program, *error);
    return cannot_be_done;
}

bool is_a_sweep(const ExplainOptions& options, uint64_t sweeps) {
    if (options.sweep <= sweeps) return true;
    print_error(fmt::format("there is no sweep {}: the run has {}", options.sweep, sweeps));
    return false;
}

}  // namespace

int explain(const ExplainCommandOptions& options) {
    if (!standard_input_once("explain", {options.rules, options.graph})) return cannot_be_done;
    auto program = read_rules(options.rules);
    if (!program) return cannot_be_done;
    auto pass = choose_pass(*program, options.pass);
    if (!pass) return cannot_be_done;
    ExplainOptions what{.rule = {}, .sweep = options.sweep};
    if (!options.rule.empty()) {
        what.rule = choose_rule(*program, *pass, options.rule);
        if (!what.rule) return cannot_be_done;
    }
    auto dump = read_dump(options.graph);
    if (!dump) return cannot_be_done;
    const Graph* graph = find_graph(*dump, options.graph, options.submodule);
    if (!graph) return cannot_be_done;
    const Driver driver(program, *pass);
    if (options.node.empty()) {
        GraphExplainer explainer(*program, *pass, dump->module, what);
        auto error = watch(*program, driver, *dump, explainer);
        GraphExplanation explanation = explainer.explanation();
        if (!error && !is_a_sweep(what, explanation.sweeps)) return cannot_be_done;
        return finish(*program,
                      options.json ? explanation_json(*program, *pass, explanation)
                                   : explanation_text(*program, *pass, explanation),
                      error);
    }
    NodeExplainer explainer(*program, *pass, dump->module, *graph, options.node, what);
    auto error = watch(*program, driver, *dump, explainer);
    const NodeExplanation& explanation = explainer.explanation();
    if (!explanation.was_there) {
        find_node(*dump, *graph, options.graph, options.node);
        return cannot_be_done;
    }
    if (!error && !is_a_sweep(what, explainer.sweeps())) return cannot_be_done;
    return finish(*program,
                  options.json ? explanation_json(*program, *pass, explanation)
                               : explanation_text(*program, *pass, explanation),
                  error);
}

}  // namespace dqrewrite::cli
