// Carries out the statements of a rule: each one is one FX operation, in order, at once.
//
// Errors are RunError: the run ends there, and the graph, which may be half rewritten, is to be discarded. What is
// kept until the run ends (arguments, metadata, targets, entries of tables), rounds of a loop and metadata that is
// looked through spend from the budget by their size; BudgetSpent. Tested against a slow rewriter by
// tests/reference, and by tests/author/constructs.rules.
#pragma once

#include "engine/graph/module.hpp"
#include "engine/rewrite/argument_builder.hpp"
#include "engine/rewrite/edit.hpp"
#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/run_error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dqrewrite {

struct RunWarning {
    program::Location location;
    std::string message;
};

class RunObserver;

class Rewriter {
public:
    // `module` is the module that the graph belongs to, where the graph is its top one, else null: dead code
    // is eliminated as FX does it on whatever graph it is called. All references outlive the rewriter.
    Rewriter(const program::Program& program, Graph& graph, Module* module, Binding& binding, Evaluator& evaluator,
             Arena& arena, Tables& tables, Budget& budget, std::vector<RunWarning>& warnings);

    void set_observer(RunObserver* observer) { observer_ = observer; }  // null: none

    // Carries out the body of a rule that has matched; `frame` holds its variables.
    void apply(program::RuleId rule, Datum* frame);
    // The condition of an `if` among the steps of a pass: as one in a rewrite. RunError where it cannot be evaluated.
    bool holds(program::ExpressionId condition, Datum* frame);
    // As FX does it on the graph, for the statement or step at that place. GraphError.
    void eliminate_dead_code(const program::Location& location);

private:
    using Statement = program::Statement;

    // Whether an observer is told is known to what is done most: nothing is asked for each statement.
    template <bool told>
    void run(std::span<const program::StatementId> statements, Datum* frame);
    template <bool told>
    void run(const Statement& statement, Datum* frame);
    template <bool told>
    void clone(const Statement& statement, Datum* frame);
    void insert(const Statement& statement, Datum* frame);
    template <bool told>
    void replace(const Statement& statement, Datum* frame);
    void move(const Statement& statement, Datum* frame);
    void erase(const Statement& statement, Datum* frame);
    void set_field(const Statement& statement, Datum* frame);
    void set_arguments(const Statement& statement, NodeId node, ArgumentBuilder& arguments);
    void set_argument(const Statement& statement, NodeId node, const Datum& value);
    void set_meta(const Statement& statement, Datum* frame);
    void update_meta(const Statement& statement, Datum* frame);
    void delete_meta(const Statement& statement, Datum* frame);
    void remember(const Statement& statement, Datum* frame);
    bool belongs_to_graph(const Datum& datum);
    [[noreturn]] void fail_as_told(const Statement& statement, Datum* frame);
    void warn(const Statement& statement, Datum* frame);
    void let(const Statement& statement, Datum* frame);
    std::string text(const Statement& statement, Datum* frame);
    template <bool told>
    void branch(const Statement& statement, Datum* frame);
    template <bool told>
    void loop(const Statement& statement, Datum* frame);
    template <bool told>
    bool decide(const Statement& statement, program::ExpressionId condition, Datum* frame);
    void bind_target(const Statement& statement, const Datum& value, Datum* frame);

    template <bool told = true, class Describe>
    void tell_editing(Describe describe);
    template <bool told = true>
    void tell_edited(NodeId made = no_node);
    void write_meta(const Statement& statement, NodeId node, std::string_view json);
    // For a new node: what its name is made from, and what an op's name weighs, which goes with each call.
    struct Candidate {
        Name name;
        uint64_t op_weight = 0;
    };
    Candidate candidate_for(Opcode opcode, Symbol target);
    uint64_t weight_of_op(Symbol op) const;
    void add_arguments(std::span<const program::ExpressionId> given, Datum* frame, ArgumentBuilder& arguments);
    void bind(const Statement& statement, NodeId made, Datum* frame) {
        if (statement.result_key != program::no_expression) return remember_made(statement, made, frame);
        frame[static_cast<size_t>(statement.result)] = make_node(made);
    }
    [[gnu::cold]] void remember_made(const Statement& statement, NodeId made, Datum* frame);
    Place place(const Statement& statement, Datum* frame) { return {statement.side, node(statement.place, frame)}; }
    std::string merged_meta(const Statement& statement, std::string_view into, Datum* frame);
    Datum value(program::ExpressionId expression, Datum* frame) {
        Datum result;
        if (!evaluator_.evaluate(expression, frame, result)) [[unlikely]]
            fail_to_evaluate();
        return result;
    }
    bool truth_of(program::ExpressionId expression, Datum* frame) {
        bool known = true;
        const bool result = evaluator_.truth_of(expression, frame, known);
        if (!known) [[unlikely]]
            fail_to_evaluate();
        return result;
    }
    NodeId node(const program::Operand& operand, Datum* frame) {
        if (operand.variable != program::no_variable) [[likely]] {
            const Datum& found = frame[static_cast<size_t>(operand.variable)];
            if (is_node(found)) [[likely]]
                return found.node;
        }
        return evaluated_node(operand, frame);
    }
    bool is_node(const Datum& datum) const { return datum.kind == Datum::Kind::node && !graph_.erased(datum.node); }
    [[gnu::cold]] NodeId evaluated_node(program::ExpressionId expression, Datum* frame);
    [[noreturn, gnu::cold]] void fail_to_evaluate();
    [[noreturn, gnu::cold]] void fail(const program::Location& location, const std::string& message) {
        throw RunError(location, message);
    }

    const program::Program& program_;
    Graph& graph_;
    Module* module_;
    Binding& binding_;
    Evaluator& evaluator_;
    Arena& arena_;  // where the evaluator makes its values
    Tables& tables_;
    Budget& budget_;
    std::vector<RunWarning>& warnings_;
    RunObserver* observer_ = nullptr;
    Edit told_;                                    // what the observer was told of last
    std::vector<std::optional<Candidate>> calls_;  // by target
};

}  // namespace dqrewrite
