// dqrewrite test: the `test` blocks of rule files.

#include "engine/author/testing/coverage.hpp"
#include "engine/author/testing/near_miss_run.hpp"
#include "engine/author/testing/near_miss_tests.hpp"
#include "engine/author/testing/rule_tests.hpp"
#include "engine/author/testing/test_update.hpp"
#include "engine/author/text/rule_place.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/rules_argument.hpp"
#include "engine/cli/test_report.hpp"
#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"
#include "engine/program/shipped.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

using Rules = std::shared_ptr<const program::Program>;

bool chosen(const TestOptions& options, const program::Test& test) {
    return test.title.find(options.filter) != std::string::npos;
}

TestReport::Entry entry_of(TestedPasses& passes, const RuleTestResult& result) {
    const program::Test& test = *result.test;
    const RulePlace place(passes.program(), test.location);
    const Source& source = place.source;
    const Position begin = place.at, end = source.locate(test.location.span.end);
    TestReport::Entry entry;
    entry.file = source.name();
    entry.line = begin.line;
    entry.column = begin.column;
    entry.title = test.title;
    entry.excerpt =
        render_excerpt(source.line(begin.line), begin.column, end.line == begin.line ? end.column - begin.column : 1);
    entry.passed = result.passed;
    entry.message = result.message;
    if (result.passed) return entry;
    entry.edits = edits_of_test(passes, test);
    if (entry.edits.empty() && result.built) entry.misses = misses_of_test(passes, test);
    return entry;
}

// Of --update; nothing where it can be done.
std::string why_no_update(const TestOptions& options) {
    if (options.files.empty()) return "--update: name the file";
    if (std::ranges::count(options.files, "-") > 0)
        return "--update: name the file; standard input cannot be written";
    for (const std::string& file : options.files)
        if (!is_rule_file(file)) return fmt::format("--update: \"{}\" is built in; name the file itself", file);
    return "";
}

int write_updated(const Rules& rules, const std::vector<TestUpdate>& updates) {
    return write_output(rules->sources[0]->name(), updated_text(*rules, updates));
}

// `updates` gets what makes the test pass, where there is such a thing.
void update(TestUpdater& updater, const RuleTestResult& result, TestReport::Entry& entry,
            std::vector<TestUpdate>& updates) {
    auto update = updater.update_of(result);
    if (!update) {
        entry.update = fmt::format("not updated: {}", update.error());
        return;
    }
    updates.push_back(std::move(*update));
    entry.updated = true;
    entry.update = "updated: the test expects what was found (+)";
}

// Where not all are asked for: of a test, and of all tests of a file together.
constexpr size_t near_misses_of_test = 100, near_misses_of_file = 2000;

// Runs what is nearly the test; a near miss that should have matched and did not makes it fail.
void run_near_misses(TestedPasses& passes, const RuleTestResult& result, const TestOptions& options,
                     TestReport& report, TestReport::Entry& entry) {
    using Kind = NearMissResult::Kind;
    const bool list = options.near_misses == "list";
    const size_t share = near_misses_of_file / passes.program().tests.size();
    const size_t limit = list ? max_near_misses : std::min(near_misses_of_test, share);
    for (const NearMissResult& near : dqrewrite::run_near_misses(passes, *result.test, limit)) {
        report.near_same += near.kind == Kind::same;
        report.near_declined += near.kind == Kind::declined;
        report.near_matched += near.kind == Kind::matched;
        report.near_failed += near.kind == Kind::failed;
        if (near.kind == Kind::wrong) {
            entry.passed = false;
            entry.message += fmt::format("where {}, the same rules should match: {}\n", near.what, near.why);
        }
        if (!list || near.kind == Kind::invalid || near.kind == Kind::wrong) continue;
        entry.near_misses += fmt::format("{}: {}\n", near.what,
                                         near.kind == Kind::same       ? "the same calls, and they match the same"
                                         : near.kind == Kind::declined ? near.why
                                         : near.kind == Kind::failed   ? "the pass fails: " + near.why
                                                                       : "matches all the same");
    }
}

void run_file(const Rules& rules, const TestOptions& options, TestReport& report, std::vector<TestUpdate>& updates,
              Coverage* coverage) {
    TestedPasses passes(rules);
    TestUpdater updater(*rules);
    for (const program::Test& test : rules->tests) {
        if (!chosen(options, test)) {
            ++report.left_out;
            continue;
        }
        RuleTestResult result = run_rule_test(passes, test, coverage);
        TestReport::Entry& entry = report.entries.emplace_back(entry_of(passes, result));
        if (result.passed && options.near_misses != "none") run_near_misses(passes, result, options, report, entry);
        if (options.update && !result.passed) update(updater, result, entry, updates);
    }
}

TestReport::Count count_of(const program::Program& program, const Condition& condition) {
    const RulePlace place(program, condition.location);
    return {place.file(),
            place.at.line,
            place.at.column,
            program[condition.rule].name,
            std::string(condition_name(condition.kind)),
            condition.held,
            condition.declined,
            condition.covered()};
}

