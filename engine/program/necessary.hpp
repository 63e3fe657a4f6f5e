// What must hold for a rule to match and costs less to ask than the clauses that ask for it.
//
// `let c = [u for u in n.users if …]` with `where len(c) > 1` can only hold where n has two users or more, and a
// graph knows how many there are; so the compiler lets a matcher ask that before the list is made, and of the root
// before anything else. A clause that holds makes what is necessary for it hold, and one that cannot be evaluated
// does not hold: nothing else follows. Of a row of items its own length is all that is asked, so the compiler asks
// for that without the evaluator. Tested by tests/program/cases (text form) and against the slow matcher.
#pragma once

#include "engine/program/program.hpp"

#include <optional>

namespace dqrewrite::program {

struct NeededUsers {
    VariableId node = no_variable;
    uint32_t least = 0;  // so many users, if the variable holds a node
};

// What the clauses behind `index` need of the list that clause `index`, a `let`, makes.
std::optional<NeededUsers> needed_users(const Program& program, const Rule& rule, size_t index);

// So many users the root of the rule needs at the least.
uint32_t needed_users_of_root(const Program& program, const Rule& rule);

// Of `len(x) > 1` or `len(x) >= 2`, where x is a variable: a list or tuple of so many items or more makes it true, a
// shorter one false.
std::optional<uint32_t> least_items(const Program& program, const Expression& e);

}  // namespace dqrewrite::program
