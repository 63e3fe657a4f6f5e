// Purity and dead-code elimination of engine/graph/graph.hpp.
#include "engine/graph/graph.hpp"

namespace dqrewrite {

bool Graph::impure(NodeId node, const ImpureTarget& impure_target) const {
    const Node& head = nodes_[index_of(node)];
    if (head.opcode == Opcode::call_function) [[likely]] {
        return head.impurity == Impurity::unsaid ? impure_target(head.target) : head.impurity == Impurity::impure;
    }
    if (head.opcode == Opcode::call_module) return head.impurity == Impurity::impure;
    return head.opcode == Opcode::placeholder || head.opcode == Opcode::output;
}

// FX goes over all nodes from the end, so that a node's users are gone before it is looked at. Here only nodes that
// nobody uses are looked at, in the order of their ids: the same ones go.
DeadCode Graph::eliminate_dead_code(const ImpureTarget& impure_target, const DeadNode& tell) {
    size_t looked_at = lint();
    const size_t before = size_;
    size_t met = id_count();          // nodes with ids from this one on had their turn
    std::vector<NodeId> once_more{};  // those of them that lost a user since
    const auto erase_if_dead = [&](NodeId node) {
        if (impure(node, impure_target)) return;
        if (tell) tell(*this, node);
        for (const NodeId input : uses_.operands(node))
            if (index_of(input) >= met) once_more.push_back(input);
        erase_unused(node);
    };
    for (NodeId node = uses_.last_unused_below(met); node != no_node; node = uses_.last_unused_below(met)) {
        met = index_of(node);
        ++looked_at;
        erase_if_dead(node);
        while (!once_more.empty()) {
            const NodeId other = once_more.back();
            once_more.pop_back();
            if (user_count(other) == 0 && !erased(other)) erase_if_dead(other);
        }
    }
    return {before - size_, looked_at + before - size_};
}

}  // namespace dqrewrite
