#include "engine/cli/test_report.hpp"

#include "engine/author/text/counted.hpp"
#include "engine/dump/json_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

// Text of an element or attribute; characters that XML 1.0 cannot have are left out.
std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\n': out += "&#10;"; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
        }
    }
    return out;
}

// Each line with blanks before it, unless it is empty.
std::string indented(std::string_view text, std::string_view blanks) {
    std::string out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) (out += blanks) += text.substr(0, end);
        out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string failure_text(const TestReport::Entry& entry) {
    std::string text = indented(entry.message, "    ");
    if (!entry.edits.empty()) text += "    what was done:\n" + indented(entry.edits, "      ");
    if (!entry.misses.empty()) text += "    nothing was done:\n" + indented(entry.misses, "      ");
    return text;
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

std::string count_text(const TestReport& report) {
    const size_t all = report.entries.size(), passed = report.count_passed(), updated = report.count_updated();
    std::string text = counted(all, "test");
    if (all > 0) text += fmt::format(": {} passed, {} failed", passed, all - passed - updated);
    if (updated > 0) text += fmt::format(", {} updated", updated);
    if (report.left_out > 0) text += fmt::format(" ({} left out)", report.left_out);
    text += "\n";
    const size_t near = report.near_same + report.near_declined + report.near_matched + report.near_failed;
    if (near > 0)
        text += fmt::format("{} near misses: {} the same calls, {} declined, {} matched, {} failed\n", near,
                            report.near_same, report.near_declined, report.near_matched, report.near_failed);
    return text;
}

}  // namespace

size_t TestReport::count_passed() const {
    return static_cast<size_t>(
        std::count_if(entries.begin(), entries.end(), [](const Entry& each) { return each.passed; }));
}

size_t TestReport::count_updated() const {
    return static_cast<size_t>(
        std::count_if(entries.begin(), entries.end(), [](const Entry& each) { return each.updated; }));
}

std::string as_text(const TestReport& report) {
    std::string text;
    for (const TestReport::Entry& each : report.entries) {
        if (each.passed && !each.near_misses.empty())
            text += fmt::format("{}:{}:{}: near misses of \"{}\"\n{}", each.file, each.line, each.column, each.title,
                                indented(each.near_misses, "    "));
        if (each.passed) continue;
        text += fmt::format("{}:{}:{}: failed: \"{}\"\n{}{}", each.file, each.line, each.column, each.title,
                            each.excerpt, failure_text(each));
        if (!each.update.empty()) text += fmt::format("    {}\n", each.update);
    }
    return text + count_text(report);
}

std::string as_json(const TestReport& report) {
    std::vector<std::string> tests;
    for (const TestReport::Entry& each : report.entries) {
        std::string test = fmt::format(R"({{"file": {}, "line": {}, "title": {}, "passed": {})",
                                       json_string(each.file), each.line, json_string(each.title), each.passed);
        if (!each.passed) {
            test +=
                fmt::format(R"(, "message": {}, "edits": {}, "misses": {}, "updated": {})", json_string(each.message),
                            json_string(each.edits), json_string(each.misses), each.updated);
        }
        tests.push_back(test + "}");
    }
    std::vector<std::string> counts;
    for (const TestReport::Count& each : report.coverage)
        counts.push_back(fmt::format(R"({{"file": {}, "line": {}, "column": {}, "rule": {}, "kind": {}, "held": {}, )"
                                     R"("declined": {}, "covered": {}}})",
                                     json_string(each.file), each.line, each.column, json_string(each.rule),
                                     json_string(each.kind), each.held, each.declined, each.covered));
    const size_t all = report.entries.size(), passed = report.count_passed(), updated = report.count_updated();
    return fmt::format(
        R"({{"tests": [{}], "coverage": [{}], "near_misses": {{"same_calls": {}, "declined": {}, "matched": {}, )"
        R"("failed": {}}}, "passed": {}, "failed": {}, "updated": {}, "left_out": {}}})"
        "\n",
        fmt::join(tests, ", "), fmt::join(counts, ", "), report.near_same, report.near_declined, report.near_matched,
        report.near_failed, passed, all - passed - updated, updated, report.left_out);
}

std::string as_junit(const TestReport& report) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dqrewrite\">\n";
    for (auto at = report.entries.begin(); at != report.entries.end();) {
        auto end = std::find_if(at, report.entries.end(), [&](const auto& each) { return each.file != at->file; });
        const auto failed = std::count_if(at, end, [](const auto& each) { return !each.passed && !each.updated; });
        text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", escaped(at->file), end - at,
                            failed);
        for (; at != end; ++at) {
            text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"",
                                escaped(at->file), escaped(at->title), escaped(at->file), at->line);
            if (at->passed || at->updated) {
                text += "/>\n";
                continue;
            }
            text += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                                escaped(first_line(at->message)), escaped(failure_text(*at)));
        }
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

}  // namespace dqrewrite::cli
