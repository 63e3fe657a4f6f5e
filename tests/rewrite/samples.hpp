// Data to try properties on: a list of telling ones, and random ones.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <random>
#include <vector>

namespace dqrewrite::test {

// Every kind and every edge; texts are literals, the rest lies in the arena.
std::vector<Datum> telling_data(Arena& arena);
// Lists, tuples and dicts of anything that has a JSON form, nested up to `depth`.
Datum random_datum(std::mt19937& random, Arena& arena, unsigned depth);

}  // namespace dqrewrite::test
