// The regular expressions of torch's create_name, by hand and in linear time; see name_pattern.hpp.
#include "engine/graph/name_pattern.hpp"

#include "engine/graph/node_id.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dqrewrite {

namespace {

// The zeros of the decimal digits (category Nd) of Unicode 14, which Python 3.11 has: nine more follow each.
constexpr std::array<char32_t, 66> zeros = {
    0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,
    0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,
    0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  0xA9D0,
    0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0,
    0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0};
static_assert(std::is_sorted(zeros.begin(), zeros.end()));

constexpr size_t max_digits = 4300;  // of Python's int()

bool is_ascii_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_character(char c) {
    return is_letter(c) || is_ascii_digit(c);
}
bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Where the last character of `text` begins.
size_t last_character(std::string_view text) {
    size_t at = text.size() - 1;
    while (at > 0 && text.size() - at < 4 && is_continuation(text[at])) --at;
    return at;
}

// 0xFFFFFFFF for what is no UTF-8.
char32_t decode(std::string_view character) {
    constexpr std::array<unsigned char, 5> lead_mask = {0, 0x80, 0xE0, 0xF0, 0xF8};
    constexpr std::array<unsigned char, 5> lead_bits = {0, 0x00, 0xC0, 0xE0, 0xF0};
    const auto lead = static_cast<unsigned char>(character[0]);
    if ((lead & lead_mask[character.size()]) != lead_bits[character.size()]) return 0xFFFFFFFF;
    char32_t code = lead & ~lead_mask[character.size()];
    for (const char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return code;
}

// The value of a decimal digit; -1 for anything else.
int digit_value(std::string_view character) {
    const char32_t code = decode(character);
    const auto after = std::upper_bound(zeros.begin(), zeros.end(), code);
    if (after == zeros.begin() || code - after[-1] > 9) return -1;
    return static_cast<int>(code - after[-1]);
}

size_t trailing_digits(std::string_view text) {
    size_t begin = text.size();
    while (begin > 0) {
        const size_t at = last_character(text.substr(0, begin));
        if (digit_value(text.substr(at, begin - at)) < 0) break;
        begin = at;
    }
    return begin;
}

}  // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_name_character);
}

std::optional<NameParts> match_name(std::string_view candidate) {
    if (candidate.ends_with('\n')) candidate.remove_suffix(1);
    const size_t digits = trailing_digits(candidate);
    if (digits > 0 && digits < candidate.size() && candidate[digits - 1] == '_') {
        const std::string_view base = candidate.substr(0, digits - 1);
        if (is_identifier(base)) return NameParts{base, candidate.substr(digits)};
    }
    if (is_identifier(candidate)) return NameParts{candidate, {}};
    return std::nullopt;
}

std::string valid_name(std::string_view candidate) {
    std::string name;
    bool in_run = false;  // a run of characters that no name has becomes one underscore
    for (const char c : candidate) {
        const bool good = is_name_character(c);
        if (good || !in_run) name += good ? c : '_';
        in_run = !good;
    }
    if (name.empty()) name = "_unnamed";
    if (is_ascii_digit(name[0])) name.insert(0, 1, '_');
    return name;
}

std::string plain_digits(std::string_view digits) {
    std::string plain;
    size_t count = 0;
    for (size_t at = 0; at < digits.size(); ++count) {
        size_t next = at + 1;
        while (next < digits.size() && is_continuation(digits[next])) ++next;
        const int value = digit_value(digits.substr(at, next - at));
        if (value != 0 || !plain.empty()) plain += static_cast<char>('0' + value);
        at = next;
    }
    if (count > max_digits) throw NameError("a name's number has more than 4300 digits");
    return plain.empty() ? "0" : plain;
}

}  // namespace dqrewrite
