// The text forms of a checked program and of a compiled matcher: for golden tests, and for whoever wants to see what
// became of a rule. Stable: the same rules give the same text.
//
// Everything is resolved: op sets are listed once and named by number, a variable is its name and number ("dq%1"),
// expressions have all their brackets.
// Tested by tests/program/cases.
#pragma once

#include "engine/program/compile.hpp"

#include <string>

namespace dqrewrite::program {

std::string text_form(const Program& program);
// `variables` name those of all rules of a sweep by number alone: rules share matchers, not frames.
std::string text_form(const Program& program, const MatchProgram& matcher);

// A constant, an expression and a pattern as these texts print them; `variables` is the frame that they belong to.
std::string text_form(const Value& constant);
std::string text_form(const Program& program, ExpressionId id, std::span<const std::string> variables);
std::string text_form(const Program& program, PatternId id, std::span<const std::string> variables);

}  // namespace dqrewrite::program
