// The statements of rewrite.

#include "engine/program/checker.hpp"
#include "engine/program/forms.hpp"
#include "engine/program/words.hpp"
#include "grammar/lexical.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

StatementId Checker::add(Statement statement) {
    recognize(program_, statement);
    program_.statements.push_back(std::move(statement));
    return static_cast<StatementId>(program_.statements.size() - 1);
}

std::vector<StatementId> Checker::block(syntax::NodeId node, Scope& scope) {
    size_t mark = scope.mark();
    std::vector<StatementId> statements;
    for (syntax::NodeId each : children(node)) statements.push_back(statement(each, scope));
    const std::vector<Scope::Entry> left = scope.leave(mark);
    for (const Scope::Entry& entry : left) left_names_.try_emplace(entry.name, entry.location);
    warn_unused(left);
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
        expect_node(result.operands[0], "clone copies");
        result_and_place(node, result, scope, node_like(result.operands[0]));
        break;
    case Kind::insert: insert_statement(node, result, scope); break;
    case Kind::replace:
        operands(S::replace);
        for (ExpressionId each : result.operands) expect_node(each, "replace takes");
        break;
    case Kind::set: set_statement(node, result, scope); break;
    case Kind::set_meta: set_meta_statement(node, result, scope); break;
    case Kind::delete_: delete_statement(node, result, scope); break;
    case Kind::move:
        result.kind = S::move;
        result.operands = {expression(child(node, 0), scope)};
        expect_node(result.operands[0], "move takes");
        result_and_place(node, result, scope);
        break;
    case Kind::erase:
        operands(S::erase);
        expect_node(result.operands[0], "erase takes");
        break;
    case Kind::remember:
        operands(S::remember);
        result.table = tables_.find(word(node))->second;
        expect_no_node_in_shared_table(result);
        break;
    case Kind::eliminate: result.kind = S::eliminate_dead_code; break;
    case Kind::fail:
    case Kind::warn:
        warn_of_plain_text(child(node, 0), scope);
        operands(kind(node) == Kind::fail ? S::fail : S::warn);
        break;
    case Kind::let:
        result.kind = S::let;
        result.operands = {expression(child(node, 1), scope)};
        result.target = target(child(node, 0), scope, true, Shadowing::error, facts(result.operands[0]));
        break;
    case Kind::if_: if_statement(node, result, scope); break;
    case Kind::for_: for_statement(node, result, scope); break;
    default: break;
    }
    return add(std::move(result));
}

// `warn "{n}"`, where n is bound: the f was forgotten.
void Checker::warn_of_plain_text(syntax::NodeId node, Scope& scope) {
    if (kind(node) != Kind::string) return;
    const std::string_view text = word(node);
    for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        size_t end = at + 1;
        while (end < text.size() && grammar::is_word_char(text[end])) ++end;
        const std::string_view name = text.substr(at + 1, end - at - 1);
        const bool goes_on = end < text.size() && std::string_view("}.[( ").find(text[end]) != text.npos;
        Scope::Entry* bound = goes_on ? scope.find(name) : nullptr;
        if (!bound || text.find('}', end) == std::string_view::npos) continue;
        bound->used = true;
        warn(codes::plain_text, location(node),
             fmt::format("this text has {{{}}} in it as it stands: f\"…\" would print what \"{}\" is bound to", name,
                         name));
        return;
    }
}

// What is known of a copy.
Facts Checker::node_like(ExpressionId original) const {
    Facts made = facts(original);
    if (made.kind != Facts::Kind::node) made = {};
    made.kind = Facts::Kind::node;
    made.nullable = false;
    return made;
}

void Checker::set_meta_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    statement.kind = Statement::Kind::set_meta_from;
    meta_path(child(node, 0), statement, scope);
    if (!statement.path.empty())
        report(codes::not_settable, location(child(node, 0)),
               "`from` sets all of a node's meta: write `set n.meta from …`");
    meta_policy(child(node, 1), statement, scope);
}

void Checker::delete_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    statement.kind = Statement::Kind::delete_meta;
    if (meta_path(child(node, 0), statement, scope) && statement.path.empty())
        report(codes::not_settable, location(child(node, 0)),
               "only a key of a node's meta can be deleted: `delete n.meta.KEY`");
}

void Checker::if_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    statement.kind = Statement::Kind::if_;
    statement.operands = {condition(child(node, 0), scope)};
    statement.body = block(child(node, 1), scope);
    if (children(node).size() == 2) return;
    syntax::NodeId otherwise = child(node, 2);
    if (kind(otherwise) == Kind::if_)
        statement.otherwise = {this->statement(otherwise, scope)};
    else
        statement.otherwise = block(otherwise, scope);
}

