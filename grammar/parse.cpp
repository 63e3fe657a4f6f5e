// Drives PEGTL over the grammar and builds the tree.
//
// `builds<Rule>` is the one table from rules to nodes. PEGTL's control does all that happens while it matches:
// it goes back in the builder where a rule fails, counts the levels of nesting, turns the failure of a `need`
// into its message, and adds what the table says where a rule matches.
#include "grammar/parse.hpp"

#include "grammar/builder.hpp"
#include "grammar/escapes.hpp"
#include "grammar/lexical.hpp"
#include "grammar/message_table.hpp"
#include "grammar/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace dqrewrite {

namespace {

namespace g = grammar;
using g::Builder;
using syntax::Kind;

// What a rule took: its text without the blanks behind it (where it took nothing: the end of the token before),
// where its parts begin in the builder, and where the rule began.
struct Match {
    Span span;
    size_t mark;
    uint32_t begin;
};

// -- what a rule can build

struct nothing {};

// A word for the node around it.
struct word {
    static void add(Builder& builder, Match m) { builder.add_word(m.span, std::string(builder.text(m.span))); }
};

struct decoded_word {
    static void add(Builder& builder, Match m) { builder.add_word(m.span, decode_literal(builder.text(m.span))); }
};

// A word that is not written.
template <g::Text Word>
struct fixed_word {
    static void add(Builder& builder, Match m) { builder.add_word(m.span, Word.chars); }
};

// A node of what was matched inside.
template <Kind Of>
struct node {
    static void add(Builder& builder, Match m) { builder.add_node(Of, m.span, m.mark); }
};

// The same around the node before: `b` of `a.b` holds `a`.
template <Kind Of>
struct node_around {
    static void add(Builder& builder, Match m) { builder.add_around_previous(Of, m.span, m.mark); }
};

// A node where there are several parts, else the part itself.
template <Kind Of>
struct node_of_several {
    static void add(Builder& builder, Match m) {
        if (builder.kinds_since(m.mark).size() > 1) builder.add_node(Of, m.span, m.mark);
    }
};

// A node whose word is its text, with one space for blanks, whatever was matched inside.
template <Kind Of>
struct leaf {
    static void add(Builder& builder, Match m) {
        builder.cut(m.mark);
        builder.add_leaf(Of, m.span, g::join_tokens(builder.text(m.span), " "));
    }
};

// What is missing in front of a token, and has the place of that.
template <Kind Of>
struct missing_before {
    static void add(Builder& builder, Match m) { builder.add_leaf(Of, {m.begin, m.begin}, ""); }
};

template <Kind Of>
struct decoded_leaf {
    static void add(Builder& builder, Match m) { builder.add_leaf(Of, m.span, decode_literal(builder.text(m.span))); }
};

struct format_piece {
    static void add(Builder& builder, Match m) {
        builder.add_leaf(Kind::string, m.span, decode_format_piece(builder.text(m.span)));
    }
};

// The word is the name without blanks and last commas. Inside of braces only where it holds no braces itself:
// the words of nested braces would take quadratic space.
template <bool InBraces>
struct op_name {
    static void add(Builder& builder, Match m) {
        const std::string_view text = builder.text(m.span);
        builder.add_node(Kind::op_name, m.span, m.mark);
        builder.set_last_word(InBraces && text.find('{') != std::string_view::npos ? "" : word_of(text));
    }

private:
    static std::string word_of(std::string_view text) {
        std::string word = g::join_tokens(text, "");
        for (size_t at = word.find(",}"); at != std::string::npos; at = word.find(",}", at)) word.erase(at, 1);
        return word;
    }
};

// `(a)` is a, and the comma makes the tuple. A pattern or an expression.
template <Kind Tuple>
struct group_or_tuple {
    static void add(Builder& builder, Match m) {
        const auto& kinds = builder.kinds_since(m.mark);
        if (kinds.size() > 1 && kinds[1] == Kind::comprehension_for)
            return builder.add_node(Kind::generator, m.span, m.mark);
        if (kinds.size() == 1 && !builder.has_word_since(m.mark)) return builder.widen_last(m.span);
        builder.add_node(Tuple, m.span, m.mark);
        builder.set_last_word("");
    }
};

struct list_or_comprehension {
    static void add(Builder& builder, Match m) {
        const auto& kinds = builder.kinds_since(m.mark);
        const bool comprehends = !kinds.empty() && kinds.back() == Kind::comprehension_for;
        builder.add_node(comprehends ? Kind::list_comprehension : Kind::list, m.span, m.mark);
    }
};

struct dict_or_set {
    static void add(Builder& builder, Match m) {
        const auto& kinds = builder.kinds_since(m.mark);
        const bool is_dict = kinds.empty() || kinds.front() == Kind::entry || kinds.front() == Kind::double_star;
        const bool comprehends = !kinds.empty() && kinds.back() == Kind::comprehension_for;
        const Kind display = is_dict ? Kind::dict : Kind::set_display;
        const Kind comprehension = is_dict ? Kind::dict_comprehension : Kind::set_comprehension;
        builder.add_node(comprehends ? comprehension : display, m.span, m.mark);
    }
};

// `(a, b)` alone is the target `a, b`.
struct outer_target {
    static void add(Builder& builder, Match m) {
        const auto& kinds = builder.kinds_since(m.mark);
        if (kinds.size() != 1 || kinds.front() != Kind::target) builder.add_node(Kind::target, m.span, m.mark);
    }
};

struct set_or_set_meta {
    static void add(Builder& builder, Match m) {
        const bool is_meta = builder.kinds_since(m.mark).back() == Kind::policy;
        builder.add_node(is_meta ? Kind::set_meta : Kind::set, m.span, m.mark);
    }
};

struct rule_or_arrow_rule {
    static void add(Builder& builder, Match m) {
        const bool is_block = builder.kinds_since(m.mark).front() == Kind::match;
        builder.add_node(is_block ? Kind::rule : Kind::arrow_rule, m.span, m.mark);
    }
};

struct params {
    static void add(Builder& builder, Match m) {
        builder.add_node(Kind::params, m.span, m.mark);
        builder.set_last_word(m.span.begin == m.span.end ? "" : "()");
    }
};

// -- the table

template <typename Rule>
struct builds : nothing {};

// clang-format off

template <> struct builds<g::word> : word {};
template <> struct builds<g::string_word> : decoded_word {};
template <> struct builds<g::count> : word {};
template <g::Text Word> struct builds<g::marked<Word>> : word {};

template <> struct builds<g::file> : node<Kind::file> {};
template <> struct builds<g::import> : node<Kind::import> {};
template <> struct builds<g::ops> : node<Kind::ops> {};
template <> struct builds<g::pattern_declaration> : node<Kind::pattern> {};
template <> struct builds<g::define> : node<Kind::define> {};
template <> struct builds<g::rule> : rule_or_arrow_rule {};
template <> struct builds<g::pass> : node<Kind::pass> {};
template <> struct builds<g::test> : node<Kind::test> {};
template <> struct builds<g::params> : params {};

template <> struct builds<g::op_union> : node_around<Kind::op_union> {};
template <> struct builds<g::op_difference> : node_around<Kind::op_difference> {};
template <> struct builds<g::op_group> : group_or_tuple<Kind::op_union> {};
template <> struct builds<g::op_name> : op_name<false> {};
template <> struct builds<g::op_name_in_braces> : op_name<true> {};
template <> struct builds<g::op_word> : leaf<Kind::op_word> {};
template <> struct builds<g::op_first_word> : leaf<Kind::op_word> {};
template <> struct builds<g::op_star> : node<Kind::op_star> {};
template <> struct builds<g::op_braces> : node<Kind::op_braces> {};

template <> struct builds<g::match_clause> : node<Kind::match> {};
template <> struct builds<g::let> : node<Kind::let> {};
template <> struct builds<g::where> : node<Kind::where> {};
template <> struct builds<g::unless> : node<Kind::unless> {};
template <> struct builds<g::rewrite> : node<Kind::rewrite> {};

template <> struct builds<g::pattern> : node_of_several<Kind::either> {};
template <> struct builds<g::unnamed_pattern> : node_of_several<Kind::either> {};
template <> struct builds<g::bind> : node<Kind::bind> {};
template <> struct builds<g::pattern_call> : node_around<Kind::call> {};
template <> struct builds<g::pattern_chain> : node_around<Kind::call> {};
template <> struct builds<g::chain_mark> : word {};
template <> struct builds<g::chain_name> : node<Kind::as> {};
template <> struct builds<g::list_pattern> : node<Kind::list_pattern> {};
template <> struct builds<g::tuple_pattern> : group_or_tuple<Kind::tuple_pattern> {};
template <> struct builds<g::tuple_comma> : word {};
template <> struct builds<g::literal_pattern> : node<Kind::literal_pattern> {};
template <> struct builds<g::negative_number> : node<Kind::negate> {};
template <> struct builds<g::anything> : node<Kind::anything> {};
template <> struct builds<g::reference> : node_around<Kind::reference> {};
template <> struct builds<g::open_rest> : node<Kind::open_rest> {};
template <> struct builds<g::named_rest> : node<Kind::named_rest> {};
template <> struct builds<g::named_argument> : node<Kind::named_argument> {};

template <> struct builds<g::clone> : node<Kind::clone> {};
template <> struct builds<g::insert> : node<Kind::insert> {};
template <> struct builds<g::replace> : node<Kind::replace> {};
template <> struct builds<g::set> : set_or_set_meta {};
template <> struct builds<g::delete_> : node<Kind::delete_> {};
template <> struct builds<g::move> : node<Kind::move> {};
template <> struct builds<g::erase> : node<Kind::erase> {};
template <> struct builds<g::remember> : node<Kind::remember> {};
template <> struct builds<g::eliminate> : node<Kind::eliminate> {};
template <> struct builds<g::fail> : node<Kind::fail> {};
template <> struct builds<g::warn> : node<Kind::warn> {};
template <> struct builds<g::if_> : node<Kind::if_> {};
template <> struct builds<g::for_> : node<Kind::for_> {};
template <> struct builds<g::statement_filter> : node<Kind::filter> {};
template <> struct builds<g::block> : node<Kind::block> {};
template <> struct builds<g::bind_result> : node<Kind::bind_result> {};
template <> struct builds<g::place> : node<Kind::place> {};
template <> struct builds<g::place_word> : word {};
template <> struct builds<g::meta_policy> : node<Kind::policy> {};
template <> struct builds<g::key> : node<Kind::key> {};
template <> struct builds<g::target> : outer_target {};
template <> struct builds<g::nested_target> : node_of_several<Kind::target> {};
template <> struct builds<g::arguments> : node<Kind::arguments> {};
template <> struct builds<g::callee_index> : node_around<Kind::subscript> {};

template <> struct builds<g::sweep> : node<Kind::sweep> {};
template <> struct builds<g::repeat> : node<Kind::repeat> {};
template <> struct builds<g::in_submodules> : node<Kind::in_submodules> {};
template <> struct builds<g::step_block> : node<Kind::block> {};
template <> struct builds<g::if_step> : node<Kind::if_> {};
template <> struct builds<g::run> : node<Kind::run> {};
template <> struct builds<g::requires_> : node<Kind::requires_> {};
template <> struct builds<g::ensures> : node<Kind::ensures> {};
template <> struct builds<g::no_pattern> : node<Kind::no_pattern> {};
template <> struct builds<g::expect> : node<Kind::expect> {};
template <> struct builds<g::exact_bound> : fixed_word<"exactly"> {};

template <> struct builds<g::tested_pass> : leaf<Kind::run> {};
template <> struct builds<g::graph> : node<Kind::graph> {};
template <> struct builds<g::graph_node> : node<Kind::graph_node> {};
template <> struct builds<g::submodule_graph> : node<Kind::graph> {};
template <> struct builds<g::submodule> : node<Kind::submodule> {};
template <> struct builds<g::graph_return> : node<Kind::graph_return> {};
template <> struct builds<g::meta> : node<Kind::meta> {};
template <> struct builds<g::meta_entry> : node<Kind::entry> {};
template <> struct builds<g::becomes> : node<Kind::becomes> {};
template <> struct builds<g::unchanged> : node<Kind::unchanged> {};
template <> struct builds<g::fails> : node<Kind::fails> {};

template <> struct builds<g::variable> : leaf<Kind::name> {};
template <> struct builds<g::integer> : leaf<Kind::integer> {};
template <> struct builds<g::real> : leaf<Kind::real> {};
template <> struct builds<g::string_literal> : decoded_leaf<Kind::string> {};
template <> struct builds<g::format_string> : node<Kind::format_string> {};
template <char Quote> struct builds<g::format_text<Quote>> : format_piece {};
template <> struct builds<g::none> : node<Kind::none> {};
template <> struct builds<g::true_> : node<Kind::true_> {};
template <> struct builds<g::false_> : node<Kind::false_> {};
template <> struct builds<g::dtype> : leaf<Kind::dtype> {};
template <> struct builds<g::parenthesized> : group_or_tuple<Kind::tuple> {};
template <> struct builds<g::list_display> : list_or_comprehension {};
template <> struct builds<g::braces_display> : dict_or_set {};
template <> struct builds<g::generator> : node_around<Kind::generator> {};
template <> struct builds<g::comprehension_for> : node<Kind::comprehension_for> {};
template <> struct builds<g::filter> : node<Kind::filter> {};
template <> struct builds<g::entry_value> : node_around<Kind::entry> {};
template <> struct builds<g::starred_item> : node<Kind::star_item> {};
template <> struct builds<g::unpacked_argument> : node<Kind::star_item> {};
template <> struct builds<g::dict_unpacking> : node<Kind::double_star> {};
template <> struct builds<g::unpacked_keywords> : node<Kind::double_star> {};
template <> struct builds<g::keyword_argument> : node<Kind::keyword> {};
template <> struct builds<g::field> : node_around<Kind::field> {};
template <> struct builds<g::call> : node_around<Kind::call_expression> {};
template <> struct builds<g::subscript> : node_around<Kind::subscript> {};
template <> struct builds<g::slice_rest> : node_around<Kind::slice> {};
template <> struct builds<g::absent> : node<Kind::absent> {};
template <> struct builds<g::absent_start> : missing_before<Kind::absent> {};
template <> struct builds<g::minus> : node<Kind::negate> {};
template <typename C> struct builds<g::negation<C>> : node<Kind::not_> {};
template <typename C> struct builds<g::conjunction<C>> : node_of_several<Kind::and_> {};
template <typename C> struct builds<g::disjunction<C>> : node_of_several<Kind::or_> {};
template <> struct builds<g::addition> : node_around<Kind::binary> {};
template <> struct builds<g::multiplication> : node_around<Kind::binary> {};
template <> struct builds<g::exponentiation> : node_around<Kind::binary> {};
template <> struct builds<g::add_sign> : word {};
template <> struct builds<g::multiply_sign> : word {};
template <> struct builds<g::power_sign> : word {};
template <typename C> struct builds<g::comparisons<C>> : node_around<Kind::compare> {};
template <typename C> struct builds<g::comparison_operator<C>> : leaf<Kind::operator_> {};
template <typename C> struct builds<g::is_test<C>> : node_around<Kind::is> {};
template <typename C> struct builds<g::conditional<C>> : node_around<Kind::conditional> {};
template <typename C> struct builds<g::walk<C>> : node<Kind::walk> {};
template <typename C> struct builds<g::walk_condition<C>> : node<Kind::while_> {};
template <> struct builds<g::walk_limit> : node<Kind::at_most> {};

// clang-format on

// -- the control

template <typename Rule>
inline constexpr bool is_need = false;
template <typename Rule>
inline constexpr bool is_need<g::need<Rule>> = true;

template <typename Rule>
inline constexpr bool is_level = false;
template <typename... Rules>
inline constexpr bool is_level<g::level<Rules...>> = true;

template <typename Rule>
struct message_of;
template <typename Rule>
struct message_of<g::need<Rule>> {
    static constexpr const g::Message& value = g::message<Rule>;
    static_assert(value.form != g::Message::Form::none, "a needed rule without a message");
};

// One level of nesting for as long as it lives.
class Level {
public:
    Level(Builder& builder, uint32_t offset) : builder_(builder) { builder.enter(offset); }
    ~Level() { builder_.leave(); }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

private:
    Builder& builder_;
};

template <typename Rule>
struct control : g::peg::normal<Rule> {
    template <g::peg::apply_mode A, g::peg::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        const auto begin = static_cast<uint32_t>(in.current() - in.begin());
        const size_t mark = builder.mark();
        bool matched;
        if constexpr (is_level<Rule>) {
            const Level level(builder, begin);
            matched = g::peg::match<Rule, A, M, Action, Control>(in, builder);
        } else {
            matched = g::peg::match<Rule, A, M, Action, Control>(in, builder);
        }
        const auto end = static_cast<uint32_t>(in.current() - in.begin());
        if constexpr (is_need<Rule>) {
            if (!matched) throw g::failure_at(message_of<Rule>::value, builder, begin);
        }
        if constexpr (std::is_same_v<Rule, g::blanks>) {
            builder.note_blanks(begin, end);
        }
        if constexpr (!std::is_base_of_v<nothing, builds<Rule>> && A == g::peg::apply_mode::action) {
            const uint32_t token_end = builder.token_end(end);
            if (matched) builds<Rule>::add(builder, {{std::min(begin, token_end), token_end}, mark, begin});
        }
        if (!matched) builder.cut(mark);
        return matched;
    }
};

