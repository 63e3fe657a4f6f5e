// The syntax tree of a rule file: what was written, and where.
//
// One kind of node for everything: a Kind, the span of its text, a word and children. The table below
// says which word and which children each kind has; text_form() prints a tree by the same rule, so that
// every tree has a readable golden form. Nothing is resolved here: an `op name` is a row of words until
// the checker (engine/program) has looked it up. Trees are at most `max_depth` nodes deep, so
// recursion over them is safe. Brackets that only group leave no node: the span of what they hold includes them.
// Made by parse() (grammar/parse.hpp). Tested by tests/grammar.
#pragma once

#include "grammar/source.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::syntax {

// Levels of brackets, blocks, prefix operators and the like that a rule file may open.
inline constexpr unsigned max_nesting = 200;
// Nodes on the way from the root to any node: also a long row of operators makes a deep tree.
inline constexpr unsigned max_depth = 1000;
// Nodes and words of one file: what is made of them later takes some hundred bytes for each.
inline constexpr size_t max_parts = 4'000'000;

// In the table, `word` is what Tree::word() gives; [x] is optional, x* any number.
enum class Kind : uint8_t {
    file,  // declaration*

    // -- declarations
    import,      // word: the path, decoded
    ops,         // word: name; op set
    pattern,     // word: name; params, pattern
    define,      // word: name; params, expression
    rule,        // word: name; clause*, [rewrite]
    arrow_rule,  // word: name; pattern, where*, template (an expression)
    pass,        // word: name; step*
    test,        // word: title, decoded; run (word: pass), graph, outcome
    params,      // name*; word: "()" where brackets stand, else empty

    // -- op sets
    op_union,       // op set, op set
    op_difference,  // op set, op set
    op_name,        // word: as written, without spaces and last commas (empty where it has braces and stands
                    // in braces); component*: op_word | op_star | op_braces
    op_word,        // word
    op_star,
    op_braces,  // op_name*

    // -- clauses of a rule
    match,    // pattern
    let,      // target, expression   (also a statement)
    where,    // expression
    unless,   // expression
    rewrite,  // statement*

    // -- patterns
    either,           // pattern, pattern+          a | b
    bind,             // word: name; pattern        name: p
    call,             // word: "", "*" or "?" (chain, optional); op_name, argument*, [as]
    as,               // word: name of the chain's list
    list_pattern,     // argument*
    tuple_pattern,    // argument*
    literal_pattern,  // literal expression (integer … dtype, or negate of a number)
    anything,         // _
    reference,        // op_name                    a bare word or an op name without brackets
    open_rest,        // ...                        (only as an argument)
    named_rest,       // word: name; *rest          (only as an argument)
    named_argument,   // word: schema name; pattern (only as an argument)

    // -- statements of rewrite
    clone,        // expression, bind_result, place
    insert,       // callee, arguments, bind_result, place, [policy]
    replace,      // expression (old), expression (new), [expression (user)]
    set,          // expression (field), expression
    set_meta,     // expression (n.meta), policy
    delete_,      // expression (field)
    move,         // expression, place
    erase,        // expression
    remember,     // word: table; key expression, value expression
    eliminate,    // eliminate dead code        (also a step)
    fail,         // string or format_string
    warn,         // string or format_string
    if_,          // condition, block, [block or if_]        (also a step)
    for_,         // target, expression, block, [filter]
    filter,       // expression                 the `if` of for_ and of comprehension_for
    block,        // statement*, or step*
    bind_result,  // word: name; [key expression]
    place,        // word: "before" or "after"; expression
    policy,       // word: "none", "from", "from only", "from except"; [expression], key*
    key,          // word
    target,       // (name | target)+           `a`, `a, b`, `(a, b)` alike
    arguments,    // argument*

    // -- passes
    sweep,          // word: "", "backward", "over NAME" or "backward over NAME"; name+ (the rules)
    repeat,         // word: the bound; step*
    in_submodules,  // word: "" or "over NAME"; name* (the tables that are shared), step*
    run,            // word: name of a pass
    requires_,      // expression, or no_pattern
    ensures,        // expression, or no_pattern
    no_pattern,     // pattern
    expect,         // word: "exactly N", "at least N", "at most N"; name (of a rule)

    // -- tests
    graph,         // graph_node*, graph_return, submodule*
    graph_node,    // word: name; callee, arguments, [meta]
    graph_return,  // expression
    submodule,     // word: path, decoded; graph
    meta,          // entry*                     an entry's key here is `key`
    becomes,       // graph
    unchanged,
    fails,  // word: the text, decoded

    // -- expressions
    name,           // word
    integer,        // word: digits
    real,           // word: digits, or inf, nan
    string,         // word: decoded
    format_string,  // (string | expression)*
    none,
    true_,
    false_,
    dtype,               // word: int8 …
    list,                // (expression | star_item)*
    tuple,               // (expression | star_item)*
    dict,                // (entry | double_star)*
    set_display,         // (expression | star_item)*
    list_comprehension,  // expression, comprehension_for+
    set_comprehension,   // expression, comprehension_for+
    dict_comprehension,  // entry, comprehension_for+
    generator,           // expression, comprehension_for+       the single argument of a call, or (x for …)
    comprehension_for,   // target, expression, filter*
    entry,               // key expression, value expression
    star_item,           // *expression
    double_star,         // **expression
    keyword,             // word: name; expression     in arguments
    field,               // word: name; expression     e.name
    call_expression,     // callee expression, argument*
    subscript,           // expression, index expression or slice
    slice,               // start, stop, step: each an expression or `absent`
    absent,
    negate,       // expression
    not_,         // expression
    and_,         // expression, expression+
    or_,          // expression, expression+
    binary,       // word: + - * / // % ** ; expression, expression
    compare,      // (word: == != < <= > >= in "not in" stands in `operator`) expression, (operator, expression)+
    operator_,    // word
    is,           // word: "is" or "is not"; expression, pattern
    conditional,  // value, condition, other
    walk,         // word: name; start, step, [while_], [at_most]
    while_,       // expression
    at_most,      // word: number
};

enum class NodeId : uint32_t {};

class Tree {
public:
    Kind kind(NodeId id) const { return node(id).kind; }
    Span span(NodeId id) const { return node(id).span; }
    // The span of the word alone, for a caret under a name rather than under all of a declaration.
    Span word_span(NodeId id) const { return node(id).word_span; }
    std::string_view word(NodeId id) const { return node(id).word; }
    std::span<const NodeId> children(NodeId id) const {
        return {children_.data() + node(id).first_child, node(id).child_count};
    }
    NodeId child(NodeId id, size_t index) const { return children(id)[index]; }
    NodeId root() const { return root_; }
    size_t size() const { return nodes_.size(); }

    // Children come before their parent: a tree is built from its leaves, and add() of the file is last.
    NodeId add(Kind kind, Span span, std::string word, Span word_span, std::span<const NodeId> children);

private:
    struct Node {
        Kind kind;
        Span span;
        Span word_span;
        std::string word;
        uint32_t first_child;
        uint32_t child_count;
    };
    const Node& node(NodeId id) const { return nodes_[static_cast<uint32_t>(id)]; }

    std::vector<Node> nodes_;
    std::vector<NodeId> children_;
    NodeId root_{};
};

// "(rule double_neg (match …))", one line for each declaration, clause and statement, indented by two.
std::string text_form(const Tree& tree, NodeId id);
// The name of a kind as text_form() prints it.
std::string_view kind_name(Kind kind);
// Same kinds, words and children; spans do not count.
bool same_tree(const Tree& a, const Tree& b);

}  // namespace dqrewrite::syntax
