// Runs graphs that are nearly those of tests (near_misses.hpp), and says what came of each.
//
// Of a test in which a rule matches: where a near miss says the same calls otherwise, the same rules must match at
// the same nodes as in the test, else that is a failure, unless a rule of the pass reads `args` or `kwargs`, which
// tell how a call is written. Of the other near misses nothing can be known but what happens: a rule that matched no
// longer does, and then the condition at which it ends is named; or all that matched still do, which means that no
// condition asks about what was changed; or the pass ends with an error. Tested by tests/author/near_misses_test.cpp
// and tests/cli/cases/test_near_*.txt.
#pragma once

#include "engine/author/testing/near_misses.hpp"
#include "engine/author/testing/tested_passes.hpp"
#include "engine/rewrite/observer.hpp"

#include <map>
#include <memory>

namespace dqrewrite {

struct NearMissResult {
    enum class Kind : uint8_t { same, declined, matched, failed, wrong, invalid };

    Kind kind;
    std::string what;
    // declined: which rule at which node, and where it ends; failed: the error; wrong: what is not as it should be.
    std::string why = {};
};

// Of one test; empty where no rule matches in it. At most `limit` of the near misses, evenly taken from all of them;
// those that say the same calls are run always.
std::vector<NearMissResult> run_near_misses(TestedPasses& passes, const program::Test& test, size_t limit);

}  // namespace dqrewrite