void Checker::for_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    statement.kind = Statement::Kind::for_;
    statement.operands = {expression(child(node, 1), scope)};
    expect_items(statement.operands[0]);
    if (const Expression& items = program_[statement.operands[0]]; items.kind == Expression::Kind::table)
        report(codes::not_iterable, items.location,
               fmt::format("\"for\" goes over a list, and \"{0}\" is a table: write {0}.keys(), {0}.values() or "
                           "{0}.items()",
                           program_.tables[static_cast<size_t>(items.table)].name));
    Facts item;
    if (facts(statement.operands[0]).of_nodes) item.kind = Facts::Kind::node;
    size_t mark = scope.mark();
    statement.target = target(child(node, 0), scope, false, Shadowing::error, item);
    if (auto filter = child_of_kind(node, Kind::filter))
        statement.operands.push_back(condition(child(*filter, 0), scope));
    statement.body = block(*child_of_kind(node, Kind::block), scope);
    scope.leave(mark);
}

// -- insert

void Checker::insert_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    statement.kind = Statement::Kind::insert;
    insert_callee(child(node, 0), statement, scope);
    syntax::NodeId arguments = *child_of_kind(node, Kind::arguments);
    statement.arguments = call_arguments(arguments, 0, scope);
    check_inserted(statement, location(child(node, 0)), children(arguments));
    Facts made;
    made.kind = Facts::Kind::node;
    if (statement.op != none_of<OpId>) {
        made.ops = add_op_set({statement.op});
        made.opcode = Opcode::call_function;
    } else if (statement.opcode != Opcode::call_function) {
        made.opcode = statement.opcode;
    }
    if (auto policy = child_of_kind(node, Kind::policy))
        meta_policy(*policy, statement, scope);
    else
        warn(codes::no_meta_policy, location(child(node, 0)),
             "the new node's meta is not said: add `meta from n` or `meta none` (taken here)");
    result_and_place(node, statement, scope, made);
}

void Checker::check_inserted(const Statement& statement, Location callee, std::span<const syntax::NodeId> arguments) {
    if (statement.op != none_of<OpId>) {
        check_call(given_call(callee, arguments, statement.arguments), std::span(&statement.op, 1));
    } else if (statement.opcode != Opcode::call_function) {
        check_inserted_target(statement, callee, arguments);
    }
}

// The first argument is the target. Further ones a get_attr does not have, and a placeholder has one: its default.
void Checker::check_inserted_target(const Statement& statement, Location callee,
                                    std::span<const syntax::NodeId> arguments) {
    const auto is_plain = [&](syntax::NodeId argument) {
        return kind(argument) != Kind::keyword && kind(argument) != Kind::double_star &&
               kind(argument) != Kind::star_item;
    };
    const bool is_call = statement.opcode == Opcode::call_method || statement.opcode == Opcode::call_module;
    const size_t most = is_call ? SIZE_MAX : statement.opcode == Opcode::placeholder ? 2 : 1;
    const bool fits = !arguments.empty() && arguments.size() <= most && is_plain(arguments[0]) &&
                      (is_call || std::ranges::all_of(arguments, is_plain));
    const std::string_view name = opcode_name(statement.opcode);
    if (!fits)
        return report(
            codes::argument_count, callee,
            is_call ? fmt::format("the first argument of {} is {}, as text", name, target_word(statement.opcode))
            : most == 1
                ? fmt::format("get_attr takes one argument, {}", target_word(statement.opcode))
                : fmt::format("placeholder takes {}, and a default if there is one", target_word(statement.opcode)));
    Facts target = facts(statement.arguments[0]);
    if (target.is_known() && target.kind != Facts::Kind::text && target.kind != Facts::Kind::target &&
        target.kind != Facts::Kind::plain)
        report(codes::not_a_callee, location(arguments[0]),
               fmt::format("the first argument of {} is {}, as text, found {}", name, target_word(statement.opcode),
                           kind_text(target)));
}

// A callee whose first word is bound is a value; else it names an op, an `ops` of one op, or a kind of node.
void Checker::insert_callee(syntax::NodeId callee, Statement& statement, Scope& scope) {
    std::string name = dotted(callee);
    if (name.empty() || scope.find(first_word(callee))) {
        statement.operands = {expression(callee, scope)};
        Facts value = facts(statement.operands[0]);
        bool callable = !value.is_known() || value.kind == Facts::Kind::op || value.kind == Facts::Kind::target;
        if (!callable)
            report(codes::not_a_callee, location(callee),
                   fmt::format("what is inserted is a call of an op, found {}{}", kind_text(value),
                               value.kind == Facts::Kind::node ? ": what it calls is its `target`" : ""));
        return;
    }
    if (const NodeKind* known = find_node_kind(name)) {
        statement.opcode = known->opcode.value_or(Opcode::call_function);
        if (statement.opcode != Opcode::call_function && statement.opcode != Opcode::output) return;
        statement.opcode = Opcode::call_function;
        report(codes::not_a_callee, location(callee),
               fmt::format("\"{}\" cannot be inserted; ops, get_attr, call_method, call_module and placeholder can",
                           name));
        return;
    }
    auto op = single_op(name, location(callee), "a new node", scope);
    if (!op) return;
    statement.op = *op;
    if (!is_packet(*op)) return;
    auto outer = std::exchange(met_packets_, {{*op, location(callee)}});
    warn_of_packets({*op});
    met_packets_ = std::move(outer);
}

