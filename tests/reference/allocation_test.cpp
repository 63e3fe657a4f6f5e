// Matching allocates nothing once the matcher has warmed up: counted by an operator new of this program's own.

#include "tests/reference/trial.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <new>

#include <fmt/format.h>

namespace {

size_t allocations = 0;

void* allocate(size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t size) {
    return allocate(size);
}
void* operator new[](size_t size) {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, size_t) noexcept {
    std::free(memory);
}

namespace dqrewrite::reference {

namespace {

constexpr size_t roots = 100'000;
constexpr uint64_t unlimited = uint64_t{1} << 60;

struct Counted {
    size_t allocations = 0;
    CompiledRun::Visits visits;
};

// Visits at least `wanted` roots after a first walk over the graph.
Counted count(CompiledRun& run, const program::MatchProgram& rules, size_t wanted) {
    Counted counted;
    run.visit_all(rules);
    size_t before = allocations;
    do {
        CompiledRun::Visits visits = run.visit_all(rules);
        if (visits.roots == 0) break;
        counted.visits.roots += visits.roots;
        counted.visits.matches += visits.matches;
    } while (counted.visits.roots < wanted);
    counted.allocations = allocations - before;
    return counted;
}

// Shared values of all the kinds that the shipped rule tells apart: annotated, not annotated, by shape queries only,
// computed at run time.
std::string many_shared_values(size_t count) {
    GraphText graph;
    auto put = [&](const std::string& name, const std::string& target, const std::string& args,
                   const std::string& meta = {}) {
        graph.nodes.push_back(
            fmt::format(R"({{"name": "{}", "op": "call_function", "target": "{}", "args": [{}], "kwargs": {{}}{}}})",
                        name, target, args, meta));
    };
    const std::string ops = "torch.ops.quantized_decomposed.", tail = R"(, 0.1, 0, -128, 127, {"dtype": "int8"})";
    const std::string annotation =
        R"(, "meta": {"val": {"shape": [1]}, "quantization_annotation": {"input_qspec_map": [[{"node": "x"}, null]], "output_qspec": null}})";
    graph.ops = "{}";
    graph.nodes.push_back(R"({"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}})");
    for (size_t i = 0; i < count; ++i) {
        std::string scale = fmt::format("c_{}", i), item = fmt::format("s_{}", i), q = fmt::format("q_{}", i),
                    dq = fmt::format("dq_{}", i);
        auto node = [](const std::string& name) { return R"({"node": ")" + name + "\"}"; };
        if (i % 4 == 0) {
            put(scale, ops + "choose_qparams.tensor", node("x") + R"(, -128, 127, 1e-5, {"dtype": "int8"})");
            put(item, "operator.getitem", node(scale) + ", 0");
            put(q, ops + "quantize_per_tensor.tensor",
                node("x") + ", " + node(item) + R"(, 0, -128, 127, {"dtype": "int8"})");
        } else {
            put(q, ops + "quantize_per_tensor.default", node("x") + tail);
        }
        put(dq, ops + "dequantize_per_tensor.default", node(q) + tail);
        for (size_t user = 0; user < i % 3 + 1; ++user)
            put(fmt::format("u_{}_{}", i, user), "torch.ops.aten.relu.default", node(dq),
                i % 2 == 0 ? annotation : "");
        if (i % 5 == 0) put(fmt::format("z_{}", i), "torch.ops.aten.sym_size", node(dq));
    }
    return graph.dump();
}

}  // namespace

TEST_CASE("the shipped rule is matched without allocations") {
    CheckedRules rules = check_rules(load_rules("duplicate_dq"));
    REQUIRE(rules.program);
    Dump dump = read_dump(many_shared_values(5'000));
    CompiledRun run(*rules.program, dump, unlimited);
    std::vector<program::RuleId> all;
    for (size_t i = 0; i < rules.program->rules.size(); ++i) all.push_back(static_cast<program::RuleId>(i));
    Counted counted = count(run, program::compile_rules(*rules.program, all), roots);
    CHECK(counted.visits.roots >= roots);
    CHECK(counted.visits.matches > roots / 4);
    CHECK(counted.allocations == 0);
}

TEST_CASE("random rules are matched without allocations") {
    Counted total;
    for (uint64_t seed = 1; total.visits.roots < roots; ++seed) {
        const Trial trial = random_trial(seed).trial.without_rewrites();
        // What str() makes is put together outside of the evaluator.
        if (trial.rules_text().find("str(") != std::string::npos) continue;
        CheckedFile file(trial.rules_text());
        Dump dump = read_dump(trial.graph.dump());
        CompiledRun run(*file.program, dump, unlimited);
        for (size_t i = 0; i < trial.rules.size(); ++i) {
            auto rule = static_cast<program::RuleId>(i);
            Counted counted = count(run, program::compile_rules(*file.program, std::vector{rule}), 100);
            INFO(trial.rules[i].text());
            CHECK(counted.allocations == 0);
            total.visits.roots += counted.visits.roots;
            total.visits.matches += counted.visits.matches;
        }
    }
    CHECK(total.visits.matches > roots / 10);
}

}  // namespace dqrewrite::reference
