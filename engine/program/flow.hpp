// What a rewrite does for certain: a node that is erased while another reads it, or read after it was erased.
//
// Only what happens on every run is a problem: where two names may stand for one node, or a statement may have
// changed who reads what, nothing is said; nor of what an `if` guards that asks who reads a node.
// Tested by tests/program/errors: erase_with_users_*, erased_node_*.
#pragma once

#include "engine/program/program.hpp"

#include <string>
#include <vector>

namespace dqrewrite::program {

struct FlowProblem {
    bool is_erased = false;  // read after it was erased; else erased while it is read
    Location location;
    std::string message;
    Location cause;
    std::string cause_message;
};

// Of a rule without errors.
std::vector<FlowProblem> check_flow(const Program& program, const Rule& rule);

}  // namespace dqrewrite::program
