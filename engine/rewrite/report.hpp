// What a run did, as data.
#pragma once

#include "engine/program/program.hpp"
#include "engine/rewrite/rewriter.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dqrewrite {

struct RuleReport {
    program::RuleId rule;
    uint64_t candidates = 0;  // nodes that the rule was asked about: its root's op stands there
    uint64_t matches = 0;
    uint64_t rewrites = 0;  // matches whose statements edited the graph
};

// How a `repeat` ended: after so many rounds, of which the last changed nothing.
struct LoopReport {
    program::Location location;
    uint64_t rounds = 0;
};

// Where a run was stopped that was to stop after so many rewrites.
struct StopReport {
    program::RuleId rule;
    std::string root;  // the node at which the last rewrite was
};

struct Report {
    uint64_t nodes_before = 0;  // of the top graph
    uint64_t nodes_after = 0;
    uint64_t rewrites = 0;              // of all rules
    std::optional<StopReport> stopped;  // nothing where the run came to its end
    bool changed = false;               // any graph of the module was edited
    std::vector<RuleReport> rules;      // those that the pass sweeps, in order of first mention
    std::vector<LoopReport> loops;
    std::vector<RunWarning> warnings;
    double dead_code_seconds = 0;  // spent in the pass's own `eliminate dead code` steps
};

}  // namespace dqrewrite
