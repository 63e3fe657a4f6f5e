// What a string says: its text without quotes and with Python's escapes resolved; and back.
//
// What is decoded the grammar has accepted, so there are no errors left to report.
// Tested by tests/grammar/parse_test.cpp.
#pragma once

#include <string>
#include <string_view>

namespace dqrewrite {

// `text` is the string with its quotes.
std::string decode_literal(std::string_view text);
// A piece of an f-string between its fields, where `{{` and `}}` stand for one brace.
std::string decode_format_piece(std::string_view text);
// Good UTF-8 as a string in quotes, on one line; the escapes are those that Python's repr() writes for ASCII.
std::string quoted(std::string_view text);

}  // namespace dqrewrite
