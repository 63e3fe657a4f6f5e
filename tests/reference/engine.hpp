// The reference engine: rules run straight from the syntax tree, by recursion and continuations.
//
// The slow and obvious reading of the language (its document's parts on patterns, clauses and expressions): a
// pattern is a function that calls `then` with the names bound so far, once for each of its solutions in order,
// until one of the calls says that all the rest fits too. It shares nothing with engine/program and engine/rewrite:
// names, ops, arguments and values have lookups of their own here. It trusts that the checker has taken the rules.
// The bodies of rules are carried out by rewriter.hpp.
// Limits: `steps` patterns and expressions, then TooSlow.
// Tested against the compiled engine by difference_test.cpp: each is the other's test.
#pragma once

#include "engine/ops/op_table.hpp"
#include "grammar/syntax.hpp"
#include "tests/reference/object.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

namespace dqrewrite::reference {

struct TooSlow : std::runtime_error {
    TooSlow() : std::runtime_error("the reference engine has spent its steps") {}
};

// The names that are bound, and what to.
using Names = std::map<std::string, Object, std::less<>>;

// A node of one of the trees.
struct Syntax {
    const syntax::Tree* tree;
    syntax::NodeId id;

    syntax::Kind kind() const { return tree->kind(id); }
    std::string_view word() const { return tree->word(id); }
    size_t size() const { return tree->children(id).size(); }
    Syntax operator[](size_t index) const { return {tree, tree->child(id, index)}; }
    Syntax last() const { return (*this)[size() - 1]; }
    std::vector<Syntax> children() const;
    std::optional<Syntax> child(syntax::Kind wanted) const;
};

class Engine {
public:
    // All references outlive the engine; the graph may change between two calls. Names are looked up in all trees
    // alike.
    Engine(const std::vector<const syntax::Tree*>& trees, const OpDeclarations& declarations, OpTable& table,
           const Graph& graph, size_t steps);

    // The names that the first solution of the rule at `root` binds; nothing where there is no solution.
    std::optional<Names> match(std::string_view rule, NodeId root);
    // Whether a pattern that binds nothing further matches.
    bool matches(Syntax p, const Object& value);

    // -- what a rewrite asks
    std::optional<Syntax> declared(syntax::Kind kind, std::string_view name) const;
    // The ops of a set in its order.
    const std::vector<std::string>& targets(Syntax op_set);
    // CannotEvaluate, both.
    Object evaluate(Syntax e, const Names& names);
    void unpack(Syntax target, const Object& value, Names& names);
    bool is_true(Syntax e, const Names& names) { return truth(evaluate(e, names)); }
    // In a rewrite `.users`, `.meta` … of what is no node cannot be evaluated; in a clause they are None.
    void set_strict(bool strict) { strict_ = strict; }
    // By name, all that any rule writes to.
    std::map<std::string, Object, std::less<>>& tables() { return tables_; }
    bool is_shared(std::string_view table) const { return shared_.contains(table); }
    void spend();

    // The arguments of a node as its schema sees them: each with the name and the position by which it can be
    // asked for, if any, and its value, stored or default, if any.
    struct Argument {
        std::optional<std::string> name;
        std::optional<size_t> position;
        std::optional<Object> value;
        bool may_be_left_out = true;  // absent, or equal to its default
        bool asked = false;           // by a pattern before
    };
    std::vector<Argument> arguments_of(NodeId node);
    const Schema* schema(NodeId node);  // null where there is none

private:
    // What a pattern sees: the names that are bound. Inside of a declared pattern these are its own, and beside them
    // are its parameters, each with the pattern that its user has given, and the user's scope.
    struct Scope {
        Names names;
        std::map<std::string, std::optional<Syntax>, std::less<>> parameters;
        std::shared_ptr<const Scope> user;
    };
    using Then = std::function<bool(const Scope&)>;
    using ThenNames = std::function<bool(const Names&)>;
    // What a bare word may mean: at the root a kind, an `ops` or a pattern, after `is` a bound name too; as an
    // argument a name.
    enum class Where { root, is, argument };

