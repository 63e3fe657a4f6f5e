// The words, numbers, strings and blanks of the rule language, as PEGTL rules without actions.
//
// A token takes the blanks and comments behind it, so a rule always begins at a token. `need<R>` is R where
// nothing else can stand: its failure is a syntax error with the message of R (grammar/messages.hpp).
// Used by grammar/grammar.hpp alone. Tested by tests/grammar/parse_test.cpp and tests/grammar/cases.
#pragma once

#include <tao/pegtl.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace dqrewrite::grammar {

namespace peg = tao::pegtl;

// -- how rules are put together

template <typename Rule>
struct need : peg::seq<Rule> {};

// Where Sign stands there is an error, and the message of Complaint says which.
template <typename Sign, typename Complaint>
struct refuse : peg::seq<peg::at<Sign>, need<Complaint>> {};

// One level of nesting, behind the token that opens it: every rule that holds itself does so through a level.
template <typename... Rules>
struct level : peg::seq<Rules...> {};

// A text as a template argument: keyword<"match">.
template <size_t Size>
struct Text {
    char chars[Size]{};
    consteval Text(const char (&text)[Size]) { std::copy(text, text + Size, chars); }
    constexpr std::string_view view() const { return {chars, Size - 1}; }
};

template <Text Word, typename = std::make_index_sequence<sizeof(Word.chars) - 1>>
struct exactly;
template <Text Word, size_t... At>
struct exactly<Word, std::index_sequence<At...>> : peg::string<Word.chars[At]...> {};

// -- between tokens

struct comment : peg::seq<peg::one<'#'>, peg::star<peg::not_one<'\n'>>> {};
struct blanks : peg::star<peg::sor<peg::one<' ', '\t', '\r', '\n'>, comment>> {};

template <typename... Rules>
struct token : peg::seq<Rules..., blanks> {};

template <Text Sign>
struct symbol : token<exactly<Sign>> {};

// Succeeds where the token before ends on this line; takes nothing. A comment runs to the end of its line, so
// only spaces need to be looked at.
struct same_line {
    using rule_t = same_line;
    using subs_t = peg::empty_list;

    template <typename Input>
    static bool match(const Input& in) {
        const char* at = in.current();
        while (at != in.begin() && (at[-1] == ' ' || at[-1] == '\t' || at[-1] == '\r')) --at;
        return at == in.begin() || at[-1] != '\n';
    }
};

// -- words

struct word_end : peg::not_at<peg::identifier_other> {};
struct quote : peg::one<'"', '\''> {};

// One of these words, whole. The word is read once, however many there are.
template <Text... Words>
struct one_of_words {
    using rule_t = one_of_words;
    using subs_t = peg::empty_list;

    template <typename Input>
    static bool match(Input& in) {
        constexpr size_t longest = std::max({Words.view().size()...});
        std::string_view word(in.current(), std::min(in.size(), longest + 1));
        word =
            word.substr(0, static_cast<size_t>(std::find_if_not(word.begin(), word.end(), is_part) - word.begin()));
        if (!((word == Words.view()) || ...)) return false;
        in.bump_in_this_line(word.size());
        return true;
    }

private:
    static bool is_part(char c) { return peg::identifier_other::test(c); }
};

template <Text Word>
struct keyword : token<one_of_words<Word>> {};
// A keyword that tells variants of one construct apart: it becomes (a part of) the word of the node.
template <Text Word>
struct marked : keyword<Word> {};

struct reserved_word : one_of_words<"and", "or", "not", "in", "is", "if", "else", "for", "while", "None", "True",
                                    "False", "inf", "nan"> {};

struct dtype_word
    : one_of_words<"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
                   "float64", "bfloat16", "complex32", "complex64", "complex128", "float8_e4m3fn", "float8_e4m3fnuz",
                   "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"> {};

// Words that begin a clause or a statement. They are words like others, but no declaration may be called so.
struct statement_word : one_of_words<"match", "let", "where", "unless", "rewrite", "clone", "insert", "replace",
                                     "set", "delete", "move", "erase", "remember", "eliminate", "fail", "warn"> {};

// `f"…"` is no word before a string.
struct word : token<peg::identifier, peg::not_at<quote>> {};
struct name : peg::seq<peg::not_at<peg::sor<reserved_word, dtype_word>>, word> {};

// -- numbers

struct digits : peg::plus<peg::digit> {};
struct exponent : peg::seq<peg::one<'e', 'E'>, peg::opt<peg::one<'+', '-'>>, digits> {};
struct fraction : peg::seq<peg::one<'.'>, digits> {};
struct no_leading_zero : peg::not_at<peg::one<'0'>, peg::digit> {};
struct no_bare_point : peg::not_at<peg::one<'.'>> {};
struct number_end : word_end {};

struct real_token : token<peg::sor<peg::seq<digits, peg::sor<peg::seq<fraction, peg::opt<exponent>>, exponent>>,
                                   peg::seq<fraction, peg::opt<exponent>>>,
                          need<number_end>> {};
struct integer_token
    : token<peg::at<peg::digit>, need<no_leading_zero>, digits, need<no_bare_point>, need<number_end>> {};

// -- strings

struct octal_digit : peg::range<'0', '7'> {};
struct octal_escape : peg::seq<octal_digit, peg::rep_opt<2, octal_digit>> {};
struct hex_escape : peg::seq<peg::one<'x'>, peg::rep<2, peg::xdigit>> {};
// Half of a pair of UTF-16: no code point.
struct surrogate : peg::seq<peg::one<'d', 'D'>, peg::ranges<'8', '9', 'a', 'f', 'A', 'F'>> {};
struct short_escape : peg::seq<peg::one<'u'>, peg::not_at<surrogate>, peg::rep<4, peg::xdigit>> {};
struct low_plane : peg::seq<peg::one<'0'>, peg::not_at<peg::one<'0'>, surrogate>, peg::rep<5, peg::xdigit>> {};
struct high_plane : peg::seq<exactly<"10">, peg::rep<4, peg::xdigit>> {};
struct long_escape : peg::seq<exactly<"U00">, peg::sor<low_plane, high_plane>> {};
struct escape_body : peg::sor<peg::one<'\\', '\'', '"', 'a', 'b', 'f', 'n', 'r', 't', 'v'>, octal_escape, hex_escape,
                              short_escape, long_escape> {};
struct escape : peg::seq<peg::one<'\\'>, need<escape_body>> {};

template <char Quote>
struct closing_quote : peg::one<Quote> {};
template <char Quote>
struct quoted : peg::seq<peg::one<Quote>, peg::star<peg::sor<escape, peg::not_one<Quote, '\\', '\n', '\r'>>>,
                         need<closing_quote<Quote>>> {};
struct string_token : token<peg::sor<quoted<'"'>, quoted<'\''>>> {};

}  // namespace dqrewrite::grammar
