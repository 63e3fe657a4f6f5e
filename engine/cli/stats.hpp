// --stats: what a run did and how long each part of it took.
#pragma once

#include "engine/rewrite/report.hpp"

#include <chrono>
#include <string_view>

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
struct Stats {
    explicit Stats(const program::Program& of) : program(&of) {}

    void add(const Report& report);
    // To standard error, as "text" or as one object of "json"; nothing for "".
    void print(std::string_view form) const;

    const program::Program* program;
    uint64_t graphs = 0, failed = 0, changed = 0;
    uint64_t nodes_before = 0, nodes_after = 0;
    std::vector<RuleReport> rules;
    std::vector<LoopReport> loops;
    double read = 0, compile = 0, rewrite = 0, dead_code = 0, write = 0;  // seconds; rewrite without dead_code
};

}  // namespace dqrewrite::cli
