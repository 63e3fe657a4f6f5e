// The frequent cases of expressions and operands, for which there is a shorter way to the same value: recognized
// once, when a program is made, so that nothing is looked for again at each node.
//
// Whatever is not recognized is evaluated the general way, so a form is never needed for a result. Tested by
// tests/rewrite/evaluate_test.cpp and against the slow evaluator in tests/reference.
#pragma once

#include "engine/program/program.hpp"

namespace dqrewrite::program {

// Sets the form of an expression that is otherwise complete, and what belongs to it; its children are in the program.
void recognize(Program& program, Expression& expression);
// Says which operands of a statement are variables, and whether its target is one.
void recognize(const Program& program, Statement& statement);
// The variable that is the whole of a target, by its index; no_variable where it is a row.
VariableId whole_variable(const Program& program, uint32_t target);

}  // namespace dqrewrite::program
