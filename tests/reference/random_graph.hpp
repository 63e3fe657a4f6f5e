// Graphs by chance, as the text of a dump: calls of a few real ops, with everything in them that matching has to
// see through: defaults spelled out or left out, keywords for positions, calls that do not fit their schema, shared
// and repeated inputs, calls made twice, lists, other kinds of nodes, metadata. Some have a submodule.
#pragma once

#include "engine/ops/op_table.hpp"
#include "tests/reference/random.hpp"

namespace dqrewrite::reference {

// The nodes of a dump, one a line.
struct GraphText {
    std::vector<std::string> names;
    std::vector<std::string> nodes;
    std::string ops;                     // the object of that name
    std::vector<std::string> submodule;  // the nodes of the submodule `block`; empty where there is none

    std::string dump() const;
};

GraphText random_graph(Random& random, const OpDeclarations& declarations);

}  // namespace dqrewrite::reference
