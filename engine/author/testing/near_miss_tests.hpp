// Near misses of the tests of a rule file (near_misses.hpp) as tests of their own, ready to be added to the file.
//
// They state what the pass does with them now: who adds them reads them first. Chosen are those at which the rules
// decide in a way that none before did, then others, in an order that the seed gives: the same file, number and seed
// give the same tests. Where single changes do not suffice two are made at once. All are tests that the checker takes
// and that pass.
// Tested by tests/cli/cases/test_generate*.txt.
#pragma once

#include "engine/program/load.hpp"
#include "engine/program/program.hpp"

#include <memory>
#include <string>

namespace dqrewrite {

// At most `count` tests in canonical form, an empty line between two; empty where no test of the file is matched by a
// rule. `program` was made of `files`; a `filter` leaves the tests with that in their titles.
std::string near_miss_tests(const RuleFiles& files, const std::shared_ptr<const program::Program>& program,
                            std::string_view filter, size_t count, uint64_t seed);

}  // namespace dqrewrite
