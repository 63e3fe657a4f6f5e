// DuplicateDQPass as a C++ program would have it that knows engine/graph and no rule file: what the rule file is held
// against. Tested by the benchmark itself, which compares the two results before it measures.
#pragma once

#include "engine/graph/module.hpp"

namespace dqrewrite::bench {

// Returns how many nodes were copied. Dead code is gone afterwards.
size_t duplicate_by_hand(Module& module);

}  // namespace dqrewrite::bench
