// The rewrites of the last rounds of a `repeat`, for the message where it reaches its bound.
//
// Nothing is kept but in the last rounds before the bound, and of those the latest max_kept.
// Tested by tests/cli/cases/run_repeat_*.txt.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/rewrite/run_error.hpp"

#include <deque>
#include <span>

namespace dqrewrite {

class Firings {
public:
    static constexpr uint64_t last_rounds = 8;
    static constexpr size_t max_kept = 1'000;

    // Around each round of a `repeat`.
    void begin_round(uint64_t round, uint64_t bound);
    void end_round(uint64_t round, uint64_t bound);
    bool recording() const { return !rounds_.empty(); }
    void add(program::RuleId rule, NodeId root, const Graph& graph) {
        if (kept_.size() == max_kept) kept_.pop_front();
        kept_.push_back({rule, root, &graph, rounds_.back()});
    }

    // Which rules rewrote which nodes in the last round, and the shortest row of rewrites that goes round.
    std::vector<RunNote> notes(const program::Program& program, uint64_t round) const;

private:
    struct Firing {
        program::RuleId rule;
        NodeId root;
        const Graph* graph;
        uint64_t round;
    };
    std::deque<Firing> kept_;
    std::vector<uint64_t> rounds_;  // those that are recorded, of the repeats that are open, outermost first
};

// The length of the shortest row whose repetition the whole of `sequence` ends with: over its last half, and at least
// twice. 0 where there is none; no row longer than `longest`.
size_t shortest_period(std::span<const uint32_t> sequence, size_t longest);

}  // namespace dqrewrite
