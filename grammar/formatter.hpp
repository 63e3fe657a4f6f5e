// Writes a tree into a layout, in the order of the text, with the comments that stand between its nodes.
//
// A gap is where a line may break: there, and only there, a comment may end a line. Comments at any other place
// go to the end of the line that they come to stand in.
// Private to format(); expressions and patterns are in format_expression.cpp, the rest in format.cpp.
#pragma once

#include "grammar/comments.hpp"
#include "grammar/layout.hpp"
#include "grammar/syntax.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace dqrewrite {

class Formatter {
public:
    using NodeId = syntax::NodeId;
    using Kind = syntax::Kind;

    Formatter(const Source& source, const syntax::Tree& tree, std::span<const Comment> comments)
        : source_(source), tree_(tree), comments_(comments) {}

    std::string format_file();

private:
    using Nodes = std::span<const NodeId>;
    enum class Break { space, seam, new_line };

    Kind kind(NodeId id) const { return tree_.kind(id); }
    Nodes children(NodeId id) const { return tree_.children(id); }
    NodeId child(NodeId id, size_t index) const { return tree_.child(id, index); }
    uint32_t begin(NodeId id) const { return tree_.span(id).begin; }
    uint32_t end(NodeId id) const { return tree_.span(id).end; }
    // What is written of a node of one token, or of its word.
    std::string_view written_word(NodeId id) const { return source_.text(tree_.word_span(id)); }
    void word_after(std::string_view keyword, NodeId id);

    // -- gaps and comments
    bool comment_before(uint32_t offset) const {
        return next_comment_ < comments_.size() && comments_[next_comment_].span.begin < offset;
    }
    Span take_comment() { return comments_[next_comment_++].span; }
    void write_break(Break place);
    // Comments that no line can end with.
    void stray_comments(uint32_t offset);
    // Comments behind the text so far, on its line.
    void line_comments(uint32_t offset);
    // A line may break (or does) before what stands at `offset`.
    void gap(Break place, uint32_t offset);
    // The same behind the last item in brackets, which are indented, before the bracket at `offset`.
    void last_gap(Break place, uint32_t offset);

    // -- rows: declarations, clauses, statements, steps; in format.cpp
    void row_gap(Break place, uint32_t offset, bool is_first);
    void row(NodeId id);
    void declaration(NodeId id);
    void clause(NodeId id);
    void statement(NodeId id);
    void step(NodeId id);
    void in_submodules(NodeId id);
    void test_part(NodeId id);
    // Rows in braces, the last of which is before `end`; on one line if there is one that fits.
    void braces(Nodes rows, uint32_t end, bool may_be_one_line = true);
    void rule(NodeId id);
    void arrow_rule(NodeId id);
    void insert(NodeId id);
    void if_statement(NodeId id, bool follows_else);
    void for_statement(NodeId id);
    void graph(NodeId id);
    bool is_broken_by_column(NodeId graph_node) const;
    void graph_node(NodeId id);
    void place(NodeId id);
    void bind_result(NodeId id);
    void policy(NodeId id);
    void params(NodeId id);
    // " =" and a value, which goes to the next line if that makes it fit.
    void assigned(NodeId value);
    // An expression or pattern behind a keyword: what follows its first line is indented.
    void operand(NodeId id);
    bool breaks_in_brackets(NodeId id) const;
    size_t flat_width(NodeId expression) const;
    size_t flat_width_of_call(NodeId graph_node) const;

    // -- expressions, patterns and sets of ops; in format_expression.cpp
    bool is_grouped(NodeId id) const;
    void expression(NodeId id);
    void ungrouped(NodeId id);
    // Items in brackets, of which the closing one ends before `end`; `edge` is between items and brackets.
    void expressions(std::string_view open, Nodes items, std::string_view close, uint32_t end, bool ends_in_comma,
                     Break edge = Break::seam);
    // Its two parts, or the first two.
    void joined(NodeId id, std::string_view between);
    void field(NodeId id);
    void chain(NodeId id);
    void comparison(NodeId id);
    void conditional(NodeId id);
    void comprehension(NodeId id, std::string_view open, std::string_view close);
    void subscript(NodeId id);
    void slice(NodeId id);
    void walk(NodeId id);
    void target(NodeId id, bool is_outer);
    void op_name(NodeId id);
    void pattern_call(NodeId id);

    const Source& source_;
    const syntax::Tree& tree_;
    std::span<const Comment> comments_;
    size_t next_comment_ = 0;
    uint32_t last_end_ = 0;     // of the row or comment before, for empty lines
    size_t depth_ = 0;          // of braces
    size_t keyword_width_ = 0;  // to which the keywords of clauses are filled up
    size_t name_width_ = 0;     // the same for names of nodes in a graph
    size_t call_begin_ = 0;     // the column of their calls
    size_t call_width_ = 0;     // and for their calls, where meta stands behind them
    std::string_view tested_pass_;
    Layout out_;
};

}  // namespace dqrewrite
