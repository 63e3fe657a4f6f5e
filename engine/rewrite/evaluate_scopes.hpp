// What the evaluator undoes when it leaves a scope. Private to the evaluator's files.
//
// Tested by tests/rewrite/evaluate_test.cpp.
#pragma once

#include "engine/rewrite/evaluate.hpp"

namespace dqrewrite {

// What is pushed to a stack within the scope goes with it.
template <class Item>
class ScratchOf {
public:
    explicit ScratchOf(std::vector<Item>& stack) : stack_(stack), base_(stack.size()) {}
    ~ScratchOf() { stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(base_), stack_.end()); }
    ScratchOf(const ScratchOf&) = delete;
    ScratchOf& operator=(const ScratchOf&) = delete;
    size_t base() const { return base_; }

private:
    std::vector<Item>& stack_;
    size_t base_;
};

// Of data, and of nodes.
class Evaluator::Scratch : public ScratchOf<Datum> {
public:
    explicit Scratch(Evaluator& evaluator) : ScratchOf(evaluator.stack_) {}
};
class Evaluator::NodeScratch : public ScratchOf<NodeId> {
public:
    explicit NodeScratch(Evaluator& evaluator) : ScratchOf(evaluator.nodes_) {}
};

}  // namespace dqrewrite
