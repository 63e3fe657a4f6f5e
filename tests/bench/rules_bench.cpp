// Sweeps of 1,000 rules against sweeps of 10 on the same graph, and what it takes to load, check and compile 1,000.
// Reading the graph is not timed.
#include "tests/bench/many_rules.hpp"
#include "tests/bench/support.hpp"
#include "tests/support/scratch.hpp"

#include <benchmark/benchmark.h>
#include <map>

using namespace dqrewrite;
using namespace dqrewrite::bench;

namespace {

constexpr size_t sweep_nodes = 1'000'000;

std::string rule_file(Kind kind, size_t rules) {
    static const test::Scratch scratch;  // goes with the program
    return write_many_rules(scratch.folder().string(), kind, rules);
}

const std::shared_ptr<const Input>& graph_of(Kind kind) {
    static std::map<Kind, std::shared_ptr<const Input>> made;
    auto& input = made[kind];
    if (!input) input = Input::from_string(many_ops_dump(kind, sweep_nodes));
    return input;
}

void sweep(benchmark::State& state, Kind kind, size_t rules) {
    const auto driver = driver_for(rule_file(kind, rules));
    for (auto _ : state) {
        state.PauseTiming();
        Dump dump = read(graph_of(kind));
        state.ResumeTiming();
        const Report report = rewrite(*driver, dump);
        state.PauseTiming();
        uint64_t rewrites = 0;
        for (const RuleReport& rule : report.rules) rewrites += rule.rewrites;
        if (rewrites != many_matches(sweep_nodes)) {
            state.SkipWithError("the wrong number of rewrites");
            break;
        }
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(sweep_nodes));
}

void compile(benchmark::State& state, Kind kind) {
    const std::string file = rule_file(kind, 1000);
    for (auto _ : state) benchmark::DoNotOptimize(driver_for(file));
}

void rounds(benchmark::internal::Benchmark* bench) {
    bench->Iterations(1)->Repetitions(7)->ReportAggregatesOnly()->Unit(benchmark::kMillisecond);
}

}  // namespace

#define DQREWRITE_RULES(kind)                                                                                        \
    BENCHMARK_CAPTURE(sweep, kind##_10, Kind::kind, 10)->Apply(rounds);                                              \
    BENCHMARK_CAPTURE(sweep, kind##_1000, Kind::kind, 1000)->Apply(rounds);                                          \
    BENCHMARK_CAPTURE(compile, kind##_1000, Kind::kind)->Apply(rounds)

DQREWRITE_RULES(roots);
DQREWRITE_RULES(inner);
DQREWRITE_RULES(mix);

BENCHMARK_MAIN();
