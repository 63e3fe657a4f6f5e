// dqrewrite show: a graph as text or as a picture.

#include "engine/author/fx_text.hpp"
#include "engine/author/region.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/graph_argument.hpp"
#include "engine/dump/output.hpp"

#include <limits>

namespace dqrewrite::cli {

namespace {

void write_text(const Graph& graph, const Region& region, Output& output) {
    output.write(fx_text_head);
    for (const NodeId node : region.nodes) {
        output.write("\n    ");
        output.write(fx_line(graph, node));
    }
    output.write("\n");
}

}  // namespace

int show(const ShowOptions& options) {
    const auto dump = read_dump(options.graph);
    if (!dump) return cannot_be_done;
    const Graph* graph = find_graph(*dump, options.graph, options.submodule);
    if (!graph) return cannot_be_done;
    constexpr size_t any_number = std::numeric_limits<size_t>::max();
    Region region;
    if (options.around.empty()) {
        region = whole_region(*graph, any_number);
    } else {
        const NodeId center = find_node(*graph, options.graph, options.around);
        if (center == no_node) return cannot_be_done;
        region = region_around(*graph, {&center, 1}, options.depth, Direction::both, any_number);
    }
    auto output = FileOutput::open(options.out);
    if (!output) return print_error(options.out, output.error()), cannot_be_done;
    write_text(*graph, region, **output);
    auto finished = (*output)->finish();
    if (!finished) return print_error(options.out, finished.error()), cannot_be_done;
    return done;
}

}  // namespace dqrewrite::cli
