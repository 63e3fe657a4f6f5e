// Order and text form of diagnostics. Everything that a user reads about a place in a text comes from here.
#include "grammar/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace dqrewrite {

namespace {

constexpr size_t widest_excerpt = 120;
constexpr std::string_view margin = "    ";
constexpr std::string_view ellipsis = "...";

bool continues_code_point(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// What stands in one column: what a terminal might not show as one column is a blank (tabs) or "?" (other
// control characters, bytes that are no UTF-8).
std::string_view shown(std::string_view column) {
    const auto lead = static_cast<unsigned char>(column.front());
    if (lead == '\t') return " ";
    if (lead < 0x80) return lead < 0x20 || lead == 0x7F || column.size() != 1 ? "?" : column;
    const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    const bool is_control = lead == 0xC2 && static_cast<unsigned char>(column.back()) < 0xA0;
    return is_control || lead < 0xC2 || lead > 0xF4 || column.size() != length ? "?" : column;
}

// The bytes of the column that begins at `at`.
std::string_view column_at(std::string_view line, size_t at) {
    size_t end = at + 1;
    while (end < line.size() && continues_code_point(line[end])) ++end;
    return line.substr(at, end - at);
}

size_t count_columns(std::string_view line) {
    size_t count = 0;
    for (size_t at = 0; at < line.size(); at += column_at(line, at).size()) ++count;
    return count;
}

// The part of a line of `size` columns that is shown, [first, last), so that `column` (from 0) is in it.
struct Window {
    size_t first;
    size_t last;
};

Window window_around(size_t column, size_t size) {
    if (size <= widest_excerpt) return {0, size};
    const size_t shown = widest_excerpt - 2 * ellipsis.size();
    const size_t first = column < shown / 2 ? 0 : std::min(column - shown / 2, size - shown);
    return {first, first + shown};
}

std::string heading(const Source* source, Span span, std::string_view kind, std::string_view message) {
    if (source == nullptr) return printable_lines(fmt::format("{}: {}", kind, message));
    const Position at = source->locate(span.begin);
    return printable_lines(fmt::format("{}:{}:{}: {}: {}", source->name(), at.line, at.column, kind, message));
}

// The excerpt of the first line of `span`.
std::string excerpt(const Source* source, Span span) {
    if (source == nullptr) return {};
    const Position from = source->locate(span.begin);
    const Position to = source->locate(span.end);
    const std::string_view line = source->line(from.line);
    return render_excerpt(line, from.column, to.line == from.line ? to.column - from.column : UINT32_MAX);
}

auto key(const DiagnosticNote& note) {
    return std::tie(note.source, note.span.begin, note.span.end, note.message);
}

bool less_note(const DiagnosticNote& a, const DiagnosticNote& b) {
    return key(a) < key(b);
}

// Which of two diagnostics is less, in any order that tells different ones apart.
bool differs_before(const Diagnostic& a, const Diagnostic& b) {
    const auto key_of = [](const Diagnostic& d) {
        return std::tie(d.source, d.span.begin, d.span.end, d.severity, d.code, d.message);
    };
    if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
    return std::lexicographical_compare(a.notes.begin(), a.notes.end(), b.notes.begin(), b.notes.end(), less_note);
}

}  // namespace

bool has_errors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void sort_and_deduplicate(Diagnostics& diagnostics) {
    std::map<const Source*, size_t> files;
    for (const Diagnostic& d : diagnostics) files.try_emplace(d.source, files.size());

    std::vector<size_t> order(diagnostics.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return differs_before(diagnostics[a], diagnostics[b]); });
    // Of equal ones the first stays, as the sort is stable.
    order.erase(std::unique(order.begin(), order.end(),
                            [&](size_t a, size_t b) { return !differs_before(diagnostics[a], diagnostics[b]); }),
                order.end());
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const auto place = [&](size_t i) {
            const Diagnostic& d = diagnostics[i];
            return std::tuple(files.at(d.source), d.span.begin, d.severity, i);
        };
        return place(a) < place(b);
    });

    Diagnostics sorted;
    sorted.reserve(order.size());
    for (size_t i : order) sorted.push_back(std::move(diagnostics[i]));
    diagnostics = std::move(sorted);
}

std::string printable_lines(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const std::string_view column = column_at(text, at);
        out += column == "\n" ? column : shown(column);
        at += column.size();
    }
    return out;
}

std::string render(const Diagnostic& diagnostic) {
    constexpr std::string_view kinds[] = {"error", "warning", "note"};
    const std::string_view kind = kinds[static_cast<size_t>(diagnostic.severity)];
    std::string text = heading(diagnostic.source, diagnostic.span, kind, diagnostic.message);
    if (!diagnostic.code.empty()) text += fmt::format(" [{}]", diagnostic.code);
    text += '\n';
    text += excerpt(diagnostic.source, diagnostic.span);
    for (const DiagnosticNote& note : diagnostic.notes) {
        text += heading(note.source, note.span, "note", note.message);
        text += '\n';
        text += excerpt(note.source, note.span);
    }
    return text;
}

std::string render_excerpt(std::string_view line, uint32_t column, uint32_t width) {
    const size_t size = count_columns(line);
    const size_t caret = std::min<size_t>(column == 0 ? 0 : column - 1, size);
    const Window window = window_around(caret, size);

    std::string text{margin};
    if (window.first > 0) text += ellipsis;
    size_t at = 0;
    for (size_t i = 0; i < window.last; ++i) {
        const std::string_view bytes = column_at(line, at);
        if (i >= window.first) text += shown(bytes);
        at += bytes.size();
    }
    if (window.last < size) text += ellipsis;

    // At least one caret, also past the end of the line; none past what is shown.
    const size_t room = window.last > caret ? window.last - caret : 1;
    const size_t carets = std::clamp<size_t>(width, 1, room);
    const size_t blanks = caret - window.first + (window.first > 0 ? ellipsis.size() : 0);
    return fmt::format("{}\n{}{:{}}{:^<{}}\n", text, margin, "", blanks, "", carets);
}

}  // namespace dqrewrite
