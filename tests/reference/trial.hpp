// One graph and a file of rules, run through both engines.
//
// Each rule is a pair with the graph: alone, then all of them in one sweep, where the first rule in order that has a
// solution at a node must be the one that fires. Both engines' answers are texts of one form, a line for each root
// with the values of all names that the rule has bound.
#pragma once

#include "tests/reference/compiled.hpp"
#include "tests/reference/random_graph.hpp"
#include "tests/reference/random_rule.hpp"

namespace dqrewrite::reference {

struct Trial {
    GraphText graph;
    std::vector<RuleText> rules;

    std::string rules_text() const;
    std::string to_text() const;  // the dump and the rules
};

// A trial of the rules that the checker takes, and what it said of the others.
struct MadeTrial {
    Trial trial;
    size_t refused = 0;
    std::string refusals;
};
MadeTrial random_trial(uint64_t seed);

struct Outcome {
    std::string compiled, reference;
    std::vector<size_t> matches;  // of each rule alone
    bool too_slow = false;        // for one of the engines: nothing is known then

    bool agree() const { return too_slow || compiled == reference; }
};
Outcome run(const Trial& trial);

// The smallest trial found by leaving out rules, clauses and nodes that still shows a difference.
Trial minimized(Trial trial);

}  // namespace dqrewrite::reference
