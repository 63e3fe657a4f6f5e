// A look at tokens from outside the parser: what stands before an offset, and a text without its blanks.
//
// Tested through the messages of tests/grammar/errors and the words of tests/grammar/cases.
#pragma once

#include "grammar/source.hpp"

#include <string>
#include <string_view>

namespace dqrewrite::grammar {

// The token that ends at `end`, which is not 0: a word or number, a sign, or a quote.
Span token_before(std::string_view text, uint32_t end);
// The length of the sign of several characters ("==", "...") at an offset; 0 where there is none.
size_t sign_at(std::string_view text, size_t offset);
bool is_word_char(char c);
bool is_digit(char c);

// The tokens of a text, without comments, with `separator` where blanks stood.
std::string join_tokens(std::string_view text, std::string_view separator);

}  // namespace dqrewrite::grammar
