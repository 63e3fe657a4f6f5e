// Data as text, as Python prints them.
//
// Tested by tests/rewrite/print_test.cpp.
#pragma once

#include "engine/rewrite/datum.hpp"

namespace dqrewrite {

// str(target): "aten.add.Tensor", "cond", "<built-in function getitem>"; of what Python prints with an address in
// memory (a function) the qualified name.
std::string op_text(std::string_view target);

// The containers of a datum alone, "*" for everything else: "[*, (*, *)]", "{'dim': *}". Equal texts, equal nesting
// (keys and their order included), as torch.utils._pytree's tree_structure tells it.
// `limit` is as in to_text().
std::string structure_of(const Graph& graph, const Datum& datum, size_t limit = SIZE_MAX);

}  // namespace dqrewrite
