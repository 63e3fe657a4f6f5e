// What may watch a run: coverage, explanations and plans are made of what it is told here.
//
// A run without an observer pays nothing for this but a test of a pointer where it finds a match or carries out a
// statement. An observer must not edit the graph. What it makes in the arena of the GraphRun is gone when the call
// returns; a BudgetSpent that it throws ends the run as any other does.
#pragma once

#include "engine/rewrite/edit.hpp"
#include "engine/rewrite/graph_run.hpp"

namespace dqrewrite {

class RunObserver {
public:
    virtual ~RunObserver() = default;

    // A step of the pass begins on a graph (of `repeat`, each round; its inner steps follow).
    virtual void begin(const program::Step& /*step*/, GraphRun& /*on*/) {}
    // A sweep has come to a node at which some of its rules can start; they are tried next.
    virtual void visit(const program::Step& /*sweep*/, NodeId /*node*/, GraphRun& /*on*/) {}
    // A rule has matched; its variables are in on.matcher.frame(). Where false comes back nothing is done about it.
    virtual bool matched(program::RuleId /*rule*/, NodeId /*root*/, GraphRun& /*on*/) { return true; }
    // The rule has been applied; `edited` tells whether that changed the graph.
    virtual void applied(program::RuleId /*rule*/, NodeId /*root*/, bool /*edited*/, GraphRun& /*on*/) {}
    // Around each statement of a rewrite, those within `if` and `for` included.
    virtual void before(const program::Statement& /*statement*/, Datum* /*frame*/, Graph& /*graph*/) {}
    virtual void after(const program::Statement& /*statement*/, Datum* /*frame*/, Graph& /*graph*/) {}
    // Around each edit that a statement makes. Of a node that dies as dead code only the first is told.
    virtual void editing(const Edit& /*edit*/, const Graph& /*graph*/) {}
    virtual void edited(const Edit& /*edit*/, const Graph& /*graph*/) {}
    // The condition of an `if`, or the filter of a `for … if` for one item.
    virtual void decided(const program::Statement& /*statement*/, bool /*holds*/) {}
};

}  // namespace dqrewrite
