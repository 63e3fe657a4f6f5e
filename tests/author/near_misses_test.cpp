// Which near misses a small test has, by name (tests/author/near_misses.txt, written anew by DQREWRITE_BLESS=1), and
// what comes of them.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/program_of.hpp"

#include "engine/author/testing/near_miss_run.hpp"
#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/graph_text.hpp"

#include <algorithm>

#include <fmt/format.h>

using namespace dqrewrite;
using dqrewrite::test::program_of;

namespace {

using Program = std::shared_ptr<const program::Program>;

const std::string rules = R"(
rule bounds {
    match outer: aten.{clamp, clamp_min}.default(inner: aten.clamp.default(x, 0, ...), ...)
    where inner.only_user is outer and inner.meta.note is not None
    rewrite { replace outer with inner }
}
pass P { sweep bounds }
test "of two clamps one stays" {
    run P on {
        x = placeholder()
        a = aten.clamp.default(x, 0, max=6)  meta { note: {"tags": ["a"]} }
        b = aten.clamp.default(a, 0)
        return (b, x)
    }
    becomes {
        x = placeholder()
        a = aten.clamp.default(x, 0, max=6)  meta { note: {"tags": ["a"]} }
        b = aten.clamp.default(a, 0)
        return (a, x)
    }
}
)";

size_t count(const std::vector<NearMissResult>& results, NearMissResult::Kind kind) {
    return static_cast<size_t>(
        std::count_if(results.begin(), results.end(), [&](const auto& each) { return each.kind == kind; }));
}

std::vector<NearMissResult> near_misses(const Program& program, const program::Test& test, size_t limit) {
    TestedPasses passes(program);
    return run_near_misses(passes, test, limit);
}

std::vector<NearMiss> all_near_misses(const ModuleDraft& draft, const program::Program& program, Arena& arena) {
    std::vector<NearMiss> all;
    for_each_near_miss(
        draft, program, arena, [](size_t, bool) { return true; },
        [&](size_t, const NearMiss& near) { all.push_back(near); });
    return all;
}

}  // namespace

TEST_CASE("the near misses of a small test") {
    Program program = program_of(rules, "near.rules");
    OpTable table(*program->declarations);
    Module from;
    build_test_graph(*program, program->tests[0].before, from, table);
    const std::vector<std::string> before = graph_lines(from.graph);
    Arena arena;
    std::string text;
    for (const NearMiss& near : all_near_misses(draft_of(from, arena), *program, arena)) {
        text += fmt::format("{}{}\n", near.same_calls ? "same calls: " : "", near.what);
        try {
            Module module;
            build(near.draft, module);
            CHECK(graph_lines(module.graph) != before);
            // The lines that are new; what goes is not said.
            for (const std::string& line : graph_lines(module.graph))
                if (std::find(before.begin(), before.end(), line) == before.end()) text += "    " + line + "\n";
        } catch (const std::runtime_error& error) {
            text += fmt::format("    no graph: {}\n", error.what());
        }
    }
    test::check_golden(DQREWRITE_SOURCE_DIR "/tests/author/near_misses.txt", text);
}

TEST_CASE("only the near misses that are wanted are made, the same as when all are") {
    Program program = program_of(rules, "near.rules");
    OpTable table(*program->declarations);
    Module from;
    build_test_graph(*program, program->tests[0].before, from, table);
    Arena arena;
    const ModuleDraft draft = draft_of(from, arena);
    const std::vector<NearMiss> all = all_near_misses(draft, *program, arena);
    const auto none = [](size_t, bool) { return false; };
    CHECK(for_each_near_miss(draft, *program, arena, none, [](size_t, const NearMiss&) { FAIL(); }) == all.size());
    size_t made = 0;
    for_each_near_miss(
        draft, *program, arena, [](size_t index, bool) { return index % 10 == 7; },
        [&](size_t index, const NearMiss& near) {
            CHECK(index == 10 * made++ + 7);
            CHECK(near.what == all[index].what);
            CHECK(near.same_calls == all[index].same_calls);
        });
    CHECK(made == (all.size() + 2) / 10);
}

TEST_CASE("the results of many are counted in words") {
    std::string results = "x";
    for (int i = 2; i <= 23; ++i) results += ", x";
    Program program = program_of("pass P { eliminate dead code }\n"
                                 "test \"t\" { run P on { x = placeholder()  return (" +
                                 results + ") } unchanged }");
    OpTable table(*program->declarations);
    Module from;
    build_test_graph(*program, program->tests[0].before, from, table);
    Arena arena;
    std::string counted;
    for (const NearMiss& near : all_near_misses(draft_of(from, arena), *program, arena))
        if (near.what.ends_with(" result is not returned"))
            counted += near.what.substr(4, near.what.find(" result") - 4) + " ";
    CHECK(counted ==
          "first second third fourth fifth sixth seventh eighth 9th 10th 11th 12th 13th 14th 15th 16th 17th "
          "18th 19th 20th 21st 22nd 23rd ");
}

