// A small graph for what rules demand, and the matchers run on it.
//
// draw() makes the smallest graph of a solution: its nodes, a placeholder for each value that may be anything, what
// the ops' schemas ask for beside, and an output that returns what nobody else reads. What is drawn is a guess where
// conditions are undecided: only LoneRules::match(), which runs the compiled matcher of the rule, says what it is
// worth. Tested by tests/author/sets.
#pragma once

#include "engine/author/sets/demands.hpp"
#include "engine/graph/module.hpp"
#include "engine/program/compile.hpp"
#include "engine/rewrite/driver.hpp"

#include <string>

namespace dqrewrite::sets {

inline constexpr size_t largest_witness = 200;  // nodes

struct Witness {
    Module module;
    NodeId root = no_node;
};

struct DrawStyle {
    bool own_fillers = false;  // what a schema asks for beside gets a placeholder of its own, else any there is
};

// Nothing where a node would have to read itself, the graph would be too large, or a test block cannot state it.
std::optional<Witness> draw(const program::Program& program, Demands& demands, const Solution& solution,
                            const DrawStyle& style);

struct LoneMatch {
    bool matched = false;
    program::Location failed;  // the part of the rule that came furthest and did not hold
};

// The matchers of single rules, made when first asked for.
class LoneRules {
public:
    explicit LoneRules(const program::Program& program) : program_(program) {}
    const program::MatchProgram& operator[](program::RuleId rule);
    LoneMatch match(program::RuleId rule, Witness& witness);

private:
    const program::Program& program_;
    std::map<program::RuleId, program::MatchProgram> compiled_;
};

// "test "title" { run P on … becomes … }": what the pass makes of the witness, as it does; the graph alone where a
// test cannot say what comes of it. The graph of the witness is spent.
std::string test_text(const Driver& driver, const std::string& title, Witness& witness);

}  // namespace dqrewrite::sets
