// From what patterns say to calls of ops: one op for each call, its arguments as its schema has them, and for each
// node that must have a user, the place where that user reads it.

#include "engine/author/sets/solver.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::sets {

using program::Location;
using program::OpId;

namespace {

constexpr size_t most_schemas = 12;
constexpr size_t most_places = 4;

bool takes_node(std::string_view type) {
    return program::argument_type(type).base == "Tensor";
}

}  // namespace

// One step. True where there is none left.
bool Solver::resolve(State& state, Outcome& outcome) {
    ++goals_;
    Terms& terms = state.solution.terms;
    for (size_t i = 0; i < terms.size(); ++i) {
        auto term = static_cast<Term>(i);
        if (terms.find(term) != term || terms[term].kind != TermCell::Kind::node || terms[term].resolved) continue;
        outcome = resolve_node(state, term);
        return false;
    }
    for (size_t i = 0; i < terms.size(); ++i) {
        auto term = static_cast<Term>(i);
        if (terms.find(term) != term) continue;
        for (Term user : terms[term].read_by) {
            if (reads(terms, user, term)) continue;
            outcome = attach(state, term, user);
            return false;
        }
    }
    if (state.solution.equalities.empty()) {
        for (const Exclusion& each : std::exchange(state.solution.exclusions, {}))
            if ((outcome = is_not(state, program_[each.pattern], each.term))) return false;
        outcome = misfit(terms);
        return !outcome;
    }
    Equality next = state.solution.equalities.back();
    state.solution.equalities.pop_back();
    const TermCell &a = terms[next.a], &b = terms[next.b];
    if (a.kind != TermCell::Kind::constant || b.kind != TermCell::Kind::constant)
        outcome = terms.unify(next.a, next.b, next.location);
    else if (!equal_constants(*a.constant, *b.constant))
        outcome = Conflict{a.origin, b.origin};
    return false;
}

Solver::Outcome Solver::resolve_node(State& state, Term term) {
    const TermCell& cell = state.solution.terms[term];
    if ((cell.opcodes & (cell.opcodes - 1)) != 0) return resolve_opcode(state, term);
    if (!cell.is(Opcode::call_function)) return resolve_arguments(state, term, nullptr);
    return resolve_call(state, term);
}

// The simplest kind of node first.
Solver::Outcome Solver::resolve_opcode(State& state, Term term) {
    std::vector<State> ways;
    for (Opcode opcode : {Opcode::placeholder, Opcode::call_function, Opcode::call_method, Opcode::call_module,
                          Opcode::get_attr, Opcode::output}) {
        if (!state.solution.terms[term].may_be(opcode)) continue;
        State& way = ways.emplace_back(state);
        TermCell& cell = way.solution.terms.at(term);
        cell.opcodes = static_cast<uint8_t>(1U << static_cast<unsigned>(opcode));
        bool has_arguments = opcode == Opcode::placeholder || opcode == Opcode::get_attr;
        if (has_arguments && !cell.arguments.empty()) ways.pop_back();
    }
    branch(std::move(ways));
    return {};
}

Solver::Outcome Solver::resolve_call(State& state, Term term) {
    const TermCell& cell = state.solution.terms[term];
    if (cell.any_op) {  // one without a schema will do
        result_.complete = false;
        return resolve_arguments(state, term, nullptr);
    }
    if (cell.ops.size() == 1) return resolve_arguments(state, term, demands_.schema(cell.ops[0]));
    // Ops with the same arguments are one to all patterns.
    std::vector<State> ways;
    std::vector<std::string> tried;
    for (OpId op : cell.ops) {
        std::string own = signature(op);
        if (std::ranges::find(tried, own) != tried.end()) continue;
        if (tried.size() == most_schemas) {
            result_.complete = false;
            break;
        }
        tried.push_back(std::move(own));
        ways.emplace_back(state).solution.terms.at(term).ops = {op};
    }
    branch(std::move(ways));
    return {};
}

std::string Solver::signature(OpId op) {
    const Schema* schema = demands_.schema(op);
    if (!schema) return {};
    std::string text = std::to_string(schema->positional);
    for (const SchemaArgument& each : schema->arguments)
        text += fmt::format(";{} {}{}", each.type, each.name, each.has_default ? "=" : "");
    return text;
}

// By position where it may be, under the name that the schema has for it; what is one argument is one value.
Solver::Outcome Solver::resolve_arguments(State& state, Term term, const Schema* schema) {
    Terms& terms = state.solution.terms;
    std::vector<TermArgument> given = std::exchange(terms.at(term).arguments, {});
    static const Value none{};
    for (TermArgument& each : given) {
        size_t index = Schema::npos;
        if (schema) index = each.named ? schema->find(each.name) : each.position;
        bool known = schema && index < schema->arguments.size();
        if (each.named && !known && each.optional) {
            if (auto conflict = terms.unify(each.term, terms.make_constant(none, each.location), each.location))
                return conflict;
            continue;
        }
        bool fits = each.named ? known : index < (schema ? schema->positional : Schema::npos);
        if (schema && !schema->vararg && !fits) {  // a dump may have such a call, but no test
            result_.complete = false;
            return Conflict{terms[term].ops_from, each.location};
        }
        if (known && (each.named || index < schema->positional)) {
            each.name = schema->arguments[index].name;
            each.named = index >= schema->positional;
            each.position = static_cast<uint32_t>(index);
        }
        if (auto conflict = terms.add_argument(term, each)) return conflict;
    }
    terms.at(term).resolved = true;
    return resolve_rests(state, term, schema);
}

