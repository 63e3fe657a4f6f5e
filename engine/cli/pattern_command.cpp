// dqrewrite pattern: a rule by example.

#include "engine/author/testing/rule_by_example.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/graph_argument.hpp"

#include <filesystem>

namespace dqrewrite::cli {

namespace {

namespace fs = std::filesystem;

// As the file that is written imports it: from its own folder.
std::string import_name(const PatternOptions& options) {
    if (options.ops.empty() || fs::path(options.ops).is_absolute() || options.out == "-") return options.ops;
    const fs::path folder = fs::path(options.out).parent_path();
    return fs::path(options.ops).lexically_proximate(folder.empty() ? "." : folder).string();
}

}  // namespace

int pattern(const PatternOptions& options) {
    const auto dump = read_dump(options.graph);
    if (!dump) return cannot_be_done;
    const Graph* graph = find_graph(*dump, options.graph, options.submodule);
    if (!graph) return cannot_be_done;
    const NodeId root = find_node(*dump, *graph, options.graph, options.root);
    if (root == no_node) return cannot_be_done;
    if (!options.ops.empty() && !options.ops.ends_with(".ops"))
        return print_error(options.ops + ": the name of a file of ops ends in .ops"), cannot_be_done;
    if (!options.ops.empty() && options.ops == options.out)
        return print_error(options.ops + ": the rule and the ops go to two files"), cannot_be_done;
    const std::string name = fs::path(options.graph).filename().string();
    const std::string import = import_name(options);
    const auto made =
        rule_by_example(*graph, root, options.depth, {name == "-" ? "standard input" : name, dump->ops, import});
    if (!made) return print_error(options.graph + ": " + made.error()), cannot_be_done;
    const int declared = made->declarations.empty() ? done : write_output(options.ops, made->declarations);
    return declared == done ? write_output(options.out, made->rules) : declared;
}

}  // namespace dqrewrite::cli
