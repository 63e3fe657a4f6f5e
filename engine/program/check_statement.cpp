// Rules: their clauses, and the statements of rewrite.

#include "engine/program/checker.hpp"

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

// -- rules and clauses

void Checker::rule(Declaration& declaration) {
    syntax::NodeId node = declaration.place.node;
    Rule result;
    result.name = word(node);
    result.location = word_location(node);
    auto* frame = std::exchange(frame_, &result.variables);
    collect_own_tables(node);
    Scope scope(result.variables);
    if (kind(node) == Kind::arrow_rule) arrow_rule(node, result, scope);
    else {
        for (syntax::NodeId each : children(node)) {
            if (kind(each) != Kind::rewrite) {
                clause(each, result, scope);
                continue;
            }
            for (syntax::NodeId inner : children(each)) result.body.push_back(statement(inner, scope));
        }
        if (result.clauses.empty() || result.clauses[0].kind != Clause::Kind::match)
            report(codes::one_root, result.location, fmt::format("rule \"{}\" does not begin with a `match`", result.name));
    }
    warn_unused(scope.leave(0));
    for (const auto& [name, table] : own_tables_) result.own_tables.push_back(table);
    own_tables_.clear();
    frame_ = frame;
    program_.rules.push_back(std::move(result));
    declaration.id = static_cast<uint32_t>(program_.rules.size() - 1);
}

// `as own[k]` may stand after the place that reads own.
void Checker::collect_own_tables(syntax::NodeId node) {
    for (syntax::NodeId each : children(node)) collect_own_tables(each);
    if (kind(node) != Kind::bind_result || children(node).empty()) return;
    auto [found, fresh] = own_tables_.try_emplace(std::string(word(node)), static_cast<TableId>(program_.tables.size()));
    if (fresh) program_.tables.push_back(found->first);
}

void Checker::clause(syntax::NodeId node, Rule& rule, Scope& scope) {
    Clause result;
    result.location = location(node);
    switch (kind(node)) {
    case Kind::match:
        if (!rule.clauses.empty())
            report(codes::one_root, location(node), "a rule has one `match`, as its first clause; reach other nodes by `where … is …`");
        result.kind = Clause::Kind::match;
        rule.root = scope.hidden("match");
        result.pattern = pattern(child(node, 0), scope, Where::root, Binding::allowed);
        break;
    case Kind::let:
        result.kind = Clause::Kind::let;
        result.expression = expression(child(node, 1), scope);
        result.target = target(child(node, 0), scope);
        break;
    case Kind::where: return where_clause(child(node, 0), rule, scope);
    case Kind::unless:
        result.kind = Clause::Kind::unless;
        result.expression = expression(child(node, 0), scope);
        break;
    default: return;
    }
    rule.clauses.push_back(std::move(result));
}

// The operands of a top-level `and` are clauses of their own; one that is `e is P` binds the names of P.
void Checker::where_clause(syntax::NodeId node, Rule& rule, Scope& scope) {
    if (kind(node) == Kind::and_) {
        for (syntax::NodeId operand : children(node)) where_clause(operand, rule, scope);
        return;
    }
    Clause result;
    result.location = location(node);
    if (kind(node) == Kind::is && word(node) == "is") {
        result.expression = expression(child(node, 0), scope);
        result.pattern = pattern(child(node, 1), scope, Where::is, Binding::allowed);
    } else {
        result.expression = expression(node, scope);
    }
    rule.clauses.push_back(std::move(result));
}

