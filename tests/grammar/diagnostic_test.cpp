// How diagnostics are shown, ordered and counted.
#include "grammar/diagnostic.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace dqrewrite;

namespace {

Diagnostic error_at(const Source& source, Span span, std::string message) {
    return {Severity::error, "code", std::move(message), &source, span, {}};
}

struct Shown {
    std::string text;
    Span span;
    std::string excerpt;  // behind the first line
};

struct Excerpt {
    std::string line;
    uint32_t column;
    uint32_t width;
    std::string shown;
};

const std::string fifty(50, 'x');
const std::string hundred(100, 'x');

}  // namespace

TEST_CASE("a diagnostic, whole") {
    const Source source("dir/a.rules", "rule a {\n    match b\n}\n");
    CHECK(render(error_at(source, {13, 18}, "no good")) == "dir/a.rules:2:5: error: no good [code]\n"
                                                           "        match b\n"
                                                           "        ^^^^^\n");
    Diagnostic warning = error_at(source, {5, 6}, "odd name");
    warning.severity = Severity::warning;
    warning.notes = {{&source, {19, 20}, "used here"}, {nullptr, {}, "see the manual"}};
    CHECK(render(warning) == "dir/a.rules:1:6: warning: odd name [code]\n"
                             "    rule a {\n"
                             "         ^\n"
                             "dir/a.rules:2:11: note: used here\n"
                             "        match b\n"
                             "              ^\n"
                             "note: see the manual\n");
}

TEST_CASE("a diagnostic without a place, and one without a code") {
    CHECK(render({Severity::error, "code", "no rules", nullptr, {}, {}}) == "error: no rules [code]\n");
    CHECK(render({Severity::error, "", "no rules", nullptr, {}, {}}) == "error: no rules\n");
}

TEST_CASE("what a terminal would obey is not printed") {
    CHECK(printable_lines("a\x1b[31mb\x7f\nc\td \xC2\x9Bx \xC3\xA4 \xFF") == "a?[31mb?\nc d ?x \xC3\xA4 ?");
    CHECK(render({Severity::error, "", "a\x1b[2J", nullptr, {}, {}}) == "error: a?[2J\n");
}

TEST_CASE("what is underlined") {
    const Shown rows[] = {
        {"ab cd", {3, 5}, "    ab cd\n       ^^\n"},
        {"ab cd", {3, 3}, "    ab cd\n       ^\n"},    // nothing is one caret wide
        {"ab cd", {5, 5}, "    ab cd\n         ^\n"},  // at the end of the text
        {"ab\n", {3, 3}, "    \n    ^\n"},
        {"", {0, 0}, "    \n    ^\n"},
        {"ab cd\nef", {3, 8}, "    ab cd\n       ^^\n"},  // only the first line of several
        {"ab cd\r\nef", {3, 9}, "    ab cd\n       ^^\n"},
        {"ab\tcd", {3, 5}, "    ab cd\n       ^^\n"},  // a tab is shown as the one column that it counts
        {"\t\tcd", {2, 4}, "      cd\n      ^^\n"},
        {"\u00e9\u00e9 cd", {5, 7}, "    \u00e9\u00e9 cd\n       ^^\n"},
        {"\u65e5\u672c", {0, 6}, "    \u65e5\u672c\n    ^^\n"},
        {"a\x01\x1b[31mb", {0, 1}, "    a??[31mb\n    ^\n"},  // nothing that a terminal obeys
        {"a\xffz", {2, 3}, "    a?z\n      ^\n"},             // nor what is no UTF-8
    };
    for (const Shown& row : rows) {
        INFO('"' << row.text << '"');
        const Source source("a", row.text);
        const std::string text = render(error_at(source, row.span, "m"));
        CHECK(text.substr(text.find('\n') + 1) == row.excerpt);
    }
}

TEST_CASE("long lines are shown around the caret") {
    const Excerpt rows[] = {
        // 120 columns are shown whole.
        {hundred + std::string(20, 'y'), 120, 1,
         "    " + hundred + std::string(20, 'y') + "\n    " + std::string(119, ' ') + "^\n"},
        // The beginning, the middle and the end of more.
        {hundred + fifty, 1, 3, "    " + hundred + std::string(14, 'x') + "...\n    ^^^\n"},
        {hundred + "abc" + hundred, 101, 3,
         "    ..." + std::string(57, 'x') + "abc" + std::string(54, 'x') + "...\n    " + std::string(60, ' ') +
             "^^^\n"},
        {hundred + fifty + "z", 151, 1,
         "    ..." + std::string(113, 'x') + "z\n    " + std::string(116, ' ') + "^\n"},
        {hundred + fifty, 151, 1, "    ..." + std::string(114, 'x') + "\n    " + std::string(117, ' ') + "^\n"},
        // Carets end where the line does.
        {hundred + fifty, 1, 1000,
         "    " + hundred + std::string(14, 'x') + "...\n    " + std::string(114, '^') + "\n"},
        {"ab", 1, 1000, "    ab\n    ^^\n"},
        {"ab", 1000, 5, "    ab\n      ^\n"},
        {"ab", 0, 0, "    ab\n    ^\n"},
    };
    for (const Excerpt& row : rows) {
        INFO(row.line << ", column " << row.column);
        CHECK(render_excerpt(row.line, row.column, row.width) == row.shown);
    }
}

TEST_CASE("order and equality of diagnostics") {
    const Source first("1", "abc");
    const Source second("2", "abc");
    const auto note = [&](const Source& source) {
        Diagnostic d = error_at(first, {1, 2}, "with a note");
        d.notes = {{&source, {0, 1}, "note"}};
        return d;
    };
    Diagnostic warning = error_at(second, {0, 1}, "warned first");
    warning.severity = Severity::warning;
    Diagnostics diagnostics = {
        warning,  // the file of the first one comes first
        error_at(first, {2, 3}, "late"),
        error_at(second, {0, 1}, "then said"),    // but errors before warnings at one place
        error_at(first, {1, 2}, "b said first"),  // at one place in the order in which they were said
        error_at(first, {1, 2}, "a"),
        error_at(first, {2, 3}, "late"),  // said before
        error_at(first, {1, 3}, "a"),     // as much as another one, but of a longer text
        {Severity::error, "code", "nowhere", nullptr, {}, {}},
        note(first),
        note(second),
        note(first),
        {Severity::error, "code", "nowhere", nullptr, {}, {}},
    };
    sort_and_deduplicate(diagnostics);
    std::string said;
    for (const Diagnostic& d : diagnostics) {
        said += (d.source ? d.source->name() : "-") + ":" + std::to_string(d.span.begin) + "-" +
                std::to_string(d.span.end) + " " + d.message +
                (d.notes.empty() ? "" : " in " + d.notes[0].source->name()) + "\n";
    }
    CHECK(said == "2:0-1 then said\n"
                  "2:0-1 warned first\n"
                  "1:1-2 b said first\n"
                  "1:1-2 a\n"
                  "1:1-3 a\n"
                  "1:1-2 with a note in 1\n"
                  "1:1-2 with a note in 2\n"
                  "1:2-3 late\n"
                  "-:0-0 nowhere\n");
}

TEST_CASE("warnings are no errors") {
    const Source source("a", "abc");
    Diagnostic warning = error_at(source, {0, 1}, "odd");
    warning.severity = Severity::warning;
    CHECK_FALSE(has_errors({}));
    CHECK_FALSE(has_errors({warning}));
    CHECK(has_errors({warning, error_at(source, {0, 1}, "bad")}));
}
