#include "engine/author/sets/solver.hpp"

namespace dqrewrite::sets {

using program::Clause;
using program::Location;
using program::no_variable;
using program::PatternId;
using program::Rule;
using program::RuleId;
using program::VariableId;

namespace {

constexpr uint8_t any_opcode = 0x3F;

uint8_t bit_of(Opcode opcode) {
    return static_cast<uint8_t>(1U << static_cast<unsigned>(opcode));
}

}  // namespace

Demanded Demands::solve(std::span<const RuleId> rules) {
    return Solver(*this, false).solve(rules);
}

Demanded Demands::general(RuleId rule) {
    return Solver(*this, true).solve({&rule, 1});
}

const Schema* Demands::schema(program::OpId op) {
    auto [known, fresh] = schemas_.try_emplace(op);
    if (fresh)
        if (auto declared = program_.declarations->find(program_[op].target))
            if (auto parsed = parse_schema(declared->schema, store_))
                known->second = std::make_unique<Schema>(std::move(*parsed));
    return known->second.get();
}

bool Demands::commutes(program::OpId op) const {
    auto declared = program_.declarations->find(program_[op].target);
    return declared && declared->commutes;
}

Demanded Solver::solve(std::span<const RuleId> rules) {
    State start;
    start.solution.root = start.solution.terms.make();
    for (RuleId id : rules) {
        start.solution.frames.push_back({id, std::vector<Slot>(program_[id].variables.size())});
        Goal goal{.kind = Goal::Kind::clauses, .frame = static_cast<uint32_t>(start.solution.frames.size() - 1)};
        start.goals.insert(start.goals.begin(), goal);
    }
    stack_.push_back(std::move(start));
    while (!stack_.empty() && result_.solutions.size() < max_solutions) {
        if (goals_ > max_goals || branches_ > max_branches) {
            result_.exhausted = true;
            break;
        }
        State state = std::move(stack_.back());
        stack_.pop_back();
        advance(std::move(state));
    }
    if (!stack_.empty()) result_.complete = false;
    return std::move(result_);
}

// Meets goal after goal, until there is more than one way to go on.
void Solver::advance(State state) {
    branched_ = false;
    while (!branched_) {
        Outcome conflict;
        if (!state.goals.empty()) {
            if (++goals_ > max_goals) {
                stack_.push_back(std::move(state));
                return;
            }
            Goal goal = std::move(state.goals.back());
            state.goals.pop_back();
            conflict = perform(state, goal);
        } else if (general_ || resolve(state, conflict)) {
            result_.solutions.push_back(std::move(state.solution));
            return;
        }
        if (!conflict) continue;
        ++result_.failed;
        if (!result_.conflict) result_.conflict = conflict;
        return;
    }
}

// The first way is tried first.
void Solver::branch(std::vector<State> ways) {
    branched_ = true;
    branches_ += ways.size();
    for (size_t i = ways.size(); i-- > 0;) stack_.push_back(std::move(ways[i]));
}

Solver::Outcome Solver::perform(State& state, const Goal& goal) {
    switch (goal.kind) {
    case Goal::Kind::clauses: return clauses(state, goal);
    case Goal::Kind::pattern: return pattern(state, goal);
    case Goal::Kind::chain: return chain(state, goal);
    case Goal::Kind::holds: return holds(state, goal);
    }
    return {};
}

Solver::Outcome Solver::clauses(State& state, const Goal& goal) {
    const Rule& rule = program_[state.solution.frames[goal.frame].rule];
    if (goal.index == rule.clauses.size()) return {};
    const Clause& clause = rule.clauses[goal.index];
    Goal next = goal;
    ++next.index;
    state.goals.push_back(std::move(next));
    Goal inner{.kind = Goal::Kind::pattern, .frame = goal.frame};
    switch (clause.kind) {
    case Clause::Kind::match:
        inner.pattern = clause.pattern;
        inner.term = state.solution.root;
        // The name of a root that has none is hidden: it names nothing here.
        state.solution.frames[goal.frame].slots[static_cast<size_t>(rule.root)].term = state.solution.root;
        state.goals.push_back(std::move(inner));
        return {};
    case Clause::Kind::let: {
        VariableId variable = program_.targets[clause.target].variable;
        if (variable != no_variable)
            state.solution.frames[goal.frame].slots[static_cast<size_t>(variable)] = {no_term, clause.expression,
                                                                                      goal.frame};
        return {};
    }
    case Clause::Kind::where:
    case Clause::Kind::unless: break;
    }
    if (clause.pattern == program::no_pattern) {
        inner.kind = Goal::Kind::holds;
        inner.expression = clause.expression;
        inner.positive = clause.kind == Clause::Kind::where;
        state.goals.push_back(std::move(inner));
        return {};
    }
    Term value = term(state, clause.expression, goal.frame, trust_in(clause.pattern));
    if (conflict_) return std::exchange(conflict_, {});
    if (value == no_term) {
        state.solution.undecided.push_back({state.solution.frames[goal.frame].rule, clause.location});
        value = state.solution.terms.make();
    }
    inner.pattern = clause.pattern;
    inner.term = value;
    state.goals.push_back(std::move(inner));
    return {};
}

void Solver::bind(State& state, uint32_t frame, VariableId variable, Term term) {
    state.solution.frames[frame].slots[static_cast<size_t>(variable)] = {term, program::no_expression, 0};
    const Frame& own = state.solution.frames[frame];
    if (own.rule != program::none_of<RuleId>)
        state.solution.names.emplace_back(term, program_[own.rule].variables[static_cast<size_t>(variable)]);
}

// -- patterns

Solver::Outcome Solver::pattern(State& state, const Goal& goal) {
    const Pattern& pattern = program_[goal.pattern];
    Terms& terms = state.solution.terms;
    auto below = [&](PatternId id) {
        Goal next = goal;
        next.pattern = id;
        return next;
    };
    switch (pattern.kind) {
    case Pattern::Kind::anything: return {};
    case Pattern::Kind::node:
        if (auto conflict = terms.to_node(goal.term, any_opcode, pattern.location)) return conflict;
        return arguments(state, pattern, goal);
    case Pattern::Kind::opcode:
        if (auto conflict = terms.to_node(goal.term, bit_of(pattern.opcode), pattern.location)) return conflict;
        return arguments(state, pattern, goal);
    case Pattern::Kind::any_call: return terms.to_call(goal.term, program_[pattern.op_set], pattern.location);
    case Pattern::Kind::call:
        if (auto conflict = terms.to_call(goal.term, program_[pattern.op_set], pattern.location)) return conflict;
        return arguments(state, pattern, goal);
    case Pattern::Kind::chain: {
        Goal next = goal;
        next.kind = Goal::Kind::chain;
        next.index = 0;
        state.goals.push_back(std::move(next));
        return {};
    }
    case Pattern::Kind::list:
    case Pattern::Kind::tuple: return row(state, pattern, goal);
    case Pattern::Kind::literal:
        return terms.unify(goal.term, terms.make_constant(program_.constants[pattern.constant], pattern.location),
                           pattern.location);
    case Pattern::Kind::same: {
        if (!pattern.children.empty()) state.goals.push_back(below(pattern.children[0]));
        const Slot& slot = state.solution.frames[goal.frame].slots[static_cast<size_t>(pattern.variable)];
        Term bound = slot.term;
        if (bound == no_term && slot.alias != program::no_expression)
            bound = term(state, slot.alias, slot.alias_frame, Trust::none);
        if (conflict_) return std::exchange(conflict_, {});
        if (bound != no_term) return terms.unify(bound, goal.term, pattern.location);
        state.solution.undecided.push_back({state.solution.frames[goal.frame].rule, pattern.location});
        return {};
    }
    case Pattern::Kind::bind:
        bind(state, goal.frame, pattern.variable, goal.term);
        state.goals.push_back(below(pattern.children[0]));
        return {};
    case Pattern::Kind::either: {
        std::vector<State> ways;
        for (PatternId child : pattern.children) {
            State& way = ways.emplace_back(state);
            way.goals.push_back(below(child));
        }
        branch(std::move(ways));
        return {};
    }
    }
    return {};
}

// The end of the chain is here, or one call further on.
Solver::Outcome Solver::chain(State& state, const Goal& goal) {
    const Pattern& pattern = program_[goal.pattern];
    auto end = [&](State& at) {
        if (pattern.variable != no_variable)
            bind(at, goal.frame, pattern.variable,
                 general_ ? at.solution.terms.make()
                          : at.solution.terms.make_row(false, goal.chain, false, pattern.location));
        Goal next = goal;
        next.kind = Goal::Kind::pattern;
        next.pattern = pattern.children[0];
        at.goals.push_back(std::move(next));
    };
    Goal further = goal;
    if (general_) {  // whatever is at its end, nothing is known of this place; its names are bound all the same
        further.term = state.solution.terms.make();
        Goal next = further;
        next.kind = Goal::Kind::pattern;
        next.pattern = pattern.children[0];
        if (pattern.variable != no_variable) bind(state, goal.frame, pattern.variable, state.solution.terms.make());
        state.goals.push_back(std::move(next));
        return {};
    }
    std::vector<State> ways{state};
    end(ways[0]);
    State longer = state;
    Terms& terms = longer.solution.terms;
    if (!terms.to_call(goal.term, program_[pattern.op_set], pattern.location)) {
        if (goal.index == (pattern.at_most_one ? 1 : longest_chain)) {
            if (!pattern.at_most_one) result_.complete = false;
        } else {
            further.index += 1;
            further.chain.push_back(goal.term);
            further.term = terms.make();
            if (!terms.add_argument(goal.term, {.term = further.term, .location = pattern.location})) {
                longer.goals.push_back(std::move(further));
                ways.push_back(std::move(longer));
            }
        }
    }
    branch(std::move(ways));
    return {};
}

Solver::Outcome Solver::arguments(State& state, const Pattern& pattern, const Goal& goal) {
    Terms& terms = state.solution.terms;
    bool is_attribute = pattern.kind == Pattern::Kind::opcode && pattern.opcode == Opcode::get_attr;
    TermRest rest{0, {}, pattern.location};
    std::vector<Goal> inner;
    for (const Pattern::Argument& argument : pattern.arguments) {
        Term value = terms.make();
        if (argument.kind == Pattern::Argument::Kind::named_rest) {
            bind(state, goal.frame, argument.variable, value);
            rest.positions = static_cast<uint32_t>(-1);
            continue;
        }
        Goal next{.kind = Goal::Kind::pattern, .frame = goal.frame, .pattern = argument.pattern, .term = value};
        inner.push_back(std::move(next));
        if (is_attribute) {
            TermCell& cell = terms.at(goal.term);
            if (cell.target == no_term)
                cell.target = value;
            else if (auto conflict = terms.unify(cell.target, value, argument.location))
                return conflict;
            continue;
        }
        TermArgument given{.term = value, .location = argument.location};
        if (argument.kind == Pattern::Argument::Kind::named) {
            given.named = true;
            given.name = argument.name;
            rest.names.push_back(argument.name);
        } else {
            given.position = rest.positions++;
        }
        if (auto conflict = terms.add_argument(goal.term, given)) return conflict;
    }
    if (!is_attribute && !pattern.open) {
        terms.at(goal.term).rests.push_back(std::move(rest));
        terms.at(goal.term).resolved = false;
    }
    for (size_t i = inner.size(); i-- > 0;) state.goals.push_back(std::move(inner[i]));
    return {};
}

Solver::Outcome Solver::row(State& state, const Pattern& pattern, const Goal& goal) {
    Terms& terms = state.solution.terms;
    std::vector<Term> items;
    std::vector<Goal> inner;
    bool longer = pattern.open;
    for (const Pattern::Argument& argument : pattern.arguments) {
        Term value = terms.make();
        if (argument.kind == Pattern::Argument::Kind::named_rest) {
            bind(state, goal.frame, argument.variable, value);
            longer = true;
            continue;
        }
        items.push_back(value);
        inner.push_back(
            {.kind = Goal::Kind::pattern, .frame = goal.frame, .pattern = argument.pattern, .term = value});
    }
    Term row = terms.make_row(pattern.kind == Pattern::Kind::tuple, std::move(items), longer, pattern.location);
    if (auto conflict = terms.unify(goal.term, row, pattern.location)) return conflict;
    for (size_t i = inner.size(); i-- > 0;) state.goals.push_back(std::move(inner[i]));
    return {};
}

}  // namespace dqrewrite::sets
