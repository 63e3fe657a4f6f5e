// What went wrong with a dump, and where: an error is a value, made here and printed by the command.
//
// A place is given as line and column, both from 1; a column counts characters, not bytes. The excerpt is
// the line around the place, cut to about 100 columns and safe to print: what is not UTF-8 and control
// characters are shown as U+FFFD.
// Tested by tests/dump/error_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace dqrewrite {

struct DumpError {
    std::string message;
    uint64_t line = 0;  // 0, as `column`: the error has no place in a text
    uint64_t column = 0;
    std::string excerpt;
    uint32_t excerpt_column = 0;  // of the place in the excerpt, from 1
};

template <class T>
using DumpResult = tl::expected<T, DumpError>;

// An error at `at`, which lies in `text` or at its end; the text starts with line `first_line`.
DumpError error_at(std::string_view text, const char* at, uint64_t first_line, std::string message);

// The line of `at`, from 1 where the text starts with line 1.
uint64_t line_of(std::string_view text, const char* at, uint64_t first_line);

// `text` cut to `limit` characters and made safe to print, for use within a message.
std::string printable(std::string_view text, size_t limit = 60);
// The same between quotes.
std::string in_quotes(std::string_view text);

}  // namespace dqrewrite
