// The dqrewrite command: reads the command line and calls commands.hpp. Tested by tests/cli, help*.txt and
// usage_*.txt.

#include "engine/author/testing/rule_by_example.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/usage_error.hpp"
#include "engine/program/codes.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

using namespace dqrewrite::cli;

// -- what an option takes: in place of CLI11's own checks, for what these say when it is something else

CLI::Validator whole_number(uint64_t least, uint64_t most) {
    const auto check = [=](std::string& text) -> std::string {
        uint64_t value = 0;
        const char* const all = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), all, value);
        if (error != std::errc() || end != all || value < least || value > most)
            return fmt::format("expected a whole number from {} to {}, found \"{}\"", least, most, text);
        text = std::to_string(value);  // CLI11 takes 010 for 8
        return {};
    };
    return {check, fmt::format("INT in [{} - {}]", least, most)};
}

CLI::Validator one_of(const std::vector<std::string>& words) {
    const auto check = [=](const std::string& text) -> std::string {
        if (std::ranges::find(words, text) != words.end()) return {};
        return fmt::format("expected {} or {}, found \"{}\"{}", fmt::join(words.begin(), words.end() - 1, ", "),
                           words.back(), text, dqrewrite::suggestion(text, words));
    };
    return {check, fmt::format("{{{}}}", fmt::join(words, ","))};
}

// CLI11 takes the next word, whatever it is; an empty one would pass for an option that is not given.
template <typename Value>
CLI::Option* add_word(CLI::App* command, const char* option, Value& value, const char* description,
                      std::string type) {
    const auto check = [=](const std::string& text) -> std::string {
        if (!text.empty() && !text.starts_with("--")) return {};
        return fmt::format("expected {}, found {}\"{}\"", type, text.empty() ? "" : "the option ", text);
    };
    return command->add_option(option, value, description)
        ->check(CLI::Validator(check, ""))
        ->allow_extra_args(false)
        ->type_name(type);
}

// -- the options of each command

void add_rules_and_pass(CLI::App* command, std::string& rules, std::string& pass) {
    add_word(command, "--rules", rules, "A rule file (it has a / or ends in .rules), or the name of a shipped one",
             "FILE|NAME");
    add_word(command, "--pass", pass, "The pass to run; needed where the file has several", "NAME");
}