    // -- patterns.cpp
    bool clauses(Syntax rule, size_t index, const Names& names, const ThenNames& then);
    bool where(const std::vector<Syntax>& conditions, size_t index, const Names& names, const ThenNames& then);
    bool pattern(Syntax p, const Object& value, const Scope& scope, Where where, const Then& then);
    bool bound_to(std::string_view name, const Object& value, const Scope& scope, const Then& then);
    bool reference(Syntax p, const Object& value, const Scope& scope, Where where, const Then& then);
    bool declared_pattern(Syntax declaration, Syntax use, const Object& value, const Scope& scope, const Then& then);
    bool parameter(const std::optional<Syntax>& given, const Object& value, const Scope& scope, const Then& then);
    bool call(Syntax p, const Object& value, const Scope& scope, const Then& then);
    bool chain(Syntax p, const Object& value, const Scope& scope, const Then& then);
    bool row(Syntax p, size_t index, const Object& value, const Scope& scope, const Then& then);
    bool is_call_of(const Object& value, Syntax op_set);
    bool has_literal(Syntax p, const Object& value);
    Object literal_call(Syntax p);

    Object bound(NodeId node, bool keyword_only);
    std::optional<Object> argument_named(NodeId node, std::string_view name);
    bool arguments(Syntax p, size_t index, size_t position, std::vector<Argument> left, const Scope& scope,
                   const Then& then);

    // -- names.cpp
    void find_tables(Syntax in);
    std::vector<std::string> resolve_set(Syntax op_set);
    std::vector<std::string> spellings(Syntax op_name);
    std::string target(const std::string& written) const;

    // -- expressions.cpp
    using Visit = std::function<bool(const Object&)>;  // false: no more
    Object format(Syntax e, const Names& names);
    Object name(Syntax e, const Names& names);
    std::optional<Object> dotted(Syntax e, const Names& names);
    Object torch_constant(const std::string& word);
    std::vector<Object> values(Syntax e, size_t first, const Names& names);  // of children, stars spread
    Object display(Syntax e, const Names& names);
    Object compare(Syntax e, const Names& names);
    bool contains(const Object& container, const Object& item);
    bool each(Syntax iterable, const Names& names, const Visit& visit);
    bool each_of(const Object& iterable, const Visit& visit);
    bool loops(Syntax comprehension, size_t index, const Names& names, const std::function<bool(const Names&)>& body);
    Object comprehension(Syntax e, const Names& names);
    bool each_walked(Syntax e, const Names& names, const Visit& visit);
    Object walk(Syntax e, const Names& names);

    // -- fields.cpp
    Object field(Syntax e, const Names& names);
    void check_field(Syntax e, const Object& object, const Names& names);
    Object field_of(const Object& object, std::string_view field);
    Object field_of_node(NodeId node, std::string_view field);
    Object subscript(Syntax e, const Names& names);
    Object item_of(const Object& object, const Object& index);
    Object slice_of(const Object& object, const Object& slice);

    // -- functions.cpp
    Object call_expression(Syntax e, const Names& names);
    Object function(std::string_view name, Syntax e, const Names& names);
    std::vector<Object> items_of(const Object& iterable);
    Object function_of_values(std::string_view name, const std::vector<Object>& given);
    Object function_of_items(std::string_view name, Syntax e, const Names& names);
    Object method(std::string_view name, const Object& object, const std::vector<Object>& arguments);

    // -- texts.cpp
    Object text_method(std::string_view name, const Object& object, const std::vector<Object>& arguments);
    Object join(const Object& between, const Object& items);

    std::vector<const syntax::Tree*> trees_;
    const OpDeclarations& declarations_;
    OpTable& table_;
    const Graph& graph_;
    size_t steps_;
    bool strict_ = false;
    std::map<std::string, Object, std::less<>> tables_;
    std::set<std::string, std::less<>> shared_;  // tables that hold no nodes
    std::map<std::pair<const syntax::Tree*, syntax::NodeId>, std::vector<std::string>> op_sets_;
    std::vector<std::string> declared_ops_;  // all, listed when the first `*` asks for them
};

// Python's operators on two values.
Object calculate(std::string_view op, const Object& a, const Object& b);
Object negate(const Object& value);

}  // namespace dqrewrite::reference
