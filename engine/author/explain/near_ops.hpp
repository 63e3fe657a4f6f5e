// Ops that are taken for one another: the same op in another dialect, another overload of it, a name spelt nearly so.
//
// Tested by tests/cli/explain.
#pragma once

#include "engine/program/program.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace dqrewrite {

enum class Nearness : uint8_t { none, spelling, overload, dialect };

// `spelling`: whether names are compared letter by letter too, which is slow.
Nearness nearness(std::string_view target, std::string_view other, bool spelling);

// Of these the one that is the same op in another dialect, or another overload of it; none_of<OpId>: there is none,
// or the target itself is among them.
program::OpId mistaken_op(const program::Program& program, std::span<const program::OpId> ops,
                          std::string_view target);

// The ops that a clause speaks of, in its patterns and expressions and the defines that it uses; each once.
std::vector<program::OpId> ops_of(const program::Program& program, const program::Clause& clause);

}  // namespace dqrewrite
