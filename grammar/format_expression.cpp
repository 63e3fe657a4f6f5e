// Expressions, patterns, targets and sets of ops in their canonical form.
#include "grammar/formatter.hpp"

#include <algorithm>
#include <utility>

namespace dqrewrite {

namespace {

using syntax::Kind;

// Kinds whose first child is what they begin with.
bool begins_with_child(Kind kind) {
    switch (kind) {
    case Kind::field:
    case Kind::call_expression:
    case Kind::subscript:
    case Kind::and_:
    case Kind::or_:
    case Kind::binary:
    case Kind::compare:
    case Kind::is:
    case Kind::conditional:
    case Kind::entry:
    case Kind::slice:
    case Kind::either:
    case Kind::call:
    case Kind::reference:
    case Kind::op_union:
    case Kind::op_difference: return true;
    default: return false;
    }
}

// Operators that stand in one row.
int precedence(const syntax::Tree& tree, syntax::NodeId id) {
    switch (tree.kind(id)) {
    case Kind::or_: return 1;
    case Kind::and_: return 2;
    case Kind::either: return 3;
    case Kind::op_union:
    case Kind::op_difference: return 4;
    case Kind::binary: return tree.word(id) == "**" ? 7 : tree.word(id) == "+" || tree.word(id) == "-" ? 5 : 6;
    default: return 0;
    }
}

std::string_view sign(const syntax::Tree& tree, syntax::NodeId id) {
    switch (tree.kind(id)) {
    case Kind::or_: return "or";
    case Kind::and_: return "and";
    case Kind::either:
    case Kind::op_union: return "|";
    case Kind::op_difference: return "-";
    default: return tree.word(id);
    }
}

}  // namespace

// Whether brackets that only group are around a node: its span holds them.
bool Formatter::is_grouped(NodeId id) const {
    const Kind k = kind(id);
    const std::string_view text = source_.text(tree_.span(id));
    if (text.empty() || text.front() != '(' || k == Kind::arguments) return false;
    if (begins_with_child(k)) return begin(id) < begin(child(id, 0));
    if (k != Kind::tuple && k != Kind::tuple_pattern && k != Kind::generator) return true;
    // These have brackets of their own (a generator not always).
    const Nodes parts = children(id);
    const size_t own = parts.empty() ? text.size() : begin(parts.front()) - begin(id);
    size_t brackets = 0;
    for (size_t at = 0; at < own && brackets < 2; ++at) {
        if (text[at] == '#') at = std::min(text.find('\n', at), own - 1);
        brackets += text[at] == '(';
    }
    return brackets > 1;
}

void Formatter::expression(NodeId id) {
    stray_comments(begin(id));
    if (!is_grouped(id)) return ungrouped(id);
    out_.open();
    out_.text("(");
    out_.indent();
    // Comments right behind the bracket.
    uint32_t inner = begin(id) + 1;
    while (comment_before(end(id)) &&
           source_.text({inner, comments_[next_comment_].span.begin}).find_first_not_of("( \t\r\n") ==
               std::string::npos) {
        inner = comments_[next_comment_].span.end;
        out_.comment(source_.text(take_comment()), true);
    }
    out_.seam();
    ungrouped(id);
    last_gap(Break::seam, end(id) - 1);
    out_.text(")");
    out_.close();
}

void Formatter::expressions(std::string_view open, Nodes items, std::string_view close, uint32_t end,
                            bool ends_in_comma, Break edge) {
    out_.open();
    out_.text(open);
    if (!items.empty() || comment_before(end)) {
        out_.indent();
        if (!items.empty()) gap(edge, begin(items.front()));
        out_.open_filled();
        for (size_t i = 0; i < items.size(); ++i) {
            if (i > 0) gap(Break::space, begin(items[i]));
            expression(items[i]);
            if (i + 1 < items.size() || ends_in_comma) out_.text(",");
        }
        out_.close();
        last_gap(edge, end);
    }
    out_.text(close);
    out_.close();
}

void Formatter::ungrouped(NodeId id) {
    const Nodes parts = children(id);
    const auto prefixed = [&](std::string_view prefix) {
        out_.text(prefix);
        expression(parts[0]);
    };
    const auto named = [&](std::string_view separator) {
        out_.text(tree_.word(id));
        prefixed(separator);
    };
    switch (kind(id)) {
    case Kind::list:
    case Kind::list_pattern: return expressions("[", parts, "]", end(id), false);
    case Kind::tuple:
    case Kind::tuple_pattern: return expressions("(", parts, ")", end(id), parts.size() == 1);
    case Kind::dict:
    case Kind::set_display:
    case Kind::op_braces: return expressions("{", parts, "}", end(id), false);
    case Kind::arguments: return expressions("(", parts, ")", end(id), false);
    case Kind::list_comprehension: return comprehension(id, "[", "]");
    case Kind::set_comprehension:
    case Kind::dict_comprehension: return comprehension(id, "{", "}");
    case Kind::generator:
        return begin(id) < begin(parts[0]) ? comprehension(id, "(", ")") : comprehension(id, "", "");
    case Kind::and_:
    case Kind::or_:
    case Kind::either:
    case Kind::op_union:
    case Kind::op_difference:
    case Kind::binary: return chain(id);
    case Kind::compare: return comparison(id);
    case Kind::conditional: return conditional(id);
    case Kind::walk: return walk(id);
    case Kind::subscript: return subscript(id);
    case Kind::slice: return slice(id);
    case Kind::target: return target(id, true);
    case Kind::op_name: return op_name(id);
    case Kind::call: return pattern_call(id);
    case Kind::reference:
    case Kind::literal_pattern: return prefixed("");
    case Kind::star_item: return prefixed("*");
    case Kind::double_star: return prefixed("**");
    case Kind::negate: return prefixed("-");
    case Kind::not_: return prefixed("not ");
    case Kind::keyword:
    case Kind::named_argument: return named("=");
    case Kind::bind: return named(": ");
    case Kind::named_rest: return out_.text("*"), out_.text(tree_.word(id));
    case Kind::absent: return;
    case Kind::entry: return joined(id, ": ");
    case Kind::field: return field(id);
    case Kind::call_expression: expression(parts[0]); return expressions("(", parts.subspan(1), ")", end(id), false);
    case Kind::is: return joined(id, tree_.word(id) == "is" ? " is " : " is not ");
    default: return out_.text(written_word(id));
    }
}

void Formatter::joined(NodeId id, std::string_view between) {
    expression(child(id, 0));
    out_.text(between);
    expression(child(id, 1));
}

void Formatter::field(NodeId id) {
    const NodeId owner = child(id, 0);
    expression(owner);
    out_.text(kind(owner) == Kind::integer && !is_grouped(owner) ? " ." : ".");  // `1.` would be a number of its own
    out_.text(tree_.word(id));
}

void Formatter::chain(NodeId id) {
    const int level = precedence(tree_, id);
    if (level == 7) return joined(id, " ** ");
    // The operands from the left, each with the sign before it.
    std::vector<std::pair<NodeId, NodeId>> operands;  // operand, and the node whose sign it is
    NodeId left = id;
    for (;; left = child(left, 0)) {
        const Nodes parts = children(left);
        for (size_t i = parts.size(); i-- > 1;) operands.emplace_back(parts[i], left);
        if (precedence(tree_, parts[0]) != level || is_grouped(parts[0])) break;
    }
    out_.open();
    expression(child(left, 0));
    for (size_t i = operands.size(); i-- > 0;) {
        gap(Break::space, begin(operands[i].first));
        out_.text(sign(tree_, operands[i].second));
        out_.text(" ");
        expression(operands[i].first);
    }
    out_.close();
}

void Formatter::comparison(NodeId id) {
    const Nodes parts = children(id);
    out_.open();
    expression(parts[0]);
    for (size_t i = 1; i + 1 < parts.size(); i += 2) {
        gap(Break::space, begin(parts[i]));
        out_.text(tree_.word(parts[i]));
        out_.text(" ");
        expression(parts[i + 1]);
    }
    out_.close();
}

void Formatter::conditional(NodeId id) {
    out_.open();
    for (;;) {
        expression(child(id, 0));
        gap(Break::space, begin(child(id, 1)));
        out_.text("if ");
        expression(child(id, 1));
        const NodeId other = child(id, 2);
        gap(Break::space, begin(other));
        out_.text("else ");
        id = other;
        if (kind(id) == Kind::conditional && !is_grouped(id)) continue;
        expression(id);
        break;
    }
    out_.close();
}

void Formatter::comprehension(NodeId id, std::string_view open, std::string_view close) {
    const Nodes parts = children(id);
    out_.open();
    out_.text(open);
    if (!open.empty()) out_.indent();
    if (!open.empty()) gap(Break::seam, begin(parts[0]));
    expression(parts[0]);
    for (const NodeId part : parts.subspan(1)) {
        gap(Break::space, begin(part));
        out_.text("for ");
        target(child(part, 0), true);
        out_.text(" in ");
        expression(child(part, 1));
        for (const NodeId filter : children(part).subspan(2)) {
            gap(Break::space, begin(filter));
            out_.text("if ");
            expression(child(filter, 0));
        }
    }
    if (!open.empty()) last_gap(Break::seam, end(id));
    out_.text(close);
    out_.close();
}

void Formatter::subscript(NodeId id) {
    expression(child(id, 0));
    out_.open();
    out_.text("[");
    out_.indent();
    gap(Break::seam, begin(child(id, 1)));
    expression(child(id, 1));
    last_gap(Break::seam, end(id));
    out_.text("]");
    out_.close();
}

void Formatter::slice(NodeId id) {
    joined(id, ":");
    if (kind(child(id, 2)) == Kind::absent) return;
    out_.text(":");
    expression(child(id, 2));
}

void Formatter::walk(NodeId id) {
    const Nodes parts = children(id);
    out_.open();
    word_after("walk ", id);
    out_.text(" from ");
    expression(parts[0]);
    out_.indent();
    gap(Break::space, begin(parts[1]));
    out_.text("by ");
    expression(parts[1]);
    for (const NodeId part : parts.subspan(2)) {
        gap(Break::space, begin(part));
        if (kind(part) == Kind::at_most) {
            word_after("at most ", part);
        } else {
            out_.text("while ");
            expression(child(part, 0));
        }
    }
    out_.dedent();
    out_.close();
}

void Formatter::target(NodeId id, bool is_outer) {
    stray_comments(begin(id));
    if (kind(id) != Kind::target) return out_.text(tree_.word(id));
    if (!is_outer) out_.text("(");
    for (size_t i = 0; i < children(id).size(); ++i) {
        if (i > 0) out_.text(", ");
        target(child(id, i), false);
    }
    if (!is_outer) out_.text(")");
}

void Formatter::op_name(NodeId id) {
    for (size_t i = 0; i < children(id).size(); ++i) {
        const NodeId part = child(id, i);
        if (i > 0) out_.text(".");
        if (kind(part) == Kind::op_star) {
            out_.text("*");
        } else {
            expression(part);
        }
    }
}

void Formatter::pattern_call(NodeId id) {
    Nodes parts = children(id);
    const NodeId last = parts.back();
    const bool has_list = kind(last) == Kind::as;
    if (has_list) parts = parts.first(parts.size() - 1);
    expression(parts[0]);
    out_.text(tree_.word(id));
    expressions("(", parts.subspan(1), ")", has_list ? begin(last) : end(id), false);
    if (has_list) word_after(" as ", last);
}

}  // namespace dqrewrite
