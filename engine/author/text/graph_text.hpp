// A graph as lines of text, in the syntax of test blocks: for messages, comparisons, golden files.
//
//     y = aten.clamp.default(x, 0.0, max=6)   meta {"note": {"a": 1}}
//
// Two graphs have the same text exactly when they have the same nodes in the same order with the same names,
// opcodes, targets, arguments (types included) and metadata (the order of keys aside); users follow from those.
// Tested by tests/author.
#pragma once

#include "engine/graph/module.hpp"

#include <string>
#include <vector>

namespace dqrewrite {

std::vector<std::string> graph_lines(const Graph& graph);
// With its submodules, as a test block has them: each line of block_text() is one of these.
std::vector<std::string> module_lines(const Module& module);

// JSON with the keys of every object sorted and single spaces: equal texts for equal values. Text that is no
// JSON stays as it is.
std::string canonical_json(std::string_view json);

}  // namespace dqrewrite
