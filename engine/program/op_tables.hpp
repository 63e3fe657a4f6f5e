// Where two or more alternatives in a row ask for the op in one register, a table of ops asks once.
//
// Which solutions a matcher finds, and in which order, stays as it is: a row leads to the alternatives that its op
// meets, one after the other. Tested by tests/program/cases (text form) and against the slow matcher.
#pragma once

#include "engine/program/compile.hpp"

namespace dqrewrite::program {

// Puts `which_op` steps and their tables into a matcher. What looks at pairs of steps comes after it.
void make_op_tables(const Program& program, MatchProgram& matcher);

}  // namespace dqrewrite::program