// What --coverage shows, and whether it is enough.
int print_coverage(const std::vector<Rules>& all, const std::vector<std::unique_ptr<Coverage>>& coverages,
                   const TestOptions& options, TestReport& report) {
    size_t covered = 0, count = 0;
    for (size_t i = 0; i < all.size(); ++i) {
        const Coverage& coverage = *coverages[i];
        covered += coverage.covered();
        count += coverage.conditions().size();
        for (const Condition& each : coverage.conditions()) report.coverage.push_back(count_of(*all[i], each));
        if (options.format == "text" && !coverage.conditions().empty())
            fmt::print("{}\n", coverage_text(*all[i], coverage));
        print(coverage_warnings(*all[i], coverage));
    }
    // Rounded down: 100 is all of them.
    const size_t percent = count == 0 ? 100 : covered * 100 / count;
    if (percent >= options.min_coverage) return done;
    print_error(fmt::format("{} of {} conditions decided: {} %, --min-coverage asks for {} %", covered, count,
                            percent, options.min_coverage));
    return answer_is_no;
}

void print_report(const TestReport& report, const std::string& format) {
    fmt::print("{}", format == "json" ? as_json(report) : format == "junit" ? as_junit(report) : as_text(report));
    std::fflush(stdout);
}

// Says which title may have been meant; false where the filter leaves a test.
bool nothing_chosen(const std::vector<Rules>& all, const TestOptions& options) {
    std::vector<std::string> titles;
    for (const Rules& rules : all) {
        for (const program::Test& test : rules->tests) {
            if (chosen(options, test)) return false;
            titles.push_back(test.title);
        }
    }
    print_error(
        fmt::format("no title of a test has \"{}\" in it{}", options.filter, suggestion(options.filter, titles)));
    return true;
}

// A file that is not the one that was meant must not pass for one whose tests pass.
bool no_tests(const std::vector<Rules>& all) {
    if (std::ranges::any_of(all, [](const Rules& rules) { return !rules->tests.empty(); })) return false;
    std::vector<std::string> names;
    for (const Rules& rules : all) names.push_back(rules->sources[0]->name());
    const bool imports = std::ranges::any_of(all, [](const Rules& rules) { return rules->sources.size() > 1; });
    print_error(fmt::format("there are no tests in {}{}", fmt::join(names, ", "),
                            imports ? "; those of imported files are not run" : ""));
    return true;
}

// --generate
int generate(const TestOptions& options) {
    if (options.files.size() != 1) return print_error("--generate: name one rule file"), cannot_be_done;
    const RuleFiles files = load_rules_argument(options.files[0]);
    CheckedRules rules = check_rules(files);
    if (!rules.program) return print(rules.diagnostics), cannot_be_done;
    if (no_tests({rules.program})) return cannot_be_done;
    if (!options.filter.empty() && nothing_chosen({rules.program}, options)) return cannot_be_done;
    fmt::print("{}", near_miss_tests(files, rules.program, options.filter, *options.generate, options.seed));
    return done;
}

}  // namespace

int test(const TestOptions& options) {
    if (options.generate) return generate(options);
    if (!standard_input_once("test", options.files)) return cannot_be_done;
    if (std::string why = options.update ? why_no_update(options) : ""; !why.empty())
        return print_error(why), cannot_be_done;
    std::vector<Rules> all;
    for (const std::string& file : options.files.empty() ? shipped_rule_names() : options.files) {
        CheckedRules rules = check_rules(load_rules_argument(file));
        // What ships is checked elsewhere; of files that were named warnings are said too.
        if (!rules.program || !options.files.empty()) print(rules.diagnostics);
        if (!rules.program) return cannot_be_done;
        all.push_back(rules.program);
    }
    if (no_tests(all) || (!options.filter.empty() && nothing_chosen(all, options))) return cannot_be_done;
    TestReport report;
    std::vector<std::vector<TestUpdate>> updates(all.size());
    std::vector<std::unique_ptr<Coverage>> coverages(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        if (options.coverage) coverages[i] = std::make_unique<Coverage>(*all[i]);
        run_file(all[i], options, report, updates[i], coverages[i].get());
    }
    if (options.coverage && std::ranges::none_of(coverages, [](const auto& each) { return each->has_rules(); }))
        return print_error("--coverage: the tests run no rules that count (what ships counts in its own file alone)"),
               cannot_be_done;
    if (options.coverage) Coverage::join(coverages);
    int status = options.coverage ? print_coverage(all, coverages, options, report) : done;
    print_report(report, options.format);
    if (!report.all_well()) status = answer_is_no;
    for (size_t i = 0; i < all.size(); ++i)
        if (!updates[i].empty()) status = std::max(status, write_updated(all[i], updates[i]));
    return status;
}

}  // namespace dqrewrite::cli
