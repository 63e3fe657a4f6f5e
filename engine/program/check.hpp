// Rule files, parsed -> a checked Program.
//
// Every name is resolved against declarations and op schemas; what is wrong is collected, all of it in one
// run, sorted and said once: at most max_diagnostics errors, as many warnings, and how many more there are. A program
// with errors is not to be run. Tested by tests/program: cases/*.rules with the program's text form, errors/*.rules
// with whole messages.
#pragma once

#include "engine/program/load.hpp"
#include "engine/program/program.hpp"

#include <memory>

namespace dqrewrite {

// Null where there is an error. `diagnostics` also gets warnings; they point into files.sources.
std::shared_ptr<const program::Program> check(const RuleFiles& files, Diagnostics& diagnostics);

// The same of files in which nothing may be wrong yet; what is said is sorted. `unreadable` as in RuleFiles.
struct CheckedRules {
    std::shared_ptr<const program::Program> program;
    std::vector<std::shared_ptr<const Source>> sources;
    Diagnostics diagnostics;
    bool unreadable = false;
};
CheckedRules check_rules(RuleFiles files);

}  // namespace dqrewrite
