// What `dqrewrite test` found out, as text, JSON or JUnit's XML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::cli {

struct TestReport {
    struct Entry {
        std::string file;  // as its messages name it
        unsigned line = 0, column = 0;
        std::string title;
        std::string excerpt;  // the line of its title, with a caret
        bool passed = false;
        std::string message;      // of a failure: one line, or more
        std::string edits;        // of a failure: what the pass did, line by line
        std::string misses;       // of a failure where it did nothing: why no rule matched
        std::string near_misses;  // what came of them, a line for each that is to be shown
        std::string update;       // with --update: what came of it
        bool updated = false;
    };
    std::vector<Entry> entries;  // those that were run
    size_t left_out = 0;         // by --filter
    // Near misses that were run: such that say the same calls and match the same, are declined, still match, fail.
    size_t near_same = 0, near_declined = 0, near_matched = 0, near_failed = 0;
    // With --coverage: what is counted at each condition of the rules.
    struct Count {
        std::string file;
        unsigned line = 0, column = 0;
        std::string rule, kind;
        uint64_t held = 0, declined = 0;
        bool covered = false;
    };
    std::vector<Count> coverage = {};

    size_t count_passed() const;
    size_t count_updated() const;
    bool all_well() const { return count_passed() + count_updated() == entries.size(); }
};

std::string as_text(const TestReport& report);
std::string as_json(const TestReport& report);
// The dialect that the CI systems read: testsuites, a testsuite for each file, a testcase for each test.
std::string as_junit(const TestReport& report);

}  // namespace dqrewrite::cli
