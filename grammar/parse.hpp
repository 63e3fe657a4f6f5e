// Text of a rule file -> syntax tree.
//
// The grammar itself is grammar/grammar.hpp (PEGTL rules without actions), its messages are
// grammar/messages.hpp. Any bytes are safe: nesting above syntax::max_nesting, more than syntax::max_parts
// words, text that is not UTF-8 and files above max_rule_file are errors, and the time is linear in the length of
// the text.
// Tested by tests/grammar/parse_test.cpp and tests/grammar/cases.
#pragma once

#include "grammar/diagnostic.hpp"
#include "grammar/syntax.hpp"

#include <optional>

namespace dqrewrite {

inline constexpr size_t max_rule_file = 64u << 20;  // bytes

inline constexpr size_t max_syntax_errors = 20;

// Nothing, and diagnostics, where the text is no rule file. A syntax error ends its declaration, and the parse goes
// on at the next line that begins one; other errors, and the last that is told of, end it all.
std::optional<syntax::Tree> parse(const Source& source, Diagnostics& diagnostics);

}  // namespace dqrewrite
