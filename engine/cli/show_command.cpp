// dqrewrite show: a graph as text, or as a picture; two graphs as one picture.

#include "engine/author/show/dot.hpp"
#include "engine/author/show/fx_text.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/graph_argument.hpp"
#include "engine/program/codes.hpp"

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

// The node that is asked for; npos and a message where neither of two graphs has it. That one has it is known.
size_t find_center(const ShowOptions& options, const Overlay& overlay) {
    const size_t found = overlay.find(options.around);
    if (found != Overlay::npos) return found;
    std::vector<std::string> all;
    for (size_t i = 0; i < overlay.nodes.size(); ++i) all.push_back(overlay.name(i));
    print_error(fmt::format("{} and {} have no node \"{}\"{}", options.graph, options.over, options.around,
                            suggestion(options.around, all)));
    return Overlay::npos;
}

int show_text(const ShowOptions& options, const Graph& graph) {
    std::vector<bool> inside;  // by place in the graph; empty: all
    if (!options.around.empty()) {
        const Overlay overlay = make_overlay(graph);
        const size_t center = find_center(options, overlay);
        if (center == Overlay::npos) return cannot_be_done;
        inside = overlay_around(overlay, {center}, options.depth, overlay.nodes.size()).inside;
    }
    return write_output(options.out, [&](Output& output) {
        output.write(fx_text_head);
        size_t place = 0;
        for (NodeId node = graph.first(); node != no_node; node = graph.next(node), ++place) {
            if (!inside.empty() && !inside[place]) continue;
            output.write("\n    ");
            output.write(fx_line(graph, node));
        }
        output.write("\n");
    });
}

// What of a graph is too large for a picture is left out, and that is said.
OverlayRegion choose_region(const ShowOptions& options, const Overlay& overlay, size_t center) {
    if (center != Overlay::npos) return overlay_around(overlay, {center}, options.depth, options.limit);
    OverlayRegion all = overlay_start(overlay, options.limit);
    const std::vector<size_t> changed = changed_nodes(overlay);
    if (all.complete || changed.empty()) return all;
    OverlayRegion near = overlay_around(overlay, changed, options.depth, options.limit);
    near.complete = false;
    return near;
}

void say_what_is_left_out(const ShowOptions& options, const Overlay& overlay, const OverlayRegion& region) {
    if (region.complete) return;
    const bool around_changes = options.around.empty() && overlay.before && !changed_nodes(overlay).empty();
    const std::string what = !options.around.empty()
                                 ? fmt::format("the {} nearest to {}", region.count, options.around)
                             : around_changes ? fmt::format("{} at and around the changes", region.count)
                                              : fmt::format("the first {}", region.count);
    print_note(fmt::format("{} nodes are too many for a picture; drawn are {}: --around NODE draws another region, "
                           "--limit N more",
                           overlay.nodes.size(), what));
}

int show_dot(const ShowOptions& options, const Overlay& overlay) {
    const size_t center = options.around.empty() ? Overlay::npos : find_center(options, overlay);
    if (!options.around.empty() && center == Overlay::npos) return cannot_be_done;
    const OverlayRegion region = choose_region(options, overlay, center);
    say_what_is_left_out(options, overlay, region);
    std::string title = options.over.empty() ? options.graph : options.graph + " → " + options.over;
    if (!options.submodule.empty()) title += ": " + options.submodule;
    if (overlay.before && changed_nodes(overlay).empty()) title += " (no node has changed)";
    return write_output(options.out, dot_text(overlay, region, title));
}

}  // namespace

int show(const ShowOptions& options) {
    if (options.format == "text" && !options.over.empty()) {
        print_error("show: text shows one graph; dqrewrite diff says what has changed, --format dot draws it");
        return cannot_be_done;
    }
    if (!standard_input_once("show", {options.graph, options.over})) return cannot_be_done;
    const auto dump = read_dump(options.graph);
    if (!dump) return cannot_be_done;
    const Graph* graph = find_graph(*dump, options.graph, options.submodule);
    if (!graph) return cannot_be_done;
    const bool is_one = options.over.empty();
    if (is_one && !options.around.empty() && find_node(*dump, *graph, options.graph, options.around) == no_node)
        return cannot_be_done;
    if (is_one) return options.format == "dot" ? show_dot(options, make_overlay(*graph)) : show_text(options, *graph);
    const auto over = read_dump(options.over);
    if (!over) return cannot_be_done;
    const Graph* second = find_graph(*over, options.over, options.submodule);
    if (!second) return cannot_be_done;
    const GraphDiff diff = diff_graphs(*graph, *second);
    return show_dot(options, make_overlay(diff));
}

}  // namespace dqrewrite::cli