// `P where … => T`: new calls of T innermost first, left to right, each right before the root with the root's
// meta; then the root's users read T, and the root goes.
void Checker::arrow_rule(syntax::NodeId node, Rule& rule, Scope& scope) {
    Clause match;
    match.kind = Clause::Kind::match;
    match.location = location(child(node, 0));
    rule.root = scope.hidden("match");
    match.pattern = pattern(child(node, 0), scope, Where::root, Binding::allowed);
    rule.clauses.push_back(match);
    for (syntax::NodeId each : children(node))
        if (kind(each) == Kind::where) where_clause(child(each, 0), rule, scope);
    syntax::NodeId result_node = children(node).back();
    ExpressionId result = template_expression(result_node, rule, scope);
    auto root = [&] {
        Expression variable;
        variable.kind = Expression::Kind::variable;
        variable.variable = rule.root;
        variable.location = location(result_node);
        return add(std::move(variable));
    };
    Statement replace;
    replace.kind = Statement::Kind::replace;
    replace.location = location(result_node);
    replace.operands = {root(), result};
    rule.body.push_back(add(std::move(replace)));
    Statement erase;
    erase.kind = Statement::Kind::erase;
    erase.location = location(result_node);
    erase.operands = {root()};
    rule.body.push_back(add(std::move(erase)));
}

// A call of an op becomes an insertion and the variable that holds its result; calls inside of lists and of
// other arguments come before it. Anything else is a plain expression.
ExpressionId Checker::template_expression(syntax::NodeId node, Rule& rule, Scope& scope) {
    using E = Expression::Kind;
    bool container = kind(node) == Kind::list || kind(node) == Kind::tuple || kind(node) == Kind::star_item ||
                     kind(node) == Kind::keyword;
    if (container) {
        Expression result;
        result.kind = kind(node) == Kind::list ? E::list : kind(node) == Kind::tuple ? E::tuple
                      : kind(node) == Kind::star_item ? E::star : E::keyword;
        result.location = location(node);
        result.text = kind(node) == Kind::keyword ? word(node) : std::string_view();
        for (syntax::NodeId each : children(node)) result.children.push_back(template_expression(each, rule, scope));
        return add(std::move(result));
    }
    bool is_op = kind(node) == Kind::call_expression && !dotted(child(node, 0)).empty() &&
                 !scope.find(first_word(child(node, 0))) &&
                 (kind(child(node, 0)) == Kind::field || declaration(word(child(node, 0)), DeclarationKind::ops)) &&
                 !dotted(child(node, 0)).starts_with("torch.d");
    if (!is_op) return expression(node, scope);
    Statement insert;
    insert.kind = Statement::Kind::insert;
    insert.location = location(node);
    insert_callee(child(node, 0), insert, scope);
    for (syntax::NodeId argument : children(node).subspan(1))
        insert.arguments.push_back(template_expression(argument, rule, scope));
    auto variable = [&](VariableId id) {
        Expression read;
        read.kind = E::variable;
        read.variable = id;
        read.location = location(node);
        return add(std::move(read));
    };
    insert.result = scope.hidden("new");
    insert.side = dqrewrite::Place::Side::before;
    insert.place = variable(rule.root);
    insert.meta.policy = MetaPolicy::from;
    insert.meta.node = variable(rule.root);
    VariableId made = insert.result;
    rule.body.push_back(add(std::move(insert)));
    return variable(made);
}

// -- statements

StatementId Checker::add(Statement statement) {
    program_.statements.push_back(std::move(statement));
    return static_cast<StatementId>(program_.statements.size() - 1);
}

std::vector<StatementId> Checker::block(syntax::NodeId node, Scope& scope) {
    size_t mark = scope.mark();
    std::vector<StatementId> statements;
    for (syntax::NodeId each : children(node)) statements.push_back(statement(each, scope));
    warn_unused(scope.leave(mark));
    return statements;
}

