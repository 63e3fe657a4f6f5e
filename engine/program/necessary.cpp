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

bool is_small(int64_t number) {
    return number >= 0 && number < 1000;
}

// The length that what `is_measured` must have where this holds.
template <class IsMeasured>
uint32_t needed_length(const Program& program, const Expression& e, IsMeasured is_measured) {
    uint32_t least = 0;
    if (e.kind == Kind::and_)
        for (const ExpressionId child : e.children)
            least = std::max(least, needed_length(program, program[child], is_measured));
    if (e.form != Form::length_test) return least;
    const int64_t number = program.constants[e.constant].integer;
    return is_small(number) && is_measured(program[program[e.children[0]].children[0]])
               ? static_cast<uint32_t>(least_length(e.operators[0], number))
               : 0;
}

bool is_variable(const Expression& e, VariableId variable) {
    return e.kind == Kind::variable && e.variable == variable;
}

bool is_condition(const Clause& clause) {
    return clause.kind == Clause::Kind::where && clause.pattern == no_pattern;
}

}  // namespace

std::optional<NeededUsers> needed_users(const Program& program, const Rule& rule, size_t index) {
    const Clause& let = rule.clauses[index];
    const Expression& list = program[let.expression];
    const Target& target = program.targets[let.target];
    if (list.form != Form::users_list || !target.parts.empty()) return {};
    uint32_t least = 0;
    for (const Clause& clause : std::span(rule.clauses).subspan(index + 1)) {
        if (clause.kind == Clause::Kind::unless) continue;
        if (!is_condition(clause)) break;  // may bind the name anew
        least = std::max(least, needed_length(program, program[clause.expression],
                                              [&](const Expression& e) { return is_variable(e, target.variable); }));
    }
    if (least == 0) return {};
    return NeededUsers{list.variable, least};
}

std::optional<uint32_t> least_items(const Program& program, const Expression& e) {
    if (e.form != Form::length_test || e.variable == no_variable) return {};
    const Operator comparison = e.operators[0];
    const int64_t number = program.constants[e.constant].integer;
    const bool is_least = comparison == Operator::greater || comparison == Operator::greater_equal;
    if (!is_least || !is_small(number)) return {};
    return static_cast<uint32_t>(least_length(comparison, number));
}

uint32_t needed_users_of_root(const Program& program, const Rule& rule) {
    const auto is_users = [&](const Expression& e) {
        return e.kind == Kind::attribute && e.field == Field::users && is_variable(program[e.children[0]], rule.root);
    };
    uint32_t least = 0;
    for (size_t i = 0; i < rule.clauses.size(); ++i) {
        const Clause& clause = rule.clauses[i];
        if (clause.kind == Clause::Kind::let) {
            const auto needed = needed_users(program, rule, i);
            if (needed && needed->node == rule.root) least = std::max(least, needed->least);
        } else if (is_condition(clause)) {
            least = std::max(least, needed_length(program, program[clause.expression], is_users));
        }
    }
    return least;
}

}  // namespace dqrewrite::program
