// Rule files of many rules, and graphs to run them on: does a sweep of 1,000 rules cost what one of 10 does?
//
// There are op_count ops of each sort. With R rules each one speaks of op_count / R of them, so that rule files
// of any R find the same matches in the same graph: one node of 20 is a match and is replaced by a call of another
// op.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace dqrewrite::bench {

enum class Kind : uint8_t {
    roots,  // the rules differ in the op that they start with
    inner,  // all start with one op, and differ in the op of its argument
    mix     // half of each
};

inline constexpr size_t op_count = 1000;

// Writes many.rules and many.ops, which it imports, to the directory; returns the path of the former. `rules` is a
// multiple of 10 and divides op_count. All stand in one sweep of the only pass.
std::string write_many_rules(const std::string& directory, Kind kind, size_t rules);
std::string many_ops_dump(Kind kind, size_t nodes);
size_t many_matches(size_t nodes);  // in such a dump

}  // namespace dqrewrite::bench