StatementId Checker::statement(syntax::NodeId node, Scope& scope) {
    using S = Statement::Kind;
    Statement result;
    result.location = location(node);
    auto operands = [&](S wanted) {
        result.kind = wanted;
        for (syntax::NodeId each : children(node)) result.operands.push_back(expression(each, scope));
    };
    switch (kind(node)) {
    case Kind::clone:
        result.kind = S::clone;
        result.operands = {expression(child(node, 0), scope)};
        result_and_place(node, result, scope);
        break;
    case Kind::insert: insert_statement(node, result, scope); break;
    case Kind::replace: operands(S::replace); break;
    case Kind::set: set_statement(node, result, scope); break;
    case Kind::set_meta:
        result.kind = S::set_meta_from;
        meta_path(child(node, 0), result, scope);
        if (!result.path.empty())
            report(codes::not_settable, location(child(node, 0)), "`from` sets all of a node's meta: write `set n.meta from …`");
        meta_policy(child(node, 1), result, scope);
        break;
    case Kind::delete_:
        result.kind = S::delete_meta;
        if (meta_path(child(node, 0), result, scope) && result.path.empty())
            report(codes::not_settable, location(child(node, 0)), "only a key of a node's meta can be deleted: `delete n.meta.KEY`");
        break;
    case Kind::move:
        result.kind = S::move;
        result.operands = {expression(child(node, 0), scope)};
        result_and_place(node, result, scope);
        break;
    case Kind::erase: operands(S::erase); break;
    case Kind::remember:
        operands(S::remember);
        result.table = table(word(node));
        break;
    case Kind::eliminate: result.kind = S::eliminate_dead_code; break;
    case Kind::fail: operands(S::fail); break;
    case Kind::warn: operands(S::warn); break;
    case Kind::let:
        result.kind = S::let;
        result.operands = {expression(child(node, 1), scope)};
        result.target = target(child(node, 0), scope);
        break;
    case Kind::if_:
        result.kind = S::if_;
        result.operands = {expression(child(node, 0), scope)};
        result.body = block(child(node, 1), scope);
        if (children(node).size() > 2) {
            syntax::NodeId otherwise = child(node, 2);
            if (kind(otherwise) == Kind::if_) result.otherwise = {statement(otherwise, scope)};
            else result.otherwise = block(otherwise, scope);
        }
        break;
    case Kind::for_: {
        result.kind = S::for_;
        result.operands = {expression(child(node, 1), scope)};
        size_t mark = scope.mark();
        result.target = target(child(node, 0), scope, false);
        if (auto filter = child_of_kind(node, Kind::filter)) result.operands.push_back(expression(child(*filter, 0), scope));
        result.body = block(*child_of_kind(node, Kind::block), scope);
        scope.leave(mark);
        break;
    }
    default: break;
    }
    return add(std::move(result));
}

void Checker::insert_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    statement.kind = Statement::Kind::insert;
    insert_callee(child(node, 0), statement, scope);
    statement.arguments = call_arguments(*child_of_kind(node, Kind::arguments), 0, scope);
    if (statement.opcode == Opcode::get_attr && statement.arguments.size() != 1)
        report(codes::argument_count, location(node), "get_attr takes one argument: the path of the attribute");
    result_and_place(node, statement, scope);
    if (auto policy = child_of_kind(node, Kind::policy)) meta_policy(*policy, statement, scope);
    else
        warn(codes::no_meta_policy, location(child(node, 0)),
             "the new node's meta is not said: add `meta from n` or `meta none` (taken here)");
}

// A callee whose first word is bound is a value; else it names an op, an `ops` of one op, or get_attr.
void Checker::insert_callee(syntax::NodeId callee, Statement& statement, Scope& scope) {
    std::string name = dotted(callee);
    if (name.empty() || scope.find(first_word(callee))) {
        statement.operands = {expression(callee, scope)};
        return;
    }
    if (name == "get_attr") {
        statement.opcode = Opcode::get_attr;
        return;
    }
    std::vector<OpId> members;
    if (declaration(name, DeclarationKind::ops)) members = named_ops(name, location(callee));
    else if (auto op = resolve_op(name, location(callee))) members = {*op};
    else return;
    if (members.size() == 1) statement.op = members[0];
    else
        report(codes::one_op, location(callee), fmt::format("\"{}\" is a set of {} ops; a new node needs one", name, members.size()));
}

