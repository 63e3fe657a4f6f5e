#include "engine/author/sets/cover.hpp"

#include "engine/author/sets/same.hpp"
#include "engine/program/children.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace dqrewrite::sets {

using program::Clause;
using program::Expression;
using program::ExpressionId;
using program::Field;
using program::Function;
using program::no_variable;
using program::Operator;
using program::OpId;
using program::Pattern;
using program::PatternId;
using program::Program;
using program::Rule;
using program::RuleId;
using program::VariableId;

namespace {

constexpr size_t most_ops = 300;

struct TooMuch {};

// A condition that the special rule has.
struct Known {
    ExpressionId expression;
    bool positive;
    PatternId pattern;  // of `where e is P`
};

class Cover {
public:
    using Then = std::function<bool()>;

    Cover(const Program& program, Demands& demands, RuleId general, RuleId special, Solution& solution)
        : program_(program), demands_(demands), general_(program[general]), special_(program[special]),
          solution_(solution), terms_(solution.terms), bound_(general_.variables.size(), no_term) {
        for (const Clause& clause : special_.clauses) learn(clause);
    }

    bool run() { return clause(0); }

private:
    void learn(const Clause& clause) {
        if (clause.kind == Clause::Kind::where || clause.kind == Clause::Kind::unless)
            learn(clause.expression, clause.kind == Clause::Kind::where, clause.pattern);
    }
    void learn(ExpressionId id, bool positive, PatternId pattern) {
        const Expression& e = program_[id];
        if (pattern == program::no_pattern && e.kind == Expression::Kind::and_ && positive)
            for (ExpressionId child : e.children) learn(child, true, pattern);
        else
            known_.push_back({id, positive, pattern});
    }

    void spend() {
        if (++steps_ > max_cover_steps) throw TooMuch{};
    }

    // -- clauses of the general rule

    bool clause(size_t index) {
        spend();
        if (index == general_.clauses.size()) return true;
        const Clause& clause = general_.clauses[index];
        auto rest = [this, index] { return this->clause(index + 1); };
        switch (clause.kind) {
        case Clause::Kind::match:
            return with(general_.root, solution_.root, [&] { return pattern(clause.pattern, solution_.root, rest); });
        case Clause::Kind::let: return let(clause, rest);
        case Clause::Kind::where:
        case Clause::Kind::unless: break;
        }
        if (clause.pattern != program::no_pattern) {
            Term value = term(clause.expression);
            if (value != no_term && pattern(clause.pattern, value, rest)) return true;
        }
        return (clause.pattern == program::no_pattern &&
                holds(clause.expression, clause.kind == Clause::Kind::where) && rest()) ||
               said(clause.expression, clause.kind == Clause::Kind::where, clause.pattern, rest);
    }

    // Something that can always be had, or that the special rule has too.
    bool let(const Clause& clause, const Then& rest) {
        VariableId variable = program_.targets[clause.target].variable;
        Term value = variable == no_variable ? no_term : term(clause.expression);
        if (value != no_term) return with(variable, value, rest);
        for (const Clause& other : special_.clauses) {
            if (other.kind != Clause::Kind::let) continue;
            Sameness same = sameness();
            if (!same.expressions(clause.expression, other.expression) || !same.targets(clause.target, other.target))
                continue;
            lets_.push_back({clause.target, other.target});
            bool found = rest();
            lets_.pop_back();
            if (found) return true;
        }
        return false;
    }

    // The variables of both rules that are one term are one.
    Sameness sameness() {
        Sameness same(program_, demands_);
        const std::vector<Slot>& slots = solution_.frames[0].slots;
        for (size_t j = 0; j < slots.size(); ++j)
            if (slots[j].term != no_term)
                same.group_b(static_cast<VariableId>(j), static_cast<uint32_t>(terms_.find(slots[j].term)));
        for (size_t i = 0; i < bound_.size(); ++i)
            if (bound_[i] != no_term)
                same.group_a(static_cast<VariableId>(i), static_cast<uint32_t>(terms_.find(bound_[i])));
        for (auto [mine, other] : lets_) same.targets(mine, other);
        return same;
    }

