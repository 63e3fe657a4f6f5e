// The reference driver: the steps of a pass carried out straight from the syntax tree.
//
// Each sweep is a plain walk: every node is asked rule by rule, and the first that matches is applied at once. Shares
// nothing with engine/rewrite and engine/program.
// Errors are Ended, in `Result`; TooSlow is thrown, also after `max_matches` matches: nothing is known then.
// Tested against the compiled engine by difference_test.cpp.
#pragma once

#include "tests/reference/rewriter.hpp"

#include <memory>

namespace dqrewrite::reference {

class Pass {
public:
    static constexpr size_t max_matches = 100;

    struct Count {
        size_t matches = 0, rewrites = 0;  // a rewrite is a match that edited the graph
    };
    struct Result {
        std::map<std::string, Count> rules;
        std::vector<Warning> warnings;
        bool changed = false;
        std::optional<Ended> ended;
    };

    // All references outlive it. `table` knows the ops of the module.
    Pass(const std::vector<const syntax::Tree*>& trees, const OpDeclarations& declarations, OpTable& table,
         Module& module, size_t steps);

    Result run(std::string_view name);

private:
    // A graph with what a run keeps of it.
    struct On {
        On(Pass& pass, Graph& on, Module* module);
        Graph& graph;
        Engine engine;
        Rewriter rewriter;
        uint64_t edits_before = 0;  // when the pass at hand began
        std::string path;           // "" for the top graph, "block." below it
    };

    void pass(std::string_view name, On& on);
    void steps(Syntax parent, On& on);
    void step(Syntax s, On& on);
    void sweep(Syntax s, On& on);
    void sweep_targets(Syntax s, On& on);
    void visit(Syntax sweep, NodeId node, On& on);
    void visit_all(Syntax sweep, const std::vector<NodeId>& nodes, On& on);
    struct Given {
        std::string_view name;
        Syntax pattern;
        std::vector<Given> given;  // where that pattern stands
    };
    std::vector<std::string> root_ops(Syntax pattern, On& on, const std::vector<Given>& given);
    void repeat(Syntax s, On& on);
    void in_submodules(Syntax s, On& on);
    void exchange_tables(Syntax s, On& one, On& other);
    void follow(Syntax s, On& from, std::vector<On*>& order);
    void branch(Syntax s, On& on);
    void condition(Syntax s, On& on);
    void expect(Syntax s);
    void lint(Syntax declaration);
    // Of all graphs, inside `in submodules` of the one at hand.
    uint64_t edits(const On& on) const;
    uint64_t edits_before(const On& on) const;

    std::vector<const syntax::Tree*> trees_;
    const OpDeclarations& declarations_;
    OpTable& table_;
    Module& module_;
    size_t steps_;
    Result result_;
    std::vector<std::unique_ptr<On>> graphs_;  // the top one, then the submodules'
    size_t matches_ = 0;
    bool inside_submodules_ = false, swept_submodules_ = false;
};

}  // namespace dqrewrite::reference
