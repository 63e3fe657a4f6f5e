// Declarations, clauses, statements, steps and tests in their canonical form, and what stands between them.
#include "grammar/format.hpp"

#include "grammar/formatter.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace dqrewrite {

namespace {

using syntax::Kind;

// Behind the keywords of clauses, if they are not all of one length.
constexpr size_t clause_column = std::string_view("rewrite ").size();

std::string padded(std::string_view text, size_t width) {
    std::string padded(text);
    padded.append(width - std::min(width, display_width(text)), ' ');
    return padded;
}

bool has_brackets(Kind kind) {
    switch (kind) {
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::set_display:
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dict_comprehension:
    case Kind::generator:
    case Kind::call_expression:
    case Kind::call:
    case Kind::list_pattern:
    case Kind::op_name: return true;
    default: return false;
    }
}

}  // namespace

std::string format(const Source& source, const syntax::Tree& tree) {
    const std::vector<Comment> comments = find_comments(source, tree);
    return Formatter(source, tree, comments).format_file();
}

std::string Formatter::format_file() {
    bool is_first = true;
    for (const NodeId id : children(tree_.root())) {
        row_gap(Break::new_line, begin(id), is_first);
        row(id);
        is_first = false;
    }
    const auto end_of_text = static_cast<uint32_t>(source_.text().size());
    line_comments(end_of_text);
    while (comment_before(end_of_text)) {
        row_gap(Break::new_line, comments_[next_comment_].span.begin, is_first);
        const Span comment = take_comment();
        out_.text(source_.text(comment));
        last_end_ = comment.end;
        is_first = false;
    }
    return out_.render();
}

void Formatter::word_after(std::string_view keyword, NodeId id) {
    out_.text(keyword);
    stray_comments(tree_.word_span(id).begin);
    out_.text(written_word(id));
}

// -- gaps and comments

void Formatter::write_break(Break place) {
    switch (place) {
    case Break::space: return out_.space();
    case Break::seam: return out_.seam();
    case Break::new_line: return out_.new_line();
    }
}

void Formatter::stray_comments(uint32_t offset) {
    while (comment_before(offset)) out_.comment(source_.text(take_comment()), false);
}

void Formatter::line_comments(uint32_t offset) {
    while (comment_before(offset) && !comments_[next_comment_].on_its_own_line) {
        const Span comment = take_comment();
        out_.comment(source_.text(comment), true);
        last_end_ = comment.end;
    }
}

void Formatter::gap(Break place, uint32_t offset) {
    line_comments(offset);
    if (!comment_before(offset)) return write_break(place);
    while (comment_before(offset)) {
        out_.new_line();
        out_.text(source_.text(take_comment()));
    }
    out_.new_line();
}

void Formatter::last_gap(Break place, uint32_t offset) {
    line_comments(offset);
    while (comment_before(offset)) {
        out_.new_line();
        out_.text(source_.text(take_comment()));
    }
    out_.dedent();
    write_break(place);
}

// Comments before a row keep their lines, and one of several empty lines stays.
void Formatter::row_gap(Break place, uint32_t offset, bool is_first) {
    line_comments(offset);
    const auto break_before = [&](uint32_t next, Break otherwise) {
        const bool at_file_begin = is_first && depth_ == 0;
        if (!is_first && has_empty_line(source_.text(), last_end_, next)) {
            out_.empty_line();
        } else if (!at_file_begin) {
            write_break(otherwise);
        }
        is_first = false;
    };
    while (comment_before(offset)) {
        const Span comment = take_comment();
        break_before(comment.begin, Break::new_line);
        out_.text(source_.text(comment));
        last_end_ = comment.end;
        place = Break::new_line;
    }
    break_before(offset, place);
}

void Formatter::braces(Nodes rows, uint32_t end, bool may_be_one_line) {
    out_.open();
    out_.text("{");
    if (!rows.empty() || comment_before(end)) {
        const Break place = rows.size() == 1 && may_be_one_line ? Break::space : Break::new_line;
        ++depth_;
        out_.indent();
        for (size_t i = 0; i < rows.size(); ++i) {
            row_gap(place, begin(rows[i]), i == 0);
            row(rows[i]);
        }
        line_comments(end);
        bool is_first = rows.empty();
        while (comment_before(end)) {
            row_gap(Break::new_line, comments_[next_comment_].span.begin, is_first);
            const Span comment = take_comment();
            out_.text(source_.text(comment));
            last_end_ = comment.end;
            is_first = false;
        }
        out_.dedent();
        --depth_;
        write_break(is_first ? Break::new_line : place);
    }
    out_.text("}");
    out_.close();
}