    // A condition of the special rule that says the same, if under other names.
    bool said(ExpressionId expression, bool positive, PatternId pattern, const Then& rest) {
        for (const Known& known : known_) {
            if (known.positive != positive) continue;
            Sameness same = sameness();
            if (same.expressions(expression, known.expression) && same_pattern(pattern, known.pattern, same) &&
                (pattern == program::no_pattern ? rest() : binding(pattern, same, rest)))
                return true;
        }
        return false;
    }

    // The names of the two patterns are bound by them, not before.
    bool same_pattern(PatternId mine, PatternId other, Sameness& same) const {
        if (mine == program::no_pattern || other == program::no_pattern) return mine == other;
        std::vector<VariableId> names = names_of(other);
        for (VariableId name : names) same.ungroup_b(name);
        return same.patterns(mine, other);
    }

    // What the general rule's pattern binds is what the special rule's has bound.
    bool binding(PatternId pattern, const Sameness& same, const Then& rest) {
        std::vector<Term> before = bound_;
        for (VariableId name : names_of(pattern)) {
            VariableId other = same.partner(name);
            if (other == no_variable) continue;
            bound_[static_cast<size_t>(name)] = solution_.frames[0].slots[static_cast<size_t>(other)].term;
        }
        bool found = rest();
        bound_ = std::move(before);
        return found;
    }

    // The variables that a pattern binds.
    std::vector<VariableId> names_of(PatternId id) const {
        std::vector<VariableId> names;
        std::vector<PatternId> open{id};
        for (size_t i = 0; i < open.size(); ++i) {
            const Pattern& pattern = program_[open[i]];
            if (pattern.variable != no_variable && pattern.kind != Pattern::Kind::same)
                names.push_back(pattern.variable);
            for (const Pattern::Argument& each : pattern.arguments)
                if (each.variable != no_variable) names.push_back(each.variable);
            program::for_each_child(pattern, [&](PatternId child) { open.push_back(child); });
        }
        return names;
    }

    // Whether a condition follows from the terms.
    bool holds(ExpressionId id, bool positive) {
        spend();
        const Expression& e = program_[id];
        using Kind = Expression::Kind;
        switch (e.kind) {
        case Kind::not_: return holds_or_said(e.children[0], !positive);
        case Kind::and_:
        case Kind::or_: {
            auto one = [&](ExpressionId child) { return holds_or_said(child, positive); };
            return (e.kind == Kind::and_) == positive ? std::ranges::all_of(e.children, one)
                                                      : std::ranges::any_of(e.children, one);
        }
        case Kind::is:
        case Kind::is_not: {
            Term value = term(e.children[0]);
            bool asks = positive == (e.kind == Kind::is);
            return value != no_term && asks && pattern(e.pattern, value, [] { return true; });
        }
        case Kind::compare: return positive && e.operators.size() == 1 && compared(e);
        default: return false;
        }
    }
    bool holds_or_said(ExpressionId id, bool positive) {
        return holds(id, positive) || said(id, positive, program::no_pattern, [] { return true; });
    }

    bool compared(const Expression& e) {
        const Expression &a = program_[e.children[0]], &b = program_[e.children[1]];
        if (b.kind != Expression::Kind::constant) return false;
        const Value& value = program_.constants[b.constant];
        if (e.operators[0] == Operator::equal) {
            Term left = term(e.children[0]);
            if (left != no_term && terms_[left].kind == TermCell::Kind::constant)
                return equal_constants(*terms_[left].constant, value);
        }
        if (a.kind != Expression::Kind::call || a.function != Function::len || value.kind != Value::Kind::integer)
            return false;
        const Expression& row = program_[a.children[0]];
        if (row.kind != Expression::Kind::attribute || (row.field != Field::users && row.field != Field::args))
            return false;
        Term owner = term(row.children[0]);
        if (owner == no_term || terms_[owner].kind != TermCell::Kind::node) return false;
        const Between& count = row.field == Field::users ? terms_[owner].users : terms_[owner].stored;
        int64_t least = count.least, most = count.most == 0xFFFFFFFF ? INT64_MAX : count.most, n = value.integer;
        switch (e.operators[0]) {
        case Operator::equal: return least == n && most == n;
        case Operator::not_equal: return least > n || most < n;
        case Operator::less: return most < n;
        case Operator::less_equal: return most <= n;
        case Operator::greater: return least > n;
        case Operator::greater_equal: return least >= n;
        default: return false;
        }
    }

