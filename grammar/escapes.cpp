// Python's escapes: \\ \' \" \a \b \f \n \r \t \v, \ooo, \xhh, \uhhhh, \Uhhhhhhhh.
#include "grammar/escapes.hpp"

#include "grammar/utf8.hpp"

#include <charconv>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr std::string_view letters = "abfnrtv";
constexpr std::string_view controls = "\a\b\f\n\r\t\v";

// The number that text begins with, at most `digits` long; its length is taken off the text.
char32_t take_number(std::string_view& text, size_t digits, int base) {
    unsigned value = 0;
    const std::string_view field = text.substr(0, digits);
    const auto end = std::from_chars(field.data(), field.data() + field.size(), value, base).ptr;
    text.remove_prefix(static_cast<size_t>(end - field.data()));
    return value;
}

// `text` begins behind a backslash.
void decode_escape(std::string& decoded, std::string_view& text) {
    const char kind = text.front();
    if ('0' <= kind && kind <= '7') return append_utf8(decoded, take_number(text, 3, 8));
    text.remove_prefix(1);
    if (kind == 'x') return append_utf8(decoded, take_number(text, 2, 16));
    if (kind == 'u') return append_utf8(decoded, take_number(text, 4, 16));
    if (kind == 'U') return append_utf8(decoded, take_number(text, 8, 16));
    const size_t letter = letters.find(kind);
    decoded += letter == std::string_view::npos ? kind : controls[letter];
}

std::string decode(std::string_view text, bool braces_are_doubled) {
    std::string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\\') {
            decode_escape(decoded, text);
        } else {
            decoded += c;
            if (braces_are_doubled && (c == '{' || c == '}')) text.remove_prefix(1);
        }
    }
    return decoded;
}

}  // namespace

std::string decode_literal(std::string_view text) {
    return decode(text.substr(1, text.size() - 2), false);
}
std::string decode_format_piece(std::string_view text) {
    return decode(text, true);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (c == '\n' || c == '\r' || c == '\t')
            out += {'\\', letters[controls.find(c)]};
        else if (byte < 0x20 || byte == 0x7F)
            out += fmt::format("\\x{:02x}", byte);
        else
            out += c;
    }
    return out += '"';
}

}  // namespace dqrewrite
