// What conditions demand: those about patterns, arguments, constants, ops, and numbers of users and arguments. All
// others are undecided.

#include "engine/author/sets/solver.hpp"

#include <algorithm>

namespace dqrewrite::sets {

using program::ExpressionId;
using program::Field;
using program::Function;
using program::Location;
using program::no_expression;
using program::Operator;
using program::OpId;
using Kind = program::Expression::Kind;

namespace {

constexpr uint32_t no_bound = 0xFFFFFFFF;

// Of `not (a < b)`.
Operator opposite(Operator op) {
    switch (op) {
    case Operator::equal: return Operator::not_equal;
    case Operator::not_equal: return Operator::equal;
    case Operator::less: return Operator::greater_equal;
    case Operator::less_equal: return Operator::greater;
    case Operator::greater: return Operator::less_equal;
    case Operator::greater_equal: return Operator::less;
    case Operator::in: return Operator::not_in;
    case Operator::not_in: return Operator::in;
    default: return op;
    }
}

// `3 < x` as `x > 3`.
Operator mirrored(Operator op) {
    switch (op) {
    case Operator::less: return Operator::greater;
    case Operator::less_equal: return Operator::greater_equal;
    case Operator::greater: return Operator::less;
    case Operator::greater_equal: return Operator::less_equal;
    default: return op;
    }
}

// The counts of which `count op number` holds, where they lie between two bounds.
std::optional<Between> counts_where(Operator op, int64_t number, const Location& location) {
    Between bounds{0, no_bound, location, location};
    int64_t least = 0, most = no_bound;
    switch (op) {
    case Operator::equal: least = most = number; break;
    case Operator::less: most = number - 1; break;
    case Operator::less_equal: most = number; break;
    case Operator::greater: least = number + 1; break;
    case Operator::greater_equal: least = number; break;
    case Operator::not_equal:
        if (number != 0) return {};
        least = 1;
        break;
    default: return {};
    }
    if (least > 1000 || (most != no_bound && most > 1'000'000)) return {};
    bounds.least = static_cast<uint32_t>(std::max<int64_t>(least, 0));
    if (most < 0) return {};
    bounds.most = static_cast<uint32_t>(most);
    return bounds;
}

bool is_true(const Value& value) {
    switch (value.kind) {
    case Value::Kind::none: return false;
    case Value::Kind::boolean: return value.boolean;
    case Value::Kind::integer: return value.integer != 0;
    case Value::Kind::string: return value.size > 0;
    default: return true;
    }
}

}  // namespace

// What `e is P` tells of e: whether None matches the pattern, as far as its outside tells.
Trust Solver::trust_in(program::PatternId id) const {
    const Pattern* pattern = &program_[id];
    while ((pattern->kind == Pattern::Kind::bind || pattern->kind == Pattern::Kind::same) &&
           !pattern->children.empty())
        pattern = &program_[pattern->children[0]];
    switch (pattern->kind) {
    case Pattern::Kind::literal:
        return program_.constants[pattern->constant].kind == Value::Kind::none ? Trust::none : Trust::sure;
    case Pattern::Kind::node:
    case Pattern::Kind::opcode:
    case Pattern::Kind::call:
    case Pattern::Kind::any_call:
    case Pattern::Kind::list:
    case Pattern::Kind::tuple: return Trust::sure;
    default: return Trust::guess;
    }
}

Solver::Outcome Solver::holds(State& state, const Goal& goal) {
    auto [id, frame] = resolved(state, goal.expression, goal.frame);
    Goal at = goal;
    at.expression = id;
    at.frame = frame;
    const Expression& e = program_[id];
    switch (e.kind) {
    case Kind::not_:
        at.expression = e.children[0];
        at.positive = !at.positive;
        state.goals.push_back(std::move(at));
        return {};
    case Kind::and_:
    case Kind::or_:
        if ((e.kind == Kind::or_) == at.positive) {
            each_way(state, at, e.children);
            return {};
        }
        for (size_t i = e.children.size(); i-- > 0;) {
            Goal next = at;
            next.expression = e.children[i];
            state.goals.push_back(std::move(next));
        }
        return {};
    case Kind::is:
    case Kind::is_not: return is(state, e, at);
    case Kind::compare: return compare(state, e, at);
    case Kind::define:
        at.frame = enter(state, e, frame);
        at.expression = program_[e.define].body;
        state.goals.push_back(std::move(at));
        return {};
    case Kind::constant:
        if (is_true(program_.constants[e.constant]) != at.positive) return Conflict{e.location, e.location};
        return {};
    default: undecided(state, at); return {};
    }
}

void Solver::undecided(State& state, const Goal& goal) {
    // Of a condition inside of a define the rule is that of the frame that uses it.
    state.solution.undecided.push_back({state.solution.frames[goal.frame].rule, program_[goal.expression].location});
}

// One of several conditions holds: which, is tried out.
void Solver::each_way(State& state, const Goal& goal, std::span<const ExpressionId> ways) {
    std::vector<State> states;
    for (ExpressionId way : ways) {
        State& next = states.emplace_back(state);
        Goal inner = goal;
        inner.expression = way;
        next.goals.push_back(std::move(inner));
    }
    branch(std::move(states));
}

// A frame in which the parameters of a define stand for the arguments of this use of it.
uint32_t Solver::enter(State& state, const Expression& call, uint32_t frame) {
    const program::Define& define = program_[call.define];
    Frame inner{state.solution.frames[frame].rule, std::vector<Slot>(define.variables.size())};
    for (size_t i = 0; i < call.children.size() && i < define.parameters; ++i)
        inner.slots[i] = {no_term, call.children[i], frame};
    state.solution.frames.push_back(std::move(inner));
    return static_cast<uint32_t>(state.solution.frames.size() - 1);
}

std::pair<ExpressionId, uint32_t> Solver::resolved(const State& state, ExpressionId id, uint32_t frame) const {
    while (program_[id].kind == Kind::variable) {
        const Slot& slot = state.solution.frames[frame].slots[static_cast<size_t>(program_[id].variable)];
        if (slot.alias == no_expression) break;
        id = slot.alias;
        frame = slot.alias_frame;
    }
    return {id, frame};
}

// -- is

Solver::Outcome Solver::is(State& state, const Expression& e, const Goal& goal) {
    bool positive = goal.positive != (e.kind == Kind::is_not);
    const Pattern& pattern = program_[e.pattern];
    Term value = term(state, e.children[0], goal.frame, positive ? trust_in(e.pattern) : Trust::none);
    if (conflict_) return std::exchange(conflict_, {});
    if (value == no_term) {
        undecided(state, goal);
        return {};
    }
    if (!positive) {
        state.solution.exclusions.push_back({value, e.pattern});
        return is_not(state, pattern, value);
    }
    state.goals.push_back({.kind = Goal::Kind::pattern, .frame = goal.frame, .pattern = e.pattern, .term = value});
    return {};
}

// Only what contradicts for certain; of the rest the graph will tell.
Solver::Outcome Solver::is_not(State& state, const Pattern& pattern, Term value) {
    TermCell& cell = state.solution.terms.at(value);
    if (pattern.kind == Pattern::Kind::literal && cell.kind == TermCell::Kind::constant) {
        if (same_constant(*cell.constant, program_.constants[pattern.constant]))
            return Conflict{cell.origin, pattern.location};
    } else if (pattern.kind == Pattern::Kind::node && pattern.open && cell.kind == TermCell::Kind::node) {
        return Conflict{cell.origin, pattern.location};
    } else if (pattern.kind == Pattern::Kind::opcode && pattern.open && pattern.arguments.empty() &&
               cell.kind == TermCell::Kind::node) {
        auto left = static_cast<uint8_t>(cell.opcodes & ~(1U << static_cast<unsigned>(pattern.opcode)));
        if (left == 0) return Conflict{cell.opcodes_from, pattern.location};
        cell.opcodes = left;
    } else if (pattern.kind == Pattern::Kind::any_call ||
               (pattern.kind == Pattern::Kind::call && pattern.open && pattern.arguments.empty())) {
        if (cell.kind != TermCell::Kind::node || cell.any_op || !cell.is(Opcode::call_function)) return {};
        const auto& excluded = program_[pattern.op_set];
        std::vector<OpId> left;
        for (OpId op : cell.ops)
            if (std::ranges::find(excluded, op) == excluded.end()) left.push_back(op);
        if (left.empty()) return Conflict{cell.ops_from, pattern.location};
        cell.ops = std::move(left);
    }
    return {};
}

// -- comparisons

Solver::Outcome Solver::compare(State& state, const Expression& e, const Goal& goal) {
    bool known = false;
    Outcome outcome;
    if (e.operators.size() == 1) {
        Operator op = goal.positive ? e.operators[0] : opposite(e.operators[0]);
        auto [left, left_frame] = resolved(state, e.children[0], goal.frame);
        auto [right, right_frame] = resolved(state, e.children[1], goal.frame);
        const Expression &a = program_[left], &b = program_[right];
        if (op == Operator::in)
            outcome = among(state, e, goal, known);
        else if (b.kind == Kind::constant)
            outcome = counted(state, a, op, program_.constants[b.constant], left_frame, known);
        else if (a.kind == Kind::constant)
            outcome = counted(state, b, mirrored(op), program_.constants[a.constant], right_frame, known);
        if (!known && !outcome && op == Operator::equal)
            outcome = equal(state, e.children[0], e.children[1], goal, known);
    }
    if (!known && !outcome) undecided(state, goal);
    return outcome;
}

// len(n.users) == 2, len(n.args) > 1
Solver::Outcome Solver::counted(State& state, const Expression& count, Operator op, const Value& number,
                                uint32_t frame, bool& known) {
    if (count.kind != Kind::call || count.function != Function::len || number.kind != Value::Kind::integer) return {};
    auto [inner, inner_frame] = resolved(state, count.children[0], frame);
    const Expression& row = program_[inner];
    if (row.kind != Kind::attribute || (row.field != Field::users && row.field != Field::args)) return {};
    auto bounds = counts_where(op, number.integer, count.location);
    if (!bounds) return {};
    Term owner = node(state, row.children[0], inner_frame, Trust::sure);  // None has no length
    if (conflict_) return std::exchange(conflict_, {});
    if (owner == no_term) return {};
    known = true;
    TermCell& cell = state.solution.terms.at(owner);
    if (row.field == Field::args) return cell.stored.narrow(*bounds);
    if (auto conflict = cell.users.narrow(*bounds)) return conflict;
    for (size_t i = 1; cell.users.most == 1 && i < cell.read_by.size(); ++i)
        if (auto conflict = state.solution.terms.unify(cell.read_by[0], cell.read_by[i], count.location))
            return conflict;
    return {};
}

Solver::Outcome Solver::equal(State& state, ExpressionId left, ExpressionId right, const Goal& goal, bool& known) {
    auto [a, a_frame] = resolved(state, left, goal.frame);
    auto [b, b_frame] = resolved(state, right, goal.frame);
    const Expression &first = program_[a], &second = program_[b];
    auto is_field = [](const Expression& e, Field field) { return e.kind == Kind::attribute && e.field == field; };
    for (Field field : {Field::target, Field::op}) {
        if (is_field(first, field)) return equal_target(state, first, second, {.frame = a_frame}, known);
        if (is_field(second, field)) return equal_target(state, second, first, {.frame = b_frame}, known);
    }
    auto is_value = [&](const Expression& e) {
        return e.kind == Kind::constant && program_.constants[e.constant].kind != Value::Kind::none;
    };
    if ((first.kind == Kind::constant && !is_value(first)) || (second.kind == Kind::constant && !is_value(second)))
        return {};
    Trust trust = is_value(first) || is_value(second) ? Trust::sure : Trust::guess;
    Term one = term(state, a, a_frame, trust);
    if (conflict_) return std::exchange(conflict_, {});
    Term other = one == no_term ? no_term : term(state, b, b_frame, trust);
    if (conflict_) return std::exchange(conflict_, {});
    if (one == no_term || other == no_term) return {};
    known = true;
    Terms& terms = state.solution.terms;
    using CellKind = TermCell::Kind;
    const TermCell &x = terms[one], &y = terms[other];
    if (x.kind == CellKind::constant && y.kind == CellKind::constant) {
        if (equal_constants(*x.constant, *y.constant)) return {};
        return Conflict{x.origin, y.origin};
    }
    if (x.kind == CellKind::open || y.kind == CellKind::open) {
        state.solution.equalities.push_back({one, other, program_[goal.expression].location});
        return {};
    }
    Terms before = terms;
    auto conflict = terms.unify(one, other, program_[goal.expression].location);
    if (conflict && terms[one].kind == CellKind::row) {  // their items may be equal and not the same
        terms = std::move(before);
        known = false;
        return {};
    }
    return conflict;
}

// n.target == aten.relu.default, n.op == "placeholder"
Solver::Outcome Solver::equal_target(State& state, const Expression& field, const Expression& value, const Goal& goal,
                                     bool& known) {
    Term owner = no_term;
    if (field.field == Field::target && value.kind == Kind::op) {
        owner = node(state, field.children[0], goal.frame, Trust::sure);
        if (conflict_) return std::exchange(conflict_, {});
        if (owner == no_term) return {};
        known = true;
        return state.solution.terms.to_call(owner, {value.op}, value.location);
    }
    if (value.kind != Kind::constant || program_.constants[value.constant].kind != Value::Kind::string) return {};
    owner = node(state, field.children[0], goal.frame, Trust::sure);
    if (conflict_) return std::exchange(conflict_, {});
    if (owner == no_term) return {};
    const Value& text = program_.constants[value.constant];
    Terms& terms = state.solution.terms;
    if (field.field == Field::target) {
        TermCell& cell = terms.at(owner);
        if (cell.may_be(Opcode::call_function) && !cell.is(Opcode::call_function)) return {};
        known = true;
        Term constant = terms.make_constant(text, value.location);
        Term target = terms[owner].target;
        if (target != no_term) return terms.unify(target, constant, value.location);
        terms.at(owner).target = constant;
        return {};
    }
    for (unsigned i = 0; i < 6; ++i) {
        if (opcode_name(static_cast<Opcode>(i)) != text.text_view()) continue;
        known = true;
        return terms.to_node(owner, static_cast<uint8_t>(1U << i), value.location);
    }
    return {};
}

// x in (a, b): each in turn.
Solver::Outcome Solver::among(State& state, const Expression& e, const Goal& goal, bool& known) {
    auto [row, row_frame] = resolved(state, e.children[1], goal.frame);
    const Expression& items = program_[row];
    if (items.kind != Kind::list && items.kind != Kind::tuple && items.kind != Kind::set) return {};
    if (items.children.empty() || items.children.size() > 16) return {};
    Goal inner = goal;
    inner.frame = row_frame;
    std::vector<State> ways;
    auto [left, left_frame] = resolved(state, e.children[0], goal.frame);
    if (left_frame != row_frame) return {};
    for (ExpressionId item : items.children) {
        if (program_[item].kind == Kind::star) return {};
        State way = state;
        bool each_known = false;
        inner.expression = row;
        if (equal(way, left, item, inner, each_known)) continue;
        if (!each_known) return {};
        ways.push_back(std::move(way));
    }
    known = true;
    if (ways.empty()) return Conflict{program_[left].location, items.location};
    branch(std::move(ways));
    return {};
}

// -- values

Term Solver::term(State& state, ExpressionId id, uint32_t frame, Trust trust) {
    auto [found, found_frame] = resolved(state, id, frame);
    const Expression& e = program_[found];
    switch (e.kind) {
    case Kind::constant: return state.solution.terms.make_constant(program_.constants[e.constant], e.location);
    case Kind::variable: return state.solution.frames[found_frame].slots[static_cast<size_t>(e.variable)].term;
    case Kind::attribute: return attribute(state, e, found_frame, trust);
    case Kind::subscript: return item(state, e, found_frame);
    case Kind::list:
    case Kind::tuple: {
        std::vector<Term> items;
        for (ExpressionId child : e.children) {
            Term each = program_[child].kind == Kind::star ? no_term : term(state, child, found_frame, trust);
            if (each == no_term) return no_term;
            items.push_back(each);
        }
        return state.solution.terms.make_row(e.kind == Kind::tuple, std::move(items), false, e.location);
    }
    case Kind::define: return term(state, program_[e.define].body, enter(state, e, found_frame), trust);
    default: return no_term;
    }
}

// A value that is asked for something that nodes have; of all others that is None.
Term Solver::node(State& state, ExpressionId id, uint32_t frame, Trust trust) {
    Term value = term(state, id, frame, trust);
    if (value == no_term) return no_term;
    const TermCell& cell = state.solution.terms[value];
    if (cell.kind == TermCell::Kind::node) return value;
    if (cell.kind != TermCell::Kind::open || trust == Trust::none) return no_term;
    if (trust == Trust::guess) result_.complete = false;
    conflict_ = state.solution.terms.to_node(value, 0x3F, program_[id].location);
    return value;
}

Term Solver::attribute(State& state, const Expression& e, uint32_t frame, Trust trust) {
    if (e.field != Field::none && e.field != Field::only_user) return no_term;
    ExpressionId of = e.children[0];
    if (e.field == Field::none && program_[of].kind == Kind::attribute && program_[of].field == Field::arg)
        of = program_[of].children[0];
    if (e.field == Field::only_user && trust == Trust::none) return no_term;
    Term owner = node(state, of, frame, trust);
    if (owner == no_term || conflict_) return no_term;
    if (e.field == Field::only_user) {
        if (trust == Trust::guess) result_.complete = false;
        return reader(state, owner, true, e.location);
    }
    Term value = state.solution.terms.make();
    conflict_ = state.solution.terms.add_argument(
        owner, {.named = true, .name = e.text, .term = value, .optional = true, .location = e.location});
    return value;
}

Term Solver::reader(State& state, Term node, bool only, const Location& location) {
    Terms& terms = state.solution.terms;
    if (only) conflict_ = terms.at(node).users.narrow({1, 1, location, location});
    if (conflict_) return no_term;
    if (!terms[node].read_by.empty()) return terms[node].read_by[0];
    Term user = terms.make();
    conflict_ = terms.add_reader(node, user, location);
    return user;
}

// n.args[2], n.users[0]
Term Solver::item(State& state, const Expression& e, uint32_t frame) {
    auto [row, row_frame] = resolved(state, e.children[0], frame);
    const Expression& object = program_[row];
    const Expression& index = program_[e.children[1]];
    if (index.kind != Kind::constant) return no_term;
    const Value& number = program_.constants[index.constant];
    if (object.kind != Kind::attribute || number.kind != Value::Kind::integer || number.integer < 0 ||
        number.integer > 100)
        return no_term;
    if (object.field == Field::users) {
        if (number.integer != 0) return no_term;
        Term owner = node(state, object.children[0], row_frame, Trust::sure);
        return owner == no_term || conflict_ ? no_term : reader(state, owner, false, e.location);
    }
    if (object.field != Field::args) return no_term;
    Term owner = node(state, object.children[0], row_frame, Trust::sure);  // None has no items
    if (owner == no_term || conflict_) return no_term;
    auto position = static_cast<uint32_t>(number.integer);
    Terms& terms = state.solution.terms;
    Term value = terms.make();
    conflict_ =
        terms.add_argument(owner, {.position = position, .term = value, .stored = true, .location = e.location});
    if (!conflict_) conflict_ = terms.at(owner).stored.narrow({position + 1, no_bound, e.location, e.location});
    return value;
}

}  // namespace dqrewrite::sets