// -- rows

void Formatter::row(NodeId id) {
    const Kind k = kind(id);
    stray_comments(begin(id));
    if (k <= Kind::test) {
        declaration(id);
    } else if (k == Kind::match || k == Kind::where || k == Kind::unless || k == Kind::rewrite) {
        clause(id);
    } else if (k == Kind::let || (k >= Kind::clone && k <= Kind::for_)) {
        statement(id);
    } else if (k >= Kind::sweep && k <= Kind::expect) {
        step(id);
    } else {
        test_part(id);
    }
    last_end_ = end(id);
}

void Formatter::declaration(NodeId id) {
    const Nodes parts = children(id);
    switch (kind(id)) {
    case Kind::import: return word_after("import ", id);
    case Kind::ops: word_after("ops ", id); return assigned(parts[0]);
    case Kind::pattern:
    case Kind::define:
        word_after(kind(id) == Kind::define ? "define " : "pattern ", id);
        params(parts[0]);
        return assigned(parts[1]);
    case Kind::rule: return rule(id);
    case Kind::arrow_rule: return arrow_rule(id);
    case Kind::pass:
        word_after("pass ", id);
        out_.text(" ");
        return braces(parts, end(id));
    default:
        word_after("test ", id);
        out_.text(" ");
        tested_pass_ = written_word(parts[0]);
        return braces(parts.subspan(1), end(id), false);
    }
}

void Formatter::params(NodeId id) {
    if (!tree_.word(id).empty()) expressions("(", children(id), ")", end(id), false);
}

void Formatter::assigned(NodeId value) {
    out_.text(" =");
    // What would not fit in a line of its own either breaks in its own brackets.
    const bool fits_alone = (depth_ + 1) * Layout::indent_width + flat_width(value) <= Layout::max_width;
    if (!fits_alone && breaks_in_brackets(value)) {
        out_.text(" ");
        return expression(value);
    }
    out_.open();
    out_.indent();
    gap(Break::space, begin(value));
    expression(value);
    out_.dedent();
    out_.close();
}

bool Formatter::breaks_in_brackets(NodeId id) const {
    const Kind k = kind(id);
    if (is_grouped(id)) return true;
    if (k == Kind::bind || k == Kind::is) return breaks_in_brackets(children(id).back());
    return has_brackets(k);
}

void Formatter::operand(NodeId id) {
    const bool indented = !breaks_in_brackets(id);
    if (indented) out_.indent();
    expression(id);
    if (indented) out_.dedent();
}

size_t Formatter::flat_width(NodeId id) const {
    Formatter scratch(source_, tree_, {});
    scratch.expression(id);
    return scratch.out_.flat_width();
}

void Formatter::rule(NodeId id) {
    size_t shortest = std::string_view::npos;
    size_t longest = 0;
    for (const NodeId clause : children(id)) {
        if (kind(clause) == Kind::rewrite) continue;
        const size_t width = syntax::kind_name(kind(clause)).size();
        shortest = std::min(shortest, width);
        longest = std::max(longest, width);
    }
    keyword_width_ = shortest == longest ? longest + 1 : clause_column;
    word_after("rule ", id);
    out_.text(" ");
    braces(children(id), end(id), false);
    keyword_width_ = 0;
}

void Formatter::arrow_rule(NodeId id) {
    const Nodes parts = children(id);
    word_after("rule ", id);
    out_.text(" ");
    out_.open();
    out_.text("{");
    out_.indent();
    ++depth_;
    for (const NodeId part : parts) {
        gap(Break::space, begin(part));
        const bool is_template = part == parts.back();
        if (kind(part) == Kind::where && !is_template) {
            out_.text("where ");
            operand(child(part, 0));
        } else {
            if (is_template) out_.text("=> ");
            expression(part);
        }
    }
    --depth_;
    last_gap(Break::space, end(id));
    out_.text("}");
    out_.close();
}

