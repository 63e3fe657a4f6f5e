// Rules: their clauses, and the one-line form.

#include "engine/program/checker.hpp"
#include "engine/program/flow.hpp"
#include "engine/program/words.hpp"

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

void Checker::rule(Declaration& declaration) {
    syntax::NodeId node = declaration.place.node;
    Rule result;
    result.name = word(node);
    result.location = word_location(node);
    auto* frame = std::exchange(frame_, &result.variables);
    sets_target_ = false;
    collect_own_tables(node);
    clauses_.clear();
    left_names_.clear();
    Scope scope(result.variables);
    size_t errors = errors_;
    if (kind(node) == Kind::arrow_rule)
        arrow_rule(node, result, scope);
    else {
        for (syntax::NodeId each : children(node)) {
            if (kind(each) != Kind::rewrite) {
                clause(each, result, scope);
                continue;
            }
            targets_change_ = sets_target_;
            for (syntax::NodeId inner : children(each)) result.body.push_back(statement(inner, scope));
        }
    }
    warn_unused(scope.leave(0));
    for (const auto& [name, table] : own_tables_) result.own_tables.push_back(table);
    own_tables_.clear();
    targets_change_ = false;
    frame_ = frame;
    if (errors == errors_)
        for (FlowProblem& problem : check_flow(program_, result))
            report(problem.is_erased ? codes::erased_node : codes::erase_with_users, problem.location,
                   std::move(problem.message), {note(problem.cause, std::move(problem.cause_message))});
    program_.rules.push_back(std::move(result));
    declaration.id = static_cast<uint32_t>(program_.rules.size() - 1);
}

// `as own[k]` may stand after the place that reads own. So may `set n.target` in a loop.
void Checker::collect_own_tables(syntax::NodeId node) {
    for (syntax::NodeId each : children(node)) collect_own_tables(each);
    if (kind(node) == Kind::set && kind(child(node, 0)) == Kind::field && word(child(node, 0)) == "target")
        sets_target_ = true;
    if (kind(node) != Kind::bind_result || children(node).empty() || own_tables_.contains(word(node))) return;
    if (tables_.contains(word(node)))
        report(codes::duplicate_name, word_location(node),
               fmt::format("\"{}\" is a table that `remember` fills", word(node)));
    if (std::string_view declared = declared_as(word(node)); !declared.empty())
        report(codes::duplicate_name, word_location(node),
               fmt::format("a table cannot be called \"{}\": {} bears that name", word(node), declared));
    TableId id = add_table(word(node));
    table_locations_[static_cast<size_t>(id)] = word_location(node);
    own_tables_.emplace(std::string(word(node)), id);
}

// -- clauses

void Checker::clause(syntax::NodeId node, Rule& rule, Scope& scope) {
    Clause result;
    result.location = location(node);
    switch (kind(node)) {
    case Kind::match:
        if (!rule.clauses.empty()) {
            report(codes::one_root, location(node),
                   "a rule has one `match`, as its first clause; other nodes are reached by `where … is …`");
            pattern(child(node, 0), scope, Where::root, Binding::allowed);
            return;
        }
        result.kind = Clause::Kind::match;
        result.pattern = pattern(child(node, 0), scope, Where::root, Binding::allowed);
        rule.root = root_variable(result.pattern, scope);
        break;
    case Kind::let:
        result.kind = Clause::Kind::let;
        result.expression = expression(child(node, 1), scope);
        result.target = target(child(node, 0), scope, true, Shadowing::error, facts(result.expression));
        break;
    case Kind::where: return where_clause(child(node, 0), rule, scope);
    case Kind::unless: return unless_clause(child(node, 0), rule, scope);
    default: return;
    }
    rule.clauses.push_back(result);
}

// The operands of a top-level `and` are clauses of their own; one that is `e is P` binds the names of P.
void Checker::where_clause(syntax::NodeId node, Rule& rule, Scope& scope) {
    if (kind(node) == Kind::and_) {
        for (syntax::NodeId operand : children(node)) where_clause(operand, rule, scope);
        return;
    }
    if (is_repeated(node)) warn(codes::repeated_where, location(node), "the same condition stands above");
    Clause result;
    result.location = location(node);
    if (kind(node) == Kind::is && word(node) == "is" && !asks_metadata(node)) {
        result.expression = expression(child(node, 0), scope);
        result.pattern = pattern(child(node, 1), scope, Where::is, Binding::allowed);
        warn_of_never_is(result.expression, result.pattern, result.location);
        Facts value = facts(result.expression);
        if (auto truth = derive_is(value, result.pattern))
            warn(codes::constant_condition, location(node),
                 fmt::format("always {}{}", *truth ? "true" : "false",
                             value.has_ops() ? fmt::format(": it is a call of {}", display(value.ops)) : ""));
        // From here on the value is known to be what the pattern says.
        if (kind(child(node, 0)) == Kind::name)
            if (Scope::Entry* entry = scope.find(word(child(node, 0))); entry && !entry->facts.has_ops()) {
                Facts found = facts_of_pattern(result.pattern);
                if (found.is_known()) entry->facts = found;
            }
    } else {
        result.expression = condition(node, scope);
    }
    rule.clauses.push_back(result);
}

// `n.meta.a is None` binds nothing, and is a condition like `n.meta.a is not None`: a question about metadata.
bool Checker::asks_metadata(syntax::NodeId is) const {
    if (kind(child(is, 1)) != Kind::literal_pattern) return false;
    syntax::NodeId value = child(is, 0);
    while (kind(value) == Kind::field && word(value) != "meta") value = child(value, 0);
    return kind(value) == Kind::field;
}

