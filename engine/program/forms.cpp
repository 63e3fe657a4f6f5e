#include "engine/program/forms.hpp"

#include <algorithm>

namespace dqrewrite::program {

namespace {

using Form = Expression::Form;
using Kind = Expression::Kind;

// Each path holds the keys of the one that it starts with.
constexpr size_t most_keys = 8;

bool is_variable(const Program& program, ExpressionId id) {
    return program[id].kind == Kind::variable;
}

// `n is relu_like`, `n is not relu_like`
bool is_call_test(const Program& program, const Expression& e) {
    return (e.kind == Kind::is || e.kind == Kind::is_not) && is_variable(program, e.children[0]) &&
           e.pattern != no_pattern && program[e.pattern].kind == Pattern::Kind::any_call;
}

bool is_length(const Program& program, ExpressionId id) {
    const Expression& e = program[id];
    return e.kind == Kind::call && e.function == Function::len && e.children.size() == 1 &&
           program[e.children[0]].kind != Kind::star;
}

// `len(x) > 2`
bool is_length_test(const Program& program, const Expression& e) {
    if (e.kind != Kind::compare || e.operators.size() != 1 || !is_length(program, e.children[0])) return false;
    const Expression& number = program[e.children[1]];
    return e.operators[0] != Operator::in && e.operators[0] != Operator::not_in && number.kind == Kind::constant &&
           program.constants[number.constant].kind == Value::Kind::integer;
}

// `[u for u in n.users if …]`
bool is_users_list(const Program& program, const Expression& e) {
    if (e.kind != Kind::list_comprehension || e.loops.size() != 1 || !is_variable(program, e.children[0]))
        return false;
    const Expression& source = program[e.loops[0].iterable];
    return whole_variable(program, e.loops[0].target) == program[e.children[0]].variable &&
           source.kind == Kind::attribute && source.field == Field::users && is_variable(program, source.children[0]);
}

// The filter of such a list, where there is but one and it asks which op the user calls.
const Expression* only_call_test(const Program& program, const Expression& list) {
    const Expression::Loop& loop = list.loops[0];
    if (loop.filters.size() != 1) return nullptr;
    const Expression& filter = program[loop.filters[0]];
    const bool of_user = filter.form == Form::call_test && filter.variable == whole_variable(program, loop.target);
    return of_user ? &filter : nullptr;
}

// `n.meta.a.b`; a word that means something else behind a node or `.arg` is a key like others here.
bool is_meta_path(const Program& program, const Expression& e) {
    if (e.kind != Kind::attribute || e.field == Field::arg) return false;
    const Expression& before = program[e.children[0]];
    return (before.form == Form::meta_path && before.keys.size() < most_keys) ||
           (before.kind == Kind::attribute && before.field == Field::meta &&
            is_variable(program, before.children[0]));
}

// `x or []`
bool is_or_empty(const Program& program, const Expression& e) {
    if (e.kind != Kind::or_ || e.children.size() != 2) return false;
    const Expression& otherwise = program[e.children[1]];
    const bool row = otherwise.kind == Kind::list || otherwise.kind == Kind::tuple || otherwise.kind == Kind::dict;
    return row && otherwise.children.empty();
}

bool is_plain_define(const Program& program, const Expression& e) {
    return e.kind == Kind::define && e.define != none_of<DefineId> &&
           e.children.size() == program[e.define].parameters &&
           std::ranges::none_of(e.children, [&](ExpressionId id) { return program[id].kind == Kind::star; });
}

}  // namespace

void recognize(Program& program, Expression& e) {
    if (is_call_test(program, e)) {
        e.form = Form::call_test;
        e.variable = program[e.children[0]].variable;
        e.op_set = program[e.pattern].op_set;
        e.in_set = e.kind == Kind::is;
    } else if (is_length_test(program, e)) {
        e.form = Form::length_test;
        e.constant = program[e.children[1]].constant;
        const Expression& measured = program[program[e.children[0]].children[0]];
        e.variable = measured.kind == Kind::variable ? measured.variable : no_variable;
    } else if (is_users_list(program, e)) {
        e.form = Form::users_list;
        e.variable = program[program[e.loops[0].iterable].children[0]].variable;
        if (const Expression* test = only_call_test(program, e)) {
            e.op_set = test->op_set;
            e.in_set = test->in_set;
        }
    } else if (is_meta_path(program, e)) {
        const Expression& before = program[e.children[0]];
        const bool first = before.form != Form::meta_path;
        e.form = Form::meta_path;
        e.variable = first ? program[before.children[0]].variable : before.variable;
        e.keys = first ? std::vector<std::string>() : before.keys;
        e.keys.push_back(e.text);
        e.path = program.meta_paths++;
    } else if (is_or_empty(program, e)) {
        e.form = Form::or_empty;
    } else if (is_plain_define(program, e)) {
        e.form = Form::plain_define;
    }
}

VariableId whole_variable(const Program& program, uint32_t target) {
    const Target& to = program.targets[target];
    return to.parts.empty() ? to.variable : no_variable;
}

void recognize(const Program& program, Statement& statement) {
    const auto say_variable = [&](Operand& operand) {
        const bool is_one = operand.expression != no_expression && is_variable(program, operand.expression);
        if (is_one) operand.variable = program[operand.expression].variable;
    };
    for (Operand& operand : statement.operands) say_variable(operand);
    say_variable(statement.place);
    say_variable(statement.meta.node);
    if (statement.kind != Statement::Kind::let && statement.kind != Statement::Kind::for_) return;
    statement.variable = whole_variable(program, statement.target);
}

}  // namespace dqrewrite::program
