// The codes of what is said of sets of rules, as engine/program/codes.hpp has those of the checker.
//
// Tested by tests/author/sets: each is said in a case.
#pragma once

#include "engine/program/codes.hpp"

namespace dqrewrite {

namespace codes {

inline constexpr std::string_view overlap = "overlap", may_overlap = "may-overlap", shadowed_rule = "shadowed-rule",
                                  same_rule = "same-rule", commuted_rule = "commuted-rule",
                                  never_matches = "never-matches", fires_for_ever = "fires-for-ever",
                                  order_dependent = "order-dependent";

}  // namespace codes

std::span<const CodeText> rule_set_codes();

}  // namespace dqrewrite
