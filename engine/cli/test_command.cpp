// dqrewrite test: the `test` blocks of rule files.

#include "engine/author/rule_tests.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
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

TestReport::Entry entry_of(const Rules& rules, const RuleTestResult& result) {
    const program::Test& test = *result.test;
    const Source& source = *rules->sources[test.location.file];
    const Span span = test.location.span;
    const Position begin = source.locate(span.begin), end = source.locate(span.end);
    TestReport::Entry entry;
    entry.file = source.name();
    entry.line = begin.line;
    entry.column = begin.column;
    entry.title = test.title;
    entry.excerpt =
        render_excerpt(source.line(begin.line), begin.column, end.line == begin.line ? end.column - begin.column : 1);
    entry.passed = result.passed;
    entry.message = result.message;
    if (!result.passed) entry.edits = edits_of_test(rules, test);
    return entry;
}

void run_file(const Rules& rules, const TestOptions& options, TestReport& report) {
    for (const program::Test& test : rules->tests) {
        if (chosen(options, test))
            report.entries.push_back(entry_of(rules, run_rule_test(rules, test)));
        else
            ++report.left_out;
    }
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
    print_error(fmt::format("no title of a test has \"{}\" in it{}", options.filter,
                            titles.empty() ? "; there are no tests" : suggestion(options.filter, titles)));
    return true;
}

}  // namespace

int test(const TestOptions& options) {
    std::vector<Rules> all;
    for (const std::string& file : options.files.empty() ? shipped_rule_names() : options.files) {
        Diagnostics diagnostics;
        RuleFiles files = load_rules(file, diagnostics);
        CheckedRules rules = check_rules(std::move(files), std::move(diagnostics));
        // What ships is checked elsewhere; of files that were named warnings are said too.
        if (!rules.program || !options.files.empty()) print(rules.diagnostics);
        if (!rules.program) return cannot_be_done;
        all.push_back(rules.program);
    }
    if (!options.filter.empty() && nothing_chosen(all, options)) return cannot_be_done;
    TestReport report;
    for (const Rules& rules : all) run_file(rules, options, report);
    fmt::print("{}", options.format == "json"    ? as_json(report)
                     : options.format == "junit" ? as_junit(report)
                                                 : as_text(report));
    return report.all_well() ? done : answer_is_no;
}

}  // namespace dqrewrite::cli