    // What an expression of the general rule is in the terms; no_term where that is not known.
    Term term(ExpressionId id) {
        const Expression& e = program_[id];
        if (e.kind == Expression::Kind::variable) return bound_[static_cast<size_t>(e.variable)];
        if (e.kind != Expression::Kind::attribute) return no_term;
        Term owner = term(e.children[0]);
        if (owner == no_term || terms_[owner].kind != TermCell::Kind::node) return no_term;
        const TermCell& cell = terms_[owner];
        if (e.field == Field::only_user)
            return cell.users.most == 1 && !cell.read_by.empty() ? cell.read_by[0] : no_term;
        if (e.field != Field::none || cell.any_op) return no_term;
        return argument(owner, {.named = true, .name = e.text});
    }

    // -- patterns of the general rule

    bool with(VariableId variable, Term value, const Then& then) {
        Term before = std::exchange(bound_[static_cast<size_t>(variable)], value);
        bool found = then();
        bound_[static_cast<size_t>(variable)] = before;
        return found;
    }

    bool pattern(PatternId id, Term value, const Then& then) {
        spend();
        const Pattern& pattern = program_[id];
        value = terms_.find(value);
        const TermCell& cell = terms_[value];
        bool is_node = cell.kind == TermCell::Kind::node;
        switch (pattern.kind) {
        case Pattern::Kind::anything: return then();
        case Pattern::Kind::node: return is_node && arguments(pattern, value, then);
        case Pattern::Kind::opcode: return is_node && cell.is(pattern.opcode) && arguments(pattern, value, then);
        case Pattern::Kind::any_call: return is_call_of(cell, pattern.op_set) && then();
        case Pattern::Kind::call: return is_call_of(cell, pattern.op_set) && arguments(pattern, value, then);
        case Pattern::Kind::chain: return chain(pattern, value, 0, then);
        case Pattern::Kind::list:
        case Pattern::Kind::tuple: return row(pattern, value, then);
        case Pattern::Kind::literal:
            return cell.kind == TermCell::Kind::constant &&
                   same_constant(*cell.constant, program_.constants[pattern.constant]) && then();
        case Pattern::Kind::same: {
            Term bound = bound_[static_cast<size_t>(pattern.variable)];
            if (bound == no_term || !are_same(bound, value)) return false;
            return pattern.children.empty() ? then() : this->pattern(pattern.children[0], value, then);
        }
        case Pattern::Kind::bind:
            return with(pattern.variable, value, [&] { return this->pattern(pattern.children[0], value, then); });
        case Pattern::Kind::either:
            return std::ranges::any_of(pattern.children,
                                       [&](PatternId child) { return this->pattern(child, value, then); });
        }
        return false;
    }

    bool are_same(Term a, Term b) const {
        if (terms_.find(a) == terms_.find(b)) return true;
        const TermCell &x = terms_[a], &y = terms_[b];
        return x.kind == TermCell::Kind::constant && y.kind == TermCell::Kind::constant &&
               same_constant(*x.constant, *y.constant);
    }

    bool is_call_of(const TermCell& cell, program::OpSetId set) const {
        if (cell.kind != TermCell::Kind::node || !cell.is(Opcode::call_function) || cell.any_op) return false;
        const std::vector<OpId>& ops = program_[set];
        std::set<OpId> allowed(ops.begin(), ops.end());
        return std::ranges::all_of(cell.ops, [&](OpId op) { return allowed.contains(op); });
    }

    bool chain(const Pattern& pattern, Term value, uint32_t length, const Then& then) {
        auto end = [&] { return this->pattern(pattern.children[0], value, then); };
        if (pattern.variable == no_variable ? end() : with(pattern.variable, terms_.make(), end)) return true;
        if (length == (pattern.at_most_one ? 1 : longest_chain) || !is_call_of(terms_[value], pattern.op_set))
            return false;
        Term first = argument(value, {});
        return first != no_term && chain(pattern, first, length + 1, then);
    }

