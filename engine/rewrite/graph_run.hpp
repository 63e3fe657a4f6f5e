// What belongs to a run of a pass on one graph: matcher, evaluator and rewriter, with the memory they share.
//
// `module` is the graph's module where it is the top graph, else null. All references outlive it.
#pragma once

#include "engine/rewrite/matcher.hpp"
#include "engine/rewrite/rewriter.hpp"

namespace dqrewrite {

struct GraphRun {
    GraphRun(const program::Program& program, Graph& on, Module* owner, Binding& bound, Budget& budget,
             std::vector<RunWarning>& warnings)
        : graph(on), module(owner), binding(bound), tables(program.tables.size()),
          matcher(program, on, bound, arena, budget), evaluator(program, on, bound, arena, tables, budget, matcher),
          rewriter(program, on, owner, bound, evaluator, arena, tables, budget, warnings) {
        matcher.set_evaluator(evaluator);
    }

    Graph& graph;
    Module* module;
    Binding& binding;
    Arena arena;
    Tables tables;
    Matcher matcher;
    Evaluator evaluator;
    Rewriter rewriter;
};

}  // namespace dqrewrite
