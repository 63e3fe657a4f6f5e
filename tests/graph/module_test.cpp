// Dead code in a GraphModule and below: which submodules are gone into.
#include "engine/graph/module.hpp"

#include "tests/support/catch.hpp"

#include <fmt/format.h>

using namespace dqrewrite;

namespace {

bool no_target(Symbol) {
    return false;
}

struct Attribute {
    const char* target;
    bool used = true;
};

struct Below {
    const char* path;
    std::vector<Attribute> attributes = {};
};

// A graph of get_attr nodes, the used ones returned, and one dead node.
void fill(Graph& graph, const std::vector<Attribute>& attributes) {
    std::vector<NodeId> returned;
    int count = 0;
    const auto read = [&](Opcode opcode, const char* target, std::span<const NodeId> operands) {
        Graph::NewNode node;
        const std::string name = fmt::format("n{}", count++);
        node.opcode = opcode;
        node.target = graph.symbols().intern(target);
        node.name = name;
        node.arguments.operands = operands;
        return graph.append(node);
    };
    for (const Attribute& attribute : attributes) {
        const NodeId node = read(Opcode::get_attr, attribute.target, {});
        if (attribute.used) returned.push_back(node);
    }
    read(Opcode::call_function, "dead", {});
    read(Opcode::output, "output", returned);
}

}  // namespace

TEST_CASE("dead code goes into the children that a get_attr still names") {
    struct Row {
        const char* title;
        std::vector<Attribute> top;
        std::vector<Below> below;
        std::string reached;  // paths, in the order of the dump
        size_t erased;
    };
    const Row rows[] = {
        {"no submodule", {}, {}, "", 1},
        {"a branch", {{"true_graph_0"}}, {{"true_graph_0"}}, "true_graph_0", 2},
        {"nobody names it", {{"weight"}}, {{"true_graph_0"}}, "", 1},
        {"its get_attr was dead", {{"true_graph_0", false}}, {{"true_graph_0"}}, "", 2},
        {"another get_attr of it is not", {{"a", false}, {"a"}}, {{"a"}}, "a", 3},
        {"something inside it is named", {{"true_graph_0.weight"}}, {{"true_graph_0"}}, "", 1},
        {"a plain module stands between", {{"blocks.body"}}, {{"blocks.body"}}, "", 1},
        {"a nested branch, named from its parent", {{"t"}}, {{"t", {{"f"}}}, {"t.f"}}, "t t.f", 3},
        {"a nested branch, named by its whole path", {{"t"}, {"t.f"}}, {{"t"}, {"t.f"}}, "t", 2},
        {"a nested branch below one that is not reached", {}, {{"t", {{"f"}}}, {"t.f"}}, "", 1},
        {"the same name below two", {{"a"}, {"b"}}, {{"a", {{"f"}}}, {"a.f"}, {"b"}, {"b.f"}}, "a a.f b", 4},
        {"children before their parents in the dump",
         {{"t"}},
         {{"t.f.g"}, {"t.f", {{"g"}}}, {"t", {{"f"}}}},
         "t.f.g t.f t",
         4},
    };
    for (const Row& row : rows) {
        INFO(row.title);
        Module module;
        fill(module.graph, row.top);
        for (const Below& below : row.below) {
            module.submodules.push_back({below.path, Graph(*module.symbols)});
            fill(module.submodules.back().graph, below.attributes);
        }
        CHECK(eliminate_dead_code(module, no_target).erased == row.erased);
        std::string reached;
        for (const Submodule& below : module.submodules) {
            if (below.graph.find("n0") != no_node && below.graph.size() == below.graph.id_count()) continue;
            reached += (reached.empty() ? "" : " ") + below.path;
        }
        CHECK(reached == row.reached);
    }
}

TEST_CASE("two thousand levels of submodules") {
    Module module;
    fill(module.graph, {{"m"}});
    std::string path = "m";
    constexpr int depth = 2000;
    for (int i = 0; i < depth; ++i) {
        module.submodules.push_back({path, Graph(*module.symbols)});
        fill(module.submodules.back().graph, {{"m"}});
        path += ".m";
    }
    CHECK(eliminate_dead_code(module, no_target).erased == depth + 1);
}

TEST_CASE("a submodule that is not in order is an error") {
    Module module;
    fill(module.graph, {{"m"}});
    module.submodules.push_back({"m", Graph(*module.symbols)});
    fill(module.submodules[0].graph, {{"w"}});
    Graph& graph = module.submodules[0].graph;
    graph.move(graph.first(), {});
    CHECK_THROWS_WITH(
        eliminate_dead_code(module, no_target),
        "Argument 'n0' of Node 'n2' was used before it has been defined! Please check that Nodes in the "
        "graph are topologically ordered");
}
