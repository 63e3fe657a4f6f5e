// Which bytes are no text of a rule file, and code points as bytes.
// Tested by tests/grammar/parse_test.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dqrewrite {

// The offset of the first byte that does not begin or continue a code point of UTF-8; npos where all do.
size_t find_bad_utf8(std::string_view text);

// Where the code point begins that the byte at `at` is of: for who cuts a text.
size_t character_start(std::string_view text, size_t at);

void append_utf8(std::string& text, char32_t code_point);

}  // namespace dqrewrite
