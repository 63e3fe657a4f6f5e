// Applies a plan, as its JSON says it, to the graph that the run began with.
#pragma once

#include "engine/graph/module.hpp"

#include <string_view>

namespace dqrewrite::test {

// std::runtime_error where the plan does not fit: a name that is not there, a new node that gets another name.
void apply_plan(std::string_view plan, Module& module);

}  // namespace dqrewrite::test
