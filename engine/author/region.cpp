#include "engine/author/region.hpp"

namespace dqrewrite {

Region region_around(const Graph& graph, std::span<const NodeId> centers, size_t depth, Direction direction,
                     size_t limit) {
    Region region;
    std::vector<bool> inside(graph.id_count());
    std::vector<NodeId> reached, near;
    const auto enter = [&](NodeId node) {
        if (inside[index_of(node)]) return;
        if (reached.size() == limit) {
            region.complete = false;
            return;
        }
        inside[index_of(node)] = true;
        reached.push_back(node);
    };
    for (const NodeId center : centers) enter(center);
    size_t begin = 0;
    for (size_t step = 0; step < depth && begin < reached.size() && region.complete; ++step) {
        const size_t end = reached.size();
        for (; begin < end && region.complete; ++begin) {
            near.clear();
            if (direction != Direction::users) graph.inputs(reached[begin], near);
            if (direction != Direction::inputs) graph.users(reached[begin], near);
            for (const NodeId node : near) enter(node);
        }
    }
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node))
        if (inside[index_of(node)]) region.nodes.push_back(node);
    return region;
}

Region whole_region(const Graph& graph, size_t limit) {
    Region region;
    region.complete = graph.size() <= limit;
    for (NodeId node = graph.first(); node != no_node && region.nodes.size() < limit; node = graph.next(node))
        region.nodes.push_back(node);
    return region;
}

}  // namespace dqrewrite
