// Escapes, numbers and white space of JSON.
#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace dqrewrite {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four hex digits of the \u escape at `at`, or -1.
int32_t hex4(const char* at, const char* end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
    int32_t value = 0;
    for (int i = 2; i < 6; ++i) {
        const int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

bool is_high_surrogate(int32_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(int32_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

void append_utf8(std::string& out, uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr uint32_t lead[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(lead[more] | code >> 6 * more);
    for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (code >> 6 * i & 0x3F));
}

// The character that the escape at `at` stands for; `at` moves past it. Nothing where it is no escape.
std::optional<uint32_t> decode_escape(const char*& at, const char* end) {
    if (end - at < 2) return {};
    const char kind = at[1];
    if (kind == 'u') {
        const int32_t unit = hex4(at, end);
        if (unit < 0 || is_low_surrogate(unit)) return {};
        at += 6;
        if (!is_high_surrogate(unit)) return static_cast<uint32_t>(unit);
        const int32_t low = hex4(at, end);
        if (low < 0 || !is_low_surrogate(low)) {
            at -= 6;
            return {};
        }
        at += 6;
        return 0x10000 + (static_cast<uint32_t>(unit - 0xD800) << 10) + static_cast<uint32_t>(low - 0xDC00);
    }
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    const size_t which = letters.find(kind);
    if (which == letters.npos) return {};
    at += 2;
    return static_cast<unsigned char>(meant[which]);
}

uint32_t code_point(const char* at, size_t size) {
    const auto byte = [at](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(at[i])); };
    switch (size) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default: return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    }
}

void append_unit(std::string& out, uint32_t unit) {
    constexpr char digits[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[unit >> shift & 0xF];
}

void append_escaped(std::string& out, uint32_t code) {
    constexpr std::string_view meant = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    const size_t which = code < 0x80 ? meant.find(static_cast<char>(code)) : meant.npos;
    if (which != meant.npos) {
        out += '\\';
        out += letters[which];
    } else if (code < 0x10000) {
        append_unit(out, code);
    } else {
        append_unit(out, 0xD800 + ((code - 0x10000) >> 10));
        append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
    }
}

bool is_plain(char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The power of ten of the first digit that is not 0: 1 for "1", 3 for "100", -1 for "0.01". Huge ones saturate.
int64_t magnitude(std::string_view digits) {
    constexpr int64_t huge = int64_t{1} << 56;
    int64_t power = 0, zeros = 0;
    bool fraction = false, significant = false;
    size_t i = digits[0] == '-' ? 1 : 0;
    for (; i < digits.size() && (digits[i] | 0x20) != 'e'; ++i) {
        if (digits[i] == '.') {
            fraction = true;
            continue;
        }
        significant |= digits[i] != '0';
        if (significant && !fraction) ++power;
        if (!significant && fraction) ++zeros;
    }
    if (!significant) return -huge;
    if (power == 0) power = -zeros;
    if (i == digits.size()) return power;
    ++i;
    const bool negative = digits[i] == '-';
    if (!is_digit(digits[i])) ++i;
    int64_t exponent = 0;
    for (; i < digits.size() && exponent < huge; ++i) exponent = exponent * 10 + (digits[i] - '0');
    return negative ? power - exponent : power + exponent;
}

}  // namespace

std::string_view trim_json(std::string_view text) {
    while (!text.empty() && is_json_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_json_space(text.back())) text.remove_suffix(1);
    return text;
}

size_t utf8_length(const char* at, const char* end) {
    const auto byte = [at](size_t i) { return static_cast<unsigned char>(at[i]); };
    const unsigned char lead = byte(0);
    const size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (static_cast<size_t>(end - at) < size) return 0;
    for (size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    // Too long a form, a surrogate, or beyond U+10FFFF: the second byte tells.
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return size;
}

const char* decode_json_string(std::string_view raw, std::string& out) {
    const char* at = raw.data();
    const char* end = at + raw.size();
    while (at != end) {
        const void* slash = std::memchr(at, '\\', static_cast<size_t>(end - at));
        const char* stop = slash ? static_cast<const char*>(slash) : end;
        out.append(at, stop);
        at = stop;
        if (at == end) break;
        const auto code = decode_escape(at, end);
        if (!code) return at;
        append_utf8(out, *code);
    }
    return nullptr;
}

std::string_view escape_rule(const char* at, const char* end) {
    if (end - at < 2 || at[1] != 'u') return R"(JSON has no such escape; a backslash itself is written \\)";
    const int32_t unit = hex4(at, end);
    if (unit < 0) return R"(\u is followed by four hexadecimal digits)";
    return is_high_surrogate(unit) ? "a lone surrogate; a high one is followed by a low one"
                                   : "a lone surrogate; a low one stands behind a high one";
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    if (is_plain_json(text)) {
        out += text;
        out += '"';
        return;
    }
    const char* at = text.data();
    const char* end = at + text.size();
    while (at != end) {
        const char* plain = at;
        while (plain != end && is_plain(*plain)) ++plain;
        out.append(at, plain);
        at = plain;
        if (at == end) break;
        const size_t size = utf8_length(at, end);
        append_escaped(out, size == 0 ? 0xFFFD : code_point(at, size));
        at += size == 0 ? 1 : size;
    }
    out += '"';
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

JsonNumber scan_json_number(std::string_view text) {
    const char* at = text.data();
    const char* end = at + text.size();
    const auto digits = [&] {
        const char* begin = at;
        while (at != end && is_digit(*at)) ++at;
        return at != begin;
    };
    JsonNumber number{0, true};
    if (at != end && *at == '-') ++at;
    if (at != end && *at == '0') {
        ++at;
    } else if (!digits()) {
        return {};
    }
    if (at != end && *at == '.') {
        ++at;
        if (!digits()) return {};
        number.integral = false;
    }
    if (at != end && (*at | 0x20) == 'e') {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        if (!digits()) return {};
        number.integral = false;
    }
    if (at != end && !ends_scalar(*at)) return {};
    number.size = static_cast<size_t>(at - text.data());
    return number;
}

std::optional<int64_t> parse_integer(std::string_view digits) {
    constexpr size_t always_held = 18;  // digits
    int64_t value = 0;
    const bool negative = digits.starts_with('-');
    if (digits.size() > negative && digits.size() <= negative + always_held) {
        for (const char c : digits.substr(negative)) {
            if (!is_digit(c)) return {};
            value = value * 10 + (c - '0');
        }
        return negative ? -value : value;
    }
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || stop != digits.data() + digits.size()) return {};
    return value;
}

bool fits_double(std::string_view digits) {
    const auto is_exponent = [](char c) { return (c | 0x20) == 'e'; };
    if (digits.size() < 300 && std::none_of(digits.begin(), digits.end(), is_exponent)) return true;
    double value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} || magnitude(digits) < 0;
}

double parse_real(std::string_view digits) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (digits == "inf") return infinity;
    if (digits == "-inf") return -infinity;
    double value = std::numeric_limits<double>::quiet_NaN();
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::result_out_of_range) {
        const double size = magnitude(digits) < 0 ? 0 : infinity;
        return digits[0] == '-' ? -size : size;
    }
    return value;
}

void append_real(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
        return;
    }
    char buffer[64];
    const auto shortest = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    // [-]d[.ddd]e±xx: the digits, and the power of ten of the first one.
    const char* at = buffer;
    if (*at == '-') out += *at++;
    std::string digits(1, *at++);
    if (*at == '.') {
        for (++at; *at != 'e'; ++at) digits += *at;
    }
    int power = 0;
    std::from_chars(at + (at[1] == '+' ? 2 : 1), shortest.ptr, power);

    const int count = static_cast<int>(digits.size());
    if (power < -4 || power >= 16) {
        out += digits[0];
        if (count > 1) out.append(1, '.').append(digits, 1);
        out += power < 0 ? "e-" : "e+";
        const int size = power < 0 ? -power : power;
        if (size < 10) out += '0';
        out += std::to_string(size);
    } else if (power < 0) {
        out.append("0.").append(static_cast<size_t>(-power - 1), '0').append(digits);
    } else if (count <= power + 1) {
        out.append(digits).append(static_cast<size_t>(power + 1 - count), '0').append(".0");
    } else {
        out.append(digits, 0, static_cast<size_t>(power + 1)).append(1, '.').append(digits, power + 1);
    }
}

}  // namespace dqrewrite
