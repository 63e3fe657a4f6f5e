// UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#include "grammar/utf8.hpp"

namespace dqrewrite {

namespace {

// The least and the greatest second byte after a first byte, and the length; 0 where none can follow.
struct Sequence {
    size_t length;
    unsigned char least = 0x80;
    unsigned char greatest = 0xBF;
};

Sequence sequence_of(unsigned char lead) {
    if (lead < 0x80) return {1};
    if (lead < 0xC2) return {0};
    if (lead < 0xE0) return {2};
    if (lead == 0xE0) return {3, 0xA0, 0xBF};
    if (lead == 0xED) return {3, 0x80, 0x9F};
    if (lead < 0xF0) return {3};
    if (lead == 0xF0) return {4, 0x90, 0xBF};
    if (lead < 0xF4) return {4};
    if (lead == 0xF4) return {4, 0x80, 0x8F};
    return {0};
}

bool begins_well(std::string_view text, Sequence sequence) {
    if (sequence.length == 0 || text.size() < sequence.length) return false;
    if (sequence.length == 1) return true;
    const auto second = static_cast<unsigned char>(text[1]);
    if (second < sequence.least || second > sequence.greatest) return false;
    for (size_t i = 2; i < sequence.length; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
    }
    return true;
}

}  // namespace

size_t find_bad_utf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const Sequence sequence = sequence_of(static_cast<unsigned char>(text[at]));
        if (!begins_well(text.substr(at), sequence)) return at;
        at += sequence.length;
    }
    return std::string_view::npos;
}

size_t character_start(std::string_view text, size_t at) {
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return at;
}

void append_utf8(std::string& text, char32_t code_point) {
    const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)); };
    if (code_point < 0x80) {
        text += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        text += {static_cast<char>(0xC0 | (code_point >> 6)), tail(0)};
    } else if (code_point < 0x10000) {
        text += {static_cast<char>(0xE0 | (code_point >> 12)), tail(6), tail(0)};
    } else {
        text += {static_cast<char>(0xF0 | (code_point >> 18)), tail(12), tail(6), tail(0)};
    }
}

}  // namespace dqrewrite
