#include "engine/author/diff/copies.hpp"

#include "engine/author/diff/argument_diff.hpp"

#include <fmt/format.h>
#include <tsl/robin_map.h>

namespace dqrewrite {

namespace {

bool can_be_copied(Opcode opcode) {
    return opcode != Opcode::placeholder && opcode != Opcode::output;
}

// "relu_12" -> "relu"
std::string_view base_of(std::string_view name) {
    const size_t end = name.find_last_not_of("0123456789");
    const bool numbered = end != std::string_view::npos && end > 0 && end + 1 < name.size() && name[end] == '_';
    return numbered ? name.substr(0, end) : name;
}

// The nodes of the first graph by what they call, and each added node's original among them.
class CopyFinder {
public:
    CopyFinder(GraphDiff& diff, const std::vector<Rewire>& rewires)
        : diff_(diff), first_like_(diff.before->id_count()), before_of_(diff.node_before) {
        for (size_t i = 0; i < first_like_.size(); ++i) first_like_[i] = NodeId{static_cast<uint32_t>(i)};
        for (const Rewire& rewire : rewires)
            if (diff.node_before[index_of(rewire.after)] == no_node)
                used_before_.emplace(rewire.after, rewire.before);
    }

    void find() {
        // Calls of targets that no added node has need no key.
        tsl::robin_map<std::string_view, bool> wanted;
        for (const NodeDiff& node : diff_.nodes)
            if (node.added()) wanted.emplace(diff_.after->target_text(node.after), true);
        if (wanted.empty()) return;
        for (NodeId node = diff_.before->first(); node != no_node; node = diff_.before->next(node))
            if (can_be_copied(diff_.before->opcode(node)) && wanted.count(diff_.before->target_text(node)))
                enter(node);
        for (NodeDiff& node : diff_.nodes)
            if (node.added() && can_be_copied(diff_.after->opcode(node.after))) set_original(node);
    }

private:
    std::string key(const Graph& graph, NodeId node, const NodeNumbers& numbers) const {
        return fmt::format("{} {} {}", static_cast<int>(graph.opcode(node)), graph.target_text(node),
                           argument_key(graph, node, numbers));
    }

    void enter(NodeId node) {
        const std::string text =
            key(*diff_.before, node, [this](NodeId operand) { return index_of(first_like_[index_of(operand)]); });
        first_like_[index_of(node)] = calls_.emplace(text, node).first->second;
    }

    void set_original(NodeDiff& node) {
        constexpr uint64_t of_second_graph = uint64_t{1} << 32;
        const auto found = calls_.find(key(*diff_.after, node.after, [this](NodeId operand) {
            const NodeId before = before_of_[index_of(operand)];
            return before == no_node ? of_second_graph + index_of(operand) : index_of(first_like_[index_of(before)]);
        }));
        if (found == calls_.end()) return;
        node.original = choose(node.after, found->second);
        before_of_[index_of(node.after)] = node.original;
    }

    // `first` and the nodes like it are the same call.
    NodeId choose(NodeId copy, NodeId first) const {
        const auto used = used_before_.find(copy);
        if (used != used_before_.end() && first_like_[index_of(used->second)] == first) return used->second;
        const std::string name = diff_.after->name(copy);
        const NodeId namesake = diff_.before->find(base_of(name));
        return namesake != no_node && first_like_[index_of(namesake)] == first ? namesake : first;
    }

    GraphDiff& diff_;
    std::vector<NodeId> first_like_;              // by id in the first graph: the first that is the same call
    std::vector<NodeId> before_of_;               // by id in the second graph; of a copy its original
    tsl::robin_map<std::string, NodeId> calls_;   // of the first graph
    tsl::robin_map<NodeId, NodeId> used_before_;  // an added node: what a user of it used in its place
};

void find_successors(GraphDiff& diff, const std::vector<Rewire>& rewires) {
    enum class State : uint8_t { none, one, several };
    std::vector<State> states(diff.before->id_count(), State::none);
    std::vector<NodeId> successors(diff.before->id_count(), no_node);
    for (const Rewire& rewire : rewires) {
        const size_t index = index_of(rewire.before);
        if (states[index] == State::none)
            states[index] = State::one, successors[index] = rewire.after;
        else if (successors[index] != rewire.after)
            states[index] = State::several;
    }
    for (NodeDiff& node : diff.nodes)
        if (node.removed() && states[index_of(node.before)] == State::one)
            node.successor = successors[index_of(node.before)];
}

}  // namespace

void find_copies(GraphDiff& diff, const std::vector<Rewire>& rewires) {
    CopyFinder(diff, rewires).find();
    find_successors(diff, rewires);
}

}  // namespace dqrewrite
