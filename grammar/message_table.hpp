// One table: what is said where a rule of the grammar fails that had to match.
//
// Every rule R of a `need<R>` has a row; the parser does not compile otherwise.
// Tested by tests/grammar/errors_test.cpp: every row is hit by a file of tests/grammar/errors.
#pragma once

#include "grammar/grammar.hpp"
#include "grammar/messages.hpp"

#include <array>

namespace dqrewrite::grammar {

constexpr Message expected(std::string_view what) {
    return {Message::Form::expected, what};
}
constexpr Message expected_end(std::string_view what) {
    return {Message::Form::expected, what, codes::syntax, {}, true};
}
constexpr Message expected_word(std::string_view what, std::span<const std::string_view> words, bool closes = false) {
    return {Message::Form::expected, what, codes::syntax, words, closes};
}
constexpr Message complaint(std::string_view sentence, std::string_view code = codes::syntax) {
    return {Message::Form::complaint, sentence, code};
}

inline constexpr auto declaration_words =
    std::to_array<std::string_view>({"import", "ops", "pattern", "define", "rule", "pass", "test"});
inline constexpr auto clause_words = std::to_array<std::string_view>({"match", "let", "where", "unless", "rewrite"});
inline constexpr auto statement_words =
    std::to_array<std::string_view>({"let", "clone", "insert", "replace", "set", "delete", "move", "erase",
                                     "remember", "eliminate", "fail", "warn", "if", "for"});
inline constexpr auto step_words = std::to_array<std::string_view>(
    {"sweep", "repeat", "in", "if", "eliminate", "run", "requires", "ensures", "expect"});
inline constexpr auto outcome_words = std::to_array<std::string_view>({"becomes", "unchanged", "fails"});
inline constexpr auto arrow_words = std::to_array<std::string_view>({"where"});

template <typename Rule>
inline constexpr Message message{};

#define DQREWRITE_MESSAGE(RULE)                                                                                      \
    template <>                                                                                                      \
    inline constexpr Message message<RULE>

// -- tokens
DQREWRITE_MESSAGE(number_end) = complaint("a number ends where a word begins");
DQREWRITE_MESSAGE(no_leading_zero) = complaint("a whole number does not begin with 0");
DQREWRITE_MESSAGE(no_bare_point) = complaint("a number has digits behind its point: write 1.0, not 1.");
DQREWRITE_MESSAGE(escape_body) =
    complaint(R"(unknown escape: \\ \' \" \n \t \r \a \b \f \v \0 \x41 \u00e9 \U0001f600 are known)");
template <char Quote>
inline constexpr Message message<closing_quote<Quote>> = complaint("a string ends on the line where it begins");

// -- names, words and single signs
DQREWRITE_MESSAGE(name) = expected("a name");
DQREWRITE_MESSAGE(declared_name) = expected("a name");
DQREWRITE_MESSAGE(tested_pass) = expected("the name of a pass");
DQREWRITE_MESSAGE(no_statement_word) =
    complaint("a word that begins a clause or a statement cannot name a declaration");
DQREWRITE_MESSAGE(word) = expected("the name of a field");
DQREWRITE_MESSAGE(variable) = expected("a name");
DQREWRITE_MESSAGE(target_item) = expected("a name or \"(\"");
DQREWRITE_MESSAGE(target) = expected("a name or \"(\"");
DQREWRITE_MESSAGE(target_items) = expected("a name or \"(\"");
DQREWRITE_MESSAGE(target_end) = expected("\",\" or \")\"");
DQREWRITE_MESSAGE(string_word) = expected("a string");
DQREWRITE_MESSAGE(message_text) = expected("a string");
DQREWRITE_MESSAGE(key) = expected("a key: a word or a string");
DQREWRITE_MESSAGE(count) = expected("a whole number");
DQREWRITE_MESSAGE(number) = expected("a number");
DQREWRITE_MESSAGE(assign) = expected("\"=\"");
DQREWRITE_MESSAGE(colon) = expected("\":\"");
DQREWRITE_MESSAGE(in_word) = expected("\"in\"");
DQREWRITE_MESSAGE(by_word) = expected("\"by\"");
DQREWRITE_MESSAGE(on_word) = expected("\"on\"");
DQREWRITE_MESSAGE(run_word) = expected("\"run\"");
DQREWRITE_MESSAGE(most_word) = expected("\"most\"");
DQREWRITE_MESSAGE(at_most_words) = expected("\"at most\"");
DQREWRITE_MESSAGE(bound_word) = expected("\"least\" or \"most\"");
DQREWRITE_MESSAGE(with_word) = expected("\"with\"");
DQREWRITE_MESSAGE(dead_code_words) = expected("\"dead code\"");
DQREWRITE_MESSAGE(submodules_word) = expected("\"submodules\"");

// -- brackets
DQREWRITE_MESSAGE(list_end<")">) = expected_end("\",\" or \")\"");
DQREWRITE_MESSAGE(list_end<"]">) = expected_end("\",\" or \"]\"");
DQREWRITE_MESSAGE(list_end<"}">) = expected_end("\",\" or \"}\"");
DQREWRITE_MESSAGE(closing<"]">) = expected_end("\"]\"");
DQREWRITE_MESSAGE(closing<"}">) = expected_end("\"}\"");
DQREWRITE_MESSAGE(comprehension_end_round) = expected_end("\")\" at the end of the comprehension");
DQREWRITE_MESSAGE(comprehension_end_square) = expected_end("\"]\" at the end of the comprehension");
DQREWRITE_MESSAGE(comma_after_star) =
    complaint("what stands alone behind \"*\" or \"...\" in round brackets needs a comma: (*rest,)");

// -- ops
inline constexpr std::string_view op_set_text = "the name of an op or of a set of ops";
DQREWRITE_MESSAGE(op_set) = expected(op_set_text);
DQREWRITE_MESSAGE(op_term) = expected(op_set_text);
DQREWRITE_MESSAGE(op_name_in_braces) = expected("the name of an op");
DQREWRITE_MESSAGE(op_component) = expected("a part of an op name: a word, \"*\" or \"{\"");
DQREWRITE_MESSAGE(op_group_end) = expected_end("\"|\", \"-\" or \")\"");

// -- patterns
DQREWRITE_MESSAGE(pattern) = expected("a pattern");
DQREWRITE_MESSAGE(unnamed_pattern) = expected("a pattern");
DQREWRITE_MESSAGE(place_pattern) = expected("a pattern");
DQREWRITE_MESSAGE(unnamed_place) = expected("a pattern");
DQREWRITE_MESSAGE(pattern_argument) = expected("a pattern, \"...\" or an argument");
DQREWRITE_MESSAGE(pattern_item) = expected("a pattern or \"...\"");
DQREWRITE_MESSAGE(one_name_a_place) =
    complaint("one place takes one name, and names of ops have dots: aten.add.Tensor");

// -- expressions
template <typename Context>
inline constexpr Message message<expression_in<Context>> = expected("an expression");
template <typename Context>
inline constexpr Message message<disjunction<Context>> = expected("an expression");
template <typename Context>
inline constexpr Message message<conjunction<Context>> = expected("an expression");
template <typename Context>
inline constexpr Message message<inversion<Context>> = expected("an expression");
DQREWRITE_MESSAGE(sum) = expected("an expression");
DQREWRITE_MESSAGE(product) = expected("an expression");
DQREWRITE_MESSAGE(unary) = expected("an expression");
DQREWRITE_MESSAGE(postfix) = expected("an expression");
DQREWRITE_MESSAGE(item) = expected("an expression");
DQREWRITE_MESSAGE(set_item) = expected("an expression");
DQREWRITE_MESSAGE(dict_item) = expected("a key");
DQREWRITE_MESSAGE(entry_value) = expected("\":\" and the value of this key");
DQREWRITE_MESSAGE(first_argument) = expected("an argument");
DQREWRITE_MESSAGE(argument) = expected("an argument");
DQREWRITE_MESSAGE(index) = expected("an index");
DQREWRITE_MESSAGE(dots_in_patterns_only) =
    complaint("\"...\" stands in patterns alone: `x is op(...)` asks whether x is a call of op");
DQREWRITE_MESSAGE(generator_needs_brackets) =
    complaint("a generator that is not the only argument needs brackets of its own");
DQREWRITE_MESSAGE(format_field_end) = expected_end("\"}\"");
DQREWRITE_MESSAGE(no_format_spec) = complaint("conversions and format specs are not supported: {value} alone",
                                              codes::not_supported);
DQREWRITE_MESSAGE(no_single_brace) = complaint("a brace of an f-string is written twice: }}");

// -- statements
DQREWRITE_MESSAGE(bind_result) = expected("\"as\" and a name for the new node");
DQREWRITE_MESSAGE(place) = expected("\"before\" or \"after\" and a node");
DQREWRITE_MESSAGE(callee) = expected("the name of an op");
DQREWRITE_MESSAGE(arguments) = expected("\"(\"");
DQREWRITE_MESSAGE(meta_policy) = expected("\"from\" or \"none\"");
DQREWRITE_MESSAGE(key_list) = expected("\"{\"");
DQREWRITE_MESSAGE(value_or_policy) = expected("\"=\" (or, for meta, \"from\" or \"none\")");
DQREWRITE_MESSAGE(table_key) = expected("\"[\"");
DQREWRITE_MESSAGE(block) = expected("\"{\"");
DQREWRITE_MESSAGE(rewrite_block) = expected("\"{\"");
DQREWRITE_MESSAGE(else_part) = expected("\"if\" or \"{\"");
DQREWRITE_MESSAGE(block_end) = expected_word("a statement or \"}\"", statement_words, true);

// -- declarations
DQREWRITE_MESSAGE(rule_braces) = expected("\"{\"");
DQREWRITE_MESSAGE(rule_pattern) = expected_word("\"match\" or a pattern", clause_words);
DQREWRITE_MESSAGE(match_first) = complaint("a rule begins with \"match\"");
DQREWRITE_MESSAGE(rewrite_last) = complaint("clauses stand before \"rewrite\"");
DQREWRITE_MESSAGE(rule_end) = expected_word("a clause, \"rewrite\" or \"}\"", clause_words, true);
inline constexpr std::string_view arrow_text = "\"where\" or \"=>\"";
DQREWRITE_MESSAGE(arrow) = expected_word(arrow_text, arrow_words);
DQREWRITE_MESSAGE(arrow_rule_end) = expected_end("\"}\"");
DQREWRITE_MESSAGE(steps) = expected("\"{\"");
DQREWRITE_MESSAGE(step_block) = expected("\"{\"");
DQREWRITE_MESSAGE(else_step) = expected("\"if\" or \"{\"");
DQREWRITE_MESSAGE(steps_end) = expected_word("a step or \"}\"", step_words, true);
DQREWRITE_MESSAGE(demand) = expected("\"no\" and a pattern, or an expression");
DQREWRITE_MESSAGE(expected_bound) = expected("a whole number, \"at least\" or \"at most\"");
DQREWRITE_MESSAGE(backward_first) = complaint("\"backward\" stands before \"over\": sweep r backward over snapshot");
DQREWRITE_MESSAGE(no_retrace) = complaint("\"retrace\" is not supported yet", codes::not_supported);
DQREWRITE_MESSAGE(test_braces) = expected("\"{\"");
DQREWRITE_MESSAGE(graph) = expected("\"{\"");
DQREWRITE_MESSAGE(meta) = expected("\"{\"");
DQREWRITE_MESSAGE(meta_entry) = expected("a key: a word or a string");
DQREWRITE_MESSAGE(graph_return) = expected_end("\"name = op(...)\" or \"return\"");
DQREWRITE_MESSAGE(graph_end) = expected_end("\"}\"");
DQREWRITE_MESSAGE(no_submodule_inside) =
    complaint("a submodule of a submodule is stated beside it, by its whole path: submodule \"a.b\" { … }");
DQREWRITE_MESSAGE(submodule_graph) = expected("\"{\"");
DQREWRITE_MESSAGE(module_end) = expected_end("\"submodule\" or \"}\"");
DQREWRITE_MESSAGE(outcome) = expected_word("\"becomes\", \"unchanged\" or \"fails\"", outcome_words);
DQREWRITE_MESSAGE(test_end) = expected_end("\"}\"");
DQREWRITE_MESSAGE(no_extern) = complaint("\"extern\" is not supported yet", codes::not_supported);
DQREWRITE_MESSAGE(end_of_file) = expected_word("a declaration", declaration_words);

#undef DQREWRITE_MESSAGE

}  // namespace dqrewrite::grammar
