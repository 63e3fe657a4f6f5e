// An operator's schema, read from PyTorch's own text:
//     aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
//
// Of the types only the text is kept; names, order, defaults, "keyword only" and mutation are what rules ask for.
// Format: FunctionSchema's operator<< in PyTorch (aten/src/ATen/core/function_schema.h), as torch 2.13 prints it.
// Tested by tests/ops/schema_test.cpp.
#pragma once

#include "engine/graph/value.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dqrewrite {

// What names and types are made of.
inline bool is_schema_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Without the blanks at its ends; a line may end as Windows ends it.
std::string_view trim(std::string_view text);

struct SchemaArgument {
    std::string_view name;
    std::string_view type;  // "Tensor(a!)", "SymInt[2]", "float?"
    bool keyword_only = false;
    bool has_default = false;
    Value default_value;
};

struct Schema {
    std::vector<SchemaArgument> arguments;  // positional ones first
    size_t positional = 0;                  // how many of them may be given by position
    bool mutates = false;                   // an argument is written to: "Tensor(a!)"
    bool vararg = false;                    // "...": further arguments, of which nothing is known

    // Index into `arguments`, or npos.
    static constexpr size_t npos = static_cast<size_t>(-1);
    size_t find(std::string_view name) const;
};

// Nothing where the text is no schema. Names and types point into `text`; defaults live in `store`.
std::optional<Schema> parse_schema(std::string_view text, ValueStore& store);

}  // namespace dqrewrite
