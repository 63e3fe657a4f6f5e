// What a run may still spend: steps of backtracking, items of comprehensions, and whatever else could go on and on.
// What is done in bulk takes a step for many, so that a step is about as long everywhere: the units stand here.
//
// Tested by tests/rewrite/evaluate_test.cpp.
#pragma once

#include "engine/graph/value.hpp"
#include "engine/program/program.hpp"

#include <concepts>
#include <cstdint>

namespace dqrewrite {

// Bytes for a step: of text that is made, kept or gone through, which extent_of() and weight_of() know too; of
// metadata that is kept, which is often long and changed key by key; and of metadata that is looked through.
inline constexpr size_t text_per_step = text_in_weight;
inline constexpr size_t metadata_per_step = 256;
inline constexpr size_t read_per_step = 4096;
// Data in containers that are compared or hashed.
inline constexpr size_t data_per_step = 64;
// Nodes that are walked over, where nothing is asked of them but what they are; those that rules are tried at; and
// uses of a node, beyond the first of each user, that are gone over or changed.
inline constexpr size_t nodes_per_step = 64;
inline constexpr size_t candidates_per_step = 8;
inline constexpr size_t uses_per_step = 16;

// A run that went past its budget: the place that spent the last of it.
struct BudgetSpent {
    program::Location location;
};

// The same where the place is not known; whoever knows it makes a BudgetSpent of it.
struct TollNotPaid {};

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
