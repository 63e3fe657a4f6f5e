// What is said of sets of rules: one case a file, cases/NAME.rules, with what check_rule_sets() says in NAME.txt.
//
// overlap_*: the two rules meet, on a graph of no more nodes than the file says that one draws by hand; the test that
// is printed for it is taken and passes. disjoint_*: nothing is said. undecided_*: one note that names a condition.

#include "tests/author/sets/shown_test.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/rule_sets.hpp"
#include "engine/author/testing/rule_tests.hpp"
#include "engine/program/check.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

using namespace dqrewrite;

namespace fs = std::filesystem;

namespace {

const fs::path cases = fs::path(DQREWRITE_SOURCE_DIR) / "tests/author/sets/cases";

std::vector<fs::path> files(const std::string& beginning) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(cases))
        if (entry.path().extension() == ".rules" && entry.path().filename().string().starts_with(beginning))
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

CheckedRules checked(const std::string& text) {
    CheckedRules rules = check_rules(load_rules_text("case.rules", text));
    for (const Diagnostic& each : rules.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(rules.program);
    return rules;
}

size_t nodes_by_hand(const std::string& text) {
    size_t at = text.find("# By hand: ");
    REQUIRE(at != std::string::npos);
    return std::stoul(text.substr(at + 11));
}

}  // namespace

TEST_CASE("what is said of sets of rules") {
    for (const fs::path& path : files("")) {
        INFO(path);
        CheckedRules rules = checked(test::read_file(path.string()));
        std::string said;
        for (const Diagnostic& each : check_rule_sets(rules.program, {.overlaps = true})) said += render(each);
        test::check_golden(fs::path(path).replace_extension(".txt").string(), said);
    }
}

TEST_CASE("every code is said in a case, and explained") {
    std::set<std::string_view> said{codes::order_dependent};  // in order_test.cpp
    for (const fs::path& path : files("")) {
        CheckedRules rules = checked(test::read_file(path.string()));
        for (const Diagnostic& each : check_rule_sets(rules.program, {.overlaps = true})) said.insert(each.code);
    }
    std::set<std::string_view> explained;
    for (const CodeText& each : rule_set_codes()) {
        CHECK(!each.text.empty());
        explained.insert(each.code);
    }
    CHECK(said == explained);
}

TEST_CASE("overlapping rules meet on a graph that one would draw, in a test that passes") {
    CHECK(files("overlap_").size() >= 20);
    for (const fs::path& path : files("overlap_")) {
        INFO(path);
        std::string text = test::read_file(path.string());
        CheckedRules rules = checked(text);
        Diagnostics said = check_rule_sets(rules.program, {.overlaps = true});
        REQUIRE(said.size() == 1);
        CHECK(said[0].code == codes::overlap);
        CHECK(said[0].severity == Severity::note);
        std::string printed = test::test_of(said[0]);
        INFO(printed);
        CheckedRules with_test = checked(text + "\n" + printed);
        REQUIRE(with_test.program->tests.size() == 1);
        CHECK(with_test.program->tests[0].before.nodes.size() + 1 <= nodes_by_hand(text));
        CHECK(run_rule_tests(with_test.program)[0].passed);
        CHECK(check_rule_sets(rules.program).empty());
    }
}

TEST_CASE("nothing is said of rules that never meet") {
    CHECK(files("disjoint_").size() >= 20);
    for (const fs::path& path : files("disjoint_")) {
        INFO(path);
        CheckedRules rules = checked(test::read_file(path.string()));
        CHECK(check_rule_sets(rules.program, {.overlaps = true}).empty());
    }
}

TEST_CASE("operands in the other order are noted, also where overlaps are not asked for") {
    auto said = [](const char* name) {
        CheckedRules rules = checked(test::read_file((cases / name).string()));
        return check_rule_sets(rules.program);
    };
    Diagnostics commuted = said("commuted.rules");
    CHECK(commuted.size() == 3);
    for (const Diagnostic& each : commuted) {
        CHECK(each.code == codes::commuted_rule);
        CHECK(each.severity == Severity::note);
    }
    CHECK(said("not_commuted.rules").empty());
}

TEST_CASE("where a condition is not decided, a note names it") {
    CHECK(files("undecided_").size() >= 10);
    for (const fs::path& path : files("undecided_")) {
        INFO(path);
        CheckedRules rules = checked(test::read_file(path.string()));
        Diagnostics said = check_rule_sets(rules.program, {.overlaps = true});
        REQUIRE(said.size() == 1);
        CHECK(said[0].code == codes::may_overlap);
        CHECK(said[0].severity == Severity::note);
        CHECK(said[0].notes.size() == 2);
        CHECK(check_rule_sets(rules.program).empty());
    }
}