void Formatter::clause(NodeId id) {
    if (kind(id) == Kind::rewrite) {
        const size_t width = std::exchange(keyword_width_, 0);
        out_.text("rewrite ");
        braces(children(id), end(id));
        keyword_width_ = width;
        return;
    }
    out_.text(padded(syntax::kind_name(kind(id)), keyword_width_));
    operand(child(id, 0));
}

// -- statements

void Formatter::statement(NodeId id) {
    const Nodes parts = children(id);
    const auto operand = [&](std::string_view keyword, size_t index) {
        out_.text(keyword);
        expression(parts[index]);
    };
    switch (kind(id)) {
    case Kind::let:
        out_.text(padded("let", std::max<size_t>(keyword_width_, 4)));
        target(parts[0], true);
        return assigned(parts[1]);
    case Kind::clone:
        operand("clone ", 0);
        bind_result(parts[1]);
        return place(parts[2]);
    case Kind::insert: return insert(id);
    case Kind::replace:
        operand("replace ", 0);
        operand(" with ", 1);
        if (parts.size() > 2) operand(" in ", 2);
        return;
    case Kind::set: operand("set ", 0); return assigned(parts[1]);
    case Kind::set_meta:
        operand("set ", 0);
        out_.text(" ");
        return policy(parts[1]);
    case Kind::delete_: return operand("delete ", 0);
    case Kind::move: operand("move ", 0); return place(parts[1]);
    case Kind::erase: return operand("erase ", 0);
    case Kind::remember:
        word_after("remember ", id);
        operand("[", 0);
        out_.text("]");
        return assigned(parts[1]);
    case Kind::fail: return operand("fail ", 0);
    case Kind::warn: return operand("warn ", 0);
    case Kind::if_: return if_statement(id, false);
    case Kind::for_: return for_statement(id);
    default: return out_.text("eliminate dead code");
    }
}

void Formatter::insert(NodeId id) {
    const Nodes parts = children(id);
    out_.text("insert ");
    expression(parts[0]);
    expression(parts[1]);
    bind_result(parts[2]);
    place(parts[3]);
    if (parts.size() < 5) return;
    out_.text("  meta ");
    policy(parts[4]);
}

void Formatter::bind_result(NodeId id) {
    word_after(" as ", id);
    if (children(id).empty()) return;
    out_.text("[");
    expression(child(id, 0));
    out_.text("]");
}

void Formatter::place(NodeId id) {
    out_.text(" ");
    word_after("", id);
    out_.text(" ");
    expression(child(id, 0));
}

void Formatter::policy(NodeId id) {
    const std::string_view word = tree_.word(id);
    if (word == "none") return out_.text(word);
    out_.text("from ");
    expression(child(id, 0));
    if (word == "from") return;
    out_.text(word == "from only" ? " only " : " except ");
    expressions("{", children(id).subspan(1), "}", end(id), false);
}

// With an `else` all braces hold rows on lines of their own.
void Formatter::if_statement(NodeId id, bool follows_else) {
    const Nodes parts = children(id);
    const bool alone = parts.size() == 2 && !follows_else;
    out_.text("if ");
    operand(parts[0]);
    out_.text(" ");
    braces(children(parts[1]), end(parts[1]), alone);
    if (parts.size() == 2) return;
    stray_comments(begin(parts[2]));
    out_.text(" else ");
    if (kind(parts[2]) == Kind::if_) return if_statement(parts[2], true);
    braces(children(parts[2]), end(parts[2]), false);
}

void Formatter::for_statement(NodeId id) {
    const Nodes parts = children(id);
    out_.text("for ");
    target(parts[0], true);
    out_.text(" in ");
    operand(parts[1]);
    if (parts.size() > 3) {
        out_.text(" if ");
        operand(child(parts[3], 0));
    }
    out_.text(" ");
    braces(children(parts[2]), end(parts[2]));
}

// -- steps

void Formatter::in_submodules(NodeId id) {
    Nodes parts = children(id);
    out_.text("in submodules ");
    if (!tree_.word(id).empty()) {
        out_.text(tree_.word(id));
        out_.text(" ");
    }
    for (bool first = true; !parts.empty() && kind(parts[0]) == Kind::name; parts = parts.subspan(1), first = false) {
        out_.text(first ? "sharing " : ", ");
        expression(parts[0]);
        if (parts.size() == 1 || kind(parts[1]) != Kind::name) out_.text(" ");
    }
    braces(parts, end(id));
}

