// The compiled engine against the reference engine, on random graphs and rules: what matches, what it binds, and what
// a pass leaves: the whole dump, the counts, the warnings, or how it ended.
//
// DQREWRITE_PAIRS says how many pairs of a graph and a rule (15,000 otherwise), DQREWRITE_SEED where to start (a
// fixed seed otherwise, so that the ordinary run always asks the same).

#include "tests/reference/trial.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/setting.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace dqrewrite::reference {

namespace {

using test::setting;

struct Count {
    size_t pairs = 0, matching = 0, refused = 0, too_slow = 0;
    size_t passes = 0, changing = 0, ended = 0, endless = 0;
    size_t matches = 0, rewrites = 0;

    // Of 1,000 pairs.
    size_t rate(size_t count) const { return 1000 * count / pairs; }
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
    total.endless += outcome.endless;
    for (const RunResult& each : outcome.runs) {
        ++total.passes;
        total.changing += each.changed;
        total.ended += each.ending.has_value();
        total.matches += each.matches;
        total.rewrites += each.rewrites;
    }
}

}  // namespace

TEST_CASE("both engines find the same, bind the same and leave the same graphs, on random graphs and rules") {
    uint64_t first = setting("DQREWRITE_SEED", 1), wanted = setting("DQREWRITE_PAIRS", 15'000);
    Count total;
    size_t trials = 0;
    for (uint64_t seed = first; total.pairs < wanted; ++seed, ++trials) {
        MadeTrial made = random_trial(seed);
        total.refused += made.refused;
        Outcome outcome = run(made.trial, *made.file);
        count(outcome, total);
        if (outcome.agree()) continue;
        Trial small = minimized(made.trial);
        Outcome shown = run(small);
        fmt::print(stderr, "{}\n-- compiled:\n{}-- reference:\n{}", small.to_text(), shown.compiled, shown.reference);
        FAIL("seed " << seed << ": the engines differ, see above; DQREWRITE_SEED=" << seed << " shows it again");
    }
    std::string summary = fmt::format(
        "{} pairs from seed {} on: {} of 1,000 match; {} rules refused by the checker, {} of {} trials too slow\n"
        "{} passes: {} matches and {} rewrites by 1,000 pairs; {} passes left another graph, {} ended in an error, "
        "{} "
        "without an end",
        total.pairs, first, total.rate(total.matching), total.refused, total.too_slow, trials, total.passes,
        total.rate(total.matches), total.rate(total.rewrites), total.changing, total.ended, total.endless);
    WARN(summary);
    CHECK(total.rate(total.matching) >= 100);
    CHECK(total.rate(total.rewrites) >= 200);
    CHECK(total.changing * 5 > total.passes);
    CHECK(total.ended * 3 < total.passes);
    CHECK(total.endless * 20 < total.passes);
    CHECK(total.refused * 5 < total.pairs);
    CHECK(total.too_slow * 100 <= trials);
}

}  // namespace dqrewrite::reference
