// The checker at work: shared state of check_ops, check_pattern, check_expression, check_statement and
// check_pass. Private to engine/program; check.hpp is the way in.
//
// Each function takes a node of the syntax tree and adds what it means to the Program; where something is
// wrong it reports and returns an id that is legal but means nothing, so that checking goes on.
#pragma once

#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::program {

// The variables of one rule, define or test graph, and which of them can be seen from here.
class Scope {
public:
    explicit Scope(std::vector<std::string>& variables) : variables_(&variables) {}

    struct Entry {
        std::string_view name;
        VariableId variable;
        Location location;
        bool used = false;
        bool must_be_used = true;
        bool partial = false;  // bound by some alternatives only
    };

    // Null where the name is not bound here.
    Entry* find(std::string_view name);
    VariableId add(std::string_view name, Location location, bool must_be_used = true);
    // The same variable under the same name again, after the alternatives of a pattern.
    void restore(const Entry& entry) { entries_.push_back(entry); }
    VariableId hidden(std::string name);

    size_t mark() const { return entries_.size(); }
    // Takes the entries since `mark` out of sight and gives them back: for warnings about unused ones.
    std::vector<Entry> leave(size_t mark);
    std::vector<std::string> names() const;

private:
    std::vector<std::string>* variables_;
    std::vector<Entry> entries_;
};

// A file's part of the syntax: every node of a tree belongs to one.
struct Place {
    uint32_t file;
    syntax::NodeId node;
};

class Checker {
public:
    Checker(const RuleFiles& files, Program& program, Diagnostics& diagnostics);

    void run();

private:
    enum class DeclarationKind { ops, pattern, define, rule, pass };
    struct Declaration {
        DeclarationKind kind;
        Place place;
        std::optional<uint32_t> id;  // of what it became in the program, once it did
        bool open = false;           // being checked: a reference to it now is recursion
    };

    // -- checker.cpp: declarations, reports
    void collect(uint32_t file);
    void collect_tables(uint32_t file);
    void check_declarations();
    Declaration* declaration(std::string_view name, DeclarationKind kind);
    bool enter(Declaration& declaration, std::string_view name, Location use);
    void report(std::string_view code, Location location, std::string message, std::vector<DiagnosticNote> notes = {});
    void warn(std::string_view code, Location location, std::string message);
    void warn_unused(const std::vector<Scope::Entry>& entries);
    Location location(syntax::NodeId node) const { return {file_, tree().span(node)}; }
    Location word_location(syntax::NodeId node) const { return {file_, tree().word_span(node)}; }
    const syntax::Tree& tree() const { return files_.files[file_].tree; }
    std::string_view word(syntax::NodeId node) const { return tree().word(node); }
    syntax::Kind kind(syntax::NodeId node) const { return tree().kind(node); }
    std::span<const syntax::NodeId> children(syntax::NodeId node) const { return tree().children(node); }
    syntax::NodeId child(syntax::NodeId node, size_t index) const { return tree().child(node, index); }
    // The child of that kind, if there is one.
    std::optional<syntax::NodeId> child_of_kind(syntax::NodeId node, syntax::Kind kind) const;
    std::string declared_names_like(std::string_view name, std::initializer_list<DeclarationKind> kinds) const;

    // -- check_ops.cpp
    std::vector<OpId> op_set(syntax::NodeId node);
    std::vector<OpId> op_name(syntax::NodeId node);        // all products of its braces
    std::optional<OpId> resolve_op(std::string_view dotted, Location location);
    std::vector<OpId> named_ops(std::string_view name, Location location);  // of an `ops` declaration
    OpSetId add_op_set(std::vector<OpId> members);
    OpId add_op(const std::string& target);
    std::string display(OpId op) const;                    // as rules write it: "aten.relu.default"
    const Schema* schema(OpId op);
    // The words of an op name or of a dotted expression: "a.b.c"; empty where it is something else.
    std::string dotted(syntax::NodeId node) const;
    std::string_view first_word(syntax::NodeId node) const;
    bool is_single_word(syntax::NodeId op_name) const;

    // -- check_pattern.cpp
    enum class Where { root, is, argument };
    enum class Binding { allowed, forbidden };
    PatternId pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId bind_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId either_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId call_pattern(syntax::NodeId node, Scope& scope, Binding binding);
    PatternId chain_pattern(syntax::NodeId node, Scope& scope, Binding binding);
    PatternId reference_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId declared_pattern(std::string_view name, Location use);
    PatternId variable_pattern(std::string_view name, Location location, Scope& scope, Binding binding);
    void pattern_arguments(Pattern& pattern, std::span<const syntax::NodeId> nodes, Scope& scope, Binding binding);
    void check_against_schemas(const Pattern& pattern);
    void check_against_schema(const Pattern& pattern, OpId op);
    VariableId bind_name(std::string_view name, Location location, Scope& scope, Binding binding);
    PatternId add(Pattern pattern);

