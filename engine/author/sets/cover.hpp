// Whether one rule matches wherever another one does.
//
// What the special rule demands is taken as known (Demands::general: one set of terms for each of its alternatives),
// and the general rule is matched against that: its pattern part by part, its conditions against what the terms say,
// or against a condition of the special rule that says the same. Where that succeeds for every alternative, the
// general rule matches every graph that the special one matches, as far as its calls fit their schemas. Where it does
// not, nothing is known.
// Bounded: max_cover_steps for each pair.
// Tested by tests/author/sets.
#pragma once

#include "engine/author/sets/demands.hpp"

namespace dqrewrite::sets {

inline constexpr size_t max_cover_steps = 50'000;

bool covers(const program::Program& program, Demands& demands, program::RuleId general, program::RuleId special);

// Whether both rewrite in the same way what they match in the same way; where some calls of b are given, with the
// operands of these in the other order.
bool same_rules(const program::Program& program, Demands& demands, program::RuleId a, program::RuleId b,
                std::span<const program::PatternId> exchanged = {});

}  // namespace dqrewrite::sets
