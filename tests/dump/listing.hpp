// A graph as text that shows what it holds, kinds and all: the expected side of tests.
#pragma once

#include "engine/graph/graph.hpp"

#include <string>

namespace dqrewrite::test {

// One node a line: `name = op target(args, key=value) impure meta {…}`. Values show their kind: 1, 1.0 (text
// "1e5" as ~1e5), 'text' ('…'e with escapes), [list], (tuple), dtype:int8, %node.
std::string listing(const Graph& graph);

}  // namespace dqrewrite::test
