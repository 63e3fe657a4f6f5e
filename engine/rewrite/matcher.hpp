// Runs compiled matchers on a graph.
//
// match() finds the first solution of the first rule that matches at a node, in the order that the language
// defines; the values of the rule's variables are then in frame(). Alternatives that are still open lie on a
// stack of their own; nothing is allocated once the stacks have grown to what the rules need. Every step back
// spends one unit of the budget, so a match ends; but that what must not match did not is none.
// Tested by tests/rewrite/matcher_test.cpp, and against the slow matcher in tests/reference.
#pragma once

#include "engine/program/compile.hpp"
#include "engine/rewrite/evaluate.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace dqrewrite {

// Is told of each step that a traced match takes, after it: registers as the step left them.
class MatchTrace {
public:
    virtual void step(program::StepId step, bool succeeded, std::span<const Datum> registers, Datum* frame) = 0;

protected:
    ~MatchTrace() = default;
};

class Matcher final : public PatternTest {
    using StepId = program::StepId;

public:
    // All references outlive the matcher. The evaluator asks it back for `is`.
    Matcher(const program::Program& program, const Graph& graph, Binding& binding, Arena& arena, Budget& budget);
    void set_evaluator(Evaluator& evaluator) { evaluator_ = &evaluator; }

    // Which rules can start at a node at all, if any, and where. Good until a new target comes.
    class Starts {
    public:
        Starts(const program::MatchProgram& rules, std::span<const program::OpId> ops)
            : ops_(ops.data()), by_op_(rules.by_op.data()), by_opcode_(rules.by_opcode.data()),
              other_call_(&rules.other_call) {}
        const program::MatchProgram::Start& at(Opcode opcode, Symbol target) const {
            if (opcode != Opcode::call_function) [[unlikely]]
                return by_opcode_[static_cast<size_t>(opcode)];
            const program::OpId op = ops_[static_cast<size_t>(target)];
            return op == program::none_of<program::OpId> ? *other_call_ : by_op_[static_cast<size_t>(op)];
        }

    private:
        const program::OpId* ops_;  // by Symbol
        const program::MatchProgram::Start* by_op_;
        const program::MatchProgram::Start* by_opcode_;
        const program::MatchProgram::Start* other_call_;
    };
    Starts starts(const program::MatchProgram& rules) const { return {rules, binding_.ops()}; }
    const program::MatchProgram::Start& start(const program::MatchProgram& rules, NodeId root) const {
        return starts(rules).at(graph_.opcode(root), graph_.target(root));
    }
    bool may_match(const program::MatchProgram::Start& start, NodeId root) const {
        return graph_.user_count(root) >= start.least_users;
    }
    bool may_start(const program::MatchProgram& rules, NodeId root) const {
        return start(rules, root).step != program::none_of<program::StepId>;
    }
    // Before rules are matched from their starts: makes room.
    void prepare(const program::MatchProgram& rules);
    // The rule that matches at `root`, which is a node of the graph and may match, from its start on; none_of<RuleId>
    // where none does.
    program::RuleId match(const program::MatchProgram& rules, const program::MatchProgram::Start& start, NodeId root);
    std::optional<program::RuleId> match(const program::MatchProgram& rules, NodeId root);
    // The same, told step by step; of patterns inside expressions nothing is told.
    std::optional<program::RuleId> match(const program::MatchProgram& rules, NodeId root, MatchTrace& trace);
    // Whether a value matches what was compiled for tracing, told step by step; `frame` is as large as it needs.
    bool trace(const program::MatchProgram& steps, const Datum& value, Datum* frame, MatchTrace& trace);
    // The variables of the rule that matched last; they stay until the next call of match().
    Datum* frame() { return frame_.data(); }

    bool matches(program::PatternId pattern, const Datum& value, Datum* frame) override;

private:
    // An alternative that is still open: where to go on, and for a chain how many of its nodes to take. Its register
    // holds those that were walked over, and is written by no other step.
    struct Choice {
        StepId step;
        uint32_t taken;  // of a chain; first_try for a plain alternative, not_found for that of try_not
    };
    static constexpr uint32_t first_try = 0xFFFFFFFF;
    static constexpr uint32_t not_found = 0xFFFFFFFE;

    template <class Told>
    std::optional<program::RuleId> match_told(const program::MatchProgram& rules, NodeId root, Told told);
    bool matches(const program::MatchProgram& steps, const Datum& value, Datum* frame);
    template <class Told>
    program::RuleId run(const program::MatchProgram& rules, StepId start, Datum* registers, Datum* frame, Told told);
    bool perform(const program::MatchProgram& rules, const program::MatchStep& step, Datum* registers, Datum* frame);
    bool let(const program::MatchStep& step, Datum* frame);
    bool matches(const program::MatchStep& step, Datum* frame) {
        return matches(static_cast<program::PatternId>(step.index), frame[static_cast<size_t>(step.b)], frame);
    }
    bool clause_is(bool wanted, const program::MatchStep& step, Datum* frame);
    bool argument(const program::MatchStep& step, const Datum& call, Datum& out) {
        const ArgumentBits bits = graph_.argument_bits(call.node);
        if (bits.know_operand(step.index)) {
            out = from_operand(graph_.operand(call.node, bits.operands_before(step.index)));
            return true;
        }
        if (step.of_node && !traced_ && bits.know(step.index)) return false;
        return stored_argument(step, call, out);
    }
    bool stored_argument(const program::MatchStep& step, const Datum& call, Datum& out);
    bool has_users(const program::MatchStep& step, const Datum& value) const {
        return value.kind != Datum::Kind::node || graph_.user_count(value.node) >= static_cast<size_t>(step.b);
    }
    bool rest_is_default(const program::MatchProgram& rules, const program::MatchStep& step, const Datum& call) {
        const program::MatchProgram::Rest& rest = rules.rests[step.index];
        // As nearly always nothing else is stored, and no schema needs to be asked.
        if (graph_.args(call.node).size() <= rest.positions && graph_.kwargs(call.node).empty()) return true;
        return CallArguments(graph_, binding_, call.node).rest_is_default(rest.positions, rest.names, arena_);
    }
    void walk_chain(const program::MatchProgram& rules, StepId id, Datum* registers);
    static void shorten_chain(const program::MatchStep& step, Datum* registers, uint32_t taken);
    StepId look_up(const program::MatchProgram& rules, const program::MatchStep& step, const Datum& value);
    bool is_call_of(const Datum& value, program::OpSetId set) {
        return value.kind == Datum::Kind::node && graph_.opcode(value.node) == Opcode::call_function &&
               binding_.contains(set, graph_.target(value.node));
    }

    const program::Program& program_;
    const Graph& graph_;
    Binding& binding_;
    Arena& arena_;
    Budget& budget_;
    Evaluator* evaluator_ = nullptr;
    bool traced_ = false;           // somebody wants to see what was found where a node was wanted
    std::vector<Datum> registers_;  // of the rules; those of a pattern inside an expression lie in the arena
    std::vector<Choice> choices_;   // a stack
    std::vector<Datum> frame_;
    std::vector<Datum> scratch_;
    std::vector<std::unique_ptr<program::MatchProgram>> patterns_;  // by PatternId, compiled on first use
};

}  // namespace dqrewrite
