// The small change of JSON text: white space, escapes, numbers, and how Python prints them.
//
// Everything here works on any bytes and looks at none beyond what it is given.
// Tested by tests/dump/json_text_test.cpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace dqrewrite {

inline bool is_json_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// What may stand next to a number or a word: white space, a bracket, a comma, a colon.
inline bool ends_scalar(char c) {
    return is_json_space(c) || c == ',' || c == ':' || (c | 0x20) == '{' || (c | 0x20) == '}';
}

// Whether two texts are the same, without a call where they are as short as keys are.
inline bool same_text(std::string_view a, std::string_view b) {
    const auto same = [&]<class Word>(Word, size_t at) {
        Word x, y;
        std::memcpy(&x, a.data() + at, sizeof x);
        std::memcpy(&y, b.data() + at, sizeof y);
        return x == y;
    };
    const size_t size = a.size();
    if (size != b.size()) return false;
    if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
    if (size >= 8) return same(uint64_t{}, 0) && same(uint64_t{}, size - 8);
    if (size >= 4) return same(uint32_t{}, 0) && same(uint32_t{}, size - 4);
    return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

// Without the white space at both ends.
std::string_view trim_json(std::string_view text);

// Bytes of the UTF-8 character at `at`; 0 where there is none.
size_t utf8_length(const char* at, const char* end);

// Whether a backslash is in `text`.
inline bool has_backslash(std::string_view text) {
    constexpr uint64_t ones = 0x0101010101010101, high = 0x8080808080808080, slashes = ones * '\\';
    const auto found = [](const char* at) {
        uint64_t word;
        std::memcpy(&word, at, sizeof word);
        word ^= slashes;
        return ((word - ones) & ~word & high) != 0;
    };
    const char* at = text.data();
    const char* end = at + text.size();
    if (text.size() < 8) {
        bool any = false;
        for (; at != end; ++at) any |= *at == '\\';
        return any;
    }
    for (; end - at > 8; at += 8) {
        if (found(at)) return true;
    }
    return found(end - 8);
}

// Whether `text` is the same between the quotes of a JSON string: printable ASCII without quote and backslash.
inline bool is_plain_json(std::string_view text) {
    constexpr uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    const char* at = text.data();
    const char* end = at + text.size();
    // A bit is set where a byte is one that is wanted no more, or beyond the first such.
    const auto odd = [](uint64_t word) {
        const uint64_t quotes = word ^ ones * '"', slashes = word ^ ones * '\\', deletes = word ^ ones * 0x7F;
        return (word | (word - ones * 0x20) | (quotes - ones) | (slashes - ones) | (deletes - ones)) & high;
    };
    const auto odd_at = [&odd](const char* eight) {
        uint64_t word;
        std::memcpy(&word, eight, sizeof word);
        return odd(word);
    };
    uint64_t found = 0;
    if (text.size() < 8) {
        for (; at != end; ++at) found |= odd(ones * 'x' - 'x' + static_cast<unsigned char>(*at));
        return found == 0;
    }
    for (; end - at > 8; at += 8) found |= odd_at(at);
    found |= odd_at(end - 8);
    return found == 0;
}

// Appends what stands between the quotes of a JSON string with its escapes undone. The return value is null,
// or the backslash of an escape that is none: an unknown one, \u without four hex digits, a lone surrogate.
const char* decode_json_string(std::string_view raw, std::string& out);

// What an escape like the one that decode_json_string stopped at would have to be.
std::string_view escape_rule(const char* at, const char* end);

// `text` as a JSON string, quotes and all, as Python's json.dumps writes it: ASCII alone.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);  // the same alone

// A number by JSON's grammar at the start of `text`.
struct JsonNumber {
    size_t size = 0;        // bytes; 0 where there is no number, or what follows belongs to it but may not
    bool integral = false;  // neither fraction nor exponent
};
JsonNumber scan_json_number(std::string_view text);

// The value of an integral number; nothing where 64 bits do not hold it.
std::optional<int64_t> parse_integer(std::string_view digits);

// Whether a double holds the number: "1e999" is too large for it. Too small is 0, as in Python.
bool fits_double(std::string_view digits);

// Python's float(): any finite number of JSON's grammar, "inf", "-inf", "nan".
double parse_real(std::string_view digits);

// Python's repr: "1.0", "1e-05", "inf", "nan".
void append_real(std::string& out, double value);

}  // namespace dqrewrite
