// dqrewrite pattern: a rule by example.

#include "engine/author/testing/rule_by_example.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/graph_argument.hpp"
#include "engine/dump/output.hpp"

#include <filesystem>

namespace dqrewrite::cli {

int pattern(const PatternOptions& options) {
    const auto dump = read_dump(options.graph);
    if (!dump) return cannot_be_done;
    const Graph* graph = find_graph(*dump, options.graph, options.submodule);
    if (!graph) return cannot_be_done;
    const NodeId root = find_node(*graph, options.graph, options.root);
    if (root == no_node) return cannot_be_done;
    const std::string name = std::filesystem::path(options.graph).filename().string();
    const auto text = rule_by_example(*graph, root, options.depth, name == "-" ? "standard input" : name);
    if (!text) return print_error(options.graph + ": " + text.error()), cannot_be_done;
    auto output = FileOutput::open(options.out);
    if (!output) return print_error(options.out, output.error()), cannot_be_done;
    (*output)->write(*text);
    auto finished = (*output)->finish();
    if (!finished) return print_error(options.out, finished.error()), cannot_be_done;
    return done;
}

}  // namespace dqrewrite::cli
