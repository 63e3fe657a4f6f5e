// Places in a text: lines, columns and excerpts.
#include "engine/dump/error.hpp"

#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr size_t excerpt_before = 60;
constexpr size_t excerpt_limit = 100;
constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view dots = "...";

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

uint64_t count_characters(const char* begin, const char* end) {
    return static_cast<uint64_t>(std::count_if(begin, end, [](char byte) { return !continues(byte); }));
}

// The start of the character `count` characters before `at`, or `begin`.
const char* back(const char* begin, const char* at, size_t count) {
    while (at > begin && count > 0) {
        --at;
        if (!continues(*at)) --count;
    }
    return at;
}

// One character of the text, printable, goes to `out`; the return value is the start of the next one.
const char* append_printable(std::string& out, const char* at, const char* end) {
    const size_t size = utf8_length(at, end);
    const auto byte = static_cast<unsigned char>(*at);
    if (size == 0) {
        out += replacement;
        return at + 1;
    }
    if (byte == '\t') {
        out += ' ';
    } else if (byte < 0x20 || byte == 0x7F) {
        out += replacement;
    } else {
        out.append(at, size);
    }
    return at + size;
}

}  // namespace

uint64_t line_of(std::string_view text, const char* at, uint64_t first_line) {
    return first_line + static_cast<uint64_t>(std::count(text.data(), at, '\n'));
}

DumpError error_at(std::string_view text, const char* at, uint64_t first_line, std::string message) {
    const std::string_view before = text.substr(0, static_cast<size_t>(at - text.data()));
    const size_t newline = before.rfind('\n');
    const char* start = newline == before.npos ? text.data() : text.data() + newline + 1;
    const char* stop = std::find(at, text.data() + text.size(), '\n');

    DumpError error;
    error.message = std::move(message);
    error.line = line_of(text, at, first_line);
    error.column = count_characters(start, at) + 1;

    const char* p = back(start, at, excerpt_before);
    if (p != start) error.excerpt += dots;
    size_t left = excerpt_limit;
    for (; p < at; --left) p = append_printable(error.excerpt, p, stop);
    error.excerpt_column =
        static_cast<uint32_t>(count_characters(error.excerpt.data(), error.excerpt.data() + error.excerpt.size())) +
        1;
    if (stop > start && stop[-1] == '\r' && stop > at) --stop;
    for (; p < stop && left > 0; --left) p = append_printable(error.excerpt, p, stop);
    if (p < stop) error.excerpt += dots;
    return error;
}

std::string printable(std::string_view text, size_t limit) {
    std::string out;
    const char* end = text.data() + text.size();
    const char* p = text.data();
    for (; p < end && limit > 0; --limit) p = append_printable(out, p, end);
    if (p < end) out += dots;
    return out;
}

std::string in_quotes(std::string_view text) {
    return fmt::format("\"{}\"", printable(text));
}

}  // namespace dqrewrite
