// Purity, lint and dead-code elimination of engine/graph/graph.hpp.
#include "engine/graph/graph.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

bool Graph::impure(NodeId node, const ImpureTarget& impure_target) const {
    const Node& head = nodes_[index_of(node)];
    if (head.opcode == Opcode::call_function) [[likely]] {
        return head.impurity == Impurity::unsaid ? impure_target(head.target) : head.impurity == Impurity::impure;
    }
    if (head.opcode == Opcode::call_module) return head.impurity == Impurity::impure;
    return head.opcode == Opcode::placeholder || head.opcode == Opcode::output;
}

// Of the nodes that stand in the order of their ids, the last one that was met tells which were met: only the others
// need a mark each.
void Graph::lint() {
    if (in_order_) return;
    const size_t ascending = ascending_;
    size_t met = 0;  // of the ascending ones, those below
    std::vector<uint8_t> others_met(id_count() - ascending);
    for (NodeId node = first_; node != no_node; node = next(node)) {
        for (const NodeId input : uses_.operands(node)) {
            const size_t id = index_of(input);
            if (id < met || (id >= ascending && others_met[id - ascending])) [[likely]]
                continue;
            throw GraphError(
                fmt::format("Argument '{}' of Node '{}' was used before it has been defined! Please check that Nodes "
                            "in the graph are topologically ordered",
                            name(input), name(node)));
        }
        const size_t id = index_of(node);
        if (id < ascending)
            met = id + 1;
        else
            others_met[id - ascending] = true;
    }
    in_order_ = true;
}

// The first node from this one on, towards the start, that has no users. Most have some, so all that is waited for is
// their number.
inline NodeId Graph::step_back_over_used(NodeId node) const {
    constexpr uint32_t far_ahead = 32;
    for (; node != no_node && user_count(node) != 0; node = previous(node)) {
        const auto id = static_cast<uint32_t>(node);
        uses_.prefetch_user_count(NodeId{id - std::min(id, far_ahead)});
    }
    return node;
}

// From the end, so that a node's users are gone before it is looked at.
size_t Graph::eliminate_dead_code(const ImpureTarget& impure_target, const DeadNode& tell) {
    lint();
    const size_t before = size_;
    for (NodeId node = step_back_over_used(last_); node != no_node; node = step_back_over_used(previous(node))) {
        if (impure(node, impure_target)) continue;
        if (tell) tell(*this, node);
        erase_unused(node);
    }
    return before - size_;
}

}  // namespace dqrewrite