    bool row(const Pattern& pattern, Term value, const Then& then) {
        const TermCell& cell = terms_[value];
        if (cell.kind != TermCell::Kind::row || cell.is_tuple != (pattern.kind == Pattern::Kind::tuple)) return false;
        size_t count = 0;
        bool open = pattern.open;
        for (const Pattern::Argument& each : pattern.arguments) {
            bool rest = each.kind == Pattern::Argument::Kind::named_rest;
            open = open || rest;
            count += !rest;
        }
        if (open ? cell.items.size() < count : cell.longer || cell.items.size() != count) return false;
        std::vector<Term> items = cell.items;
        return each_argument(
            pattern, 0, [&items](const Pattern::Argument&, size_t position) { return items[position]; }, then);
    }

    // Calls `then` with all arguments matched, from `index` on.
    bool each_argument(const Pattern& pattern, size_t index,
                       const std::function<Term(const Pattern::Argument&, size_t)>& value, const Then& then) {
        if (index == pattern.arguments.size()) return then();
        const Pattern::Argument& argument = pattern.arguments[index];
        auto rest = [&, index] { return each_argument(pattern, index + 1, value, then); };
        if (argument.kind == Pattern::Argument::Kind::named_rest) return with(argument.variable, terms_.make(), rest);
        Term term = value(argument, index);
        return term != no_term && this->pattern(argument.pattern, term, rest);
    }

    bool arguments(const Pattern& pattern, Term node, const Then& then) {
        if (pattern.kind == Pattern::Kind::opcode && pattern.opcode == Opcode::get_attr) {
            Term target = terms_[node].target;
            return each_argument(
                pattern, 0, [target](const Pattern::Argument&, size_t) { return target; }, then);
        }
        bool takes_rest = std::ranges::any_of(pattern.arguments, [](const Pattern::Argument& each) {
            return each.kind == Pattern::Argument::Kind::named_rest;
        });
        if (!pattern.open && !rest_is_default(pattern, node, takes_rest)) return false;
        auto value = [&](const Pattern::Argument& each, size_t position) {
            if (each.kind == Pattern::Argument::Kind::named)
                return argument(node, {.named = true, .name = each.name});
            return argument(node, {.position = static_cast<uint32_t>(position)});
        };
        return each_argument(pattern, 0, value, then);
    }

    // The schemas that the node may have; empty where nothing is known.
    std::vector<const Schema*> schemas(const TermCell& cell) {
        std::vector<const Schema*> all;
        if (!cell.is(Opcode::call_function) || cell.any_op || cell.ops.size() > most_ops) return all;
        for (OpId op : cell.ops) {
            const Schema* schema = demands_.schema(op);
            if (!schema) return {};
            all.push_back(schema);
        }
        return all;
    }

    static size_t index_in(const Schema& schema, const TermArgument& argument) {
        if (argument.named) return schema.find(argument.name);
        return argument.position < schema.positional ? argument.position : Schema::npos;
    }

    // The argument of the node that is asked for: what the special rule says of it, a default that it must have, or
    // something that is there in every call.
    Term argument(Term node, const TermArgument& asked) {
        std::vector<const Schema*> all = schemas(terms_[node]);
        if (all.empty()) {
            for (const TermArgument& each : terms_[node].arguments)
                if (each.same_key(asked)) return each.term;
            return no_term;
        }
        size_t index = index_in(*all[0], asked);
        if (index == Schema::npos) return no_term;
        for (const Schema* each : all)
            if (index_in(*each, asked) != index) return no_term;
        for (const TermArgument& each : terms_[node].arguments) {
            bool is_it = std::ranges::all_of(all, [&](const Schema* one) { return index_in(*one, each) == index; });
            if (is_it) return each.term;
        }
        const SchemaArgument& declared = all[0]->arguments[index];
        Term fresh = terms_.make();
        if (declared.has_default && !mentioned(terms_[node], *all[0], index)) {
            for (const Schema* each : all)
                if (!each->arguments[index].has_default ||
                    !same_constant(each->arguments[index].default_value, declared.default_value))
                    return no_term;
            fresh = terms_.make_constant(declared.default_value, {});
        }
        TermArgument made = asked;
        made.term = fresh;
        terms_.at(node).arguments.push_back(made);
        return fresh;
    }

