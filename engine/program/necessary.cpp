#include "engine/program/necessary.hpp"

#include <algorithm>

namespace dqrewrite::program {

namespace {

using Kind = Expression::Kind;
using Form = Expression::Form;

// The least length with which `len(list) <operator> number` can hold.
int64_t least_length(Operator comparison, int64_t number) {
    switch (comparison) {
    case Operator::greater: return number + 1;
    case Operator::greater_equal:
    case Operator::equal: return number;
    default: return 0;
    }
}

// The length that `list` must have where this holds.
int64_t needed_length(const Program& program, const Expression& e, VariableId list) {
    int64_t least = 0;
    if (e.kind == Kind::and_)
        for (const ExpressionId child : e.children)
            least = std::max(least, needed_length(program, program[child], list));
    if (e.form != Form::length_test) return least;
    const Expression& measured = program[program[e.children[0]].children[0]];
    const int64_t number = program.constants[program[e.children[1]].constant].integer;
    const bool small = number >= 0 && number < 1000;
    return measured.kind == Kind::variable && measured.variable == list && small
               ? least_length(e.operators[0], number)
               : 0;
}

}  // namespace

std::optional<NeededUsers> needed_users(const Program& program, const Rule& rule, size_t index) {
    const Clause& let = rule.clauses[index];
    const Expression& list = program[let.expression];
    const Target& target = program.targets[let.target];
    if (list.form != Form::users_list || !target.parts.empty()) return {};
    int64_t least = 0;
    for (const Clause& clause : std::span(rule.clauses).subspan(index + 1)) {
        if (clause.kind == Clause::Kind::unless) continue;
        if (clause.kind != Clause::Kind::where || clause.pattern != no_pattern) break;  // may bind the name anew
        least = std::max(least, needed_length(program, program[clause.expression], target.variable));
    }
    if (least < 1) return {};
    const VariableId owner = program[program[list.loops[0].iterable].children[0]].variable;
    return NeededUsers{owner, static_cast<uint32_t>(least)};
}

}  // namespace dqrewrite::program
