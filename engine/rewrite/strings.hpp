// Characters of UTF-8 text, as Python counts and slices them.
//
// Text is valid UTF-8; in what is not, each stray byte counts with the character before it.
// Tested by tests/rewrite/expressions.tsv.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dqrewrite {

size_t count_characters(std::string_view text);
// The character at the start of the text, which is not empty.
std::string_view first_character(std::string_view text);
// `count` characters from the one at `start` on.
std::string_view characters(std::string_view text, size_t start, size_t count);
// `count` characters: the one at `start`, and from there every `step`th, backwards where it is negative.
std::string every_character(std::string_view text, size_t start, int64_t step, size_t count);

}  // namespace dqrewrite
