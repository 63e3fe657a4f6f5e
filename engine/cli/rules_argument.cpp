#include "engine/cli/rules_argument.hpp"

#include "engine/author/explain/starts.hpp"
#include "engine/cli/console.hpp"
#include "engine/dump/input.hpp"
#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"

#include <fmt/format.h>

namespace dqrewrite::cli {

using program::PassId;
using program::RuleId;

RuleFiles load_rules_argument(const std::string& rules, ShippedTests tests) {
    if (rules != "-") return load_rules(rules, tests);
    auto input = open_input(rules);
    if (input) return load_rules_text(rules, std::string((*input)->text()));
    RuleFiles none = load_rules_text(rules, "");
    none.unreadable = true;
    none.diagnostics.push_back(
        {Severity::error, codes::cannot_read, fmt::format("-: {}", input.error().message), nullptr, {}, {}});
    return none;
}

std::shared_ptr<const program::Program> read_rules(const std::string& rules) {
    CheckedRules checked =
        check_rules(load_rules_argument(rules.empty() ? DQREWRITE_DEFAULT_RULES : rules, ShippedTests::left_out));
    print(checked.diagnostics);
    return checked.program;
}

std::optional<PassId> choose_pass(const program::Program& program, const std::string& wanted) {
    std::vector<std::string> all, own;
    std::optional<PassId> only, named;
    for (size_t i = 0; i < program.passes.size(); ++i) {
        const program::Pass& pass = program.passes[i];
        all.push_back(pass.name);
        if (pass.name == wanted) named = static_cast<PassId>(i);
        if (!pass.own) continue;
        own.push_back(pass.name);
        only = static_cast<PassId>(i);
    }
    const std::string& file = program.sources[0]->name();
    if (!wanted.empty() && !named)
        print_error(fmt::format("{} has no pass \"{}\"{}{}", file, wanted, suggestion(wanted, all),
                                all.empty() ? "" : fmt::format("; it has: {}", fmt::join(all, ", "))));
    if (!wanted.empty()) return named;
    if (own.size() == 1) return only;
    if (own.empty())
        print_error(fmt::format("{} has no pass of its own to run", file));
    else
        print_error(fmt::format("{} has several passes; choose one with --pass: {}", file, fmt::join(own, ", ")));
    return {};
}

std::optional<RuleId> choose_rule(const program::Program& program, PassId pass, const std::string& wanted) {
    std::vector<std::string> names;
    for (RuleId rule : swept_rules(program, pass)) {
        if (program[rule].name == wanted) return rule;
        names.push_back(program[rule].name);
    }
    print_error(fmt::format("{} sweeps no rule \"{}\"{}{}", program[pass].name, wanted, suggestion(wanted, names),
                            names.empty() ? "" : fmt::format("; it sweeps: {}", fmt::join(names, ", "))));
    return {};
}

}  // namespace dqrewrite::cli
