// Conditions on the metadata of one node: whatever else happens to the graph, their answer stays the same until that
// metadata is set. So it can be kept with the node, and found as soon as the node is read, while its text is at hand.
//
// `annotated(u)` is one where the define asks for `u.meta.…` alone, `n.meta.val.dtype == float32` another. Recognized
// are comparisons, `is` with a literal, `not`, `and`, `or`, len() and conditionals of constants and of paths that
// begin with `.meta.`, and defines of these. Of all the conditions that rules and passes ask the first
// MetaAnswers::most_questions are taken, each as large as it can be.
// Tested by tests/program/cases (text form) and tests/rewrite/metadata_questions_test.cpp.
#pragma once

#include "engine/program/program.hpp"

namespace dqrewrite::program {

// Sets the questions of a program that is otherwise complete.
void find_questions(Program& program);

}  // namespace dqrewrite::program
