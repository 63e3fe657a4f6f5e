// What a run may still spend: steps of backtracking, items of comprehensions, and whatever else could go on and on.
//
// Tested by tests/rewrite/evaluate_test.cpp.
#pragma once

#include "engine/program/program.hpp"

#include <concepts>
#include <cstdint>

namespace dqrewrite {

// A run that went past its budget: the place that spent the last of it.
struct BudgetSpent {
    program::Location location;
};

class Budget {
public:
    explicit Budget(uint64_t steps) : left_(steps) {}
    // Throws BudgetSpent.
    void spend(uint64_t steps, const program::Location& location) {
        spend(steps, [&]() -> const program::Location& { return location; });
    }
    // For who would have to look the place up.
    template <std::invocable Locate>
    void spend(uint64_t steps, Locate locate) {
        if (steps > left_) [[unlikely]]
            throw BudgetSpent{locate()};
        left_ -= steps;
    }
    uint64_t left() const { return left_; }

private:
    uint64_t left_;
};

}  // namespace dqrewrite
