// dqrewrite run: rules, one graph or a row of them, results.

#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/ndjson.hpp"
#include "engine/cli/stats.hpp"
#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"
#include "engine/rewrite/apply.hpp"

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

// The pass that is meant; nothing, and a message, where that is not certain.
std::optional<program::PassId> choose_pass(const program::Program& program, const std::string& wanted) {
    std::vector<std::string> all, own;
    std::optional<program::PassId> only, named;
    for (size_t i = 0; i < program.passes.size(); ++i) {
        const program::Pass& pass = program.passes[i];
        all.push_back(pass.name);
        if (pass.name == wanted) named = static_cast<program::PassId>(i);
        if (!pass.own) continue;
        own.push_back(pass.name);
        only = static_cast<program::PassId>(i);
    }
    const std::string& file = program.sources[0]->name();
    if (!wanted.empty() && !named)
        print_error(fmt::format("{} has no pass \"{}\"{}{}", file, wanted, suggestion(wanted, all),
                                all.empty() ? "" : fmt::format("; it has: {}", fmt::join(all, ", "))));
    if (!wanted.empty()) return named;
    if (own.size() == 1) return only;
    if (own.empty())
        print_error(fmt::format("{} has no pass of its own to run", file));
    else
        print_error(fmt::format("{} has several passes; choose one with --pass: {}", file, fmt::join(own, ", ")));
    return {};
}

int run_one(const Driver& driver, const RunOptions& options, double compile) {
    Stopwatch watch;
    Stats stats(driver.program());
    stats.compile = compile;
    auto input = open_input(options.graph);
    if (!input) return print_error(options.graph, input.error()), cannot_be_done;
    auto dump = Dump::read(*input);
    if (!dump) return print_error(options.graph, dump.error()), cannot_be_done;
    stats.read = watch.lap();
    auto report = apply(driver, *dump);
    if (!report) return print_error(driver.program(), report.error()), cannot_be_done;
    stats.rewrite = watch.lap();
    print(driver.program(), report->warnings);
    auto output = FileOutput::open(options.out);
    if (!output) return print_error(options.out, output.error()), cannot_be_done;
    dump->write(**output);
    auto finished = (*output)->finish();
    if (!finished) return print_error(options.out, finished.error()), cannot_be_done;
    stats.write = watch.lap();
    stats.add(*report);
    stats.print(options.stats);
    return done;
}

}  // namespace

int run(const RunOptions& options) {
    Stopwatch watch;
    Diagnostics diagnostics;
    RuleFiles files = load_rules(options.rules.empty() ? DQREWRITE_DEFAULT_RULES : options.rules, diagnostics);
    CheckedRules rules = check_rules(std::move(files), std::move(diagnostics));
    print(rules.diagnostics);
    if (!rules.program) return cannot_be_done;
    auto pass = choose_pass(*rules.program, options.pass);
    if (!pass) return cannot_be_done;
    Driver driver(rules.program, *pass);
    double compile = watch.lap();
    return options.ndjson ? run_ndjson(driver, options, compile) : run_one(driver, options, compile);
}

}  // namespace dqrewrite::cli