void add_run(CLI::App* run, RunOptions& options) {
    run->add_option("GRAPH", options.graph, "The dump to rewrite; - for standard input")->required()->type_name("");
    add_word(run, "-o,--output", options.out, "Where the result goes; - for standard output, the default", "OUT");
    add_rules_and_pass(run, options.rules, options.pass);
    auto* ndjson = run->add_flag("--ndjson", options.ndjson, "One dump a line in, one result a line out");
    run->add_option("--jobs", options.jobs, "Graphs that are worked on at once, with --ndjson")
        ->check(whole_number(1, 256))
        ->needs(ndjson)
        ->type_name("N");
    run->add_flag("--stats{text}", options.stats,
                  "Say on standard error what was done, and how long it took; or --stats=json")
        ->check(one_of({"text", "json"}))
        ->type_name("");
    run->add_flag("--plan{text}", options.plan,
                  "Print the edits that would be made, in order, and make none; or --plan=json")
        ->check(one_of({"text", "json"}))
        ->type_name("");
    add_word(run, "--only", options.only, "Run with this rule alone; may be given more than once", "RULE");
    add_word(run, "--skip", options.skip, "Leave this rule out; may be given more than once", "RULE");
    run->add_option("--stop-after", options.stop_after, "Stop right after this many rewrites")
        ->check(whole_number(0, 1'000'000'000))
        ->type_name("N");
    run->footer("Exit status: 0 done, 2 it could not be done, with --ndjson for one line or more.\n"
                "Examples:\n"
                "  dqrewrite run model.json -o out.json\n"
                "  dqrewrite run --plan model.json\n"
                "  dqrewrite run --stop-after 3 model.json -o out.json\n"
                "  dqrewrite run --rules my.rules --pass MyPass --stats model.json > out.json\n"
                "  cat graphs.ndjson | dqrewrite run --ndjson --jobs 2 - -o results.ndjson");
}

void add_explain(CLI::App* explain, ExplainCommandOptions& options) {
    explain->add_option("GRAPH", options.graph, "The dump to run on; - for standard input")
        ->required()
        ->type_name("");
    add_rules_and_pass(explain, options.rules, options.pass);
    add_word(explain, "--rule", options.rule, "This rule alone", "RULE");
    auto* node = add_word(explain, "--node", options.node, "Why at this node; without it, how far rules get", "NODE");
    explain->add_option("--submodule", options.submodule, "The submodule whose node it is")
        ->needs(node)
        ->type_name("PATH");
    explain->add_option("--sweep", options.sweep, "The Nth sweep of the run alone; with --node, at its start")
        ->check(whole_number(1, 1'000'000'000))
        ->type_name("N");
    explain->add_flag("--json", options.json, "Print one object of JSON");
    explain->footer("Exit status: 0 done, 2 it could not be done, or the run that is explained ends with an error.\n"
                    "Examples:\n"
                    "  dqrewrite explain --node relu_1 model.json\n"
                    "  dqrewrite explain --rules my.rules --rule fuse_relu model.json\n"
                    "  dqrewrite explain --rules my.rules --node conv2d --sweep 2 model.json");
}

void add_check(CLI::App* check, CheckOptions& options) {
    auto* files =
        check->add_option("FILE", options.files, "Rule files, or names of shipped ones; - for standard input")
            ->type_name("");
    auto* explain =
        add_word(check, "--explain", options.explain, "Say more of an error code, such as unknown-op", "CODE");
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
}

void add_fmt(CLI::App* format, FormatOptions& options) {
    format->add_option("FILE", options.files, "Rule files; - for standard input, formatted to standard output")
        ->required()
        ->type_name("");
    format->add_flag("--check", options.check, "Write nothing; name the files that are not in that form");
    format->footer("Exit status: 0 done, 1 with --check something was found, 2 it could not be done.\n"
                   "Examples:\n"
                   "  dqrewrite fmt my.rules\n"
                   "  dqrewrite fmt --check rules/*.rules");
}

void add_diff(CLI::App* diff, DiffOptions& options) {
    diff->add_option("BEFORE", options.before, "A dump; - for standard input")->required()->type_name("");
    diff->add_option("AFTER", options.after, "The dump to compare it with; - for standard input")
        ->required()
        ->type_name("");
    add_word(diff, "--ignore", options.ignored,
             "A place that does not count, as it is printed, or ops; may be given more than once", "PLACE");
    diff->add_flag("--json", options.json, "Say it as JSON, one line for each node");
    diff->add_option("--color", options.color,
                     "Whether in color: on a terminal, where NO_COLOR is not set; always; never")
        ->check(one_of({"auto", "always", "never"}))
        ->type_name("");
    diff->footer("Exit status: 0 nothing has changed, 1 something has, 2 it could not be done.\n"
                 "Examples:\n"
                 "  dqrewrite diff model.json out.json\n"
                 "  dqrewrite diff --ignore meta.stack_trace model.json out.json\n"
                 "  dqrewrite run model.json | dqrewrite diff --json model.json -");
}

void add_show(CLI::App* show, ShowOptions& options) {
    show->add_option("GRAPH", options.graph, "The dump to show; - for standard input")->required()->type_name("");
    show->add_option("OVER", options.over, "A second one, drawn over the first: what has changed is marked")
        ->type_name("");
    show->add_option("--format", options.format, "text, as FX prints a graph; or dot, a picture for Graphviz")
        ->check(one_of({"text", "dot"}))
        ->type_name("");
    show->add_option("--submodule", options.submodule, "The submodule's graph instead of the top one")
        ->type_name("PATH");
    auto* around = add_word(show, "--around", options.around, "Only what is near this node", "NODE");
    show->add_option("--depth", options.depth, "How many steps away that is; 2 where nothing is said")
        ->check(whole_number(0, 1000000))
        ->needs(around)
        ->type_name("D");
    show->add_option("--limit", options.limit, "Nodes of a picture at most; 300 where nothing is said")
        ->check(whole_number(1, 100000000))
        ->type_name("N");
    add_word(show, "-o,--output", options.out, "Where the result goes; - for standard output, the default", "OUT");
    show->footer("Exit status: 0 done, 2 it could not be done.\n"
                 "Examples:\n"
                 "  dqrewrite show model.json\n"
                 "  dqrewrite show --format dot --around relu_1 --depth 3 model.json | dot -Tsvg > relu.svg\n"
                 "  dqrewrite show model.json out.json | dot -Tsvg > changes.svg");
}

void add_test(CLI::App* test, TestOptions& options) {
    test->add_option("FILE", options.files,
                     "Rule files, or names of shipped ones; - for standard input; none: all that ship")
        ->type_name("");
    test->add_option("--filter", options.filter, "Only the tests with this in their title")->type_name("TEXT");
    test->add_option("--format", options.format, "How the results are printed: text, junit or json")
        ->check(one_of({"text", "junit", "json"}))
        ->type_name("FORM");
    auto* update =
        test->add_flag("--update", options.update, "Write what failing tests expect anew, as the pass has it now");
    auto* coverage = test->add_flag("--coverage", options.coverage,
                                    "Show how often each condition of the rules decided; warn of what never did");
    test->add_option("--min-coverage", options.min_coverage, "Fail where fewer percent of the conditions decided")
        ->check(whole_number(0, 100))
        ->needs(coverage)
        ->type_name("N");
    test->add_option("--near-misses", options.near_misses,
                     "Of graphs that are nearly those of the tests run some, list all, or none")
        ->check(one_of({"run", "list", "none"}))
        ->type_name("");
    auto* generate = test->add_option("--generate", options.generate,
                                      "Instead print N such graphs as tests, to be added to the file")
                         ->check(whole_number(1, 100000))
                         ->excludes(update)
                         ->type_name("N");
    test->add_option("--seed", options.seed, "Which of them; 1 where nothing is said")
        ->check(whole_number(0, UINT64_MAX).description(""))
        ->needs(generate)
        ->type_name("S");
    test->footer("Exit status: 0 all tests pass or were updated, 1 one has failed, 2 it could not be done, or there "
                 "is no test.\n"
                 "Examples:\n"
                 "  dqrewrite test my.rules\n"
                 "  dqrewrite test my.rules --filter \"shared\"\n"
                 "  dqrewrite test my.rules --update\n"
                 "  dqrewrite test my.rules --coverage --min-coverage 90\n"
                 "  dqrewrite test my.rules --generate 20 --seed 1 >> my.rules\n"
                 "  dqrewrite test rules/*.rules --format junit > report.xml");
}

void add_pattern(CLI::App* pattern, PatternOptions& options) {
    pattern->add_option("GRAPH", options.graph, "A dump; - for standard input")->required()->type_name("");
    add_word(pattern, "--root", options.root, "The node that the rule is to match", "NODE")->required();
    pattern->add_option("--depth", options.depth, "How many calls deep it looks; 2 where nothing is said")
        ->check(whole_number(1, dqrewrite::deepest_example))
        ->type_name("D");
    pattern->add_option("--submodule", options.submodule, "The node is in the graph of this submodule")
        ->type_name("PATH");
    add_word(pattern, "--ops", options.ops, "Where the declarations go of ops that only the dump knows", "FILE.ops");
    add_word(pattern, "-o,--output", options.out, "Where the rule goes; - for standard output, the default", "OUT");
    pattern->footer("Exit status: 0 done, 2 it could not be done.\n"
                    "Examples:\n"
                    "  dqrewrite pattern model.json --root relu_1 -o relu.rules && dqrewrite test relu.rules\n"
                    "  dqrewrite pattern model.json --root my_op --ops mylib.ops -o my.rules");
}

// The options of all commands; those of one are filled in.
struct Options {
    RunOptions run;
    ExplainCommandOptions explain;
    CheckOptions check;
    FormatOptions format;
    DiffOptions diff;
    ShowOptions show;
    PatternOptions pattern;
    TestOptions test;
};

struct Command {
    const char* name;
    const char* description;
    void (*add)(CLI::App* command, Options& options);
    int (*run)(const Options& options);
};

int run_check(const CheckOptions& options) {
    if (!options.files.empty() || !options.explain.empty()) return check(options);
    print_error(options.graphs.empty() ? "check: name a rule file, or --explain CODE"
                                       : "check: name a rule file; it stands before --order-dependence, which takes "
                                         "all words after it for graphs");
    return cannot_be_done;
}

template <auto member, auto add, auto run>
constexpr Command command(const char* name, const char* description) {
    return {name, description, [](CLI::App* app, Options& options) { add(app, options.*member); },
            [](const Options& options) { return run(options.*member); }};
}

// As --help lists them.
constexpr Command commands[] = {
    command<&Options::run, add_run, run>("run", "Apply a pass to a graph"),
    command<&Options::explain, add_explain, explain>("explain",
                                                     "Say why rules match or do not, at the line of the rule"),
    command<&Options::check, add_check, run_check>("check", "Say what is wrong with rule files, before they run"),
    command<&Options::format, add_fmt, format_files>(
        "fmt", "Write rule files anew, in the one canonical form; comments stay"),
    command<&Options::diff, add_diff, diff>("diff", "Say what has changed from one graph to another, node by node"),
    command<&Options::show, add_show, show>("show", "Show a graph as text or as a picture"),
    command<&Options::pattern, add_pattern, pattern>(
        "pattern", "Write a rule that matches what stands above a node, with a test"),
    command<&Options::test, add_test, test>("test", "Run the tests that stand in rule files"),
};

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const Command& each : commands) names.emplace_back(each.name);
    return names;
}

// The options of the command that is called for alone: those of all take longer to make than a small graph to write.
// Where none is called for, all.
void add_commands(CLI::App& app, std::string_view called, Options& options) {
    const auto is_called = [&](const Command& each) { return each.name == called; };
    const bool found = std::any_of(std::begin(commands), std::end(commands), is_called);
    for (const Command& each : commands)
        if (!found || is_called(each))
            each.add(app.add_subcommand(each.name, each.description)->group("Commands"), options);
}

// `help COMMAND` is the same as COMMAND --help.
std::vector<const char*> read_words(int argc, char** argv) {
    std::vector<const char*> words(argv, argv + argc);
    if (argc < 2 || std::string_view(words[1]) != "help") return words;
    words.erase(words.begin() + 1);
    const auto is_meant = [&](const Command& each) { return std::string_view(words[1]) == each.name; };
    if (words.size() == 1 || std::any_of(std::begin(commands), std::end(commands), is_meant))
        words.insert(words.begin() + std::min<std::ptrdiff_t>(std::ssize(words), 2), "--help");
    return words;
}

int run_command(int argc, char** argv) {
    CLI::App app{"Applies rewrite rules to dumps of torch.fx graphs.", "dqrewrite"};
    app.set_version_flag("--version", std::string("dqrewrite ") + DQREWRITE_VERSION);
    app.require_subcommand(1);
    app.footer("dqrewrite COMMAND --help says more, with examples.");
    app.get_formatter()->label("SUBCOMMAND", "COMMAND");
    Options options;
    const std::vector<const char*> words = read_words(argc, argv);
    add_commands(app, words.size() > 1 ? words[1] : "", options);
    try {
        app.parse(static_cast<int>(words.size()), words.data());
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error), done;  // --help, --version
        print_error(usage_error(app, error, words, command_names()));
        return cannot_be_done;
    }
    const std::string& command = app.get_subcommands().front()->get_name();
    for (const Command& each : commands)
        if (command == each.name) return each.run(options);
    return cannot_be_done;
}

// Where even fmt::print may throw.
void last_word(const std::string& message) {
    std::fputs(("dqrewrite: error: " + message + "\n").c_str(), stderr);
}

// What was printed has arrived, or it is said that it has not.
bool finish_output() {
    const bool flushed = std::fflush(stdout) == 0;
    if (flushed && std::ferror(stdout) == 0) return true;
    // What failed earlier has taken its reason along.
    last_word(flushed ? "-: cannot write" : fmt::format("-: cannot write: {}", std::strerror(errno)));
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the write, with a message
    int status = cannot_be_done;
    try {
        status = run_command(argc, argv);
    } catch (const std::bad_alloc&) {
        last_word("out of memory");
    } catch (const std::system_error& error) {  // of fmt::print, if stdout is the reason
        last_word(std::ferror(stdout) == 0 ? error.what() : "-: cannot write: " + error.code().message());
        return cannot_be_done;
    }
    return finish_output() ? status : cannot_be_done;
}
