// dqrewrite diff: what has changed from one graph to another.

#include "engine/author/diff/diff_report.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/graph_argument.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace dqrewrite::cli {

namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value;
}

// https://no-color.org: any value but the empty one.
bool wants_color(const std::string& color) {
    if (color != "auto") return color == "always";
    const char* terminal = std::getenv("TERM");
    const bool dumb = terminal && std::string_view(terminal) == "dumb";
    return isatty(STDOUT_FILENO) == 1 && !dumb && !is_set("NO_COLOR");
}

std::string_view color_of(DiffLineKind line) {
    switch (line) {
    case DiffLineKind::added: return "\033[32m";    // green
    case DiffLineKind::removed: return "\033[31m";  // red
    case DiffLineKind::changed: return "\033[33m";  // yellow
    case DiffLineKind::heading:
    case DiffLineKind::summary: return "\033[1m";  // bold
    case DiffLineKind::detail: break;
    }
    return {};
}

void write_lines(const DumpDiff& diff, bool color, Output& output) {
    report_diff_lines(diff, [&](DiffLineKind kind, std::string_view line) {
        const std::string_view code = color ? color_of(kind) : "";
        output.write(code);
        output.write(line);
        output.write(code.empty() ? "\n" : "\033[0m\n");
    });
}

bool differs_at(const DumpDiff& diff, const std::string& place) {
    const auto is_there = [&](const Change& each) { return is_ignored({place}, each.at); };
    const auto in_graph = [&](const GraphDiff& graph) {
        return std::ranges::any_of(graph.nodes,
                                   [&](const NodeDiff& each) { return std::ranges::any_of(each.changes, is_there); });
    };
    return in_graph(diff.graph) || std::ranges::any_of(diff.head, is_there) ||
           std::ranges::any_of(diff.submodules,
                               [&](const SubmoduleDiff& each) { return each.graph && in_graph(*each.graph); }) ||
           std::ranges::any_of(diff.ops,
                               [&](const OpDiff& each) { return is_ignored({place}, "ops." + each.target); });
}

// Where something differs all the same, a place that hides nothing may be one that is misspelt.
void note_idle_places(const Dump& before, const Dump& after, const IgnoredPlaces& ignored) {
    const DumpDiff all = diff_dumps(before, after);
    for (const std::string& place : ignored)
        if (!differs_at(all, place)) print_note(fmt::format("diff: --ignore {}: nothing differs there", place));
}

}  // namespace

int diff(const DiffOptions& options) {
    if (!standard_input_once("diff", {options.before, options.after})) return cannot_be_done;
    const auto before = read_dump(options.before);
    const auto after = read_dump(options.after);
    if (!before || !after) return cannot_be_done;
    const DumpDiff found = diff_dumps(*before, *after, options.ignored);
    const int written = write_output("-", [&](Output& output) {
        if (options.json)
            report_diff_json(found, output);
        else
            write_lines(found, wants_color(options.color), output);
    });
    if (written != done) return written;
    if (!found.empty() && !options.ignored.empty()) note_idle_places(*before, *after, options.ignored);
    return found.empty() ? done : answer_is_no;
}

}  // namespace dqrewrite::cli
