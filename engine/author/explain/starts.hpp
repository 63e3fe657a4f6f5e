// The rules of a pass, and the ops at which they start.
//
// Tested by tests/cli/explain and tests/cli/cases.
#pragma once

#include "engine/program/compile.hpp"

#include <string>
#include <vector>

namespace dqrewrite {

struct Starts {
    program::RuleId rule;
    std::vector<std::string> ops;  // the first of them, or kinds of nodes
    size_t count = 0;              // of ops
    // The one that is nearest to an op that is there: the same in another dialect, another overload, a name that is
    // spelt nearly so; and that op. Empty: none is near.
    std::string nearest, nearest_to;
};

// `present`: the targets of the graph, or of a node, at which the rule does not start.
Starts starts_of(const program::Program& program, program::RuleId rule, const std::vector<std::string>& present);

// The rules that a pass sweeps, those of passes that it runs included; in order of first mention.
std::vector<program::RuleId> swept_rules(const program::Program& program, program::PassId pass);

}  // namespace dqrewrite
