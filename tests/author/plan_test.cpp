// What a plan says is all that was done: applied to the graph before the run it gives the graph after it.
#include "engine/author/plan/plan.hpp"
#include "engine/program/check.hpp"
#include "engine/rewrite/apply.hpp"
#include "tests/author/apply_plan.hpp"
#include "tests/reference/random_graph.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <map>

#include <fmt/format.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

std::shared_ptr<const program::Program> rules_of(const std::string& file) {
    CheckedRules checked = check_rules(load_rules(file));
    for (const Diagnostic& each : checked.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(checked.program);
    return checked.program;
}

Dump read(const std::string& text) {
    auto dump = Dump::read(Input::from_string(text));
    if (!dump) FAIL(dump.error().message);
    return std::move(*dump);
}

std::string written(const Dump& dump) {
    TextOutput output;
    dump.write(output);
    return output.text();
}

struct Planned {
    std::string json;
    std::string result;  // the dump, where the run was done
    Plan plan;
};

Planned planned(const std::shared_ptr<const program::Program>& program, const std::string& text, RunPart part = {}) {
    Dump dump = read(text);
    PlanRecorder recorder(*program, dump.module);
    auto report = apply(Driver(program, program::PassId{0}, std::move(part)), dump, &recorder);
    if (!report) return {"", "", {}};
    return {plan_json(*program, recorder.plan()), written(dump), recorder.plan()};
}

std::string applied(const std::string& plan, const std::string& text) {
    Dump dump = read(text);
    apply_plan(plan, dump.module);
    return written(dump);
}

}  // namespace

TEST_CASE("a plan of all kinds of edits, applied, gives the graph of the run") {
    auto program = rules_of(DQREWRITE_SOURCE_DIR "/tests/author/plan/edits.rules");
    std::map<Edit::Kind, size_t> kinds;
    size_t done = 0;
    for (uint64_t seed = 1; seed <= 400; ++seed) {
        reference::Random random(seed);
        std::string text = random_graph(random, *program->declarations).dump();
        Planned run = planned(program, text);
        if (run.json.empty()) continue;  // the rewrite failed on this graph
        ++done;
        for (const PlannedEdit& edit : run.plan.edits) ++kinds[edit.kind];
        INFO("seed " << seed);
        CHECK(applied(run.json, text) == run.result);
    }
    CHECK(done >= 200);
    for (int kind = 0; kind <= static_cast<int>(Edit::Kind::dead); ++kind) {
        INFO("kind " << kind);
        CHECK(kinds[static_cast<Edit::Kind>(kind)] >= 20);
    }
}

TEST_CASE("a run that stops after N rewrites is the first N of the whole run") {
    auto program = rules_of(DQREWRITE_SOURCE_DIR "/tests/author/plan/edits.rules");
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
        reference::Random random(seed);
        std::string text = random_graph(random, *program->declarations).dump();
        Planned whole = planned(program, text);
        for (size_t count = 0; count <= whole.plan.rewrites.size(); ++count) {
            Planned part = planned(program, text, {{}, count});
            if (part.json.empty()) continue;  // not in order half-way
            INFO("seed " << seed << ", " << count << " rewrites");
            size_t edits = 0;
            while (edits < whole.plan.edits.size() && whole.plan.edits[edits].rewrite.value_or(0) < count) ++edits;
            // Dead code of the pass's own steps comes after the last rewrite that it follows.
            while (edits > 0 && !whole.plan.edits[edits - 1].rewrite) --edits;
            CHECK(part.plan.rewrites.size() == count);
            CHECK(part.plan.edits.size() == edits);
            CHECK(applied(part.json, text) == part.result);
            compared += count > 0;
        }
    }
    CHECK(compared >= 40);
}

TEST_CASE("a match that changes nothing is no rewrite and no edit") {
    auto program = rules_of(DQREWRITE_SOURCE_DIR "/tests/author/plan/edits.rules");
    Planned run = planned(program, R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "output", "op": "output", "target": "output", "args": [{"node": "x"}], "kwargs": {}}
]}})");
    CHECK(run.plan.rewrites.empty());
    CHECK(run.plan.edits.empty());
    CHECK(run.json == "{\"format\": \"fx-plan\", \"version\": 1, \"rewrites\": [\n\n], \"edits\": [\n\n]}\n");
}

TEST_CASE("a plan that grows beyond its bound ends the run, and one below it does not") {
    auto program = rules_of(DQREWRITE_SOURCE_DIR "/rules/duplicate_dq.rules");
    const std::string text = read_file(DQREWRITE_SOURCE_DIR "/tests/corpus/squeezenet.x86.before.json");
    for (const size_t most : {size_t{1} << 12, size_t{1} << 20}) {
        Dump dump = read(text);
        PlanRecorder recorder(*program, dump.module, most);
        auto report = apply(Driver(program, program::PassId{0}), dump, &recorder);
        CHECK(report.has_value() == (most > 4096));
        CHECK(recorder.is_full() == !report);
        if (!report) CHECK(report.error().what() == std::string("the plan has more than 4096 bytes here"));
    }
}