TEST_CASE("a draft is the graph that it was made of") {
    Program program = program_of(rules, "near.rules");
    OpTable table(*program->declarations);
    Module from, made;
    build_test_graph(*program, program->tests[0].before, from, table);
    Arena arena;
    build(draft_of(from, arena), made);
    CHECK(module_lines(made) == module_lines(from));
}

TEST_CASE("what comes of near misses") {
    using Kind = NearMissResult::Kind;
    Program program = program_of(rules, "near.rules");
    const auto all = near_misses(program, program->tests[0], max_near_misses);
    CHECK(count(all, Kind::wrong) == 0);
    CHECK(count(all, Kind::same) >= 6);
    auto why = [&](std::string_view what) -> std::string {
        for (const NearMissResult& each : all)
            if (each.what == what) return each.kind == Kind::declined ? each.why : "not declined";
        return "not there";
    };
    CHECK(why("a has another user") ==
          "bounds declines b at near.rules:4:30: where inner.only_user is outer and inner.meta.note is not None");
    CHECK(why("a has no \"max\"") == "not declined");
    CHECK(why("a has 1 as its second argument") ==
          "bounds declines b at near.rules:3:79: match outer: aten.{clamp, clamp_min}.default(inner: "
          "aten.clamp.default(x, 0, ...), ...)");
    CHECK(why("b calls aten.neg.default") == "bounds does not come to b");
    // Of the others as many as are asked for, those that say the same calls always.
    const auto few = near_misses(program, program->tests[0], 5);
    CHECK(count(few, Kind::same) == count(all, Kind::same));
    CHECK(few.size() == count(all, Kind::same) + 5);
}

TEST_CASE("how a call is written matters to no rule but one that reads what is stored") {
    const std::string tail = R"(
        pass P { sweep r }
        test "t" {
            run P on { x = placeholder()  a = aten.clamp.default(x, 0)  return a }
            becomes { x = placeholder()  a = aten.clamp.default(x, 0)  return x }
        })";
    Program by_schema =
        program_of("rule r { match n: aten.clamp.default(x, 0, ...)  rewrite { replace n with x } }" + tail);
    Program stored = program_of("rule r { match n: aten.clamp.default(...)  where n.args[1] == 0  "
                                "rewrite { replace n with n.args[0] } }" +
                                tail);
    for (const Program& program : {by_schema, stored})
        CHECK(count(near_misses(program, program->tests[0], 100), NearMissResult::Kind::wrong) == 0);
    // What is stored may be read, and then spellings are declined or not as the rule has it.
    CHECK(count(near_misses(stored, stored->tests[0], 100), NearMissResult::Kind::same) <
          count(near_misses(by_schema, by_schema->tests[0], 100), NearMissResult::Kind::same));
}

TEST_CASE("a symbolic value has near misses, in a submodule too") {
    Program program = program_of("pass P { eliminate dead code }\n"
                                 "test \"t\" { run P on { return None submodule \"body\" { x = placeholder()  "
                                 "y = aten.select.int(x, 0, sym(\"s0\"))  return y } } unchanged }");
    OpTable table(*program->declarations);
    Module from;
    build_test_graph(*program, program->tests[0].before, from, table);
    Arena arena;
    std::vector<std::string> found;
    for (const NearMiss& near : all_near_misses(draft_of(from, arena), *program, arena))
        if (near.what.starts_with("in body, y has ") && near.what.ends_with(" as its third argument")) {
            Module module;
            build(near.draft, module);
            found.push_back(graph_lines(module.submodules[0].graph)[1]);
        }
    CHECK(found ==
          std::vector<std::string>{"y = aten.select.int(x, 0, 1)", "y = aten.select.int(x, 0, sym(\"s0 + 1\"))"});
}

TEST_CASE("near misses say what stands in a slice") {
    Program program = program_of(R"(
rule none { aten.neg.default(x) => x }
pass P { sweep none }
test "up to a" {
    run P on {
        x = placeholder()
        a = aten.neg.default(x)
        b = aten.index.Tensor(x, [slice(None, a)])
        return b
    }
    becomes {
        x = placeholder()
        b = aten.index.Tensor(x, [slice(None, x)])
        return b
    }
}
)",
                                 "slices.rules");
    const auto all = near_misses(program, program->tests[0], max_near_misses);
    CHECK(std::any_of(all.begin(), all.end(), [](const NearMissResult& each) {
        return each.what == "b has (slice(None, a, None),) as its second argument";
    }));
}
