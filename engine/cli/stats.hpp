// --stats: what a run did and how long each part of it took.
#pragma once

#include "engine/rewrite/report.hpp"

#include <chrono>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace dqrewrite::cli {

class Stopwatch {
public:
    // Seconds since the last lap, or since the start.
    double lap() {
        auto now = std::chrono::steady_clock::now();
        return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
    }

private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// The sum over all graphs of a run.
class Stats {
public:
    // `form` is "text", one object of "json", or "": nobody has asked, and of reports nothing is kept.
    Stats(const program::Program& of, std::string_view form) : program(&of), form_(form) {}

    void add(const Report& report);
    // To standard error.
    void print() const;

    // A `repeat`, which may have ended many times: in each graph, in each submodule, in each round of one around it.
    struct Loop {
        program::Location location;
        uint64_t rounds = 0;  // in all
        uint64_t times = 0;   // that it has ended
        uint64_t most = 0;    // rounds of one time
    };

    const program::Program* program;
    uint64_t graphs = 0, failed = 0, changed = 0;
    uint64_t nodes_before = 0, nodes_after = 0;
    std::vector<RuleReport> rules;
    std::vector<Loop> loops;
    double read = 0, compile = 0, rewrite = 0, dead_code = 0, write = 0;  // seconds; rewrite without dead_code

private:
    void add(const RuleReport& report);
    void add(const LoopReport& report);

    std::string_view form_;
    std::vector<size_t> place_of_rule_;                              // in `rules`, by RuleId
    std::map<std::pair<uint32_t, uint32_t>, size_t> place_of_loop_;  // in `loops`, by where it stands: file, offset
};

}  // namespace dqrewrite::cli
