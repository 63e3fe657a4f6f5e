// Graphs that are nearly the one of a test: each differs from it in one thing that a rule may ask about, in one of
// its graphs where it has submodules.
//
// Some say the same calls otherwise (an argument by keyword or by position, a default spelled out or left out): a
// rule must do the same there, unless it reads `args` or `kwargs`, which are what is stored. The others have another
// user, a user less, a user that is the output, metadata that is missing or different, another literal, another op of
// the same sets or dialects, an argument exchanged, repeated or given where its default stood, a definition shared or
// not, a node between two others or one that is left out, another order. Nothing here knows the rules, only the ops
// that they speak of: whatever a rule has forgotten to ask is changed too. Deterministic; the graphs need not be
// valid. Tested by tests/author/near_misses_test.cpp.
#pragma once

#include "engine/author/testing/draft.hpp"
#include "engine/program/program.hpp"

namespace dqrewrite {

struct NearMiss {
    std::string what;  // "b has another user", "in true_graph_0, b has another user"
    bool same_calls = false;
    ModuleDraft draft;
};

// At most max_near_misses, and fewer of larger graphs, for each is a copy; none of a graph of more nodes than
// max_near_miss_nodes. Their data live in `arena`.
inline constexpr size_t max_near_misses = 5000, max_near_miss_nodes = 300;
std::vector<NearMiss> near_misses_of(const ModuleDraft& draft, const program::Program& program, Arena& arena);

}  // namespace dqrewrite
