// Which application of a rule put a graph out of order, for the error of a lint that fails long after it.
//
// Of the applications only those are written down that put something in doubt (Graph::doubts_end): few passes have
// one. Tested by tests/cli/cases/run_out_of_order*.txt.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/rewrite/run_error.hpp"

#include <map>
#include <vector>

namespace dqrewrite {

class OrderBlame {
public:
    // A rule was applied to a graph, and has put something in doubt.
    void add(const Graph& graph, program::RuleId rule, NodeId root);
    // What is known of the error; nothing where the graph has more doubts than it writes down.
    std::vector<RunNote> notes(const program::Program& program, const OrderError& error) const;

private:
    struct Applied {
        uint64_t doubts_end;
        program::RuleId rule;
        NodeId root;
    };
    std::map<const Graph*, std::vector<Applied>> applied_;  // in order
};

}  // namespace dqrewrite
