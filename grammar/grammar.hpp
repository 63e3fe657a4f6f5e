// The grammar of rule files: PEGTL rules, no actions. The root is `file`.
//
// No alternative parses a nested expression, pattern or block twice: what tells alternatives apart is looked up
// in a few words before, or comes behind what they share. The one exception is a conditional without `else`,
// whose condition is read again as that of an `if` statement, and holds no statement itself.
// What a rule becomes in the tree is said in
// grammar/parse.cpp, what is said where it fails in grammar/messages.hpp.
// Tested by tests/grammar: grammar_test.cpp (analysis, coverage, linear time), cases and errors.
#pragma once

#include "grammar/tokens.hpp"

namespace dqrewrite::grammar {

// -- lists in brackets

struct comma : symbol<","> {};
struct bar : token<peg::one<'|'>, peg::not_at<peg::one<'|'>>> {};
struct colon : symbol<":"> {};
struct assign : token<peg::one<'='>, peg::not_at<peg::one<'=', '>'>>> {};
struct dot : token<peg::one<'.'>, peg::not_at<peg::one<'.'>>> {};

// The end of a list, where one more item could stand as well.
template <Text Sign>
struct list_end : symbol<Sign> {};
// The end of something that takes no further item.
template <Text Sign>
struct closing : symbol<Sign> {};

// What follows the first item: further ones, a comma at the end if one likes, and the bracket.
template <typename Item, typename End, typename Comma = comma>
struct further_items : peg::seq<peg::star<Comma, peg::sor<peg::at<End>, need<Item>>>, need<End>> {};

// Brackets around nothing or around these rules, which end with the closing bracket.
template <Text Open, Text Close, typename... Rules>
struct brackets : peg::seq<symbol<Open>, level<peg::sor<symbol<Close>, peg::seq<Rules...>>>> {};
template <Text Open, typename Item, Text Close>
struct bracketed : brackets<Open, Close, need<Item>, further_items<Item, list_end<Close>>> {};
// The same with at least one item.
template <Text Open, typename Item, Text Close>
struct bracketed_some : peg::seq<symbol<Open>, level<need<Item>, further_items<Item, list_end<Close>>>> {};

// A comma that makes a tuple of what would be a mere group without it.
struct tuple_comma : comma {};
struct comma_after_star : peg::at<comma> {};

// -- expressions and patterns that contain each other

// What an expression may hold depends on what may come behind it.
struct free_context;   // anything
struct colon_context;  // a colon, which is then never that of `name: pattern`
struct step_context;   // the step `in submodules {`, `… over`, `… sharing`

template <typename Context>
struct expression_in;
template <typename Context>
struct disjunction;
template <typename Context>
struct inversion;
using expression = expression_in<free_context>;
using colon_expression = expression_in<colon_context>;
using step_expression = expression_in<step_context>;
using plain_disjunction = disjunction<free_context>;
struct unary;
struct postfix;
struct pattern;
struct block;

// -- names of ops, and sets of them

// `define a = define b = 1` lacks an expression: no name `define` stands there.
struct declaration_head : peg::sor<peg::seq<token<one_of_words<"pattern", "define">>, name, peg::one<'=', '('>>,
                                   peg::seq<keyword<"ops">, name, peg::one<'='>>,
                                   peg::seq<token<one_of_words<"rule", "pass">>, name, peg::one<'{'>>,
                                   peg::seq<token<one_of_words<"import", "test">>, quote>> {};
struct op_group_end : closing<")"> {};
struct op_name_in_braces;
struct op_braces : bracketed_some<"{", op_name_in_braces, "}"> {};
struct op_star : symbol<"*"> {};
struct op_word : word {};
struct op_first_word : peg::seq<peg::not_at<declaration_head>, name> {};
struct op_component : peg::sor<op_word, op_star, op_braces> {};
struct op_tail : peg::star<dot, need<op_component>> {};
struct op_name : peg::seq<peg::sor<op_first_word, op_braces>, op_tail> {};
struct op_name_in_braces : peg::seq<peg::sor<op_word, op_braces>, op_tail> {};

struct op_set;
struct op_group : peg::seq<symbol<"(">, level<need<op_set>, need<op_group_end>>> {};
struct op_term : peg::sor<op_name, op_group> {};
struct op_union : peg::seq<bar, need<op_term>> {};
struct op_difference : peg::seq<symbol<"-">, need<op_term>> {};
struct op_set : peg::seq<op_term, peg::star<peg::sor<op_union, op_difference>>> {};

// -- literals

struct real : peg::sor<real_token, keyword<"inf">, keyword<"nan">> {};
struct integer : integer_token {};
struct count : integer_token {};
struct number : peg::sor<real, integer> {};
struct none : keyword<"None"> {};
struct true_ : keyword<"True"> {};
struct false_ : keyword<"False"> {};
struct dtype : token<dtype_word> {};
struct string_literal : string_token {};
// A string that is the word of a node: a path, a title, a key.
struct string_word : string_token {};

struct no_format_spec : peg::failure {};
struct no_single_brace : peg::failure {};
struct format_field_end : peg::sor<refuse<peg::one<':', '!', '='>, no_format_spec>, peg::one<'}'>> {};
struct format_field : peg::seq<peg::one<'{'>, blanks, level<need<expression>, need<format_field_end>>> {};
template <char Quote>
struct format_text
    : peg::plus<peg::sor<escape, exactly<"{{">, exactly<"}}">, peg::not_one<Quote, '{', '}', '\\', '\n', '\r'>>> {};
template <char Quote>
struct format_body
    : peg::seq<peg::one<Quote>,
               peg::star<peg::sor<format_text<Quote>, format_field, refuse<peg::one<'}'>, no_single_brace>>>,
               need<closing_quote<Quote>>> {};
struct format_string : token<peg::one<'f'>, peg::sor<format_body<'"'>, format_body<'\''>>> {};

struct plain_literal : peg::sor<number, none, true_, false_, string_literal, dtype> {};
struct literal : peg::sor<plain_literal, format_string> {};

// -- patterns

struct open_rest : symbol<"..."> {};
struct named_rest : peg::seq<symbol<"*">, need<name>> {};
struct named_argument : peg::seq<peg::at<word, assign>, word, assign, need<pattern>> {};
struct pattern_item : peg::sor<open_rest, named_rest, pattern> {};
struct pattern_argument : peg::sor<open_rest, named_rest, named_argument, pattern> {};

struct pattern_brackets : peg::seq<peg::at<peg::one<'('>>, same_line, bracketed<"(", pattern_argument, ")">> {};
struct chain_mark : peg::seq<peg::one<'*', '?'>, peg::at<peg::one<'('>>> {};
struct chain_name : peg::seq<keyword<"as">, need<name>> {};
struct pattern_call : peg::seq<pattern_brackets> {};
struct pattern_chain : peg::seq<chain_mark, pattern_brackets, peg::opt<chain_name>> {};
// A bare op name.
struct reference : peg::success {};
struct op_pattern : peg::seq<op_name, peg::sor<pattern_call, pattern_chain, reference>> {};

struct list_pattern : bracketed<"[", pattern_item, "]"> {};
struct tuple_pattern_first
    : peg::sor<peg::seq<peg::sor<open_rest, named_rest>, need<comma_after_star>>, need<pattern>> {};
struct tuple_pattern
    : brackets<"(", ")", tuple_pattern_first, further_items<pattern_item, list_end<")">, tuple_comma>> {};

struct negative_number : peg::seq<symbol<"-">, need<number>> {};
struct literal_pattern : peg::sor<negative_number, plain_literal> {};
struct anything : keyword<"_"> {};
struct unnamed_place : peg::sor<literal_pattern, anything, list_pattern, tuple_pattern, op_pattern> {};

struct one_name_a_place : peg::failure {};
struct name_of_place : peg::seq<name, colon> {};
struct bind : peg::seq<peg::at<name_of_place>, name_of_place, peg::opt<refuse<name_of_place, one_name_a_place>>,
                       need<unnamed_place>> {};
struct place_pattern : peg::sor<bind, unnamed_place> {};

struct pattern : peg::seq<place_pattern, peg::star<bar, need<place_pattern>>> {};
struct unnamed_pattern : peg::seq<unnamed_place, peg::star<bar, need<unnamed_place>>> {};

// -- contexts of expressions

struct in_word : keyword<"in"> {};
struct in_submodules_head
    : peg::seq<keyword<"in">, keyword<"submodules">, peg::sor<peg::one<'{'>, keyword<"over">, keyword<"sharing">>> {};

struct free_context {
    using is_pattern = pattern;
    using in_operator = in_word;
};
struct colon_context {
    using is_pattern = unnamed_pattern;
    using in_operator = in_word;
};
struct step_context {
    using is_pattern = pattern;
    using in_operator = peg::seq<peg::not_at<in_submodules_head>, in_word>;
};

// -- expressions, loosest first

struct target;
struct filter : peg::seq<keyword<"if">, need<plain_disjunction>> {};
struct comprehension_for
    : peg::seq<keyword<"for">, need<target>, need<in_word>, need<plain_disjunction>, peg::star<filter>> {};
struct comprehension : peg::plus<comprehension_for> {};

struct from_word : keyword<"from"> {};
struct by_word : keyword<"by"> {};
struct most_word : keyword<"most"> {};
struct walk_head : peg::seq<keyword<"walk">, name, from_word> {};
template <typename Context>
struct walk_condition : peg::seq<keyword<"while">, need<disjunction<Context>>> {};
struct walk_limit : peg::seq<keyword<"at">, need<most_word>, need<count>> {};
template <typename Context>
struct walk : peg::seq<peg::at<walk_head>, walk_head, need<disjunction<Context>>, need<by_word>,
                       need<disjunction<Context>>, peg::opt<walk_condition<Context>>, peg::opt<walk_limit>> {};

template <typename Context>
struct conditional
    : peg::seq<keyword<"if">, disjunction<Context>, keyword<"else">, level<need<expression_in<Context>>>> {};
template <typename Context>
struct expression_in : peg::sor<walk<Context>, peg::seq<disjunction<Context>, peg::opt<conditional<Context>>>> {};

template <typename Context>
struct is_test : peg::seq<marked<"is">, peg::opt<marked<"not">>, need<typename Context::is_pattern>> {};
template <typename Context>
struct comparison_operator : peg::sor<symbol<"==">, symbol<"!=">, symbol<"<=">, symbol<">=">, symbol<"<">,
                                      symbol<">">, peg::seq<keyword<"not">, in_word>, typename Context::in_operator> {
};
struct sum;
template <typename Context>
struct comparisons : peg::plus<comparison_operator<Context>, need<sum>> {};
template <typename Context>
struct comparison : peg::seq<sum, peg::opt<peg::sor<is_test<Context>, comparisons<Context>>>> {};
template <typename Context>
struct negation : peg::seq<keyword<"not">, level<need<inversion<Context>>>> {};
template <typename Context>
struct inversion : peg::sor<negation<Context>, comparison<Context>> {};
template <typename Context>
struct conjunction : peg::seq<inversion<Context>, peg::star<keyword<"and">, need<inversion<Context>>>> {};
template <typename Context>
struct disjunction : peg::seq<conjunction<Context>, peg::star<keyword<"or">, need<conjunction<Context>>>> {};

struct multiply_sign
    : token<peg::sor<peg::seq<peg::one<'*'>, peg::not_at<peg::one<'*'>>>, exactly<"//">, peg::one<'/', '%'>>> {};
struct multiplication : peg::seq<multiply_sign, need<unary>> {};
struct product : peg::seq<unary, peg::star<multiplication>> {};
struct add_sign : token<peg::one<'+', '-'>> {};
struct addition : peg::seq<add_sign, need<product>> {};
struct sum : peg::seq<product, peg::star<addition>> {};

struct power_sign : symbol<"**"> {};
struct exponentiation : peg::seq<power_sign, level<need<unary>>> {};
struct minus : peg::seq<symbol<"-">, level<need<unary>>> {};
struct power : peg::seq<postfix, peg::opt<exponentiation>> {};
struct unary : peg::sor<minus, power> {};

// -- displays

struct starred_item : peg::seq<symbol<"*">, need<plain_disjunction>> {};
struct item : peg::sor<starred_item, expression> {};
struct comprehension_end_round : peg::at<symbol<")">> {};
struct comprehension_end_square : peg::at<symbol<"]">> {};

struct group_first : peg::sor<peg::seq<starred_item, need<comma_after_star>>,
                              peg::seq<need<expression>, peg::opt<comprehension, need<comprehension_end_round>>>> {};
struct parenthesized : brackets<"(", ")", group_first, further_items<item, list_end<")">, tuple_comma>> {};
struct list_first
    : peg::sor<starred_item, peg::seq<need<expression>, peg::opt<comprehension, need<comprehension_end_square>>>> {};
struct list_display : brackets<"[", "]", list_first, further_items<item, list_end<"]">>> {};

struct entry_value : peg::seq<colon, need<colon_expression>> {};
struct dict_unpacking : peg::seq<symbol<"**">, need<plain_disjunction>> {};
struct dict_item : peg::sor<dict_unpacking, peg::seq<colon_expression, need<entry_value>>> {};
struct set_item : peg::sor<starred_item, colon_expression> {};
using more_entries = further_items<dict_item, list_end<"}">>;
using more_elements = further_items<set_item, list_end<"}">>;
struct comprehension_in_braces : peg::seq<comprehension, need<closing<"}">>> {};
struct entry_or_element : peg::seq<need<colon_expression>,
                                   peg::sor<peg::seq<entry_value, peg::sor<comprehension_in_braces, more_entries>>,
                                            comprehension_in_braces, more_elements>> {};
struct braces_display
    : brackets<
          "{", "}",
          peg::sor<peg::seq<dict_unpacking, more_entries>, peg::seq<starred_item, more_elements>, entry_or_element>> {
};

// -- calls, subscripts and fields

struct generator_needs_brackets : peg::failure {};
struct dots_in_patterns_only : peg::failure {};
struct generator : peg::seq<comprehension, need<comprehension_end_round>> {};
struct unpacked_argument : peg::seq<symbol<"*">, need<expression>> {};
struct unpacked_keywords : peg::seq<symbol<"**">, need<expression>> {};
struct keyword_argument : peg::seq<peg::at<word, assign>, word, assign, need<expression>> {};
struct marked_argument
    : peg::sor<unpacked_keywords, unpacked_argument, keyword_argument, refuse<symbol<"...">, dots_in_patterns_only>> {
};
struct first_argument : peg::sor<marked_argument, peg::seq<expression, peg::opt<generator>>> {};
struct argument
    : peg::sor<marked_argument, peg::seq<expression, peg::opt<refuse<keyword<"for">, generator_needs_brackets>>>> {};
struct argument_brackets : brackets<"(", ")", need<first_argument>, further_items<argument, list_end<")">>> {};

struct absent : peg::success {};
struct absent_start : peg::at<colon> {};
struct slice_part : peg::sor<colon_expression, absent> {};
struct slice_rest : peg::seq<colon, slice_part, peg::sor<peg::seq<colon, slice_part>, absent>> {};
struct index : peg::sor<peg::seq<absent_start, slice_rest>, peg::seq<colon_expression, peg::opt<slice_rest>>> {};

struct field : peg::seq<dot, need<word>> {};
struct call : peg::seq<peg::at<peg::one<'('>>, same_line, argument_brackets> {};
struct subscript : peg::seq<peg::at<peg::one<'['>>, same_line, symbol<"[">, level<need<index>, need<closing<"]">>>> {
};

struct variable : name {};
struct atom : peg::sor<literal, peg::seq<peg::not_at<declaration_head>, variable>, parenthesized, list_display,
                       braces_display> {};
struct postfix : peg::seq<atom, peg::star<peg::sor<field, call, subscript>>> {};

// -- targets of `let` and `for`

struct target_items;
struct target_end : closing<")"> {};
struct nested_target : peg::seq<symbol<"(">, level<need<target_items>, need<target_end>>> {};
struct target_item : peg::sor<variable, nested_target> {};
struct target_items : peg::seq<target_item, peg::star<comma, need<target_item>>> {};
struct target : peg::seq<target_items> {};

// -- statements of `rewrite`

struct with_word : keyword<"with"> {};
struct place_word : peg::sor<keyword<"before">, keyword<"after">> {};
struct place : peg::seq<place_word, need<postfix>> {};
struct result_key
    : peg::seq<peg::at<peg::one<'['>>, same_line, symbol<"[">, level<need<expression>, need<closing<"]">>>> {};
struct bind_result : peg::seq<keyword<"as">, need<name>, peg::opt<result_key>> {};

struct callee_index : peg::seq<result_key> {};
struct callee : peg::seq<variable, peg::star<peg::sor<field, callee_index>>> {};
struct arguments : peg::seq<argument_brackets> {};

struct key : peg::sor<word, string_word> {};
struct key_list : bracketed_some<"{", key, "}"> {};
struct key_selection : peg::seq<peg::sor<marked<"only">, marked<"except">>, need<key_list>> {};
struct meta_policy : peg::sor<marked<"none">, peg::seq<marked<"from">, need<postfix>, peg::opt<key_selection>>> {};

struct let : peg::seq<keyword<"let">, need<target>, need<assign>, need<expression>> {};
struct clone : peg::seq<keyword<"clone">, need<postfix>, need<bind_result>, need<place>> {};
struct insert : peg::seq<keyword<"insert">, need<callee>, need<arguments>, need<bind_result>, need<place>,
                         peg::opt<keyword<"meta">, need<meta_policy>>> {};
struct replace : peg::seq<keyword<"replace">, need<postfix>, need<with_word>, need<postfix>,
                          peg::opt<keyword<"in">, need<postfix>>> {};
struct value_or_policy : peg::sor<peg::seq<assign, need<expression>>, meta_policy> {};
struct set : peg::seq<keyword<"set">, need<postfix>, need<value_or_policy>> {};
struct delete_ : peg::seq<keyword<"delete">, need<postfix>> {};
struct move : peg::seq<keyword<"move">, need<postfix>, need<place>> {};
struct erase : peg::seq<keyword<"erase">, need<postfix>> {};
struct table_key : peg::seq<symbol<"[">, level<need<expression>, need<closing<"]">>>> {};
struct remember : peg::seq<keyword<"remember">, need<name>, need<table_key>, need<assign>, need<expression>> {};
struct dead_code_words : peg::seq<keyword<"dead">, keyword<"code">> {};
struct eliminate : peg::seq<keyword<"eliminate">, need<dead_code_words>> {};
struct message_text : peg::sor<format_string, string_literal> {};
struct fail : peg::seq<keyword<"fail">, need<message_text>> {};
struct warn : peg::seq<keyword<"warn">, need<message_text>> {};

struct if_;
struct else_if : peg::seq<peg::at<keyword<"if">>, level<if_>> {};
struct else_part : peg::sor<else_if, block> {};
struct if_ : peg::seq<keyword<"if">, need<expression>, need<block>, peg::opt<keyword<"else">, need<else_part>>> {};
struct statement_filter : peg::seq<keyword<"if">, need<expression>> {};
struct for_ : peg::seq<keyword<"for">, need<target>, need<in_word>, need<plain_disjunction>,
                       peg::opt<statement_filter>, need<block>> {};

struct statement
    : peg::sor<let, clone, insert, replace, set, delete_, move, erase, remember, eliminate, fail, warn, if_, for_> {};
struct block_end : symbol<"}"> {};
struct block : peg::seq<symbol<"{">, level<peg::star<statement>, need<block_end>>> {};

// -- rules

struct match_clause : peg::seq<keyword<"match">, need<pattern>> {};
struct where : peg::seq<keyword<"where">, need<expression>> {};
struct unless : peg::seq<keyword<"unless">, need<expression>> {};
struct rewrite_block : block {};
struct rewrite : peg::seq<keyword<"rewrite">, need<rewrite_block>> {};
struct clause : peg::sor<match_clause, let, where, unless> {};
struct clause_word : peg::sor<keyword<"match">, keyword<"let">, keyword<"where">, keyword<"unless">> {};

struct match_first : peg::failure {};
struct rewrite_last : peg::failure {};
struct arrow : symbol<"=>"> {};
// In a one-line rule, what stands behind the name of a node or of an op.
struct after_pattern_word : peg::sor<peg::one<':', '|', '.'>, arrow> {};
struct block_rule_head : peg::seq<keyword<"match">, peg::not_at<after_pattern_word>> {};
struct clause_without_match : peg::seq<peg::sor<clause_word, keyword<"rewrite">>, peg::not_at<after_pattern_word>> {};
struct rule_end : symbol<"}"> {};
struct arrow_rule_end : symbol<"}"> {};
struct block_rule : peg::seq<peg::at<block_rule_head>, match_clause, peg::star<clause>,
                             peg::opt<rewrite, peg::opt<refuse<clause_word, rewrite_last>>>, need<rule_end>> {};
struct rule_pattern : peg::seq<pattern> {};
struct arrow_rule : peg::seq<peg::opt<refuse<clause_without_match, match_first>>, need<rule_pattern>,
                             peg::star<where>, need<arrow>, need<expression>, need<arrow_rule_end>> {};
struct rule_braces : peg::seq<symbol<"{">, level<peg::sor<block_rule, arrow_rule>>> {};

// -- passes

struct no_retrace : peg::failure {};
struct step;
struct steps_end : symbol<"}"> {};
struct steps : peg::seq<symbol<"{">, level<peg::star<step>, need<steps_end>>> {};

struct backward_first : peg::failure {};
struct sweep_over : peg::seq<marked<"over">, need<name>, peg::opt<refuse<keyword<"backward">, backward_first>>> {};
struct sweep_order : peg::sor<peg::seq<marked<"backward">, peg::opt<sweep_over>>, sweep_over> {};
struct sweep : peg::seq<keyword<"sweep">, need<variable>, peg::star<comma, need<variable>>, peg::opt<sweep_order>> {};
struct at_most_words : peg::seq<keyword<"at">, keyword<"most">> {};
struct repeat : peg::seq<keyword<"repeat">, need<at_most_words>, need<count>, need<steps>> {};
struct submodules_word : keyword<"submodules"> {};
struct sharing : peg::seq<keyword<"sharing">, need<variable>, peg::star<comma, need<variable>>> {};
struct submodules_order : peg::seq<marked<"over">, need<name>> {};
struct in_submodules
    : peg::seq<keyword<"in">, need<submodules_word>, peg::opt<submodules_order>, peg::opt<sharing>, need<steps>> {};
struct step_block : steps {};
struct if_step;
struct else_if_step : peg::seq<peg::at<keyword<"if">>, level<if_step>> {};
struct else_step : peg::sor<else_if_step, step_block> {};
struct if_step
    : peg::seq<keyword<"if">, need<expression>, need<step_block>, peg::opt<keyword<"else">, need<else_step>>> {};
struct run : peg::seq<keyword<"run">, need<name>> {};
// `no` is a word like others: before an operator it is a name.
struct pattern_begin : peg::sor<peg::one<'[', '(', '{', '"', '\''>, peg::digit, name, dtype> {};
struct no_pattern : peg::seq<keyword<"no">, peg::at<pattern_begin>, need<pattern>> {};
struct demand : peg::sor<no_pattern, step_expression> {};
struct requires_ : peg::seq<keyword<"requires">, need<demand>> {};
struct ensures : peg::seq<keyword<"ensures">, need<demand>> {};
struct bound_word : peg::sor<marked<"least">, marked<"most">> {};
struct exact_bound : peg::success {};
struct expected_bound
    : peg::sor<peg::seq<marked<"at">, need<bound_word>, need<count>>, peg::seq<exact_bound, count>> {};
struct expect : peg::seq<keyword<"expect">, need<variable>, need<expected_bound>> {};
struct step : peg::sor<sweep, repeat, in_submodules, if_step, eliminate, run, requires_, ensures, expect,
                       refuse<keyword<"retrace">, no_retrace>> {};

// -- tests

struct meta_entry : peg::seq<key, need<colon>, need<expression>> {};
struct meta : bracketed<"{", meta_entry, "}"> {};
struct graph_node : peg::seq<peg::at<name, assign>, name, assign, need<callee>, need<arguments>,
                             peg::opt<keyword<"meta">, need<meta>>> {};
struct graph_return : peg::seq<keyword<"return">, need<expression>> {};
struct graph_end : closing<"}"> {};
struct no_submodule_inside : peg::failure {};
struct submodule_graph
    : peg::seq<symbol<"{">, level<peg::star<graph_node>, need<graph_return>,
                                  peg::opt<refuse<keyword<"submodule">, no_submodule_inside>>, need<graph_end>>> {};
struct submodule : peg::seq<keyword<"submodule">, need<string_word>, need<submodule_graph>> {};
struct module_end : closing<"}"> {};
struct graph : peg::seq<symbol<"{">,
                        level<peg::star<graph_node>, need<graph_return>, peg::star<submodule>, need<module_end>>> {};
struct on_word : keyword<"on"> {};
struct run_word : keyword<"run"> {};
struct tested_pass : name {};
struct becomes : peg::seq<keyword<"becomes">, need<graph>> {};
struct unchanged : keyword<"unchanged"> {};
struct fails : peg::seq<keyword<"fails">, need<string_word>> {};
struct outcome : peg::sor<becomes, unchanged, fails> {};
struct test_end : closing<"}"> {};
struct test_braces
    : peg::seq<symbol<"{">,
               level<need<run_word>, need<tested_pass>, need<on_word>, need<graph>, need<outcome>, need<test_end>>> {
};

// -- declarations

struct no_statement_word : peg::failure {};
struct declared_name : peg::sor<refuse<statement_word, no_statement_word>, name> {};
struct parameter_list : bracketed<"(", variable, ")"> {};
struct params : peg::opt<parameter_list> {};

struct import : peg::seq<keyword<"import">, need<string_word>> {};
struct ops : peg::seq<keyword<"ops">, need<declared_name>, need<assign>, need<op_set>> {};
struct pattern_declaration : peg::seq<keyword<"pattern">, need<declared_name>, params, need<assign>, need<pattern>> {
};
struct define : peg::seq<keyword<"define">, need<declared_name>, params, need<assign>, need<expression>> {};
struct rule : peg::seq<keyword<"rule">, need<declared_name>, need<rule_braces>> {};
struct pass : peg::seq<keyword<"pass">, need<name>, need<steps>> {};
struct test : peg::seq<keyword<"test">, need<string_word>, need<test_braces>> {};

struct no_extern : peg::failure {};
struct declaration
    : peg::sor<import, ops, pattern_declaration, define, rule, pass, test, refuse<keyword<"extern">, no_extern>> {};
struct end_of_file : peg::eof {};
struct file : peg::seq<peg::opt<peg::utf8::bom>, blanks, peg::star<declaration>, need<end_of_file>> {};

}  // namespace dqrewrite::grammar
