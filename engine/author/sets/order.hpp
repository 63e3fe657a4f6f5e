// Whether the order of the rules in the sweeps of a pass makes a difference on a given graph.
//
// The pass is run as it stands, and watched: where more than one rule of a sweep matches at a node, the first one
// wins, and for each such pair (who wins, who would have) the pass is run once more with the other rule put right
// before the winner in that sweep. Where no two rules ever match at one node, no order of them makes a difference on
// this graph. Not tried: orders that change several pairs at once. Bounded: max_orders runs for each pass and graph.
// Tested by tests/author/sets/order_test.cpp.
#pragma once

#include "engine/dump/dump.hpp"
#include "engine/program/program.hpp"
#include "grammar/diagnostic.hpp"

#include <memory>

namespace dqrewrite {

inline constexpr size_t max_orders = 200;

struct OrderReport {
    size_t orders = 0;        // other orders that were tried
    bool complete = true;     // all pairs were
    Diagnostics differences;  // one for each pair of rules whose order matters, and errors of the run as it stands
};

// `name` is what messages call the graph. DumpError where the text is no dump.
DumpResult<OrderReport> check_order(const std::shared_ptr<const program::Program>& program,
                                    const std::shared_ptr<const Input>& graph, const std::string& name);

}  // namespace dqrewrite