// -- set

void Checker::set_statement(syntax::NodeId node, Statement& statement, Scope& scope) {
    syntax::NodeId field = child(node, 0);
    statement.kind = Statement::Kind::set_field;
    if (kind(field) != Kind::field && kind(field) != Kind::subscript) {
        report(codes::not_settable, location(field), "expected n.args, n.kwargs, n.target, n.ARGUMENT or n.meta.KEY");
        return;
    }
    if (meta_path(field, statement, scope)) {
        statement.kind = Statement::Kind::set_meta_path;
        if (statement.path.empty())
            report(codes::not_settable, location(field),
                   "set one key of the meta (`set n.meta.KEY = …`), or all: `set n.meta from m`");
        statement.operands.push_back(expression(child(node, 1), scope));
        return;
    }
    if (kind(field) == Kind::subscript) {
        bool of_meta = kind(child(field, 0)) == Kind::field && word(child(field, 0)) == "meta";
        report(codes::not_settable, location(field),
               of_meta ? "a key of meta stands here itself: `set n.meta.KEY = …` or `set n.meta[\"KEY\"] = …`"
                       : "an item cannot be set: set the whole list, as in `set n.args = [a, *n.args[1:]]`, or the "
                         "argument that has a name, as in `set n.alpha = 2`");
        return;
    }
    syntax::NodeId object = child(field, 0);
    // `n.arg.x` is always the argument x.
    bool is_argument = kind(object) == Kind::field && word(object) == "arg";
    if (is_argument) object = child(object, 0);
    statement.operands = {expression(object, scope)};
    expect_node(statement.operands[0], "set changes a field of");
    const FieldWord& known = field_word(is_argument ? std::string_view() : word(field));
    if (!known.can_be_set)
        report(codes::not_settable, word_location(field), fmt::format("\"{}\" of a node cannot be set", word(field)));
    statement.field = known.field;
    if (known.field == Field::none) {
        statement.text = word(field);
        check_argument_name(facts(statement.operands[0]), word(field), word_location(field));
    }
    statement.operands.push_back(expression(child(node, 1), scope));
    check_set_value(statement);
}

void Checker::check_set_value(const Statement& statement) {
    Facts value = facts(statement.operands[1]);
    Location at = program_[statement.operands[1]].location;
    auto wrong = [&](std::string_view wanted) {
        report(codes::literal_type, at, fmt::format("expected {}, found {}", wanted, kind_text(value)));
    };
    if (!value.is_known() || value.kind == Facts::Kind::plain) return;
    bool row = value.kind == Facts::Kind::list || value.kind == Facts::Kind::tuple;
    bool callee =
        value.kind == Facts::Kind::op || value.kind == Facts::Kind::target || value.kind == Facts::Kind::text;
    if (statement.field == Field::args && !row) wrong("a list of arguments");
    if (statement.field == Field::kwargs && value.kind != Facts::Kind::dict) wrong("a dict of arguments by name");
    if (statement.field == Field::target && value.kind == Facts::Kind::op && value.has_ops() &&
        std::ranges::all_of(program_[value.ops], [&](OpId op) { return is_packet(op); }))
        report(codes::packet_for_overload, at,
               fmt::format("\"{}\" is a packet, and nodes call its overloads: {}", display(value.ops),
                           some_overloads(program_[value.ops][0])));
    if (statement.field == Field::target && !callee)
        wrong("an op, or the text that names an attribute, method or module");
    Facts node = facts(statement.operands[0]);
    if (!node.has_ops() || targets_change_) return;
    if (statement.field == Field::args || statement.field == Field::kwargs)
        check_call(set_arguments(program_[statement.operands[1]]), program_[node.ops]);
    if (statement.field != Field::none) return;
    GivenArgument given;
    given.name = statement.text;
    given.location = at;
    given.expression = statement.operands[1];
    // What is written must suit every op that the node may call, unlike what a pattern asks for.
    Misfits misfits;
    for (OpId op : program_[node.ops]) {
        const Schema* known = schema(op);
        size_t index = known ? known->find(statement.text) : Schema::npos;
        if (index != Schema::npos && misfits.reports.empty())
            check_argument(given, known->arguments[index], op, misfits);
    }
    for (const auto& [location, message] : misfits.reports) report(codes::literal_type, location, message);
}

