// One edit of a graph as a run makes it: an operation of FX, with its operands.
//
// In this order and one after the other, the edits of a run make of the graph before it the graph after it.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/program/program.hpp"

namespace dqrewrite {

struct Edit {
    enum class Kind : uint8_t {
        clone,          // node is the copy of other
        insert,         // node
        replace,        // all uses of node by other
        replace_input,  // node by other in user
        set_arguments,
        set_target,
        set_meta,
        move,
        erase,
        dead,  // node, erased because nobody uses it
    };

    Kind kind = Kind::erase;
    program::Location location;  // of the statement, or of the step of the pass
    NodeId node = no_node;       // of clone and insert there once it is made
    NodeId other = no_node;
    NodeId user = no_node;
    Place place = {};  // of clone, insert and move
};

}  // namespace dqrewrite