    // Whether all patterns of the special rule leave it free.
    static bool mentioned(const TermCell& cell, const Schema& schema, size_t index) {
        return std::ranges::all_of(cell.rests, [&](const TermRest& rest) { return mentions(rest, schema, index); });
    }
    static bool mentions(const TermRest& rest, const Schema& schema, size_t index) {
        TermArgument argument{.named = index >= schema.positional,
                              .position = static_cast<uint32_t>(index),
                              .name = schema.arguments[index].name};
        return rest.mentions(argument);
    }

    // What a pattern without `...` does not mention is at its default in every call that the special rule matches.
    bool rest_is_default(const Pattern& pattern, Term node, bool takes_rest) {
        TermRest own{takes_rest ? static_cast<uint32_t>(-1) : 0, {}, {}};
        for (const Pattern::Argument& each : pattern.arguments) {
            if (each.kind == Pattern::Argument::Kind::named) own.names.push_back(each.name);
            if (each.kind == Pattern::Argument::Kind::positional && !takes_rest) ++own.positions;
        }
        const TermCell& cell = terms_[node];
        std::vector<const Schema*> all = schemas(cell);
        if (all.empty())
            return std::ranges::any_of(cell.rests, [&](const TermRest& rest) {
                return rest.positions <= own.positions &&
                       std::ranges::includes(sorted(own.names), sorted(rest.names));
            });
        for (const Schema* schema : all)
            for (size_t i = 0; i < schema->arguments.size(); ++i)
                if (!mentions(own, *schema, i) && !is_default(cell, *schema, i)) return false;
        return true;
    }

    static std::vector<std::string_view> sorted(std::vector<std::string_view> names) {
        std::ranges::sort(names);
        return names;
    }

    bool is_default(const TermCell& cell, const Schema& schema, size_t index) const {
        if (!mentioned(cell, schema, index)) return true;
        for (const TermArgument& each : cell.arguments) {
            if (index_in(schema, each) != index) continue;
            const TermCell& value = terms_[each.term];
            return schema.arguments[index].has_default && value.kind == TermCell::Kind::constant &&
                   same_constant(*value.constant, schema.arguments[index].default_value);
        }
        return false;
    }

    const Program& program_;
    Demands& demands_;
    const Rule& general_;
    const Rule& special_;
    Solution& solution_;
    Terms& terms_;
    std::vector<Term> bound_;  // by variable of the general rule
    std::vector<Known> known_;
    std::vector<std::pair<uint32_t, uint32_t>> lets_;
    size_t steps_ = 0;
};

}  // namespace

bool covers(const Program& program, Demands& demands, RuleId general, RuleId special) {
    Demanded demanded = demands.general(special);
    if (demanded.exhausted || !demanded.complete || demanded.solutions.empty()) return false;
    try {
        for (Solution& solution : demanded.solutions)
            if (!Cover(program, demands, general, special, solution).run()) return false;
    } catch (const TooMuch&) {
        return false;
    }
    return true;
}

bool same_rules(const Program& program, Demands& demands, RuleId first, RuleId second,
                std::span<const PatternId> exchanged) {
    const Rule &a = program[first], &b = program[second];
    if (a.clauses.size() != b.clauses.size()) return false;
    Sameness same(program, demands);
    for (PatternId each : exchanged) same.exchange(each);
    if (!same.pair(a.root, b.root)) return false;
    for (size_t i = 0; i < a.clauses.size(); ++i) {
        const Clause &x = a.clauses[i], &y = b.clauses[i];
        if (x.kind != y.kind || !same.expressions(x.expression, y.expression) ||
            !same.patterns(x.pattern, y.pattern) ||
            (x.kind == Clause::Kind::let && !same.targets(x.target, y.target)))
            return false;
    }
    return same.blocks(a.body, b.body);
}

}  // namespace dqrewrite::sets
