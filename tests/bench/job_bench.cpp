// The pass that ships with dqrewrite in memory: by its rule file, and by hand on the same graph API.
//
// Warm: memory that earlier rounds have touched is used again, and there is room for all that the pass adds. Cold:
// each round gets its memory from the kernel, with the room that reading leaves. Reading the graph and compiling the
// rules is not timed. By rule the graph is read as the command reads it, with the questions about metadata that the
// rules ask answered; "late" it is read before the rules are known, as by hand. Items are the nodes of the graph as
// it was read. First the two results are compared.
#include "tests/bench/by_hand.hpp"
#include "tests/bench/made_dump.hpp"
#include "tests/bench/support.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>

using namespace dqrewrite;
using namespace dqrewrite::bench;

namespace {

constexpr int64_t job_nodes = 2'000'000;
constexpr int job_rounds = 7;

// With `keep`, memory that is freed stays with the process.
void keep_memory(bool keep) {
    mallopt(M_MMAP_MAX, keep ? 0 : 65536);
    mallopt(M_TRIM_THRESHOLD, keep ? -1 : 128 << 10);  // -1: none is given back, however much
    if (!keep) malloc_trim(0);
}

struct Made {
    std::shared_ptr<const Input> input;
    MadeCounts counts;
};

// The last one is kept: the ways and rounds of one size follow each other.
const Made& made_input(Shape shape, int64_t nodes) {
    static Made made;
    static std::pair<Shape, int64_t> which{Shape::chain, -1};
    if (which != std::pair(shape, nodes)) {
        made = {};
        const MadeDump dump = make_dump(shape, Meta::slim, static_cast<size_t>(nodes));
        made = {Input::from_string(dump.text), dump.counts};
        which = {shape, nodes};
    }
    return made;
}

enum class Way : uint8_t { by_rule, by_rule_late, by_hand };

const std::shared_ptr<const Driver>& driver() {
    static const std::shared_ptr<const Driver> made = driver_for("duplicate_dq");
    return made;
}

Dump read(Way way, const std::shared_ptr<const Input>& input) {
    return bench::read(input, way == Way::by_rule ? driver().get() : nullptr);
}

void run(Way way, Dump& dump) {
    if (way == Way::by_hand) {
        benchmark::DoNotOptimize(duplicate_by_hand(dump.module));
        return;
    }
    benchmark::DoNotOptimize(rewrite(*driver(), dump));
}

std::string result_of(Way way, const std::shared_ptr<const Input>& input) {
    Dump dump = read(way, input);
    run(way, dump);
    TextOutput output;
    dump.write(output);
    return output.text();
}

bool same_results(Shape shape) {
    const auto input = Input::from_string(make_dump(shape, Meta::slim, 2000).text);
    const std::string by_hand = result_of(Way::by_hand, input);
    return result_of(Way::by_rule, input) == by_hand && result_of(Way::by_rule_late, input) == by_hand;
}

void job(benchmark::State& state, Way way, Shape shape, bool warm) {
    if (!same_results(shape)) return state.SkipWithError("by rule and by hand give different graphs");
    keep_memory(warm);
    const auto& [input, counts] = made_input(shape, state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        auto dump = std::make_unique<Dump>(read(way, input));
        if (warm) dump->module.graph.reserve(2 * counts.nodes, 8 * counts.nodes);
        state.ResumeTiming();
        run(way, *dump);
        state.PauseTiming();
        if (dump->module.graph.size() != counts.nodes_after) {
            state.SkipWithError("the result has the wrong size");
            break;
        }
        dump.reset();
        if (!warm) malloc_trim(0);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(counts.nodes));
    state.counters["ns_a_node"] =
        benchmark::Counter(1e-9 * static_cast<double>(counts.nodes) * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

#define DQREWRITE_JOB(shape, nodes)                                                                                  \
    BENCHMARK_CAPTURE(job, shape##_by_rule_warm, Way::by_rule, Shape::shape, true)->Arg(nodes)->Apply(rounds);       \
    BENCHMARK_CAPTURE(job, shape##_late_warm, Way::by_rule_late, Shape::shape, true)->Arg(nodes)->Apply(rounds);     \
    BENCHMARK_CAPTURE(job, shape##_by_hand_warm, Way::by_hand, Shape::shape, true)->Arg(nodes)->Apply(rounds);       \
    BENCHMARK_CAPTURE(job, shape##_by_rule_cold, Way::by_rule, Shape::shape, false)->Arg(nodes)->Apply(rounds);      \
    BENCHMARK_CAPTURE(job, shape##_late_cold, Way::by_rule_late, Shape::shape, false)->Arg(nodes)->Apply(rounds);    \
    BENCHMARK_CAPTURE(job, shape##_by_hand_cold, Way::by_hand, Shape::shape, false)->Arg(nodes)->Apply(rounds)

#define DQREWRITE_GROWTH(shape)                                                                                      \
    BENCHMARK_CAPTURE(job, shape##_growth, Way::by_rule, Shape::shape, true)                                         \
        ->Arg(1'000'000)                                                                                             \
        ->Arg(4'000'000)                                                                                             \
        ->Arg(10'000'000)                                                                                            \
        ->Apply(rounds)

namespace {
void rounds(benchmark::internal::Benchmark* bench) {
    bench->Iterations(1)->Repetitions(job_rounds)->ReportAggregatesOnly()->Unit(benchmark::kMillisecond);
}
}  // namespace

DQREWRITE_JOB(chain, job_nodes);
BENCHMARK_CAPTURE(job, chain_small, Way::by_rule, Shape::chain, true)->Arg(10'000)->Apply(rounds);
DQREWRITE_GROWTH(chain);
DQREWRITE_GROWTH(star);
DQREWRITE_GROWTH(fan);

BENCHMARK_MAIN();
