// Graphs before and after passes of PyTorch: what dqrewrite makes of the one must be the other.
//
// A case is NAME.before.json with NAME.after.json beside it (the default rules), or a line of an .ndjson,
// {"before": dump, "after": dump}: with the rule file NAME.rules beside NAME.ndjson, or the default rules.
// "error" in place of "after" is a run that must fail. Compared is what the JSON says: the order of keys is
// free; 1, 1.0 and true differ. DQREWRITE_CORPUS names a directory of more cases; below it a folder
// `library` has .ndjson files for the shipped rules of that name.
// Each run is planned as well, and its plan, applied to the graph before, must give the same graph.

#include "tests/author/apply_plan.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/plan/plan.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/program/check.hpp"
#include "engine/program/shipped.hpp"
#include "engine/rewrite/apply.hpp"
#include "engine/rewrite/metadata_questions.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>

using namespace dqrewrite;
namespace fs = std::filesystem;

namespace {

constexpr const char* default_rules = "duplicate_dq";

// The driver of the only own pass of a rule file.
Driver driver_for(const std::string& rules) {
    CheckedRules checked = check_rules(load_rules(rules));
    for (const Diagnostic& each : checked.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(checked.program);
    for (size_t i = 0; i < checked.program->passes.size(); ++i)
        if (checked.program->passes[i].own) return Driver(checked.program, static_cast<program::PassId>(i));
    FAIL("no pass in " << rules);
    throw std::logic_error("not reached");
}

struct Outcome {
    std::string text;   // the dump, where the run was done
    std::string error;  // why it was not
    std::string plan;   // as JSON
};

std::string written(const Dump& dump) {
    TextOutput output;
    dump.write(output);
    return output.text();
}

Outcome outcome_of(const Driver& driver, const std::string& before) {
    auto dump = read_for(driver.program(), Input::from_string(before));
    if (!dump) return {"", dump.error().message, ""};
    PlanRecorder recorder(driver.program(), dump->module);
    auto report = apply(driver, *dump, &recorder);
    if (!report) return {"", report.error().what(), ""};
    return {written(*dump), "", plan_json(driver.program(), recorder.plan())};
}

std::string planned_outcome(const std::string& before, const std::string& plan) {
    auto dump = Dump::read(Input::from_string(before));
    REQUIRE(dump);
    test::apply_plan(plan, dump->module);
    return written(*dump);
}

std::vector<std::string> node_texts(const std::string& dump) {
    std::vector<std::string> nodes;
    auto graph = JsonValue(dump).member("graph");
    if (!graph || !graph->member("nodes")) return nodes;
    for (JsonItems items(*graph->member("nodes")); items.next();)
        nodes.push_back(canonical_json(items.value().text()));
    return nodes;
}

// Where two dumps part first; nothing where they say the same.
std::optional<std::string> difference(const std::string& expected, const std::string& found) {
    if (canonical_json(expected) == canonical_json(found)) return {};
    std::vector<std::string> want = node_texts(expected), got = node_texts(found);
    for (size_t i = 0; i < std::max(want.size(), got.size()); ++i) {
        std::string left = i < want.size() ? want[i] : "(no node)", right = i < got.size() ? got[i] : "(no node)";
        if (left != right) return fmt::format("node {}\n  expected {}\n  found    {}", i, left, right);
    }
    return "outside of the top graph's nodes:\n  expected " + canonical_json(expected) + "\n  found    " +
           canonical_json(found);
}

void check_case(const Driver& driver, const std::string& name, const std::string& before,
                const std::optional<std::string>& after) {
    INFO(name);
    Outcome outcome = outcome_of(driver, before);
    INFO(outcome.error);
    CHECK(outcome.error.empty() == after.has_value());
    if (!after || !outcome.error.empty()) return;
    auto differs = difference(*after, outcome.text);
    if (differs) FAIL_CHECK(*differs);
    auto plan_differs = difference(outcome.text, planned_outcome(before, outcome.plan));
    if (plan_differs) FAIL_CHECK("the plan gives another graph: " << *plan_differs);
}

size_t check_ndjson(const Driver& driver, const fs::path& path) {
    std::ifstream file(path);
    size_t count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        JsonValue whole(line);
        auto before = whole.member("before"), after = whole.member("after");
        INFO(path << ":" << count + 1);
        REQUIRE(before);
        check_case(driver, "", std::string(before->text()),
                   after ? std::optional(std::string(after->text())) : std::nullopt);
    }
    return count;
}

size_t check_folder(const fs::path& folder) {
    size_t count = 0;
    Driver driver = driver_for(default_rules);
    std::vector<fs::path> paths(fs::directory_iterator{folder}, {});
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        std::string name = path.filename().string();
        constexpr std::string_view ending = ".before.json";
        if (name.ends_with(ending)) {
            fs::path after = folder / (name.substr(0, name.size() - ending.size()) + ".after.json");
            check_case(driver, name, test::read_file(path), test::read_file(after));
            ++count;
        } else if (name.ends_with(".ndjson")) {
            fs::path rules = path;
            rules.replace_extension(".rules");
            count += fs::exists(rules) ? check_ndjson(driver_for(rules), path) : check_ndjson(driver, path);
        }
    }
    return count;
}

}  // namespace

TEST_CASE("graphs that ship with the project") {
    CHECK(check_folder(DQREWRITE_SOURCE_DIR "/tests/corpus") >= 8);
}

TEST_CASE("other policies are other rule files, compared with the same policy in Python on torch.fx") {
    CHECK(check_folder(DQREWRITE_SOURCE_DIR "/tests/rules") >= 3 * 10);
}

TEST_CASE("a corpus beside the project") {
    const char* corpus = std::getenv("DQREWRITE_CORPUS");
    if (!corpus || !*corpus) return;
    size_t count = 0;
    for (const fs::path& entry : fs::directory_iterator(corpus))
        if (fs::is_directory(entry) && entry.filename() != "library") count += check_folder(entry);
    CHECK(count > 0);
}

TEST_CASE("the library's cases beside the project") {
    const char* corpus = std::getenv("DQREWRITE_CORPUS");
    if (!corpus || !*corpus || !fs::exists(fs::path(corpus) / "library")) return;
    size_t count = 0;
    for (const std::string& name : shipped_rule_names()) {
        fs::path cases = fs::path(corpus) / "library" / (name + ".ndjson");
        if (fs::exists(cases)) count += check_ndjson(driver_for(name), cases);
    }
    CHECK(count > 0);
}