// As far as they are written one by one. What else the call has stays as it is.
Checker::GivenCall Checker::set_arguments(const Expression& value) const {
    GivenCall call{value.location, {}, false, false};
    const auto add = [&](std::string_view name, Location location, ExpressionId argument) {
        GivenArgument& given = call.arguments.emplace_back();
        given.name = name;
        given.location = location;
        given.expression = argument;
        given.unplaced = call.open;
    };
    const std::vector<ExpressionId>& items = value.children;
    if (value.kind == Expression::Kind::list || value.kind == Expression::Kind::tuple) {
        for (const ExpressionId item : items) {
            if (program_[item].kind == Expression::Kind::star)
                call.open = true;
            else
                add({}, program_[item].location, item);
        }
    } else if (value.kind == Expression::Kind::dict) {
        for (size_t i = 0; i < items.size(); ++i) {
            if (program_[items[i]].kind == Expression::Kind::double_star) continue;
            const Expression& key = program_[items[i++]];
            if (key.kind != Expression::Kind::constant) continue;
            const Value& name = program_.constants[key.constant];
            if (name.kind == Value::Kind::string) add(name.text_view(), key.location, items[i]);
        }
    }
    call.open = true;
    return call;
}

// `n.meta`, `n.meta.a.b`, `n.meta["a"]`: the node goes into operands, the keys into path. False where it is no meta.
bool Checker::meta_path(syntax::NodeId node, Statement& statement, Scope& scope) {
    std::vector<std::string> keys;
    syntax::NodeId whole = node;
    while (true) {
        if (kind(node) == Kind::field && word(node) == "meta") break;
        if (kind(node) == Kind::field)
            keys.emplace_back(word(node));
        else if (kind(node) == Kind::subscript && kind(child(node, 1)) == Kind::string)
            keys.emplace_back(word(child(node, 1)));
        else {
            if (statement.kind != Statement::Kind::set_field)
                report(codes::not_settable, location(whole),
                       statement.kind == Statement::Kind::delete_meta && kind(whole) == Kind::name
                           ? "only a key of a node's meta can be deleted; a node is erased: `erase n`"
                           : "expected the meta of a node: n.meta or n.meta.KEY");
            return false;
        }
        node = child(node, 0);
    }
    statement.operands = {expression(child(node, 0), scope)};
    expect_node(statement.operands[0], "meta belongs to");
    statement.path.assign(keys.rbegin(), keys.rend());
    return true;
}

void Checker::meta_policy(syntax::NodeId node, Statement& statement, Scope& scope) {
    std::string_view text = word(node);
    statement.meta.policy = text == "none"        ? MetaPolicy::none
                            : text == "from only" ? MetaPolicy::from_only
                            : text == "from"      ? MetaPolicy::from
                                                  : MetaPolicy::from_except;
    std::set<std::string_view> keys;
    for (syntax::NodeId each : children(node)) {
        if (kind(each) == Kind::key) {
            statement.meta.keys.emplace_back(word(each));
            if (!keys.insert(word(each)).second)
                report(codes::repeated_argument, location(each),
                       fmt::format("the key \"{}\" is given twice", word(each)));
        } else {
            statement.meta.node = expression(each, scope);
            expect_node(statement.meta.node, "meta comes from");
        }
    }
}

// The place and the metadata are read before the result is bound: `clone a as b after b` is an error.
void Checker::result_and_place(syntax::NodeId node, Statement& statement, Scope& scope, const Facts& made) {
    if (auto place = child_of_kind(node, Kind::place)) {
        statement.side = word(*place) == "before" ? dqrewrite::Place::Side::before : dqrewrite::Place::Side::after;
        statement.place = expression(child(*place, 0), scope);
        expect_node(statement.place, "the place is");
    }
    auto result = child_of_kind(node, Kind::bind_result);
    if (!result) return;
    if (children(*result).empty()) {
        statement.result = new_variable(word(*result), word_location(*result), scope, true, Shadowing::error, made);
        return;
    }
    statement.result_key = expression(child(*result, 0), scope);
    statement.table = own_tables_.find(word(*result))->second;
}

void Checker::expect_no_node_in_shared_table(const Statement& statement) {
    const Table& table = program_.tables[static_cast<size_t>(statement.table)];
    if (!table.is_shared) return;
    for (ExpressionId each : statement.operands) {
        const Facts value = facts(each);
        if (value.kind != Facts::Kind::node && !value.of_nodes) continue;
        report(codes::shared_table, program_[each].location,
               fmt::format("the table \"{}\" is shared by graphs: no node of one is kept for another", table.name));
    }
}

}  // namespace dqrewrite::program
