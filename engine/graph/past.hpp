// What a graph in PyTorch knows beyond its nodes, from the edits that made it: in which order users stand, which
// names are taken, and where the search for a free number starts.
//
// A graph that was made by appending its nodes has none of it: users stand in the order of the nodes, and taken are
// the names of the nodes. After edits it decides what the next pass makes: names of new nodes and the order of
// copies. Linear in nodes, operands and names, but for sorting. Tested by tests/dump/past_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dqrewrite {

struct Past {
    // The users of a node, in their order.
    struct Users {
        NodeId node;
        std::vector<NodeId> users;
    };
    std::vector<Users> users;        // of the nodes whose users do not stand in the order of the nodes, in that order
    std::vector<std::string> taken;  // sorted
    std::vector<std::pair<std::string, std::string>> counts;  // of a base, in digits; sorted by base
};

// What a graph that is made anew from the nodes of this one would not know.
Past past_of(const Graph& graph);

// Gives a graph that was made by appending its nodes the past of another one with the same nodes. `users` are each
// all users of their node. False, and nothing is done, where no order of assignments has these users: FX moves a node
// to the end of the users of all its inputs. NameError where a name or base is too long.
bool set_past(Graph& graph, const Past& past);

}  // namespace dqrewrite
