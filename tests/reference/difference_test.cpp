// The compiled engine against the reference engine, on random graphs and rules.
//
// DQREWRITE_PAIRS says how many pairs of a graph and a rule (20,000 otherwise), DQREWRITE_SEED where to start (a
// fixed seed otherwise, so that the ordinary run always asks the same).

#include "tests/reference/trial.hpp"
#include "tests/support/catch.hpp"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace dqrewrite::reference {

namespace {

uint64_t setting(const char* name, uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct Count {
    size_t pairs = 0, matching = 0, refused = 0, too_slow = 0;
};

void count(const Outcome& outcome, Count& total) {
    if (outcome.too_slow) {
        ++total.too_slow;
        return;
    }
    for (size_t matches : outcome.matches) {
        ++total.pairs;
        total.matching += matches > 0;
    }
}

}  // namespace

TEST_CASE("both engines find the same roots and bind the same values, on random graphs and rules") {
    uint64_t first = setting("DQREWRITE_SEED", 1), wanted = setting("DQREWRITE_PAIRS", 20'000);
    Count total;
    size_t trials = 0;
    for (uint64_t seed = first; total.pairs < wanted; ++seed, ++trials) {
        MadeTrial made = random_trial(seed);
        total.refused += made.refused;
        Outcome outcome = run(made.trial);
        count(outcome, total);
        if (outcome.agree()) continue;
        Trial small = minimized(made.trial);
        Outcome shown = run(small);
        fmt::print(stderr, "{}\n-- compiled:\n{}-- reference:\n{}", small.to_text(), shown.compiled, shown.reference);
        FAIL("seed " << seed << ": the engines differ, see above; DQREWRITE_SEED=" << seed << " shows it again");
    }
    size_t rate = 1000 * total.matching / total.pairs;
    std::string summary = fmt::format(
        "{} pairs from seed {} on: {} of 1,000 match; {} rules refused by the checker, {} of {} trials too slow",
        total.pairs, first, rate, total.refused, total.too_slow, trials);
    WARN(summary);
    CHECK(rate >= 100);
    CHECK(total.refused * 5 < total.pairs);
    CHECK(total.too_slow * 100 <= trials);
}

}  // namespace dqrewrite::reference
