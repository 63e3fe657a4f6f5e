// What edits of a graph cost as it grows, on the three shapes where a slow list of users would show: a chain (each
// node uses the one before), a star (one node, used by all others) and a fan (one node that uses all others).
// Google Benchmark fits a line to each and prints how far the times are from it (RMS). Items are nodes.
#include "engine/graph/graph.hpp"

#include <benchmark/benchmark.h>

using namespace dqrewrite;

namespace {

enum class Shape { chain, star, fan };

struct Made {
    Symbols symbols;
    Graph graph{symbols};
    NodeId root{};                // the placeholder
    std::vector<NodeId> members;  // of the chain, star or fan
    NodeId last{};                // of a fan the node that uses all
};

Arguments arguments(Graph& graph, std::span<const NodeId> operands) {
    Value* args = graph.store().values(operands.size());
    for (uint32_t i = 0; i < operands.size(); ++i) {
        args[i] = Value();
        args[i].kind = Value::Kind::operand;
        args[i].operand = i;
    }
    return {{args, operands.size()}, {}, operands};
}

NodeId read(Made& made, Opcode opcode, std::string_view target, std::string_view name,
            std::span<const NodeId> operands) {
    Graph::NewNode node;
    node.opcode = opcode;
    node.target = made.symbols.intern(target);
    node.name = name;
    node.arguments = arguments(made.graph, operands);
    return made.graph.append(node);
}

void build(Made& made, Shape shape, int64_t count) {
    made.graph.reserve(static_cast<size_t>(count) + 2, 2 * static_cast<size_t>(count) + 2);
    made.root = made.last = read(made, Opcode::placeholder, "x", "x", {});
    made.members.reserve(static_cast<size_t>(count));
    std::string name;
    for (int64_t i = 0; i < count; ++i) {
        name = "op_" + std::to_string(i);
        const NodeId input = shape == Shape::chain ? made.last : made.root;
        made.last = read(made, Opcode::call_function, "torch.ops.aten.relu.default", name, {&input, 1});
        made.members.push_back(made.last);
    }
    if (shape == Shape::fan) made.last = read(made, Opcode::call_function, "cat", "cat", made.members);
}

void count_nodes(benchmark::State& state) {
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetComplexityN(state.range(0));
}

// Runs `edit` on a fresh graph each time; making and freeing it is not timed.
template <class Edit>
void on_fresh_graph(benchmark::State& state, Shape shape, const Edit& edit) {
    for (auto _ : state) {
        state.PauseTiming();
        auto made = std::make_unique<Made>();
        build(*made, shape, state.range(0));
        state.ResumeTiming();
        edit(*made);
        state.PauseTiming();
        made.reset();
        state.ResumeTiming();
    }
    count_nodes(state);
}

void build_graph(benchmark::State& state, Shape shape) {
    for (auto _ : state) {
        auto made = std::make_unique<Made>();
        build(*made, shape, state.range(0));
        state.PauseTiming();
        made.reset();
        state.ResumeTiming();
    }
    count_nodes(state);
}

// For each edge, a copy of the input for this user alone.
void clone_and_replace(benchmark::State& state, Shape shape) {
    on_fresh_graph(state, shape, [shape](Made& made) {
        Graph& graph = made.graph;
        for (const NodeId member : made.members) {
            const NodeId user = shape == Shape::fan ? made.last : member;
            const NodeId input = shape == Shape::fan ? member : graph.operand(member, 0);
            graph.replace_input(user, input, graph.clone(input, {Place::Side::after, input}));
        }
    });
}

void all_users(benchmark::State& state, Shape shape) {
    Made made;
    build(made, shape, state.range(0));
    std::vector<NodeId> users;
    for (auto _ : state) {
        for (NodeId node = made.graph.first(); node != no_node; node = made.graph.step(node)) {
            users.clear();
            made.graph.users(node, users);
            benchmark::DoNotOptimize(users.data());
        }
    }
    count_nodes(state);
}

void dead_code(benchmark::State& state, Shape shape) {
    on_fresh_graph(state, shape, [](Made& made) {
        benchmark::DoNotOptimize(made.graph.eliminate_dead_code([](Symbol) { return false; }));
    });
}

// What a matcher asks of each node before anything else.
void visit(benchmark::State& state, Shape shape) {
    Made made;
    build(made, shape, state.range(0));
    const Graph& graph = made.graph;
    const Symbol wanted = made.symbols.intern("wanted");
    for (auto _ : state) {
        size_t found = 0;
        for (NodeId node = graph.first(); node != no_node; node = graph.step(node)) {
            found += graph.target(node) == wanted && graph.opcode(node) == Opcode::call_function;
        }
        benchmark::DoNotOptimize(found);
    }
    count_nodes(state);
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->RangeMultiplier(10)->Range(10000, 1000000)->Unit(benchmark::kMillisecond);
    bench->Complexity(benchmark::oN);
}

}  // namespace

#define DQREWRITE_SHAPES(function)                                                                                   \
    BENCHMARK_CAPTURE(function, chain, Shape::chain)->Apply(sizes);                                                  \
    BENCHMARK_CAPTURE(function, star, Shape::star)->Apply(sizes);                                                    \
    BENCHMARK_CAPTURE(function, fan, Shape::fan)->Apply(sizes)

DQREWRITE_SHAPES(build_graph);
DQREWRITE_SHAPES(clone_and_replace);
DQREWRITE_SHAPES(all_users);
DQREWRITE_SHAPES(dead_code);
DQREWRITE_SHAPES(visit);

BENCHMARK_MAIN();
