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

#include <functional>
#include <string>

namespace dqrewrite {

struct NearMiss {
    std::string what;  // "b has another user", "in true_graph_0, b has another user"
    bool same_calls = false;
    ModuleDraft draft;
};

// At most max_near_misses, and fewer of larger graphs, for each is a copy; none of a graph of more nodes than
// max_near_miss_nodes.
inline constexpr size_t max_near_misses = 5000, max_near_miss_nodes = 300;

// Goes through the near misses, which are counted from 0, and gives how many there are. Those that are wanted are
// made, one at a time, and handed on; `want` is told whether it says the same calls. Their data live in `arena`.
using WantNearMiss = std::function<bool(size_t index, bool same_calls)>;
using TakeNearMiss = std::function<void(size_t index, const NearMiss& near)>;
size_t for_each_near_miss(const ModuleDraft& draft, const program::Program& program, Arena& arena,
                          const WantNearMiss& want, const TakeNearMiss& take);

}  // namespace dqrewrite
