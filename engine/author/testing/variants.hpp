// Other values than one that is given, each different from it in one place: for graphs that nearly match.
//
// What is likely to matter to a rule comes out: the number beside, the other truth, the other type, one item more or
// less, two exchanged, a key that is missing. Nested values vary at each place. At most max_variants of one value.
// Tested through tests/author/near_misses_test.cpp.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

inline constexpr size_t max_variants = 60;

// Nodes within are replaced by each of `nodes` (ids of a Draft), and by None.
std::vector<Datum> variants_of(const Datum& datum, Arena& arena, const std::vector<NodeId>& nodes);
// Of metadata: JSON text for JSON text.
std::vector<std::string> variants_of_json(std::string_view json);

}  // namespace dqrewrite