// -- the text as a whole

std::optional<Diagnostic> check_text(const Source& source) {
    const std::string_view text = source.text();
    const auto error = [&](std::string_view code, size_t offset, std::string message) {
        const auto at = static_cast<uint32_t>(offset);
        return Diagnostic{Severity::error, code, std::move(message), &source, {at, at}, {}};
    };
    if (text.size() > max_rule_file) {
        return error(
            g::codes::too_large, 0,
            fmt::format("{} bytes are too many for a rule file: the limit is {}", text.size(), max_rule_file));
    }
    if (const size_t at = find_bad_utf8(text); at != std::string_view::npos) {
        return error(g::codes::bad_text, at, "this is not UTF-8");
    }
    if (const size_t at = text.find('\0'); at != std::string_view::npos) {
        return error(g::codes::bad_text, at, "a rule file has no NUL characters");
    }
    return std::nullopt;
}

Diagnostic to_diagnostic(const Source& source, g::Failure failure) {
    Diagnostic diagnostic{Severity::error, failure.code, std::move(failure.message), &source, failure.span, {}};
    if (failure.note) diagnostic.notes.push_back({&source, failure.note->span, std::move(failure.note->message)});
    return diagnostic;
}

// -- from one declaration to another

// The text of a file from a place on.
struct Input : g::peg::memory_input<g::peg::tracking_mode::lazy> {
    Input(const Source& source, size_t offset)
        : memory_input(source.text().data(), source.text().data() + source.text().size(), source.name()) {
        bump(offset);
    }
};

