// The checker at work: shared state of check_*.cpp. Private to engine/program; check.hpp is the way in.
//
// Each function takes a node of the syntax tree and adds what it means to the Program; where something is
// wrong it reports and returns an id that is legal but means nothing, so that checking goes on.
//
// Time and memory are bounded by the size of the text: each place where a short text can stand for much (braces
// and wildcards of op names, declarations that use declarations) has a limit, and going past it is an error.
#pragma once

#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"
#include "engine/program/facts.hpp"
#include "engine/program/scope.hpp"
#include "engine/program/words.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace dqrewrite::program {

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
        std::string_view name;
        Place place;
        std::optional<uint32_t> id;  // of what it became in the program, once it did
        bool open = false;           // being checked: a reference to it now is recursion
        bool used = false;
        uint32_t height = 0;  // declarations on the longest way down from it
    };

    // -- checker.cpp: declarations, reports
    void collect(uint32_t file);
    void collect_tables(uint32_t file);
    void mark_shared_tables(uint32_t file);
    void check_declarations();
    void check_declaration(std::string_view name, Declaration& declaration, Location at);
    void warn_unused_declarations();
    // Null where the name is not declared as that. refer() counts as use.
    Declaration* declaration(std::string_view name, DeclarationKind kind);
    Declaration* refer(std::string_view name, DeclarationKind kind, Location use);
    std::string_view
    declared_as(std::string_view name) const;  // "an ops", "a define" …; empty where it is not declared
    bool enter(Declaration& declaration, std::string_view name, Location use);
    void leave(Declaration& declaration);
    void report(std::string_view code, Location location, std::string message,
                std::vector<DiagnosticNote> notes = {});
    void warn(std::string_view code, Location location, std::string message, std::vector<DiagnosticNote> notes = {});
    void say(Severity severity, std::string_view code, Location location, std::string message,
             std::vector<DiagnosticNote> notes);
    // After too many errors nothing more is shown: what costs much is then not looked for.
    bool is_full() const { return errors_ >= max_diagnostics; }
    DiagnosticNote note(Location location, std::string message) const;
    void warn_unused(const std::vector<Scope::Entry>& entries);
    void use_table(TableId table) { table_used_[static_cast<size_t>(table)] = true; }
    TableId add_table(std::string_view name);
    // Whether recursion may go on; says so where it may not.
    bool may_nest(Location location);

    Location location(syntax::NodeId node) const { return {file_, tree().span(node)}; }
    Location word_location(syntax::NodeId node) const { return {file_, tree().word_span(node)}; }
    const syntax::Tree& tree() const { return files_.files[file_].tree; }
    std::string_view word(syntax::NodeId node) const { return tree().word(node); }
    syntax::Kind kind(syntax::NodeId node) const { return tree().kind(node); }
    std::span<const syntax::NodeId> children(syntax::NodeId node) const { return tree().children(node); }
    syntax::NodeId child(syntax::NodeId node, size_t index) const { return tree().child(node, index); }
    // The child of that kind, if there is one.
    std::optional<syntax::NodeId> child_of_kind(syntax::NodeId node, syntax::Kind kind) const;
    // The words of a dotted expression: "a.b.c"; empty where it is something else.
    std::string dotted(syntax::NodeId node) const;
    std::string_view first_word(syntax::NodeId node) const;
    // What stands there, for a message: "…" where that is long.
    std::string written(Location location) const;

    // -- check_names.cpp: what words mean, and what may have been meant
    bool is_reserved(std::string_view word, std::string& why);
    void check_declared_name(std::string_view name, DeclarationKind kind, Location location);
    bool is_namespace(std::string_view word);
    // What a person meant who wrote "true", "null": such a word is a name like others. Empty for other words.
    static std::string_view python_word(std::string_view name);
    // The same of the types of FX and PyTorch, for isinstance().
    static std::string_view python_type(std::string_view name);
    // Whether suggestions are still looked for. Who collects candidates asks first.
    bool may_suggest() const { return !is_full() && compared_ <= max_compared; }
    // `, did you mean "relu"?`; nothing once many have been looked for.
    static constexpr std::string_view hint_start = ", did you mean ";
    std::string suggest(std::string_view word, std::span<const std::string_view> candidates);
    std::string suggest_declared(std::string_view word, std::initializer_list<DeclarationKind> kinds);
    std::string suggest_op(std::string_view dotted);
    void report_unknown_name(std::string_view name, Location location, const Scope* scope);

    // -- check_ops.cpp
    std::vector<OpId> op_set(syntax::NodeId node);
    std::vector<OpId> op_term(syntax::NodeId node);
    std::vector<OpId> op_name(syntax::NodeId node);  // all products of its braces
    const std::vector<OpId>& op_wildcard(std::string_view words, Location location);
    void warn_of_packets(const std::vector<OpId>& members);
    void forget_packets(const std::vector<OpId>& ops);
    std::optional<OpId> resolve_op(std::string_view dotted, Location location);
    void report_unknown_op(std::string_view dotted, Location location);
    std::vector<OpId> named_ops(std::string_view name, Location location);  // of an `ops` declaration
    // The one op that a callee names; nothing where that is an error.
    std::optional<OpId> single_op(std::string_view name, Location location, std::string_view purpose,
                                  const Scope& scope);
    OpSetId add_op_set(std::vector<OpId> members);
    OpId add_op(const std::string& target);
    bool within_limit(size_t members, Location location);
    std::string display(OpId op) const;             // as rules write it: "aten.relu.default"
    std::string display(OpSetId ops) const;         // "aten.relu.default or aten.neg.default"
    std::string some_overloads(OpId packet) const;  // "default, out"
    bool is_packet(OpId op) const { return packets_.contains(op); }
    const std::vector<std::string>& targets();         // all that are declared, sorted
    static bool has_dialect(std::string_view dotted);  // "torch.ops.…", "edge.…"
    std::string full_target(std::string_view dotted) const;
    const Schema* schema(OpId op);
    bool is_single_word(syntax::NodeId op_name) const;

    // -- check_schema.cpp: calls against schemas
    // One argument of a call in a pattern, an insert or a test graph.
    struct GivenArgument {
        std::string_view name;  // empty: by position
        Location location;      // of the name, or of all
        PatternId pattern = no_pattern;
        ExpressionId expression = no_expression;
        bool unplaced = false;  // behind a `*row`: at a position that is not known
    };
    struct GivenCall {
        Location location;  // of the name of the op
        std::vector<GivenArgument> arguments;
        bool open = false;  // it may have more arguments than these
        bool is_pattern = false;
    };
    void check_call(const GivenCall& call, std::span<const OpId> ops);
    // Of one given argument: whether some op takes it, and what to say where none does.
    struct Misfits {
        bool taken = false;   // PyTorch would take it
        bool stored = false;  // and graphs hold such a value there
        std::vector<std::pair<Location, std::string>> reports, doubts;
    };
    bool check_call(const GivenCall& call, OpId op, std::vector<Misfits>& misfits);
    void check_argument(const GivenArgument& given, const SchemaArgument& argument, OpId op, Misfits& misfits);
    bool check_missing(const GivenCall& call, const Schema& schema, const std::vector<bool>& given, OpId op);
    void report_surplus(const GivenArgument& given, const Schema& schema, OpId op);
    void report_unknown_argument(const GivenArgument& given, const Schema& schema, OpId op);
    void check_kind_arguments(const Pattern& kind_call, std::span<const syntax::NodeId> nodes, Scope& scope);
    Scope::Entry* bound_by(const Pattern& argument, syntax::NodeId node, Scope& scope) const;
    void learn_types(const Pattern& call, std::span<const syntax::NodeId> nodes, Scope& scope);
    GivenCall given_call(Location callee, std::span<const syntax::NodeId> nodes,
                         std::span<const ExpressionId> arguments) const;
    void check_has_fields(const Facts& object, syntax::NodeId field);
    // `n.x` and `set n.x`: whether some op that n can be has such an argument.
    enum class Spelled { as_field, as_argument };  // `n.x`, `n.arg.x`
    void check_argument_name(const Facts& object, std::string_view name, Location location,
                             Spelled spelled = Spelled::as_field);
    bool is_argument_of_any_op(std::string_view name);
    const std::set<std::string_view>& argument_names();

    // -- check_pattern.cpp
    enum class Where { root, is, argument };
    enum class Binding { allowed, forbidden };
    // The use of a `pattern` whose body is being checked: what its parameters stand for, and where they come from.
    struct Expansion {
        Declaration* declaration;
        std::map<std::string_view, std::optional<syntax::NodeId>> parameters;  // nothing: anything
        std::set<std::string_view> used;
        uint32_t file;
        uint32_t level;
        Binding binding;
        uint32_t id;  // index into Program::expansions
        Expansion* outer;
    };
    PatternId pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId bind_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    void report_partial(Scope::Entry& entry, Location location);
    PatternId either_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId call_pattern(syntax::NodeId node, Scope& scope, Binding binding);
    std::optional<Value> value_of_call(syntax::NodeId node);
    PatternId chain_pattern(syntax::NodeId node, Scope& scope, Binding binding);
    std::string plain_name(syntax::NodeId op_name) const;
    PatternId reference_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding);
    PatternId declared_pattern(std::string_view name, Location use, std::span<const syntax::NodeId> arguments,
                               bool has_brackets, Scope& scope, Binding binding);
    void bind_parameters(Expansion& expansion, std::string_view name, Location use,
                         std::span<const syntax::NodeId> arguments, bool has_brackets);
    PatternId parameter(std::string_view name, Scope& scope);
    PatternId variable_pattern(std::string_view name, Location location, Scope& scope, Binding binding);
    void pattern_arguments(Pattern& pattern, std::span<const syntax::NodeId> nodes, Scope& scope, Binding binding);
    void check_pattern_call(const Pattern& pattern, std::span<const syntax::NodeId> nodes, Location callee);
    VariableId bind_name(std::string_view name, Location location, Scope& scope, Binding binding);
    Facts facts_of_pattern(PatternId id) const;
    PatternId add(Pattern pattern);

    // -- check_expression.cpp
    ExpressionId expression(syntax::NodeId node, Scope& scope);
    ExpressionId nested_expression(syntax::NodeId node, Scope& scope);
    ExpressionId name_expression(syntax::NodeId node, Scope& scope, bool is_key = false);
    ExpressionId field_expression(syntax::NodeId node, Scope& scope);
    std::optional<ExpressionId> dotted_constant(syntax::NodeId node, Scope& scope);
    std::optional<Value> torch_value(std::string_view dotted);
    std::string suggest_torch(std::string_view dotted);
    bool is_free_name(syntax::NodeId node, Scope& scope);
    ExpressionId comprehension(syntax::NodeId node, Scope& scope, Expression::Kind kind);
    ExpressionId is_expression(syntax::NodeId node, Scope& scope);
    ExpressionId walk_expression(syntax::NodeId node, Scope& scope);
    ExpressionId subscript_expression(syntax::NodeId node, Scope& scope);
    ExpressionId binary_expression(syntax::NodeId node, Scope& scope);
    ExpressionId compare_expression(syntax::NodeId node, Scope& scope);
    ExpressionId key_expression(syntax::NodeId node, Scope& scope);
    ExpressionId children_expression(Expression::Kind kind, syntax::NodeId node, Scope& scope);
    // A condition: warns of what is the same on every run.
    ExpressionId condition(syntax::NodeId node, Scope& scope);
    enum class Shadowing { error, warning };
    uint32_t target(syntax::NodeId node, Scope& scope, bool must_be_used, Shadowing shadowing,
                    const Facts& facts = {});
    VariableId new_variable(std::string_view name, Location location, Scope& scope, bool must_be_used,
                            Shadowing shadowing, const Facts& facts = {});
    ExpressionId add(Expression expression);
    ExpressionId constant(const Value& value, Location location);
    ExpressionId variable(VariableId id, Location location, const Facts& facts = {});
    ExpressionId text_constant(Value::Kind kind, std::string_view text, Location location);
    ExpressionId nothing(Location location);  // the constant None
    ExpressionId invalid(Location location);  // after an error: nothing is known of it
    Value literal(syntax::NodeId node);
    uint32_t add_constant(const Value& value);

    // -- check_calls.cpp
    ExpressionId call_expression(syntax::NodeId node, Scope& scope);
    ExpressionId function_call(syntax::NodeId node, Function function, Scope& scope);
    void warn_of_symbol(std::string_view text, Location location);
    ExpressionId method_call(syntax::NodeId node, const MethodWord& method, Scope& scope);
    void place_by_name(syntax::NodeId call, const MethodWord& method, std::vector<ExpressionId>& arguments);
    void check_has_method(ExpressionId object, const MethodWord& method, Location location);
    ExpressionId define_call(syntax::NodeId node, std::string_view name, Scope& scope);
    void report_unknown_method(syntax::NodeId callee);
    void report_unknown_function(syntax::NodeId callee, Scope& scope);
    void check_count(syntax::NodeId call, std::string_view name, size_t least, size_t most,
                     std::span<const std::string_view> names = {});
    std::optional<DefineId> define(std::string_view name, Location use);
    std::vector<ExpressionId> call_arguments(syntax::NodeId node, size_t first, Scope& scope);

    // -- check_facts.cpp
    // By value: the table grows while expressions are checked.
    Facts facts(ExpressionId id) const { return facts_[static_cast<size_t>(id)]; }
    Facts derive(const Expression& expression);
    Facts derive_row(Facts::Kind kind, std::span<const ExpressionId> items);
    Facts derive_and_or(const Expression& expression);
    Facts derive_attribute(const Expression& expression);
    double most_positional(std::span<const OpId> ops);
    Facts derive_call(const Expression& expression);
    Facts derive_method(Method method);
    Facts derive_subscript(const Expression& expression);
    Facts derive_compare(const Expression& expression);
    Facts derive_binary(const Expression& expression);
    // Of a node, and of None; what never matches for another reason is told of by never_is().
    std::optional<bool> derive_is(const Facts& value, PatternId pattern);
    // What graphs hold at this argument of all these ops, where that is an operand or a constant of one kind.
    Value::Kind held_at(std::span<const OpId> ops, size_t position, std::string_view name);
    void warn_of_constant(ExpressionId id);
    void expect_node(ExpressionId id, std::string_view purpose);
    void expect_items(ExpressionId id,
                      std::string_view those_of_node = "its users are `n.users`, its inputs `n.inputs`");
    void expect_no_node_in_shared_table(const Statement& statement);

    // -- check_never.cpp
    // Why the two never compare equal; empty where they may.
    std::string never_equal(const Facts& a, const Facts& b);
    std::string never_equal(ExpressionId a, ExpressionId b);
    std::string never_same_target(const Facts& a, const Facts& b) const;
    std::string never_same_kind(const Facts& a, const Facts& b) const;
    std::string never_target(ExpressionId target, ExpressionId other);
    std::string no_order(const Facts& a, const Facts& b);
    // Why the value never matches; empty where it may.
    std::string never_is(ExpressionId value, PatternId pattern);
    std::string never_node(ExpressionId value, PatternId pattern);
    void warn_of_never_is(ExpressionId value, PatternId pattern, Location location, bool positive = true);
    void warn_of_no_item(const Expression& compare, size_t place);
    void warn_of_no_key(ExpressionId dict, ExpressionId key, Location location, std::string_view result);

    // -- check_rule.cpp
    void rule(Declaration& declaration);
    void collect_own_tables(syntax::NodeId node);
    void clause(syntax::NodeId node, Rule& rule, Scope& scope);
    void where_clause(syntax::NodeId expression_node, Rule& rule, Scope& scope);
    bool asks_metadata(syntax::NodeId is) const;
    void unless_clause(syntax::NodeId expression_node, Rule& rule, Scope& scope);
    bool is_repeated(syntax::NodeId expression_node);
    VariableId root_variable(PatternId pattern, Scope& scope);
    void arrow_rule(syntax::NodeId node, Rule& rule, Scope& scope);
    ExpressionId template_expression(syntax::NodeId node, Rule& rule, Scope& scope);
    void refuse_root(ExpressionId id, VariableId root);
    bool is_template_call(syntax::NodeId node, Scope& scope);

    // -- check_statement.cpp
    std::vector<StatementId> block(syntax::NodeId node, Scope& scope);
    StatementId statement(syntax::NodeId node, Scope& scope);
    void warn_of_plain_text(syntax::NodeId node, Scope& scope);
    Facts node_like(ExpressionId original) const;
    void set_meta_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void delete_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void if_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void for_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void insert_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void insert_callee(syntax::NodeId callee, Statement& statement, Scope& scope);
    void check_inserted(const Statement& statement, Location callee, std::span<const syntax::NodeId> arguments);
    void check_inserted_target(const Statement& statement, Location callee,
                               std::span<const syntax::NodeId> arguments);
    void set_statement(syntax::NodeId node, Statement& statement, Scope& scope);
    void check_set_value(const Statement& statement);
    GivenCall set_arguments(const Expression& value) const;
    void meta_policy(syntax::NodeId node, Statement& statement, Scope& scope);
    bool meta_path(syntax::NodeId node, Statement& statement, Scope& scope);
    void result_and_place(syntax::NodeId node, Statement& statement, Scope& scope, const Facts& facts = {});
    StatementId add(Statement statement);

    // -- check_pass.cpp
    std::optional<PassId> pass_id(std::string_view name, Location use);
    std::optional<RuleId> rule_id(std::string_view name, Location use);
    std::vector<Step> steps(std::span<const syntax::NodeId> nodes);
    bool only_remembers(std::span<const StatementId> body) const;
    void warn_of_rounds(const Step& repeat);
    std::optional<Step> step(syntax::NodeId node);
    void sweep(syntax::NodeId node, Step& step);
    void order_submodules(syntax::NodeId node, Step& step);
    void share_tables(syntax::NodeId node, Step& step);
    std::vector<std::string_view> table_names() const;  // to suggest
    void if_step(syntax::NodeId node, Step& step);
    void demand(syntax::NodeId node, Step& step);
    void expect(syntax::NodeId node, Step& step);
    void check_expectations(const std::vector<Step>& steps);
    void check_sweep_size(const Step& step);
    void warn_of_idle_rules();
    std::optional<uint64_t> bound(std::string_view digits, Location location);

    // -- check_test.cpp
    void test(syntax::NodeId node);
    TestGraph test_graph(syntax::NodeId node);
    void test_submodule(syntax::NodeId node, TestGraph& graph, std::map<std::string_view, Location>& paths);
    void test_node(syntax::NodeId node, TestGraph& graph, Scope& scope);
    size_t test_target(syntax::NodeId node, TestGraph::Node& result, std::optional<OpId>& op, Scope& scope);

    const RuleFiles& files_;
    Program& program_;
    Diagnostics& diagnostics_;
    size_t errors_ = 0, warnings_ = 0;  // that are shown
    size_t hidden_errors_ = 0, hidden_warnings_ = 0;
    std::unordered_set<size_t> said_;  // hashes of code, place and message of all of them
    uint32_t file_ = 0;                // the file that is being checked
    unsigned nesting_ = 0;             // of patterns and expressions in each other, through declarations too
    std::map<std::string, Declaration, std::less<>> declarations_;
    std::vector<Declaration*> open_;  // those that are being checked, outermost first

    std::map<std::string, OpId, std::less<>> ops_;                     // by target
    std::map<std::string, OpId, std::less<>> resolved_;                // by the words of a rule
    std::map<std::string, std::vector<OpId>, std::less<>> wildcards_;  // by the words before the star
    std::set<OpId> packets_;
    std::vector<std::pair<OpId, Location>> met_packets_;  // of the op set that is being checked
    std::map<std::vector<OpId>, OpSetId> op_sets_;
    size_t op_members_ = 0;  // of all op sets, each use of one counted
    bool in_ops_ = false;    // an `ops` declaration: the only place of wildcards
    std::unordered_map<OpId, std::optional<Schema>> schemas_;
    ValueStore schema_store_;
    std::set<std::string_view> argument_names_;  // of all ops, made when first asked for
    size_t searches_for_argument_ = 0;
    std::vector<std::string> targets_;
    std::vector<std::string> op_names_;  // for suggestions, made when the first is asked for
    // Pairs of letters of words and their candidates so far: a bound on the time that a generated file's errors take,
    // and what a person's errors need many times over.
    static constexpr size_t max_compared = 500'000'000;
    size_t compared_ = 0;

    std::map<std::string, TableId, std::less<>> tables_;
    std::map<std::string, TableId, std::less<>> own_tables_;  // `as own[k]` of the rule that is being checked
    std::vector<Location> table_locations_;
    std::vector<bool> table_used_;

    std::vector<Facts> facts_;              // by ExpressionId
    std::vector<uint32_t> heights_;         // by ExpressionId
    std::vector<uint32_t> define_heights_;  // by DefineId
    // Names that blocks of the rule at hand have bound and that are known no longer.
    std::map<std::string_view, Location> left_names_;
    std::map<std::string, Location> clauses_;  // conditions of the rule that is being checked, by their text form
    bool sets_target_ = false;                 // the rule that is being checked does somewhere
    bool targets_change_ = false;              // its rewrite is being checked: what a node calls is known no longer
    Expansion* expansion_ = nullptr;
    bool too_many_patterns_ = false;
    std::vector<std::string>* frame_ = nullptr;  // variables of the rule, define or test that is being checked
    std::map<std::string, Location> titles_;     // of tests
};

}  // namespace dqrewrite::program
