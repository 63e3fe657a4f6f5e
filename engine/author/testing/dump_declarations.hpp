// A file of ops that declares what only a dump knows, so that rules can speak of it.
//
// Left out are ops that ship declared, and those that no line can declare: the dump does not state them, or states a
// schema of another op, or one that cannot be read. Tested by tests/cli (pattern_ops*).
#pragma once

#include "engine/dump/dump.hpp"

#include <set>
#include <span>
#include <string>

namespace dqrewrite {

// Of these targets; one line each, sorted. Empty where there is nothing to declare.
std::string dump_declarations(const std::set<std::string>& targets, std::span<const DeclaredOp> ops);

}  // namespace dqrewrite
