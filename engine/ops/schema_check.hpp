// What is wrong with the text of an operator's schema that a person has written.
//
// parse_schema() takes what it can use and leaves the rest of the text alone: a dump's schema may come from another
// version of PyTorch. A file of ops is written by hand, so here the whole text counts, as it does for PyTorch's own
// parser (torch/csrc/jit/frontend/function_schema_parser.cpp): the arrow, what is returned, and that each type is one
// of PyTorch's. Types with a dot, of classes, are not looked into.
// Limits: types nest to max_type_nesting. Tested by tests/ops/schema_check_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dqrewrite {

inline constexpr unsigned max_type_nesting = 50;

struct SchemaProblem {
    size_t begin, end;  // bytes of the text
    std::string message;
    std::string_view unknown_type;  // where that is the problem and no better word is known: for suggestions
};

// The first problem; nothing where the text is a schema that parse_schema() reads too.
std::optional<SchemaProblem> schema_problem(std::string_view text);
// "Tensor", "int" …: types of one word.
std::span<const std::string_view> schema_types();

}  // namespace dqrewrite