// Where the first line at `offset` or behind it that begins a declaration starts; npos where none does.
size_t find_declaration(const Source& source, size_t offset) {
    const std::string_view text = source.text();
    const auto next_line = [&](size_t at) {
        const size_t end = text.find('\n', at);
        return end == std::string_view::npos ? end : end + 1;
    };
    for (size_t line = offset == 0 ? 0 : next_line(offset - 1); line < text.size(); line = next_line(line)) {
        Input in(source, line);
        if (g::peg::parse<g::peg::at<g::declaration_head>>(in)) return line;
    }
    return std::string_view::npos;
}

}  // namespace

std::optional<syntax::Tree> parse(const Source& source, Diagnostics& diagnostics) {
    if (auto error = check_text(source)) {
        diagnostics.push_back(std::move(*error));
        return std::nullopt;
    }
    for (size_t errors = 0, start = 0; start != std::string_view::npos && errors < max_syntax_errors;) {
        Builder builder(source.text());
        Input in(source, start);
        try {
            g::peg::parse<g::file, g::peg::nothing, control>(in, builder);
            if (errors > 0) break;
            return builder.take();
        } catch (g::Failure& failure) {
            const size_t offset = failure.span.begin;
            const bool is_syntax = failure.code == g::codes::syntax;
            diagnostics.push_back(to_diagnostic(source, std::move(failure)));
            if (!is_syntax) break;
            ++errors;
            start = find_declaration(source, std::max(offset, start + 1));
        }
    }
    return std::nullopt;
}

}  // namespace dqrewrite
