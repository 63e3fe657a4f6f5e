// Text in UTF-8 as Python sees it: characters are code points.
//
// Text is valid UTF-8; in what is not, each stray byte counts with the character before it. Whoever searches, strips
// or splits pays for the product of two sizes: so long it takes at worst. Tested by
// tests/rewrite/expressions_test.cpp (expressions.tsv, slices.tsv, texts.tsv).
#pragma once

#include "engine/rewrite/function_ref.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dqrewrite {

size_t count_characters(std::string_view text);
// The character at the start of the text, or at its end; the text is not empty.
std::string_view first_character(std::string_view text);
std::string_view last_character(std::string_view text);
// `count` characters from the one at `start` on.
std::string_view characters(std::string_view text, size_t start, size_t count);
// Appends `count` characters: the one at `start`, and from there every `step`th, backwards where it is negative.
void append_every(std::string_view text, size_t start, int64_t step, size_t count, std::string& out);

// What strip() takes away: any of the characters of a text, or Python's white space.
using Strippable = std::optional<std::string_view>;
std::string_view without_start(std::string_view text, Strippable taken);
std::string_view without_end(std::string_view text, Strippable taken);

// Python's split() and rsplit(): the pieces from left to right, or from right to left, at most `most` + 1 of them.
// Without a separator at stretches of white space. The separator is not empty. Visiting ends where false comes back.
using VisitPiece = FunctionRef<bool(std::string_view piece)>;
void split(std::string_view text, std::optional<std::string_view> separator, size_t most, VisitPiece visit);
void split_backward(std::string_view text, std::optional<std::string_view> separator, size_t most, VisitPiece visit);

}  // namespace dqrewrite
