// What belongs to a run of a pass on one graph: matcher, evaluator and rewriter, with the memory they share.
//
// `module` is the graph's module where it is the top graph, else null. All references outlive it.
#pragma once

#include "engine/rewrite/matcher.hpp"
#include "engine/rewrite/rewriter.hpp"

namespace dqrewrite {

struct GraphRun {
    GraphRun(const program::Program& program, Graph& on, Module* owner, Binding& binding, Budget& budget,
             std::vector<RunWarning>& warnings)
        : graph(on), module(owner), tables(program.tables.size()), matcher(program, on, binding, arena, budget),
          evaluator(program, on, binding, arena, tables, budget, matcher),
          rewriter(program, on, owner, binding, evaluator, arena, tables, warnings) {
        matcher.set_evaluator(evaluator);
    }

    Graph& graph;
    Module* module;
    Arena arena;
    Tables tables;
    Matcher matcher;
    Evaluator evaluator;
    Rewriter rewriter;
};

}  // namespace dqrewrite
