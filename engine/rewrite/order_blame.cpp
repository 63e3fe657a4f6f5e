#include "engine/rewrite/order_blame.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

void OrderBlame::add(const Graph& graph, program::RuleId rule, NodeId root) {
    std::vector<Applied>& applied = applied_[&graph];
    if (!applied.empty() && applied.back().doubts_end <= graph.doubts_begin())
        applied.clear();  // lint has held since
    applied.push_back({graph.doubts_end(), rule, root});
}

std::vector<RunNote> OrderBlame::notes(const program::Program& program, const OrderError& error) const {
    const auto known = applied_.find(error.graph);
    if (known == applied_.end()) return {};
    const auto at = std::ranges::upper_bound(known->second, error.doubt, {}, &Applied::doubts_end);
    if (at == known->second.end()) return {};
    return {{program[at->rule].location, fmt::format("the rewrite of \"{}\" at node {} did that",
                                                     program[at->rule].name, error.graph->name(at->root))}};
}

}  // namespace dqrewrite