void Checker::unless_clause(syntax::NodeId node, Rule& rule, Scope& scope) {
    if (is_repeated(node))
        warn(codes::repeated_where, location(node),
             "the same condition stands above: this rule never matches, or says it twice");
    Clause result;
    result.kind = Clause::Kind::unless;
    result.location = location(node);
    result.expression = condition(node, scope);
    rule.clauses.push_back(result);
}

// Names are bound once in a rule, so equal texts are equal conditions.
bool Checker::is_repeated(syntax::NodeId node) {
    return !clauses_.try_emplace(syntax::text_form(tree(), node), location(node)).second;
}

// The name that the root has in the text, or a hidden one.
VariableId Checker::root_variable(PatternId pattern, Scope& scope) {
    const Pattern& top = program_[pattern];
    return top.kind == Pattern::Kind::bind ? top.variable : scope.hidden("match");
}

// -- the one-line form

// `P where … => T`: new calls of T innermost first, left to right, each right before the root with the root's
// meta; then the root's users read T, and the root goes.
void Checker::arrow_rule(syntax::NodeId node, Rule& rule, Scope& scope) {
    Clause match;
    match.kind = Clause::Kind::match;
    match.location = location(child(node, 0));
    match.pattern = pattern(child(node, 0), scope, Where::root, Binding::allowed);
    rule.root = root_variable(match.pattern, scope);
    rule.clauses.push_back(match);
    for (syntax::NodeId each : children(node))
        if (kind(each) == Kind::where) where_clause(child(each, 0), rule, scope);
    syntax::NodeId result_node = children(node).back();
    ExpressionId result = template_expression(result_node, rule, scope);
    expect_node(result, "what replaces the root is");
    refuse_root(result, rule.root);
    for (StatementId each : rule.body)
        for (ExpressionId argument : program_[each].arguments) refuse_root(argument, rule.root);
    Location at = location(result_node);
    Statement replace;
    replace.kind = Statement::Kind::replace;
    replace.location = at;
    replace.operands = {variable(rule.root, at), result};
    rule.body.push_back(add(std::move(replace)));
    Statement erase;
    erase.kind = Statement::Kind::erase;
    erase.location = at;
    erase.operands = {variable(rule.root, at)};
    rule.body.push_back(add(std::move(erase)));
}

// Where its value may be the root or hold it; what is asked of the root, as by `is not`, is no harm.
void Checker::refuse_root(ExpressionId id, VariableId root) {
    using E = Expression::Kind;
    const Expression& expression = program_[id];
    if (expression.kind == E::variable && expression.variable == root)
        report(codes::erased_node, expression.location,
               "the root is replaced and erased: it cannot stand in what replaces it");
    if (expression.kind == E::attribute || !facts(id).may_hold_node()) return;
    for (const Expression::Loop& loop : expression.loops) refuse_root(loop.iterable, root);
    for (size_t i = 0; i < expression.children.size(); ++i) {
        const bool is_condition = expression.kind == E::conditional && i == 1;
        if (!is_condition) refuse_root(expression.children[i], root);
    }
}

// Whether it is a call that makes a node. A name alone is one where it names ops, or nothing else that is called.
bool Checker::is_template_call(syntax::NodeId node, Scope& scope) {
    if (kind(node) != Kind::call_expression) return false;
    syntax::NodeId callee = child(node, 0);
    std::string name = dotted(callee);
    if (name.empty() || scope.find(first_word(callee)) || find_function(name)) return false;
    if (kind(callee) == Kind::field) return is_free_name(callee, scope);
    return !declaration(name, DeclarationKind::define);
}

// A call of an op becomes an insertion and the variable that holds its result; calls inside of lists and of
// other arguments come before it. Anything else is a plain expression.
ExpressionId Checker::template_expression(syntax::NodeId node, Rule& rule, Scope& scope) {
    using E = Expression::Kind;
    bool container = kind(node) == Kind::list || kind(node) == Kind::tuple || kind(node) == Kind::star_item ||
                     kind(node) == Kind::keyword;
    if (container) {
        Expression result;
        result.kind = kind(node) == Kind::list        ? E::list
                      : kind(node) == Kind::tuple     ? E::tuple
                      : kind(node) == Kind::star_item ? E::star
                                                      : E::keyword;
        result.location = location(node);
        result.text = kind(node) == Kind::keyword ? word(node) : std::string_view();
        for (syntax::NodeId each : children(node)) result.children.push_back(template_expression(each, rule, scope));
        return add(std::move(result));
    }
    if (!is_template_call(node, scope)) return expression(node, scope);
    Statement insert;
    insert.kind = Statement::Kind::insert;
    insert.location = location(node);
    insert_callee(child(node, 0), insert, scope);
    std::span<const syntax::NodeId> arguments = children(node).subspan(1);
    for (syntax::NodeId argument : arguments) insert.arguments.push_back(template_expression(argument, rule, scope));
    check_inserted(insert, location(child(node, 0)), arguments);
    insert.result = scope.hidden("new");
    insert.side = dqrewrite::Place::Side::before;
    insert.place = variable(rule.root, location(node));
    insert.meta.policy = MetaPolicy::from;
    insert.meta.node = variable(rule.root, location(node));
    VariableId made = insert.result;
    rule.body.push_back(add(std::move(insert)));
    Facts result;
    result.kind = Facts::Kind::node;
    return variable(made, location(node), result);
}

}  // namespace dqrewrite::program
