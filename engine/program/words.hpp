// The words of the language that are no keywords: functions, methods, fields, kinds of nodes, operators.
//
// One table each, read by the checker and printed from by text.hpp.
// Tested by tests/program: cases (each word in use) and errors (arguments, suggestions).
#pragma once

#include "engine/program/program.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace dqrewrite::program {

inline constexpr size_t any_number = 1000;  // of arguments

struct FunctionWord {
    std::string_view word;
    Function function;
    size_t least, most;    // arguments
    bool is_type = false;  // also a value, for isinstance()
};
std::span<const FunctionWord> function_words();
const FunctionWord* find_function(std::string_view word);

// Those that go through the items of their first argument, one after the other.
constexpr bool takes_items(Function function) {
    switch (function) {
    case Function::all:
    case Function::any:
    case Function::min:
    case Function::max:
    case Function::sum:
    case Function::prod:
    case Function::next:
    case Function::list:
    case Function::tuple:
    case Function::set:
    case Function::sorted: return true;
    default: return false;
    }
}

struct MethodWord {
    std::string_view word;
    Method method;
    size_t least, most;
    std::span<const std::string_view> names = {};  // of the arguments that may be given by name
};
std::span<const MethodWord> method_words();
const MethodWord* find_method(std::string_view word);

struct FieldWord {
    std::string_view word;
    Field field;
    bool can_be_set = false;
};
std::span<const FieldWord> field_words();
// Field::none for an argument of the schema.
const FieldWord& field_word(std::string_view word);

struct NodeKind {
    std::string_view word;
    std::optional<Opcode> opcode;  // none: any node
};
std::span<const NodeKind> node_kinds();
const NodeKind* find_node_kind(std::string_view word);
// What the target of a node that calls no function is: "the path of the attribute".
std::string_view target_word(Opcode opcode);

// `word` is one of the syntax tree's operators.
Operator operator_of(std::string_view word);
std::string_view word_of(Operator op);
std::string_view word_of(Function function);
std::string_view word_of(Method method);

}  // namespace dqrewrite::program