void Checker::set_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    syntax::NodeId field = child(node, 0);
    statement.kind = Statement::Kind::set_field;
    ExpressionId value;
    if (kind(field) != Kind::field) {
        report(codes::not_settable, location(field), "expected n.args, n.kwargs, n.target, n.ARGUMENT or n.meta.KEY");
        return;
    }
    if (meta_path(field, statement, scope)) {
        statement.kind = Statement::Kind::set_meta_path;
        if (statement.path.empty())
            report(codes::not_settable, location(field), "set one key of the meta (`set n.meta.KEY = …`), or all: `set n.meta from m`");
        value = expression(child(node, 1), scope);
        statement.operands.push_back(value);
        return;
    }
    statement.operands = {expression(child(field, 0), scope)};
    std::string_view name = word(field);
    // `n.arg.x` is always the argument x.
    if (kind(child(field, 0)) == Kind::field && word(child(field, 0)) == "arg") {
        statement.operands = {expression(child(child(field, 0), 0), scope)};
        statement.text = name;
    } else if (name == "args" || name == "kwargs" || name == "target") {
        statement.field = name == "args" ? Field::args : name == "kwargs" ? Field::kwargs : Field::target;
    } else if (name == "name" || name == "op" || name == "users" || name == "uses" || name == "inputs" ||
               name == "only_user" || name == "impure" || name == "mutates") {
        report(codes::not_settable, location(field), fmt::format("\"{}\" of a node cannot be set", name));
    } else {
        statement.text = name;
    }
    statement.operands.push_back(expression(child(node, 1), scope));
}

// `n.meta`, `n.meta.a.b`, `n.meta["a"]`: the node goes into operands, the keys into path. False where it is no meta.
bool Checker::meta_path(syntax::NodeId node, Statement& statement, Scope& scope) {
    std::vector<std::string> keys;
    while (true) {
        if (kind(node) == Kind::field && word(node) == "meta") break;
        if (kind(node) == Kind::field) keys.emplace_back(word(node));
        else if (kind(node) == Kind::subscript && kind(child(node, 1)) == Kind::string) keys.emplace_back(word(child(node, 1)));
        else {
            if (statement.kind != Statement::Kind::set_field)
                report(codes::not_settable, location(node), "expected the meta of a node: n.meta or n.meta.KEY");
            return false;
        }
        node = child(node, 0);
    }
    statement.operands = {expression(child(node, 0), scope)};
    statement.path.assign(keys.rbegin(), keys.rend());
    return true;
}

void Checker::meta_policy(syntax::NodeId node, Statement& statement, Scope& scope) {
    std::string_view text = word(node);
    statement.meta.policy = text == "none"        ? MetaPolicy::none
                            : text == "from only" ? MetaPolicy::from_only
                            : text == "from"      ? MetaPolicy::from
                                                  : MetaPolicy::from_except;
    for (syntax::NodeId each : children(node)) {
        if (kind(each) == Kind::key) statement.meta.keys.emplace_back(word(each));
        else statement.meta.node = expression(each, scope);
    }
}

// The place is read before the result is bound: `clone a as b after b` is an error.
void Checker::result_and_place(syntax::NodeId node, Statement& statement, Scope& scope) {
    if (auto place = child_of_kind(node, Kind::place)) {
        statement.side = word(*place) == "before" ? dqrewrite::Place::Side::before : dqrewrite::Place::Side::after;
        statement.place = expression(child(*place, 0), scope);
    }
    auto result = child_of_kind(node, Kind::bind_result);
    if (!result) return;
    if (children(*result).empty()) {
        statement.result = scope.add(word(*result), word_location(*result));
        return;
    }
    statement.result_key = expression(child(*result, 0), scope);
    statement.table = own_tables_.find(word(*result))->second;
}

}  // namespace dqrewrite::program
