// What the evaluator undoes when it leaves a scope. Private to the evaluator's files.
//
// Tested by tests/rewrite/evaluate_test.cpp.
#pragma once

#include "engine/rewrite/evaluate.hpp"

namespace dqrewrite {

class Evaluator::Depth {
public:
    explicit Depth(Evaluator& evaluator) : depth_(evaluator.depth_) { ++depth_; }
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    bool exceeded() const { return depth_ > max_depth; }

private:
    unsigned& depth_;
};

// What is pushed to the evaluator's stack within the scope goes with it.
class Evaluator::Scratch {
public:
    explicit Scratch(Evaluator& evaluator) : stack_(evaluator.stack_), base_(stack_.size()) {}
    ~Scratch() { stack_.resize(base_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    size_t base() const { return base_; }

private:
    std::vector<Datum>& stack_;
    size_t base_;
};

}  // namespace dqrewrite
