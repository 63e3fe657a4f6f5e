// dqrewrite run: rules, one graph or a row of them, results.

#include "engine/author/plan/plan.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/ndjson.hpp"
#include "engine/cli/rules_argument.hpp"
#include "engine/cli/stats.hpp"
#include "engine/rewrite/apply.hpp"
#include "engine/rewrite/metadata_questions.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

// The part of the pass that the options leave; nothing, and a message, where a rule is not there.
std::optional<RunPart> choose_part(const program::Program& program, program::PassId pass, const RunOptions& options) {
    RunPart part;
    part.stop_after = options.stop_after.value_or(RunPart::no_stop);
    if (options.only.empty() && options.skip.empty()) return part;
    part.left_out.assign(program.rules.size(), !options.only.empty());
    for (const std::string& name : options.only.empty() ? options.skip : options.only) {
        auto rule = choose_rule(program, pass, name);
        if (!rule) return {};
        part.left_out[static_cast<size_t>(*rule)] = options.only.empty();
    }
    return part;
}

void print_stop(const program::Program& program, const RunOptions& options, const Report& report) {
    if (!options.stop_after) return;
    if (report.stopped)
        print_note(fmt::format("stopped after rewrite {}: {} at {}", report.rewrites,
                               program[report.stopped->rule].name, report.stopped->root));
    else if (*options.stop_after > 0)
        print_note(fmt::format("the run came to its end after {}", counted(report.rewrites, "rewrite")));
}

int run_one(const Driver& driver, const RunOptions& options, double compile) {
    Stopwatch watch;
    Stats stats(driver.program(), options.stats);
    stats.compile = compile;
    auto input = open_input(options.graph);
    if (!input) return print_error(options.graph, input.error()), cannot_be_done;
    auto dump = read_for(driver.program(), *input);
    if (!dump) return print_error(options.graph, dump.error()), cannot_be_done;
    stats.read = watch.lap();
    std::optional<PlanRecorder> recorder;
    if (!options.plan.empty()) recorder.emplace(driver.program(), dump->module);
    auto report = apply(driver, *dump, recorder ? &*recorder : nullptr);
    if (!report) return print_error(driver.program(), report.error()), cannot_be_done;
    stats.rewrite = watch.lap();
    print(driver.program(), report->warnings);
    print_stop(driver.program(), options, *report);
    const int written = write_output(options.out, [&](Output& output) {
        if (recorder)
            output.write(options.plan == "json" ? plan_json(driver.program(), recorder->plan())
                                                : plan_text(driver.program(), recorder->plan()));
        else
            dump->write(output);
    });
    if (written != done) return written;
    stats.write = watch.lap();
    stats.add(*report);
    stats.print();
    std::exit(done);  // what the graph holds is given back sooner by the system than piece by piece
}

// Why these options make no sense together; null where they do.
const char* contradiction(const RunOptions& options) {
    if (!options.only.empty() && !options.skip.empty()) return "--only and --skip: give one of the two";
    if (options.ndjson && options.stop_after) return "--stop-after is for one graph, not for --ndjson";
    if (options.ndjson && options.plan == "text")
        return "with --ndjson a plan is one line of JSON for each graph: --plan=json";
    return nullptr;
}

}  // namespace

int run(const RunOptions& options) {
    if (const char* message = contradiction(options)) return print_error(message), cannot_be_done;
    if (!standard_input_once("run", {options.rules, options.graph})) return cannot_be_done;
    Stopwatch watch;
    auto program = read_rules(options.rules);
    if (!program) return cannot_be_done;
    auto pass = choose_pass(*program, options.pass);
    if (!pass) return cannot_be_done;
    auto part = choose_part(*program, *pass, options);
    if (!part) return cannot_be_done;
    Driver driver(program, *pass, std::move(*part));
    double compile = watch.lap();
    return options.ndjson ? run_ndjson(driver, options, compile) : run_one(driver, options, compile);
}

}  // namespace dqrewrite::cli
