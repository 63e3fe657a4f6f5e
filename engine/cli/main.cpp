// The dqrewrite command: reads the command line and calls commands.hpp.

#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/program/codes.hpp"

#include <algorithm>
#include <csignal>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

using namespace dqrewrite::cli;

CLI::App* add_run(CLI::App& app, RunOptions& options) {
    CLI::App* run = app.add_subcommand("run", "Apply a pass to a graph");
    run->add_option("GRAPH", options.graph, "The dump to rewrite; - for standard input")->required()->type_name("");
    run->add_option("-o,--output", options.out, "Where the result goes; - for standard output, the default")
        ->type_name("OUT");
    run->add_option("--rules", options.rules,
                    "A rule file (it has a / or ends in .rules), or the name of a shipped one")
        ->type_name("FILE|NAME");
    run->add_option("--pass", options.pass, "The pass to run; needed where the file has several")->type_name("NAME");
    run->add_flag("--ndjson", options.ndjson, "One dump a line in, one result a line out");
    run->add_option("--jobs", options.jobs, "Graphs that are worked on at once, with --ndjson")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    run->add_flag("--stats{text}", options.stats,
                  "Say on standard error what was done, and how long it took; or --stats=json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("");
    run->add_flag("--plan{text}", options.plan,
                  "Print the edits that would be made, in order, and make none; or --plan=json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("");
    run->add_option("--only", options.only, "Run with this rule alone; may be given more than once")
        ->expected(1)
        ->allow_extra_args(false)
        ->type_name("RULE");
    run->add_option("--skip", options.skip, "Leave this rule out; may be given more than once")
        ->expected(1)
        ->allow_extra_args(false)
        ->type_name("RULE");
    run->add_option("--stop-after", options.stop_after, "Stop right after this many rewrites")
        ->check(CLI::Range(0, 1'000'000'000))
        ->type_name("N");
    run->footer("Examples:\n"
                "  dqrewrite run model.json -o out.json\n"
                "  dqrewrite run --plan model.json\n"
                "  dqrewrite run --stop-after 3 model.json -o out.json\n"
                "  dqrewrite run --rules my.rules --pass MyPass --stats model.json > out.json\n"
                "  cat graphs.ndjson | dqrewrite run --ndjson --jobs 2 - -o results.ndjson");
    return run;
}

CLI::App* add_explain(CLI::App& app, ExplainCommandOptions& options) {
    CLI::App* explain = app.add_subcommand("explain", "Say why rules match or do not, at the line of the rule");
    explain->add_option("GRAPH", options.graph, "The dump to run on; - for standard input")
        ->required()
        ->type_name("");
    explain
        ->add_option("--rules", options.rules,
                     "A rule file (it has a / or ends in .rules), or the name of a shipped one")
        ->type_name("FILE|NAME");
    explain->add_option("--pass", options.pass, "The pass to run; needed where the file has several")
        ->type_name("NAME");
    explain->add_option("--rule", options.rule, "This rule alone")->type_name("RULE");
    auto* node = explain->add_option("--node", options.node, "Why at this node; without it, how far rules get")
                     ->type_name("NODE");
    explain->add_option("--submodule", options.submodule, "The submodule whose node it is")
        ->needs(node)
        ->type_name("PATH");
    explain->add_option("--sweep", options.sweep, "The Nth sweep of the run alone; with --node, at its start")
        ->check(CLI::Range(1, 1'000'000'000))
        ->type_name("N");
    explain->add_flag("--json", options.json, "Print one object of JSON");
    explain->footer("Examples:\n"
                    "  dqrewrite explain --node relu_1 model.json\n"
                    "  dqrewrite explain --rules my.rules --rule fuse_relu model.json\n"
                    "  dqrewrite explain --rules my.rules --node conv2d --sweep 2 model.json");
    return explain;
}

CLI::App* add_check(CLI::App& app, CheckOptions& options) {
    CLI::App* check = app.add_subcommand("check", "Say what is wrong with rule files, before they run");
    auto* files = check->add_option("FILE", options.files, "Rule files, or names of shipped ones")->type_name("");
    auto* explain = check->add_option("--explain", options.explain, "Say more of an error code, such as unknown-op")
                        ->type_name("CODE");
    files->excludes(explain);
    check->add_flag("--strict", options.strict, "Count warnings as errors");
    check->add_flag("--overlaps", options.overlaps,
                    "Say which rules of a sweep match at one node, with a graph where they do");
    check
        ->add_option("--order-dependence", options.graphs,
                     "Say whether the order of the rules in a sweep makes a difference on these graphs")
        ->type_name("GRAPH...");
    check->footer("Exit status: 0 all is well, 1 something is wrong with a file, 2 a file could not be read.\n"
                  "Examples:\n"
                  "  dqrewrite check my.rules\n"
                  "  dqrewrite check --overlaps my.rules\n"
                  "  dqrewrite check my.rules --order-dependence model.json other.json\n"
                  "  dqrewrite check --explain unknown-op");
    return check;
}

CLI::App* add_fmt(CLI::App& app, FormatOptions& options) {
    CLI::App* format = app.add_subcommand("fmt", "Write rule files anew, in the one canonical form; comments stay");
    format->add_option("FILE", options.files, "Rule files; - for standard input, formatted to standard output")
        ->required()
        ->type_name("");
    format->add_flag("--check", options.check, "Write nothing; name the files that are not in that form");
    format->footer("Exit status: 0 done, 1 with --check something was found, 2 it could not be done.\n"
                   "Examples:\n"
                   "  dqrewrite fmt my.rules\n"
                   "  dqrewrite fmt --check rules/*.rules");
    return format;
}

CLI::App* add_diff(CLI::App& app, DiffOptions& options) {
    CLI::App* diff = app.add_subcommand("diff", "Say what has changed from one graph to another, node by node");
    diff->add_option("BEFORE", options.before, "A dump; - for standard input")->required()->type_name("");
    diff->add_option("AFTER", options.after, "Another one")->required()->type_name("");
    diff->add_flag("--json", options.json, "Say it as JSON, one line for each node");
    diff->add_option("--color", options.color,
                     "Whether in color: on a terminal, where NO_COLOR is not set; always; never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->type_name("");
    diff->footer("Exit status: 0 nothing has changed, 1 something has, 2 it could not be done.\n"
                 "Examples:\n"
                 "  dqrewrite diff model.json out.json\n"
                 "  dqrewrite run model.json | dqrewrite diff --json model.json -");
    return diff;
}

CLI::App* add_show(CLI::App& app, ShowOptions& options) {
    CLI::App* show = app.add_subcommand("show", "Show a graph as text or as a picture");
    show->add_option("GRAPH", options.graph, "The dump to show; - for standard input")->required()->type_name("");
    show->add_option("OVER", options.over, "A second one, drawn over the first: what has changed is marked")
        ->type_name("");
    show->add_option("--format", options.format, "text, as FX prints a graph; or dot, a picture for Graphviz")
        ->check(CLI::IsMember({"text", "dot"}))
        ->type_name("");
    show->add_option("--submodule", options.submodule, "The submodule's graph instead of the top one")
        ->type_name("PATH");
    auto* around = show->add_option("--around", options.around, "Only what is near this node")->type_name("NODE");
    show->add_option("--depth", options.depth, "How many steps away that is; 2 where nothing is said")
        ->check(CLI::Range(0, 1000000))
        ->needs(around)
        ->type_name("D");
    show->add_option("--limit", options.limit, "Nodes of a picture at most; 300 where nothing is said")
        ->check(CLI::Range(1, 100000000))
        ->type_name("N");
    show->add_option("-o,--output", options.out, "Where the result goes; - for standard output, the default")
        ->type_name("OUT");
    show->footer("Examples:\n"
                 "  dqrewrite show model.json\n"
                 "  dqrewrite show --format dot --around relu_1 --depth 3 model.json | dot -Tsvg > relu.svg\n"
                 "  dqrewrite show model.json out.json | dot -Tsvg > changes.svg");
    return show;
}

CLI::App* add_test(CLI::App& app, TestOptions& options) {
    CLI::App* test = app.add_subcommand("test", "Run the tests that stand in rule files");
    test->add_option("FILE", options.files, "Rule files, or names of shipped ones; none: all that ship")
        ->type_name("");
    test->add_option("--filter", options.filter, "Only the tests with this in their title")->type_name("TEXT");
    test->add_option("--format", options.format, "How the results are printed: text, junit or json")
        ->check(CLI::IsMember({"text", "junit", "json"}))
        ->type_name("FORM");
    test->add_flag("--update", options.update, "Write what failing tests expect anew, as the pass has it now");
    auto* coverage = test->add_flag("--coverage", options.coverage,
                                    "Show how often each condition of the rules decided; warn of what never did");
    test->add_option("--min-coverage", options.min_coverage, "Fail where fewer percent of the conditions decided")
        ->check(CLI::Range(0, 100))
        ->needs(coverage)
        ->type_name("N");
    test->add_option("--near-misses", options.near_misses,
                     "Of graphs that are nearly those of the tests run some, list all, or none")
        ->check(CLI::IsMember({"run", "list", "none"}))
        ->type_name("");
    auto* generate = test->add_option("--generate", options.generate,
                                      "Instead print N such graphs as tests, to be added to the file")
                         ->check(CLI::Range(1, 100000))
                         ->type_name("N");
    test->add_option("--seed", options.seed, "Which of them; 1 where nothing is said")
        ->needs(generate)
        ->type_name("S");
    test->footer("Exit status: 0 all tests pass or were updated, 1 one has failed, 2 it could not be done.\n"
                 "Examples:\n"
                 "  dqrewrite test my.rules\n"
                 "  dqrewrite test my.rules --filter \"shared\"\n"
                 "  dqrewrite test my.rules --update\n"
                 "  dqrewrite test my.rules --coverage --min-coverage 90\n"
                 "  dqrewrite test my.rules --generate 20 --seed 1 >> my.rules\n"
                 "  dqrewrite test rules/*.rules --format junit > report.xml");
    return test;
}

CLI::App* add_pattern(CLI::App& app, PatternOptions& options) {
    CLI::App* pattern =
        app.add_subcommand("pattern", "Write a rule that matches what stands above a node, with a test");
    pattern->add_option("GRAPH", options.graph, "A dump; - for standard input")->required()->type_name("");
    pattern->add_option("--root", options.root, "The node that the rule is to match")->required()->type_name("NODE");
    pattern->add_option("--depth", options.depth, "How many calls deep it looks; 2 where nothing is said")
        ->check(CLI::Range(1, 50))
        ->type_name("D");
    pattern->add_option("--submodule", options.submodule, "The node is in the graph of this submodule")
        ->type_name("PATH");
    pattern->add_option("--ops", options.ops, "Where the declarations go of ops that only the dump knows")
        ->type_name("FILE.ops");
    pattern->add_option("-o,--output", options.out, "Where the rule goes; - for standard output, the default")
        ->type_name("OUT");
    pattern->footer("Examples:\n"
                    "  dqrewrite pattern model.json --root relu_1 -o relu.rules && dqrewrite test relu.rules\n"
                    "  dqrewrite pattern model.json --root my_op --ops mylib.ops -o my.rules");
    return pattern;
}

// What is wrong with the command line. CLI11 does not say which word it took for no command.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    std::vector<std::string> commands;
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
        commands.push_back(each->get_name());
    const std::string first = argc > 1 ? argv[1] : "-";
    if (first.starts_with('-') || std::find(commands.begin(), commands.end(), first) != commands.end())
        return fmt::format("{}; --help says more", error.what());
    return fmt::format("there is no command \"{}\"{}; there are: {}", first, dqrewrite::suggestion(first, commands),
                       fmt::join(commands, ", "));
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the write, with a message
    CLI::App app{"Applies rewrite rules to dumps of torch.fx graphs.", "dqrewrite"};
    app.set_version_flag("--version", std::string("dqrewrite ") + DQREWRITE_VERSION);
    app.require_subcommand(1);
    app.footer("dqrewrite COMMAND --help says more, with examples.");
    RunOptions run_options;
    CheckOptions check_options;
    CLI::App* run_command = add_run(app, run_options);
    ExplainCommandOptions explain_options;
    CLI::App* explain_command = add_explain(app, explain_options);
    CLI::App* check_command = add_check(app, check_options);
    FormatOptions format_options;
    CLI::App* format_command = add_fmt(app, format_options);
    DiffOptions diff_options;
    CLI::App* diff_command = add_diff(app, diff_options);
    PatternOptions pattern_options;
    ShowOptions show_options;
    CLI::App* show_command = add_show(app, show_options);
    CLI::App* pattern_command = add_pattern(app, pattern_options);
    TestOptions test_options;
    CLI::App* test_command = add_test(app, test_options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error), done;  // --help, --version
        print_error(usage_error(app, error, argc, argv));
        return cannot_be_done;
    }
    try {
        if (run_command->parsed()) return run(run_options);
        if (explain_command->parsed()) return explain(explain_options);
        if (format_command->parsed()) return format_files(format_options);
        if (diff_command->parsed()) return diff(diff_options);
        if (show_command->parsed()) return show(show_options);
        if (pattern_command->parsed()) return pattern(pattern_options);
        if (test_command->parsed()) return test(test_options);
        if (check_options.files.empty() && check_options.explain.empty()) {
            print_error("check: name a rule file, or --explain CODE");
            return cannot_be_done;
        }
        if (check_command->parsed()) return check(check_options);
    } catch (const std::bad_alloc&) {
        print_error("out of memory");
    }
    return cannot_be_done;
}
