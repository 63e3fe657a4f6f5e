// What can go wrong between the rules of a checked file, shown by a graph where it does.
//
// Warnings, always: a rule that nothing matches (never-matches), a rule that an earlier one of its sweep always beats
// (shadowed-rule; same-rule where both say the same), a rule or a ring of rules that goes on for ever where the pass
// visits what it makes (fires-for-ever). A note, always: a rule that is an earlier one of its sweep with operands in
// the other order (commuted-rule). Notes, when asked for: two rules of a sweep that match one node (overlap), or may
// do (may-overlap).
//
// Which way this is inexact: what is reported is so. An overlap and a ring are shown by a graph on which the compiled
// matchers and the driver were run, and what they did is what is said; a shadow and a rule without a match are proven
// from the patterns, for graphs whose calls fit their schemas. What is not reported may be so all the same: chains
// are tried up to a length, conditions on metadata, tables or arithmetic are known to hold nowhere but on a graph
// that is drawn without them, and everything has a bound. See docs/rule_sets.md. Cost: nothing for sweeps of one rule
// outside of `repeat`; pairs whose roots have no op in common are not looked at. Tested by tests/author/sets.
#pragma once

#include "engine/program/program.hpp"
#include "grammar/diagnostic.hpp"

#include <memory>

namespace dqrewrite {

struct RuleSetOptions {
    bool overlaps = false;
};

// Sorted, and each said once; they point into the sources of the program.
Diagnostics check_rule_sets(const std::shared_ptr<const program::Program>& program,
                            const RuleSetOptions& options = {});

}  // namespace dqrewrite