// What a pattern without `...` does not mention is at its default.
Solver::Outcome Solver::resolve_rests(State& state, Term term, const Schema* schema) {
    Terms& terms = state.solution.terms;
    static const Value none{};
    std::vector<TermRest> rests = terms[term].rests;
    for (const TermArgument& each : std::vector<TermArgument>(terms[term].arguments)) {
        auto silent = std::ranges::find_if(rests, [&](const TermRest& rest) { return !rest.mentions(each); });
        if (silent == rests.end()) continue;
        size_t index = schema ? schema->find(each.name) : Schema::npos;
        const Value* value = index != Schema::npos && schema->arguments[index].has_default
                                 ? &schema->arguments[index].default_value
                             : each.optional ? &none
                                             : nullptr;
        if (!value) return Conflict{silent->location, each.location};
        if (auto conflict = terms.unify(each.term, terms.make_constant(*value, silent->location), silent->location))
            return conflict;
    }
    return {};
}

// A value of a type that its argument never has: PyTorch would take no such call. A dump may have it all the same.
Solver::Outcome Solver::misfit(const Terms& terms) {
    for (size_t i = 0; i < terms.size(); ++i) {
        auto term = static_cast<Term>(i);
        const TermCell& cell = terms[term];
        bool is_call = cell.kind == TermCell::Kind::node && cell.is(Opcode::call_function) && !cell.any_op;
        if (terms.find(term) != term || !is_call) continue;
        const Schema* schema = demands_.schema(cell.ops[0]);
        for (const TermArgument& each : cell.arguments) {
            size_t index = schema ? each.named ? schema->find(each.name) : each.position : Schema::npos;
            if (!schema || index >= schema->arguments.size()) continue;
            if (may_hold(terms, program::argument_type(schema->arguments[index].type), each.term)) continue;
            result_.complete = false;
            return Conflict{cell.ops_from, terms[each.term].origin};
        }
    }
    return {};
}

bool Solver::may_hold(const Terms& terms, const program::ArgumentType& type, Term term) const {
    const TermCell& cell = terms[term];
    program::Facts facts;
    if (cell.kind == TermCell::Kind::constant) facts = program::facts_of(*cell.constant);
    if (cell.kind == TermCell::Kind::row)
        facts.kind = cell.is_tuple ? program::Facts::Kind::tuple : program::Facts::Kind::list;
    if (!program::takes(type, facts)) return false;
    program::ArgumentType inner = type;
    inner.is_list = inner.one_for_all = false;
    inner.optional = type.optional_items;
    return std::ranges::all_of(cell.items, [&](Term item) {
        return terms[item].kind != TermCell::Kind::constant || may_hold(terms, inner, item);
    });
}

bool Solver::reads(const Terms& terms, Term user, Term node) const {
    std::vector<Term> open;
    for (const TermArgument& each : terms[user].arguments) open.push_back(each.term);
    for (size_t i = 0; i < open.size() && i < 10'000; ++i) {
        Term at = terms.find(open[i]);
        if (at == terms.find(node)) return true;
        if (terms[at].kind == TermCell::Kind::row)
            open.insert(open.end(), terms[at].items.begin(), terms[at].items.end());
    }
    return false;
}

// The user reads the node at one of its arguments: at one that the rules speak of, or at another one. Only the likely
// places are tried, so that nothing is proven from here on: a dump may have a node where a number belongs.
Solver::Outcome Solver::attach(State& state, Term node, Term user) {
    result_.complete = false;
    const TermCell& cell = state.solution.terms[user];
    const Schema* schema = cell.is(Opcode::call_function) && !cell.any_op ? demands_.schema(cell.ops[0]) : nullptr;
    Location from = cell.origin, to = state.solution.terms[node].origin;
    std::vector<State> ways;
    for (const TermArgument& each : cell.arguments) {
        TermCell::Kind kind = state.solution.terms[each.term].kind;
        if (kind == TermCell::Kind::constant || ways.size() == most_places) continue;
        State way = state;
        Terms& terms = way.solution.terms;
        if (kind == TermCell::Kind::row) {
            if (!terms[each.term].longer) continue;
            terms.at(each.term).items.push_back(node);
        } else if (terms.unify(each.term, node, each.location)) {
            continue;
        }
        ways.push_back(std::move(way));
    }
    size_t places = schema ? schema->positional : 1;
    for (uint32_t i = 0; i < places && ways.size() < most_places; ++i) {
        TermArgument fresh{.position = i, .term = node, .location = from};
        bool taken = std::ranges::any_of(cell.arguments, [&](const auto& each) { return each.same_key(fresh); });
        if (taken || (schema && !takes_node(schema->arguments[i].type))) continue;
        State way = state;
        Terms& terms = way.solution.terms;
        bool list = schema && program::argument_type(schema->arguments[i].type).is_list;
        if (list) fresh.term = terms.make_row(false, {node}, true, from);
        if (terms.add_argument(user, fresh)) continue;
        ways.push_back(std::move(way));
    }
    if (!ways.empty()) {
        branch(std::move(ways));
        return {};
    }
    return Conflict{from, to};
}

}  // namespace dqrewrite::sets
