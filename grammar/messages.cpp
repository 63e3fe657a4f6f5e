// Puts messages together: what was expected, behind what, what stands there, and a hint.
#include "grammar/messages.hpp"

#include "grammar/lexical.hpp"
#include "grammar/message_table.hpp"
#include "grammar/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace dqrewrite::grammar {

namespace {

constexpr auto all_codes = std::to_array<CodeText>({
    {codes::syntax,
     "The text does not follow the grammar of rule files; what was expected is said, and what was found."},
    {codes::bad_text, "A rule file is text in UTF-8 without NUL characters."},
    {codes::too_large, "A rule file has a limit of size, far above what anyone writes."},
    {codes::too_deep, "Brackets, blocks and operators nest to a limit, so that any file is read in bounded memory."},
    {codes::not_supported, "The construct is known, but this version does not have it."},
});

bool is_quote(char c) {
    return c == '"' || c == '\'';
}

enum class TokenKind { end_of_file, end_of_line, string, word, other };

struct Found {
    TokenKind kind;
    Span span;
};

Span word_at(std::string_view text, uint32_t offset) {
    uint32_t end = offset;
    while (end < text.size() && (is_word_char(text[end]) || (is_digit(text[offset]) && text[end] == '.'))) ++end;
    return {offset, end};
}

// A string or f-string from its first quote, up to the same quote or the end of the line.
Span string_at(std::string_view text, uint32_t offset, uint32_t quote) {
    uint32_t end = quote + 1;
    while (end < text.size() && text[end] != text[quote] && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
    return {offset, static_cast<uint32_t>(std::min<size_t>(end + 1, text.size()))};
}

Found token_at(std::string_view text, uint32_t offset) {
    if (offset >= text.size()) return {TokenKind::end_of_file, {offset, offset}};
    const char c = text[offset];
    if (c == '\n' || c == '\r') return {TokenKind::end_of_line, {offset, offset}};
    if (is_quote(c)) return {TokenKind::string, string_at(text, offset, offset)};
    if (is_word_char(c)) {
        const Span word = word_at(text, offset);
        if (word.end < text.size() && is_quote(text[word.end]) && !is_digit(c)) {
            return {TokenKind::string, string_at(text, offset, word.end)};
        }
        return {TokenKind::word, word};
    }
    if (const size_t length = sign_at(text, offset); length > 0) {
        return {TokenKind::other, {offset, offset + static_cast<uint32_t>(length)}};
    }
    uint32_t end = offset + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return {TokenKind::other, {offset, end}};
}

std::string quoted(std::string_view token) {
    constexpr size_t longest_shown = 40;
    if (token.size() <= longest_shown) return fmt::format("\"{}\"", token);
    return fmt::format("\"{}...\"", token.substr(0, longest_shown));
}

// The token that ends at `end`; nothing at the beginning of the text.
std::string name_token_before(std::string_view text, uint32_t end) {
    if (end == 0) return {};
    const Span token = token_before(text, end);
    return is_quote(text[token.begin]) ? "the string" : quoted(text.substr(token.begin, token.end - token.begin));
}

std::string describe(std::string_view text, const Found& found) {
    switch (found.kind) {
    case TokenKind::end_of_file: return "the end of the file";
    case TokenKind::end_of_line: return "the end of the line";
    case TokenKind::string:
        return text[found.span.begin] == 'f' && is_quote(text[found.span.begin + 1]) ? "an f-string" : "a string";
    case TokenKind::word:
    case TokenKind::other: break;
    }
    const auto first = static_cast<unsigned char>(text[found.span.begin]);
    if (first < 0x20 || first == 0x7F) return fmt::format("the control character 0x{:02x}", first);
    return quoted(text.substr(found.span.begin, found.span.end - found.span.begin));
}

struct Hint {
    std::string_view found;
    std::string_view hint;
    // Whether it only helps where an expression or a pattern may just have ended.
    bool at_end;
};

// What people write who come from Python or C.
constexpr auto hints = std::to_array<Hint>({
    {"=", "\"==\" compares", true},
    {"=>", "\">=\" compares", true},
    {"&&", "write \"and\"", true},
    {"||", "write \"or\"", true},
    {"&", "write \"and\"; what two sets share is {x for x in a if x in b}", true},
    {"|", "write \"or\"; two sets are joined by {*a, *b}", true},
    {":=", "\"let\" names a value", true},
    {"as", "\"name: op(...)\" names a node; \"as\" names the list of a chain, or a new node", true},
    {",", "sets of ops, and patterns, are joined by \"|\"", true},
    {"or", "sets of ops, and patterns, are joined by \"|\"", true},
    {"->", "write \"=>\"", true},
    {"//", "\"#\" begins a comment", true},
    {"backwards", "write \"backward\"", true},
    {"[", "several are joined by \"|\", or stand in braces: aten.{relu, neg}.default", false},
    {"!", "write \"not\"", false},
    {"elif", "write \"else if\"", false},
    {";", "nothing separates statements", false},
    {"def", "write \"define\"", false},
    {"\u2026", "write \"...\"", false},
    {"\u201c", "strings stand in \"straight quotes\"", false},
});

struct Statement {
    std::string_view python;
    std::string_view here;
};

// The calls and assignments with which a pass in Python edits a graph.
constexpr auto statements_of_fx = std::to_array<Statement>({
    {"replace_all_uses_with", "replace a with b"},
    {"replace_input_with", "replace a with b in user"},
    {"erase_node", "erase n"},
    {"node_copy", "clone n as copy after n"},
    {"create_node", "insert op(...) as n before place"},
    {"call_function", "insert op(...) as n before place"},
    {"prepend", "move n before place"},
    {"append", "move n after place\", and of a row \"let longer = [*row, item]"},
    {"update_arg", "set n.NAME = value"},
    {"update_kwarg", "set n.NAME = value"},
    {"eliminate_dead_code", "eliminate dead code"},
});

// The words that begin Python's other statements.
constexpr auto statements_of_python = std::to_array<Statement>({
    {"del", "write \"delete\""},
    {"print", "write `warn f\"...\"`"},
    {"raise", "write `fail f\"...\"`"},
    {"assert", "write `if not ... { fail f\"...\" }`"},
    {"break", "a \"for\" goes to its end: `for a in row if ... { }` passes over items"},
    {"continue", "a \"for\" goes to its end: `for a in row if ... { }` passes over items"},
    {"return",
     "a rewrite goes to its end: the rest stands in `else { }`, or a \"where\" says when the rule is tried"},
    {"with", "the place stands in the statement: insert op(...) as n before place"},
    {"while", "\"for\" goes over a list, \"walk\" along the graph, and a pass has \"repeat at most\""},
});

constexpr std::string_view no_counting = "nothing is changed by \"+=\": `remember t[k] = t.get(k, 0) + 1` counts";

bool is_augmented(std::string_view text, uint32_t at) {
    return at + 1 < text.size() && std::string_view("+-*/|").find(text[at]) != std::string_view::npos &&
           text[at + 1] == '=';
}

// Behind the bracket that closes the one at `open`, on the same line; `open` where there is none.
uint32_t behind_bracket(std::string_view text, uint32_t open) {
    size_t depth = 0;
    for (uint32_t at = open; at < text.size() && text[at] != '\n'; ++at) {
        if (text[at] == '[') ++depth;
        if (text[at] == ']' && --depth == 0) return at + 1;
    }
    return open;
}

// A statement of Python, of which `word` is the first: what is written in its place.
std::string hint_for_python(std::string_view text, Span word) {
    for (const Statement& each : statements_of_python)
        if (text.substr(word.begin, word.end - word.begin) == each.python) return std::string(each.here);
    uint32_t end = word.end;
    std::string_view last;
    while (end + 1 < text.size() && text[end] == '.' && is_word_char(text[end + 1])) {
        const Span part = word_at(text, end + 1);
        last = text.substr(part.begin, part.end - part.begin);
        end = part.end;
    }
    const auto row = std::find_if(statements_of_fx.begin(), statements_of_fx.end(),
                                  [last](const Statement& each) { return each.python == last; });
    if (row != statements_of_fx.end()) return fmt::format("write \"{}\"", row->here);
    const bool has_key = end < text.size() && text[end] == '[';
    if (has_key) end = behind_bracket(text, end);
    while (end < text.size() && text[end] == ' ') ++end;
    if (is_augmented(text, end)) return std::string(no_counting);
    if (end + 1 >= text.size() || text[end] != '=' || text[end + 1] == '=') return {};
    if (has_key && last.empty()) return "write \"remember t[k] = v\"";
    return last.empty() ? "\"let\" names a value" : "\"set\" changes a field of a node";
}

// Where a word stands that does not belong here; nothing for other words.
std::string_view home_of(std::string_view word) {
    const auto is_one_of = [word](auto& words) { return std::find(words.begin(), words.end(), word) != words.end(); };
    if (is_one_of(declaration_words)) return "stands outside of other declarations";
    if (is_one_of(clause_words)) return "stands in a rule, before its statements";
    if (is_one_of(statement_words)) return "stands in \"rewrite { ... }\"";
    if (is_one_of(step_words)) return "stands in a pass";
    return {};
}

uint32_t without_blanks(std::string_view text, uint32_t end) {
    while (end > 0 && std::string_view(" \t\r\n").find(text[end - 1]) != std::string_view::npos) --end;
    return end;
}

// The token before what begins at `begin`: empty at the beginning of the text.
Span token_in_front(std::string_view text, uint32_t begin) {
    const uint32_t end = without_blanks(text, begin);
    return end == 0 ? Span{0, 0} : token_before(text, end);
}

std::string_view text_of(std::string_view text, Span span) {
    return text.substr(span.begin, span.end - span.begin);
}

// `sweep a b`: at b.
bool is_behind_rule_of_sweep(std::string_view text, uint32_t begin) {
    const Span rule = token_in_front(text, begin);
    const std::string_view before = text_of(text, token_in_front(text, rule.begin));
    return rule.end > rule.begin && is_word_char(text[rule.begin]) && (before == "sweep" || before == ",");
}

bool is_first_on_line(std::string_view text, uint32_t offset) {
    while (offset > 0 && (text[offset - 1] == ' ' || text[offset - 1] == '\t')) --offset;
    return offset == 0 || text[offset - 1] == '\n';
}

std::string hint_for_word(const Message& message, std::string_view text, Span span) {
    const std::string_view word = text.substr(span.begin, span.end - span.begin);
    std::string conditional = word == "if" && message.closes ? "a conditional needs \"else\"" : "";
    if (message.words.empty()) return conditional;
    if (const std::string_view home = home_of(word); !home.empty()) {
        return fmt::format("{}{}\"{}\" {}", conditional, conditional.empty() ? "" : "; ", word, home);
    }
    const bool statement = std::find(message.words.begin(), message.words.end(), "erase") != message.words.end();
    if (std::string python = statement ? hint_for_python(text, span) : ""; !python.empty()) return python;
    const std::string_view meant = closest(word, message.words);
    if (meant.empty() && is_behind_rule_of_sweep(text, span.begin)) return "several rules are joined by \",\"";
    return meant.empty() ? fmt::format("here begins: {}", fmt::join(message.words, ", "))
                         : fmt::format("did you mean \"{}\"?", meant);
}

// Whether the token before `begin` is a whole pattern behind "is" or "is not".
bool is_behind_is(std::string_view text, uint32_t begin) {
    const std::string_view it = text_of(text, token_in_front(text, token_in_front(text, begin).begin));
    return it == "is" || it == "not";
}

// What the word before it was meant to be, which the grammar took for something else.
std::string hint_for_word_before(const Message& message, std::string_view text, uint32_t begin) {
    const std::string_view before = text_of(text, token_in_front(text, begin));
    if (before == "lambda") return "there is no \"lambda\": `define f(x) = ...` names an expression";
    if (message.text != arrow_text || before.empty() || !is_word_char(before[0])) return {};
    const std::string_view meant = closest(before, clause_words);
    return meant.empty() ? "a rule begins with \"match\" or a pattern"
                         : fmt::format("\"{}\": did you mean \"{}\"?", before, meant);
}

std::string hint_for(const Message& message, std::string_view text, const Found& found) {
    const std::string_view token = text.substr(found.span.begin, found.span.end - found.span.begin);
    const bool at_end = message.closes || !message.words.empty();
    if (token == ":" && message.text == "\"{\"") return "blocks stand in braces";
    if ((token == "(" || token == "[") && at_end && is_first_on_line(text, found.span.begin)) {
        return "a call or subscript begins on the line where the thing before it ends";
    }
    if (found.kind == TokenKind::word)
        if (std::string hint = hint_for_word_before(message, text, found.span.begin); !hint.empty()) return hint;
    if (message.text.starts_with("\"=\"") && is_augmented(text, found.span.begin)) return std::string(no_counting);
    if (token == "=" && message.text == "\"(\"") return "the new node is named behind its op: insert op(...) as n";
    if (token == "=" && message.text == "\"[\"") return "what is remembered has a key: remember t[k] = v";
    if (token == "[" && message.text != op_set_text && is_behind_is(text, found.span.begin)) {
        return "behind \"is\" stands a pattern; \"==\" compares values, and of nodes it asks for the same one";
    }
    if (token == "{" && message.text == "the name of a field") {
        return "braces stand in a set of ops: `n is aten.{relu, neg}.default`";
    }
    if (token == "," && message.closes && !message.words.empty()) return "several values stand in brackets: (a, b)";
    const bool joins = token == "," || token == "or";
    if ((token == "[" && message.text != op_set_text) || (joins && message.text != "a declaration")) return {};
    const auto row = std::find_if(hints.begin(), hints.end(), [&](const Hint& h) { return h.found == token; });
    if (row != hints.end() && (at_end || !row->at_end)) return std::string(row->hint);
    return found.kind == TokenKind::word ? hint_for_word(message, text, found.span) : "";
}

// The innermost bracket that is open, if the reader may have lost it: it was opened on another line.
std::optional<DiagnosticText> open_bracket(const Builder& builder, uint32_t offset) {
    const std::string_view text = builder.text();
    for (size_t i = builder.open().size(); i-- > 0;) {
        const Span opened = builder.open()[i];
        const char bracket = text[opened.begin];
        if (bracket != '(' && bracket != '[' && bracket != '{') continue;
        if (text.substr(opened.begin, offset - opened.begin).find('\n') == std::string_view::npos)
            return std::nullopt;
        return DiagnosticText{opened, fmt::format("this \"{}\" is open", bracket)};
    }
    return std::nullopt;
}

}  // namespace

std::span<const CodeText> parser_codes() {
    return all_codes;
}

Failure failure_at(const Message& message, const Builder& builder, uint32_t offset) {
    const std::string_view text = builder.text();
    Found found = token_at(text, offset);
    // Behind the last token there is something to see.
    if (found.kind == TokenKind::end_of_file) found.span = {builder.token_end(offset), builder.token_end(offset)};
    if (message.form == Message::Form::complaint) return {found.span, message.code, std::string(message.text), {}};

    std::string sentence = fmt::format("expected {}", message.text);
    const std::string before = message.words.empty() ? name_token_before(text, builder.token_end(offset)) : "";
    if (!before.empty()) sentence += fmt::format(" after {}", before);
    sentence += fmt::format(", found {}", describe(text, found));
    const std::string hint = hint_for(message, text, found);
    if (!hint.empty()) sentence += fmt::format("; {}", hint);

    Failure failure{found.span, message.code, std::move(sentence), {}};
    if (message.closes || found.kind == TokenKind::end_of_file) failure.note = open_bracket(builder, offset);
    return failure;
}

}  // namespace dqrewrite::grammar
