// The tree's storage, its text form, and its comparison. See syntax.hpp for the table of kinds.
#include "grammar/syntax.hpp"

#include "grammar/escapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dqrewrite::syntax {

namespace {

// In the order of Kind.
// clang-format off
constexpr std::array kind_names = std::to_array<std::string_view>({
    "file", "import", "ops", "pattern", "define", "rule", "arrow_rule", "pass", "test", "params",
    "op_union", "op_difference", "op_name", "op_word", "op_star", "op_braces",
    "match", "let", "where", "unless", "rewrite",
    "either", "bind", "call", "as", "list_pattern", "tuple_pattern", "literal_pattern", "_", "reference", "...",
    "named_rest", "named_argument",
    "clone", "insert", "replace", "set", "set_meta", "delete", "move", "erase", "remember", "eliminate", "fail", "warn",
    "if", "for", "filter", "block", "bind_result", "place", "policy", "key", "target", "arguments",
    "sweep", "repeat", "in_submodules", "run", "requires", "ensures", "no_pattern", "expect",
    "graph", "graph_node", "graph_return", "submodule", "meta", "becomes", "unchanged", "fails",
    "name", "integer", "real", "string", "format_string", "None", "True", "False", "dtype", "list", "tuple", "dict",
    "set_display", "list_comprehension", "set_comprehension", "dict_comprehension", "generator", "comprehension_for",
    "entry", "star_item", "double_star", "keyword", "field", "call_expression", "subscript", "slice", "absent",
    "negate", "not", "and", "or", "binary", "compare", "operator", "is", "conditional", "walk", "while", "at_most",
});
// clang-format on
static_assert(kind_names.size() == static_cast<size_t>(Kind::at_most) + 1);

// Kinds that text_form() begins a line with.
bool begins_line(Kind kind) {
    const auto between = [kind](Kind first, Kind last) { return first <= kind && kind <= last; };
    return between(Kind::import, Kind::test) || between(Kind::match, Kind::rewrite) ||
           between(Kind::clone, Kind::for_) || between(Kind::sweep, Kind::ensures) || kind == Kind::expect ||
           between(Kind::graph_node, Kind::submodule) || between(Kind::becomes, Kind::fails) || kind == Kind::graph;
}

bool is_plain(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return c > ' ' && c < 0x7F && c != '"' && c != '(' && c != ')' && c != '\\';
    });
}

class TextForm {
public:
    explicit TextForm(const Tree& tree) : tree_(tree) {}

    void write(NodeId id) {
        const Kind kind = tree_.kind(id);
        const std::string_view word = tree_.word(id);
        switch (kind) {
        case Kind::name:
        case Kind::integer:
        case Kind::real: text_ += word; return;
        case Kind::string: text_ += quoted(word); return;
        case Kind::none:
        case Kind::true_:
        case Kind::false_:
        case Kind::anything:
        case Kind::open_rest: text_ += kind_name(kind); return;
        default: break;
        }
        text_ += '(';
        text_ += kind_name(kind);
        if (!word.empty()) text_ += ' ' + (is_plain(word) ? std::string(word) : quoted(word));
        if (!word_says_all(id)) write_children(id);
        text_ += ')';
    }

    std::string take() { return std::move(text_); }

private:
    // An op name of words alone: its components say nothing more.
    bool word_says_all(NodeId id) const {
        const auto parts = tree_.children(id);
        return tree_.kind(id) == Kind::op_name && !tree_.word(id).empty() &&
               std::all_of(parts.begin(), parts.end(),
                           [&](NodeId part) { return tree_.kind(part) == Kind::op_word; });
    }

    void write_children(NodeId id) {
        const bool indents = begins_line(tree_.kind(id)) || tree_.kind(id) == Kind::file;
        indent_ += indents ? 2 : 0;
        for (NodeId child : tree_.children(id)) {
            if (begins_line(tree_.kind(child))) {
                text_ += fmt::format("\n{:{}}", "", indent_);
            } else {
                text_ += ' ';
            }
            write(child);
        }
        indent_ -= indents ? 2 : 0;
    }

    const Tree& tree_;
    std::string text_;
    size_t indent_ = 0;
};

}  // namespace

NodeId Tree::add(Kind kind, Span span, std::string word, Span word_span, std::span<const NodeId> children) {
    const auto first = static_cast<uint32_t>(children_.size());
    children_.insert(children_.end(), children.begin(), children.end());
    nodes_.push_back({kind, span, word_span, std::move(word), first, static_cast<uint32_t>(children.size())});
    root_ = static_cast<NodeId>(nodes_.size() - 1);
    return root_;
}

std::string text_form(const Tree& tree, NodeId id) {
    TextForm form(tree);
    form.write(id);
    return form.take();
}

std::string_view kind_name(Kind kind) {
    return kind_names[static_cast<size_t>(kind)];
}

bool same_tree(const Tree& a, const Tree& b) {
    std::vector<std::pair<NodeId, NodeId>> open{{a.root(), b.root()}};
    if (a.size() == 0 || b.size() == 0) return a.size() == b.size();
    while (!open.empty()) {
        const auto [left, right] = open.back();
        open.pop_back();
        const auto lefts = a.children(left);
        const auto rights = b.children(right);
        if (a.kind(left) != b.kind(right) || a.word(left) != b.word(right) || lefts.size() != rights.size())
            return false;
        for (size_t i = 0; i < lefts.size(); ++i) open.emplace_back(lefts[i], rights[i]);
    }
    return true;
}

}  // namespace dqrewrite::syntax
