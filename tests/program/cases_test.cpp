// Each file of tests/program/cases, and the rule files that ship, has its text forms beside it: NAME.program is the
// checked program, NAME.matcher the matcher of each sweep.
#include "engine/program/shipped.hpp"
#include "engine/program/text.hpp"
#include "tests/program/support.hpp"

using namespace dqrewrite;

namespace {

void append_sweeps(const program::Program& program, const std::vector<program::Step>& steps, std::string& out) {
    for (const program::Step& step : steps) {
        if (step.kind == program::Step::Kind::sweep) {
            out += "sweep";
            for (program::RuleId rule : step.rules) out += " " + program[rule].name;
            out += "\n" + program::text_form(program, program::compile_rules(program, step.rules)) + "\n";
        }
        append_sweeps(program, step.steps, out);
    }
}

void check_texts(const CheckedRules& rules, const std::string& golden) {
    REQUIRE(rules.program);
    test::check_golden(golden + ".program", program::text_form(*rules.program));
    std::string matchers;
    for (const program::Pass& pass : rules.program->passes) append_sweeps(*rules.program, pass.steps, matchers);
    if (!matchers.empty()) test::check_golden(golden + ".matcher", matchers);
}

}  // namespace

TEST_CASE("programs and matchers, as texts") {
    for (const auto& path : test::rule_files("cases")) {
        INFO(path);
        CheckedRules rules = test::check_file(path.string());
        CHECK(test::render_all(rules.diagnostics) == "");
        auto golden = path;
        check_texts(rules, golden.replace_extension().string());
    }
}

TEST_CASE("programs and matchers of the rule files that ship, as texts") {
    for (const char* name : {"duplicate_dq", "pt2e"}) {
        INFO(name);
        CheckedRules rules = test::check_file(name);
        CHECK(test::render_all(rules.diagnostics) == "");
        check_texts(rules, test::program_folder() + "cases/shipped/" + name);
    }
}

TEST_CASE("every rule file that ships is free of errors") {
    for (const ShippedFile& file : shipped_files()) {
        if (!file.path.ends_with(".rules")) continue;
        INFO(file.path);
        std::string name(file.path.substr(file.path.rfind('/') + 1));
        name.resize(name.size() - 6);
        CheckedRules rules = test::check_file(name);
        CHECK(has_errors(rules.diagnostics) == false);
        CHECK(rules.program);
    }
}
