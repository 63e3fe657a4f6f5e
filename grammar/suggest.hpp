// "Did you mean": the word that was probably meant.
// Tested by tests/grammar/suggest_test.cpp.
#pragma once

#include <span>
#include <string_view>

namespace dqrewrite {

// The candidate that is nearest to `word` in letters inserted, dropped, replaced or swapped, if it is near
// enough to be meant (a third of the letters, at least one); the first of several. Empty where none is.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace dqrewrite