void Formatter::step(NodeId id) {
    const Nodes parts = children(id);
    const auto steps = [&](std::string_view head) {
        out_.text(head);
        braces(parts, end(id));
    };
    switch (kind(id)) {
    case Kind::sweep:
        out_.text("sweep ");
        for (size_t i = 0; i < parts.size(); ++i) {
            if (i > 0) out_.text(", ");
            expression(parts[i]);
        }
        if (!tree_.word(id).empty()) out_.text(" ");
        return out_.text(tree_.word(id));
    case Kind::repeat: word_after("repeat at most ", id); return steps(" ");
    case Kind::in_submodules: return in_submodules(id);
    case Kind::run: return word_after("run ", id);
    case Kind::requires_:
    case Kind::ensures: {
        out_.text(kind(id) == Kind::ensures ? "ensures " : "requires ");
        const bool denies = kind(parts[0]) == Kind::no_pattern;
        if (denies) out_.text("no ");
        return operand(denies ? child(parts[0], 0) : parts[0]);
    }
    default: {
        out_.text("expect ");
        expression(parts[0]);
        out_.text(" ");
        const std::string_view bound = tree_.word(id);
        return out_.text(bound.starts_with("exactly ") ? bound.substr(8) : bound);
    }
    }
}

// -- tests

void Formatter::test_part(NodeId id) {
    switch (kind(id)) {
    case Kind::graph:
        out_.text("run ");
        out_.text(tested_pass_);
        out_.text(" on ");
        return graph(id);
    case Kind::graph_node: return graph_node(id);
    case Kind::graph_return: out_.text("return "); return expression(child(id, 0));
    case Kind::becomes: out_.text("becomes "); return graph(child(id, 0));
    case Kind::submodule:
        word_after("submodule ", id);
        out_.text(" ");
        return graph(child(id, 0));
    case Kind::unchanged: return out_.text("unchanged");
    default: return word_after("fails ", id);
    }
}

void Formatter::graph(NodeId id) {
    name_width_ = 0;
    call_width_ = 0;
    for (const NodeId node : children(id))
        if (kind(node) == Kind::graph_node) name_width_ = std::max(name_width_, tree_.word(node).size());
    call_begin_ = (depth_ + 1) * Layout::indent_width + name_width_ + std::string_view(" = ").size();
    for (const NodeId node : children(id))
        if (kind(node) == Kind::graph_node && children(node).size() > 2)
            call_width_ = std::max(call_width_, flat_width_of_call(node));
    for (const NodeId node : children(id))
        if (kind(node) == Kind::graph_node && is_broken_by_column(node)) call_width_ = 0;
    braces(children(id), end(id));
}

// Whether metadata would fit behind the call, and does not where that of all nodes begins.
bool Formatter::is_broken_by_column(NodeId id) const {
    const size_t width = flat_width_of_call(id);
    if (children(id).size() < 3 || width == 0 || call_width_ == 0) return false;
    const Nodes entries = children(child(id, 2));
    size_t rest = call_begin_ + std::string_view("  meta {  }").size();
    for (const NodeId entry : entries) rest += flat_width(entry) + (entry == entries.back() ? 0 : 2);
    return rest + width <= Layout::max_width && rest + call_width_ > Layout::max_width;
}

// 0 where it takes several lines.
size_t Formatter::flat_width_of_call(NodeId id) const {
    const size_t width = flat_width(child(id, 0)) + flat_width(child(id, 1));
    return call_begin_ + width <= Layout::max_width ? width : 0;
}

void Formatter::graph_node(NodeId id) {
    out_.text(padded(written_word(id), name_width_) + " = ");
    expression(child(id, 0));
    expression(child(id, 1));
    if (children(id).size() < 3) return;
    const size_t width = flat_width_of_call(id);
    const NodeId meta = child(id, 2);
    out_.text(padded("", width == 0 || call_width_ == 0 ? 0 : call_width_ - width) + "  meta ");
    if (children(meta).empty() && !comment_before(end(meta))) return out_.text("{}");
    expressions("{", children(meta), "}", end(meta), false, Break::space);
}

}  // namespace dqrewrite
