// Tokens as messages and words of nodes need them; the parser itself uses grammar/tokens.hpp.
#include "grammar/lexical.hpp"

#include <algorithm>
#include <array>

namespace dqrewrite::grammar {

namespace {

// Signs of more than one character, longest first.
constexpr auto signs =
    std::to_array<std::string_view>({"...", "**", "//", "==", "!=", "<=", ">=", "=>", "->", "&&", "||", ":="});

}  // namespace

bool is_digit(char c) {
    return '0' <= c && c <= '9';
}
bool is_word_char(char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || is_digit(c) || c == '_';
}

size_t sign_at(std::string_view text, size_t offset) {
    for (const std::string_view sign : signs) {
        if (text.substr(offset).starts_with(sign)) return sign.size();
    }
    return 0;
}

Span token_before(std::string_view text, uint32_t end) {
    uint32_t begin = end - 1;
    if (is_word_char(text[begin])) {
        while (begin > 0 && (is_word_char(text[begin - 1]) || (is_digit(text[begin]) && text[begin - 1] == '.')))
            --begin;
        return {begin, end};
    }
    for (const std::string_view sign : signs) {
        if (text.substr(0, end).ends_with(sign)) return {end - static_cast<uint32_t>(sign.size()), end};
    }
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    return {begin, end};
}

std::string join_tokens(std::string_view text, std::string_view separator) {
    constexpr std::string_view blank = " \t\r\n";
    std::string joined;
    bool in_blanks = false;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '#') at = std::min(text.find('\n', at), text.size() - 1);
        if (blank.find(text[at]) != std::string_view::npos) {
            in_blanks = true;
            continue;
        }
        if (in_blanks) joined += separator;
        in_blanks = false;
        joined += text[at];
    }
    return joined;
}

}  // namespace dqrewrite::grammar
