#include "engine/author/sets/terms.hpp"

#include "engine/rewrite/datum.hpp"

#include <algorithm>
#include <unordered_set>

namespace dqrewrite::sets {

using program::Location;
using program::OpId;

bool TermRest::mentions(const TermArgument& argument) const {
    if (!argument.named && argument.position < positions) return true;
    return !argument.name.empty() && std::ranges::find(names, argument.name) != names.end();
}

std::optional<Conflict> Between::narrow(const Between& other) {
    if (other.least > least) least = other.least, least_from = other.least_from;
    if (other.most < most) most = other.most, most_from = other.most_from;
    if (least > most) return Conflict{least_from, most_from};
    return {};
}

Term Terms::make() {
    parents_.push_back(static_cast<uint32_t>(parents_.size()));
    cells_.emplace_back();
    return static_cast<Term>(cells_.size() - 1);
}

Term Terms::make_constant(const Value& constant, const Location& location) {
    Term term = make();
    TermCell& cell = at(term);
    cell.kind = TermCell::Kind::constant;
    cell.constant = &constant;
    cell.origin = location;
    return term;
}

Term Terms::make_row(bool tuple, std::vector<Term> items, bool longer, const Location& location) {
    Term term = make();
    TermCell& cell = at(term);
    cell.kind = TermCell::Kind::row;
    cell.is_tuple = tuple;
    cell.items = std::move(items);
    cell.longer = longer;
    cell.origin = location;
    return term;
}

Term Terms::find(Term term) const {
    auto at = static_cast<uint32_t>(term);
    while (parents_[at] != at) at = parents_[at] = parents_[parents_[at]];
    return static_cast<Term>(at);
}

Terms::Outcome Terms::unify(Term a, Term b, const Location& location) {
    return run({{a, b, location}});
}

// What two terms have in common may make others one, and so on; each round leaves one term less.
Terms::Outcome Terms::run(std::vector<Pair> open) {
    while (!open.empty()) {
        Pair next = open.back();
        open.pop_back();
        Term a = find(next.a), b = find(next.b);
        if (a == b) continue;
        if ((*this)[a].kind == TermCell::Kind::open) std::swap(a, b);
        TermCell &into = at(a), &from = at(b);
        if (from.kind != TermCell::Kind::open) {
            if (into.kind != from.kind) return Conflict{into.origin, from.origin};
            if (into.kind == TermCell::Kind::constant) {
                if (!same_constant(*into.constant, *from.constant)) return Conflict{into.origin, from.origin};
            } else if (into.kind == TermCell::Kind::row) {
                if (auto conflict = merge_rows(into, from, next.location, open)) return conflict;
            } else if (auto conflict = merge_nodes(into, from, next.location, open)) {
                return conflict;
            }
        }
        parents_[static_cast<size_t>(b)] = static_cast<uint32_t>(a);
    }
    return {};
}

Terms::Outcome Terms::merge_rows(TermCell& into, const TermCell& from, const Location& location,
                                 std::vector<Pair>& open) {
    if (into.is_tuple != from.is_tuple) return Conflict{into.origin, from.origin};
    if ((into.items.size() < from.items.size() && !into.longer) ||
        (from.items.size() < into.items.size() && !from.longer))
        return Conflict{into.origin, from.origin};
    size_t common = std::min(into.items.size(), from.items.size());
    for (size_t i = 0; i < common; ++i) open.push_back({into.items[i], from.items[i], location});
    for (size_t i = common; i < from.items.size(); ++i) into.items.push_back(from.items[i]);
    into.longer = into.longer && from.longer;
    return {};
}

Terms::Outcome Terms::merge_nodes(TermCell& into, const TermCell& from, const Location& location,
                                  std::vector<Pair>& open) {
    auto both = static_cast<uint8_t>(into.opcodes & from.opcodes);
    if (both == 0) return Conflict{into.opcodes_from, from.opcodes_from};
    if (both != into.opcodes) into.opcodes = both, into.opcodes_from = from.opcodes_from;
    if (!from.any_op)
        if (auto conflict = narrow_ops(into, from.ops, from.ops_from)) return conflict;
    if (into.target == no_term)
        into.target = from.target;
    else if (from.target != no_term)
        open.push_back({into.target, from.target, location});
    into.resolved = false;
    for (const TermArgument& argument : from.arguments) put_argument(into, argument, open);
    into.rests.insert(into.rests.end(), from.rests.begin(), from.rests.end());
    if (auto conflict = into.stored.narrow(from.stored)) return conflict;
    if (auto conflict = into.users.narrow(from.users)) return conflict;
    for (Term user : from.read_by) put_reader(into, user, open);
    return {};
}

Terms::Outcome Terms::narrow_ops(TermCell& cell, const std::vector<OpId>& ops, const Location& location) {
    if (cell.any_op) {
        cell.ops = ops;
        cell.any_op = false;
        cell.ops_from = location;
        cell.resolved = false;
    } else {
        size_t before = cell.ops.size();
        std::unordered_set<OpId> allowed(ops.begin(), ops.end());
        std::erase_if(cell.ops, [&](OpId op) { return !allowed.contains(op); });
        if (cell.ops.empty()) return Conflict{cell.ops_from, location};
        if (cell.ops.size() != before) cell.ops_from = location;
    }
    return {};
}

// An argument that is there already is the same value.
void Terms::put_argument(TermCell& cell, const TermArgument& argument, std::vector<Pair>& open) {
    for (TermArgument& known : cell.arguments) {
        if (!known.same_key(argument)) continue;
        known.stored = known.stored || argument.stored;
        known.optional = known.optional && argument.optional;
        open.push_back({known.term, argument.term, argument.location});
        return;
    }
    cell.arguments.push_back(argument);
    cell.resolved = false;
}

// Where a node has one user, all its users are that one.
void Terms::put_reader(TermCell& cell, Term user, std::vector<Pair>& open) {
    if (cell.users.most == 1 && !cell.read_by.empty()) {
        open.push_back({cell.read_by[0], user, cell.users.most_from});
        return;
    }
    cell.read_by.push_back(user);
}

Terms::Outcome Terms::to_node(Term term, uint8_t opcodes, const Location& location) {
    TermCell& cell = at(term);
    if (cell.kind == TermCell::Kind::open) {
        cell.kind = TermCell::Kind::node;
        cell.origin = cell.opcodes_from = location;
        cell.opcodes = opcodes;
        return {};
    }
    if (cell.kind != TermCell::Kind::node) return Conflict{cell.origin, location};
    auto both = static_cast<uint8_t>(cell.opcodes & opcodes);
    if (both == 0) return Conflict{cell.opcodes_from, location};
    if (both != cell.opcodes) cell.opcodes = both, cell.opcodes_from = location;
    return {};
}

Terms::Outcome Terms::to_call(Term term, const std::vector<OpId>& ops, const Location& location) {
    if (auto conflict = to_node(term, 1U << static_cast<unsigned>(Opcode::call_function), location)) return conflict;
    return narrow_ops(at(term), ops, location);
}

Terms::Outcome Terms::add_argument(Term node, const TermArgument& argument) {
    std::vector<Pair> open;
    put_argument(at(node), argument, open);
    return run(std::move(open));
}

Terms::Outcome Terms::add_reader(Term node, Term user, const Location& location) {
    if (auto conflict = to_node(user, 0x3F, location)) return conflict;
    TermCell& cell = at(node);
    std::vector<Pair> open;
    put_reader(cell, user, open);
    if (cell.users.most == 1)
        for (size_t i = 1; i < cell.read_by.size(); ++i)
            open.push_back({cell.read_by[0], cell.read_by[i], cell.users.most_from});
    if (auto conflict = cell.users.narrow({.least = 1, .least_from = location})) return conflict;
    return run(std::move(open));
}

bool same_constant(const Value& a, const Value& b) {
    Arena arena;
    return same(from_constant(a, arena), from_constant(b, arena));
}

bool equal_constants(const Value& a, const Value& b) {
    Arena arena;
    return equal(from_constant(a, arena), from_constant(b, arena));
}

}  // namespace dqrewrite::sets