    // -- check_expression.cpp
    ExpressionId expression(syntax::NodeId node, Scope& scope);
    ExpressionId name_expression(syntax::NodeId node, Scope& scope);
    ExpressionId field_expression(syntax::NodeId node, Scope& scope);
    std::optional<ExpressionId> dotted_constant(syntax::NodeId node, Scope& scope);
    ExpressionId comprehension(syntax::NodeId node, Scope& scope, Expression::Kind kind);
    ExpressionId is_expression(syntax::NodeId node, Scope& scope);
    ExpressionId walk_expression(syntax::NodeId node, Scope& scope);
    ExpressionId compare_expression(syntax::NodeId node, Scope& scope);
    ExpressionId children_expression(Expression::Kind kind, syntax::NodeId node, Scope& scope);
    uint32_t target(syntax::NodeId node, Scope& scope, bool must_be_used = true);
    ExpressionId add(Expression expression);
    ExpressionId constant(const Value& value, Location location);
    ExpressionId text_constant(Value::Kind kind, std::string_view text, Location location);
    ExpressionId nothing(Location location);  // the constant None
    Value literal(syntax::NodeId node);
    uint32_t add_constant(const Value& value);

    // -- check_calls.cpp
    ExpressionId call_expression(syntax::NodeId node, Scope& scope);
    ExpressionId function_call(syntax::NodeId node, Function function, Scope& scope);
    ExpressionId method_call(syntax::NodeId node, Method method, Scope& scope);
    ExpressionId define_call(syntax::NodeId node, std::string_view name, Scope& scope);
    std::optional<DefineId> define(std::string_view name, Location use);
    std::vector<ExpressionId> call_arguments(syntax::NodeId node, size_t first, Scope& scope);

    // -- check_statement.cpp
    void rule(Declaration& declaration);
    void collect_own_tables(syntax::NodeId node);
    void clause(syntax::NodeId node, Rule& rule, Scope& scope);
    void where_clause(syntax::NodeId expression_node, Rule& rule, Scope& scope);
    void arrow_rule(syntax::NodeId node, Rule& rule, Scope& scope);
    ExpressionId template_expression(syntax::NodeId node, Rule& rule, Scope& scope);
    std::vector<StatementId> block(syntax::NodeId node, Scope& scope);
    StatementId statement(syntax::NodeId node, Scope& scope);
    void insert_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void insert_callee(syntax::NodeId callee, Statement& statement, Scope& scope);
    void set_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void meta_policy(syntax::NodeId node, Statement& statement, Scope& scope);
    bool meta_path(syntax::NodeId node, Statement& statement, Scope& scope);
    void result_and_place(syntax::NodeId node, Statement& statement, Scope& scope);
    StatementId add(Statement statement);

    // -- check_pass.cpp
    void pass(Declaration& declaration);
    std::optional<PassId> pass_id(std::string_view name, Location use);
    std::optional<RuleId> rule_id(std::string_view name, Location use);
    std::vector<Step> steps(std::span<const syntax::NodeId> nodes);
    std::optional<Step> step(syntax::NodeId node);
    void sweep(syntax::NodeId node, Step& step);
    void condition(syntax::NodeId node, Step& step);
    uint64_t bound(std::string_view digits, Location location);
    void test(syntax::NodeId node);
    TestGraph test_graph(syntax::NodeId node);
    void test_node(syntax::NodeId node, TestGraph& graph, Scope& scope);
    TableId table(std::string_view name);

    const RuleFiles& files_;
    Program& program_;
    Diagnostics& diagnostics_;
    uint32_t file_ = 0;  // the file that is being checked
    std::map<std::string, Declaration, std::less<>> declarations_;
    std::map<std::string, OpId, std::less<>> ops_;
    std::map<std::string, TableId, std::less<>> tables_;
    std::map<OpId, std::optional<Schema>> schemas_;
    ValueStore schema_store_;
    std::vector<std::string> op_names_;  // for suggestions, made when the first is asked for
    std::map<std::string, TableId, std::less<>> own_tables_;  // `as own[k]` of the rule that is being checked
    std::vector<std::string>* frame_ = nullptr;  // variables of the rule, define or test that is being checked
};

}  // namespace dqrewrite::program
