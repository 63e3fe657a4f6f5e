// What a command line says of rules: a file, a pass of it, rules by name. What is not there is said on standard
// error, with the nearest name that is. Tested by tests/cli.
#pragma once

#include "engine/program/load.hpp"
#include "engine/program/program.hpp"

#include <memory>
#include <optional>
#include <string>

namespace dqrewrite::cli {

// A rule file, the name of a shipped one, or "-": standard input, whose imports are shipped files alone.
RuleFiles load_rules_argument(const std::string& rules, ShippedTests tests = ShippedTests::read);

// The rules of an argument, checked; those of a shipped file without its tests; empty: the default. Null where it
// has errors.
std::shared_ptr<const program::Program> read_rules(const std::string& rules);

// The pass that is meant; nothing where that is not certain.
std::optional<program::PassId> choose_pass(const program::Program& program, const std::string& wanted);

// One of the rules that the pass sweeps, by its name.
std::optional<program::RuleId> choose_rule(const program::Program& program, program::PassId pass,
                                           const std::string& wanted);

}  // namespace dqrewrite::cli
