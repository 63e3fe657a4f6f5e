// Why rules matched or did not: explanations as data. explain.hpp makes them, explain_print.hpp prints them.
#pragma once

#include "engine/author/explain/starts.hpp"
#include "engine/author/plan/plan.hpp"
#include "engine/program/program.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dqrewrite {

// One thing that was not as the rule asks.
struct Finding {
    struct Value {
        std::string name, text;
    };

    program::Location location;  // of the part of the rule that asks
    std::string expected;        // empty: where what the outer finding tells has its own line
    std::string found;
    std::string note = {};             // "in the definition of annotated"
    std::vector<Value> values = {};    // of the names in it
    std::vector<Finding> within = {};  // operands, items, definitions that it is due to
};

// One rule, tried at one node.
struct Attempt {
    enum class Outcome : uint8_t { missed, matched, cannot_start, too_long };

    program::RuleId rule;
    Outcome outcome = Outcome::missed;
    uint32_t clause = 0;               // of the rule: the furthest that was tried
    std::vector<Finding> misses = {};  // the steps that got furthest; several where alternatives did
    // Of a match:
    std::optional<program::RuleId> taken_by = {};  // which rule of the sweep was applied: this one, or one before it
    std::vector<PlannedEdit> edits = {};           // what it did, where it was this one
    std::vector<Finding> declined = {};            // the first conditions of its `if`s and `for`s that did not hold
};

// A sweep that came to the node.
struct Visit {
    uint64_t sweep = 0;  // the sweeps of a run are counted from 1
    program::Location location;
    std::string node;                     // as a line
    std::vector<std::string> users = {};  // the first of them
    size_t user_count = 0;
    std::vector<Attempt> attempts = {};
};

struct NodeExplanation {
    std::string name;
    bool was_there = false;  // at some time of the run
    std::vector<Visit> visits;
    uint64_t more_visits = 0;  // that were not written down
    // Where no sweep came to it:
    std::string line;
    std::vector<Starts> starts;
    std::optional<PlannedEdit> erased;
};

// What became of the nodes at which a rule was tried.
struct Funnel {
    struct Miss {
        std::string node;  // as a line
        std::string graph;
        uint64_t sweep = 0;
        Attempt attempt;
    };

    program::RuleId rule;
    uint64_t candidates = 0;
    std::vector<uint64_t> left;  // by clause: those that passed it
    uint64_t matches = 0;
    uint64_t taken = 0;  // of the matches: those at which a rule before it was applied
    uint64_t rewrites = 0;
    std::vector<Miss> nearest;     // the misses that got furthest; of several the first
    std::vector<Miss> idle;        // matches that have changed nothing, with the conditions that did not hold
    std::optional<Starts> starts;  // where there are no candidates
};

struct GraphExplanation {
    std::vector<Funnel> funnels;  // in order of first mention
    uint64_t sweeps = 0;
    bool cut_short = false;  // not all candidates were looked at: that would have taken too long
};

}  // namespace dqrewrite
