// Purity and dead-code elimination of engine/graph/graph.hpp.
#include "engine/graph/graph.hpp"

#include <array>
#include <utility>

namespace dqrewrite {

bool Graph::impure(NodeId node, const ImpureTarget& impure_target) const {
    const Node& head = nodes_[index_of(node)];
    if (head.opcode == Opcode::call_function) [[likely]] {
        return head.impurity == Impurity::unsaid ? impure_target(head.target) : head.impurity == Impurity::impure;
    }
    if (head.opcode == Opcode::call_module) return head.impurity == Impurity::impure;
    return head.opcode == Opcode::placeholder || head.opcode == Opcode::output;
}

namespace {

// What was given so many turns ago.
template <size_t turns>
class Delayed {
public:
    static constexpr size_t delay = turns;

    Delayed() { nodes_.fill(no_node); }
    NodeId exchange(NodeId node) { return std::exchange(nodes_[turn_++ % turns], node); }

private:
    std::array<NodeId, turns> nodes_;
    size_t turn_ = 0;
};

}  // namespace

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
    // What a node and its neighbours take lies in five lines of the cache. They are asked for in two steps: those of
    // the neighbours are known when that of the node has come.
    NodeId ahead = uses_.last_unused_below(met);
    Delayed<16> asked_for;
    const auto ask_ahead = [&] {
        const NodeId come = asked_for.exchange(ahead);
        if (come != no_node) {
            prefetch_element(nodes_, index_of(next(come)));
            uses_.prefetch_neighbours(come);
        }
        if (ahead == no_node) return;
        prefetch_element(nodes_, index_of(ahead));
        uses_.prefetch(index_of(ahead));
        ahead = uses_.last_unused_below(index_of(ahead));
    };
    for (size_t i = 0; i < 2 * asked_for.delay; ++i) ask_ahead();
    for (NodeId node = uses_.last_unused_below(met); node != no_node; node = uses_.last_unused_below(met)) {
        met = index_of(node);
        ++looked_at;
        ask_ahead();
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
