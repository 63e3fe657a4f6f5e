#include "engine/author/show/overlay.hpp"

#include "engine/author/diff/merge_sorted.hpp"

#include <algorithm>
#include <numeric>

namespace dqrewrite {

namespace {

// How often each input of a node stands in its arguments, by the input's index; inputs in order.
struct Use {
    uint32_t input;
    uint32_t count;
};

class OverlayMaker {
public:
    explicit OverlayMaker(const Graph& graph) {
        overlay_.after = &graph;
        overlay_.of_after.resize(graph.id_count());
        for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) add({no_node, node});
    }

    explicit OverlayMaker(const GraphDiff& diff) {
        overlay_.before = diff.before;
        overlay_.after = diff.after;
        overlay_.of_before.resize(diff.before->id_count());
        overlay_.of_after.resize(diff.after->id_count());
        // Two walks along the changes: over the nodes of the second graph, and over those that are gone.
        auto change = diff.nodes.begin(), removed = diff.nodes.begin();
        NodeId gone = diff.before->first();
        const auto add_removed = [&](NodeId end) {
            for (; gone != end; gone = diff.before->next(gone)) {
                if (diff.node_after[index_of(gone)] != no_node) continue;
                while (removed->before != gone || !removed->removed()) ++removed;
                add({gone, no_node, &*removed});
            }
        };
        for (NodeId node = diff.after->first(); node != no_node; node = diff.after->next(node)) {
            while (change != diff.nodes.end() && change->removed()) ++change;
            const bool changed = change != diff.nodes.end() && change->after == node;
            const NodeId old = diff.node_before[index_of(node)];
            if (old != no_node && !(changed && change->moved)) add_removed(old);
            add({old, node, changed ? &*change : nullptr});
            if (changed) ++change;
        }
        add_removed(no_node);
    }

    Overlay make() {
        for (uint32_t i = 0; i < overlay_.nodes.size(); ++i) add_edges(i);
        return std::move(overlay_);
    }

private:
    void add(const Overlay::Node& node) {
        const auto index = static_cast<uint32_t>(overlay_.nodes.size());
        if (node.before != no_node) overlay_.of_before[index_of(node.before)] = index;
        if (node.after != no_node) overlay_.of_after[index_of(node.after)] = index;
        overlay_.nodes.push_back(node);
    }

    static std::vector<Use> uses(const Graph* graph, NodeId node, const std::vector<uint32_t>& indices) {
        std::vector<Use> all;
        if (!graph || node == no_node) return all;
        for (size_t i = 0; i < graph->operand_count(node); ++i)
            if (const NodeId input = graph->operand(node, i); input != no_node)
                all.push_back({indices[index_of(input)], 1});
        std::stable_sort(all.begin(), all.end(), [](const Use& a, const Use& b) { return a.input < b.input; });
        size_t kept = 0;
        for (size_t i = 1; i < all.size(); ++i) {
            if (all[i].input == all[kept].input)
                ++all[kept].count;
            else
                all[++kept] = all[i];
        }
        if (!all.empty()) all.resize(kept + 1);
        return all;
    }

    void add_edges(uint32_t index) {
        const Overlay::Node& node = overlay_.nodes[index];
        const std::vector<Use> old = uses(overlay_.before, node.before, overlay_.of_before);
        const std::vector<Use> fresh = uses(overlay_.after, node.after, overlay_.of_after);
        const EdgeChange change = overlay_.before ? EdgeChange::added : EdgeChange::none;
        const auto add = [&](const Use& use, EdgeChange what) {
            overlay_.edges.push_back({use.input, index, what, use.count});
        };
        merge_sorted(
            old, fresh, [](const Use& each) { return each.input; },
            [&](const Use& gone) { add(gone, EdgeChange::removed); }, [&](const Use& came) { add(came, change); },
            [&](const Use&, const Use& now) { add(now, EdgeChange::none); });
    }

    Overlay overlay_;
};

}  // namespace

std::string Overlay::name(size_t node) const {
    const Node& found = nodes[node];
    return found.after != no_node ? after->name(found.after) : before->name(found.before);
}

size_t Overlay::find(std::string_view name) const {
    if (const NodeId found = after->find(name); found != no_node) return of_after[index_of(found)];
    const NodeId gone = before ? before->find(name) : no_node;
    return gone == no_node ? npos : of_before[index_of(gone)];
}

Overlay make_overlay(const Graph& graph) {
    return OverlayMaker(graph).make();
}

Overlay make_overlay(const GraphDiff& diff) {
    return OverlayMaker(diff).make();
}

OverlayRegion overlay_around(const Overlay& overlay, const std::vector<size_t>& centers, size_t depth, size_t limit) {
    // Neighbours of each node, one after the other.
    std::vector<size_t> begin(overlay.nodes.size() + 1);
    for (const Overlay::Edge& edge : overlay.edges) ++begin[edge.from + 1], ++begin[edge.to + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<uint32_t> neighbours(2 * overlay.edges.size());
    std::vector<size_t> next(begin.begin(), begin.end() - 1);
    for (const Overlay::Edge& edge : overlay.edges) {
        neighbours[next[edge.from]++] = edge.to;
        neighbours[next[edge.to]++] = edge.from;
    }
    OverlayRegion region;
    region.inside.resize(overlay.nodes.size());
    std::vector<size_t> reached;
    const auto enter = [&](size_t node) {
        if (region.inside[node]) return;
        if (reached.size() == limit) {
            region.complete = false;
            return;
        }
        region.inside[node] = true;
        reached.push_back(node);
    };
    for (const size_t center : centers) enter(center);
    size_t at = 0;
    for (size_t step = 0; step < depth && at < reached.size() && region.complete; ++step)
        for (const size_t end = reached.size(); at < end && region.complete; ++at)
            for (size_t i = begin[reached[at]]; i < begin[reached[at] + 1]; ++i) enter(neighbours[i]);
    region.count = reached.size();
    return region;
}

OverlayRegion overlay_start(const Overlay& overlay, size_t limit) {
    OverlayRegion region;
    region.count = std::min(limit, overlay.nodes.size());
    region.complete = region.count == overlay.nodes.size();
    region.inside.resize(overlay.nodes.size());
    std::fill_n(region.inside.begin(), region.count, true);
    return region;
}

std::vector<size_t> changed_nodes(const Overlay& overlay) {
    std::vector<size_t> changed;
    for (size_t i = 0; i < overlay.nodes.size(); ++i)
        if (overlay.nodes[i].diff) changed.push_back(i);
    return changed;
}

}  // namespace dqrewrite
