#include "engine/graph/past.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>

namespace dqrewrite {

namespace {

std::vector<Past::Users> users_out_of_order(const Graph& graph) {
    std::vector<uint32_t> place(graph.id_count());
    uint32_t places = 0;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) place[index_of(node)] = places++;
    const auto place_of = [&](NodeId node) { return place[index_of(node)]; };
    std::vector<Past::Users> found;
    std::vector<NodeId> users;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        users.clear();
        graph.users(node, users);
        if (!std::ranges::is_sorted(users, {}, place_of)) found.push_back({node, users});
    }
    return found;
}

Names names_of_nodes(const Graph& graph) {
    Names names;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) names.keep(graph.name(node), node);
    return names;
}

// Pairs of nodes of which the first was assigned before the second, gathered by the first one.
class Before {
public:
    explicit Before(size_t nodes) : begins_(nodes + 1) {}
    void add(NodeId first, NodeId second) { pairs_.emplace_back(first, second); }
    void gather() {
        for (const auto& [first, second] : pairs_) ++begins_[index_of(first) + 1];
        for (size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
        seconds_.resize(pairs_.size());
        std::vector<size_t> next = begins_;
        for (const auto& [first, second] : pairs_) seconds_[next[index_of(first)]++] = second;
    }
    std::span<const NodeId> after(NodeId first) const {
        return std::span(seconds_).subspan(begins_[index_of(first)],
                                           begins_[index_of(first) + 1] - begins_[index_of(first)]);
    }

private:
    std::vector<std::pair<NodeId, NodeId>> pairs_;
    std::vector<size_t> begins_;
    std::vector<NodeId> seconds_;
};

// Kahn's topological sort; of nodes that may come next the one with the lowest id does. Nothing where there is none.
std::optional<std::vector<NodeId>> order_of_assignments(const Graph& graph, const std::vector<Past::Users>& stated) {
    std::unordered_map<NodeId, const std::vector<NodeId>*> stated_of;
    for (const Past::Users& each : stated) stated_of.emplace(each.node, &each.users);
    Before before(graph.id_count());
    std::vector<uint32_t> waits(graph.id_count());  // how many must come before
    std::vector<NodeId> users;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        users.clear();
        if (const auto found = stated_of.find(node); found != stated_of.end())
            users = *found->second;
        else
            graph.users(node, users);
        for (size_t i = 1; i < users.size(); ++i) {
            before.add(users[i - 1], users[i]);
            ++waits[index_of(users[i])];
        }
    }
    before.gather();
    std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node))
        if (waits[index_of(node)] == 0) ready.push(node);
    std::vector<NodeId> order;
    while (!ready.empty()) {
        order.push_back(ready.top());
        ready.pop();
        for (const NodeId next : before.after(order.back()))
            if (--waits[index_of(next)] == 0) ready.push(next);
    }
    if (order.size() != graph.size()) return {};
    return order;
}

}  // namespace

Past past_of(const Graph& graph) {
    Past past;
    past.users = users_out_of_order(graph);
    const Names fresh = names_of_nodes(graph);
    past.taken = graph.names().all_taken();
    std::erase_if(past.taken, [&](const std::string& name) { return fresh.is_taken(name); });
    past.counts = graph.names().all_counts();
    std::erase_if(past.counts, [&](const auto& counted) { return fresh.count(counted.first) == counted.second; });
    for (const auto& [base, count] : fresh.all_counts())
        if (graph.names().count(base) == "0") past.counts.emplace_back(base, "0");
    std::ranges::sort(past.counts);
    return past;
}

bool set_past(Graph& graph, const Past& past) {
    if (!past.users.empty()) {
        const auto order = order_of_assignments(graph, past.users);
        if (!order) return false;
        graph.assign_again(*order);
    }
    for (const std::string& name : past.taken) graph.names().take(name);
    for (const auto& [base, count] : past.counts) graph.names().set_count(base, count);
    return true;
}

}  // namespace dqrewrite
