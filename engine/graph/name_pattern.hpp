// The text side of torch 2.13's create_name: what its regular expressions accept, and what they put in place
// of the rest. torch matches on Unicode text, so `\d` takes every decimal digit there is (`x_٣` is a name,
// and its number is 3), and `$` lets one line feed pass at the end.
// Tested by tests/graph/rows_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dqrewrite {

// ^([a-zA-Z_][0-9a-zA-Z_]*?)(?:_(\d+))?$
struct NameParts {
    std::string_view base;
    std::string_view digits;  // empty where the name has no number
};
std::optional<NameParts> match_name(std::string_view candidate);

// A candidate that does not match, made to.
std::string valid_name(std::string_view candidate);

// The digits of a NameParts as ASCII without leading zeros ("0" for zero). NameError for more than 4,300.
std::string plain_digits(std::string_view digits);

bool is_identifier(std::string_view text);  // [a-zA-Z_][0-9a-zA-Z_]*

}  // namespace dqrewrite
