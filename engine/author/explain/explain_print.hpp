// Explanations as text for people and as JSON for machines.
//
// Both are stable: the same graph and rules give the same text. Tested by tests/cli/explain.
#pragma once

#include "engine/author/explain/explanation.hpp"

#include <string>

namespace dqrewrite {

std::string explanation_text(const program::Program& program, program::PassId pass,
                             const NodeExplanation& explanation);
std::string explanation_text(const program::Program& program, program::PassId pass,
                             const GraphExplanation& explanation);

std::string explanation_json(const program::Program& program, program::PassId pass,
                             const NodeExplanation& explanation);
std::string explanation_json(const program::Program& program, program::PassId pass,
                             const GraphExplanation& explanation);

}  // namespace dqrewrite
