// Whether nodes stand behind what they use: lint of engine/graph/graph.hpp.
//
// Edits say of which operands they cannot know it (doubt); lint looks at those alone. What belongs together stands
// close together, and the nodes that were read stand in the order of their ids: so it is found within a few steps
// whether one node is before another. Where that takes more than a walk over all nodes, that walk is made.
#include "engine/graph/graph.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

void Graph::doubt(NodeId node, NodeId operand) {
    if (doubts_are_many_) return;
    nodes_[index_of(node)].flags |= in_doubt;
    doubts_.push_back({node, operand});
    ++doubts_end_;
    doubts_are_many_ = doubts_.size() > size_;
}

void Graph::doubt_operands(NodeId node) {
    if (doubts_are_many_) return;
    for (const NodeId operand : uses_.operands(node)) doubt(node, operand);
}

void Graph::doubt_users(NodeId node) {
    std::vector<NodeId> users;
    if (!doubts_are_many_) uses_.users(node, users);
    for (const NodeId user : users) doubt(user, node);
}

// Goes back from both at once, for at most so many steps: until the one is met, or of both the next node that stands
// in the order of ids. False also where the steps are too few.
bool Graph::stands_before(NodeId first, NodeId second, size_t& steps) const {
    const auto in_order_of_ids = [this](NodeId node) { return node == no_node || index_of(node) < ascending_; };
    NodeId before_first = first;
    NodeId before_second = no_node;  // not met yet
    for (NodeId at = previous(second); at != no_node && steps > 0; at = previous(at), --steps) {
        if (at == first) return true;
        if (before_second == no_node && in_order_of_ids(at)) before_second = at;
        if (!in_order_of_ids(before_first))
            before_first = previous(before_first);
        else if (before_second != no_node)
            return before_first == no_node || index_of(before_first) < index_of(before_second);
    }
    return false;
}

// What is no operand any more is no matter. `steps` may be taken; what is left comes back.
bool Graph::doubts_are_unfounded(size_t& steps) const {
    const auto holds = [&](const Doubt& doubt) {
        const size_t operands = operand_count(doubt.node);
        if (operands > Uses::few) steps -= std::min(steps, operands);
        return !uses_.uses(doubt.node, doubt.operand) || stands_before(doubt.operand, doubt.node, steps);
    };
    return !doubts_are_many_ && std::all_of(doubts_.begin(), doubts_.end(), holds);
}

void Graph::out_of_order(NodeId node, NodeId operand) const {
    size_t last = doubts_.size();
    while (last > 0 && (doubts_[last - 1].node != node || doubts_[last - 1].operand != operand)) --last;
    throw OrderError(
        fmt::format("Argument '{}' of Node '{}' was used before it has been defined! Please check that Nodes in the "
                    "graph are topologically ordered",
                    name(operand), name(node)),
        this, last == 0 ? doubts_end() : doubts_begin() + last - 1);
}

// Of the nodes that stand in the order of their ids, the last one that was met tells which were met: only the others
// need a mark each.
size_t Graph::check_order() const {
    size_t looked_at = 0;
    size_t met = 0;  // of the ascending ones, those below
    std::vector<uint8_t> others_met(id_count() - ascending_);
    for (NodeId node = first_; node != no_node; node = next(node)) {
        for (const NodeId input : uses_.operands(node)) {
            const size_t id = index_of(input);
            if (id < met || (id >= ascending_ && others_met[id - ascending_])) [[likely]]
                continue;
            out_of_order(node, input);
        }
        const size_t id = index_of(node);
        if (id < ascending_)
            met = id + 1;
        else
            others_met[id - ascending_] = true;
        looked_at += 1 + operand_count(node);
    }
    return looked_at;
}

size_t Graph::lint() {
    if (doubts_.empty() && !doubts_are_many_) return 0;
    size_t steps_left = size_;
    size_t looked_at = doubts_.size();
    if (!doubts_are_unfounded(steps_left)) looked_at += check_order();
    looked_at += size_ - steps_left;
    for (const Doubt& doubt : doubts_) nodes_[index_of(doubt.node)].flags &= static_cast<uint8_t>(~in_doubt);
    doubts_.clear();
    doubts_are_many_ = false;
    return looked_at;
}

}  // namespace dqrewrite
