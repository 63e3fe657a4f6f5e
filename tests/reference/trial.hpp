// One graph and a file of rules, run through both engines.
//
// Each rule is a pair with the graph: alone, then all of them in one sweep, where the first rule in order that has a
// solution at a node must be the one that fires. Both engines' answers are texts of one form, a line for each root
// with the values of all names that the rule has bound. Then the rewrites: a pass of each rule alone, and one of all
// rules, by both engines (results.hpp).
#pragma once

#include "tests/reference/compiled.hpp"
#include "tests/reference/random_graph.hpp"
#include "tests/reference/random_rule.hpp"
#include "tests/reference/results.hpp"

namespace dqrewrite::reference {

struct Trial {
    GraphText graph;
    std::vector<RuleText> rules;
    std::string steps_of_all;  // with RULES for their names; empty: there is no such pass

    // What matches, and no pass. Rules that ask tables are left out, for there is nothing to fill those.
    Trial without_rewrites() const;
    std::string rules_text() const;
    std::string to_text() const;  // the dump and the rules
};

// A trial of the rules that the checker takes, and what it said of the others.
struct MadeTrial {
    Trial trial;
    std::shared_ptr<const CheckedFile> file;  // its rules
    size_t refused = 0;
    std::string refusals;
};
MadeTrial random_trial(uint64_t seed);

struct Outcome {
    std::string compiled, reference;  // what matches, and where a pass leaves something else also what it leaves
    std::vector<size_t> matches;      // of each rule alone
    std::vector<RunResult> runs;      // by the compiled engine: of each rule alone, then of all
    size_t endless = 0;               // runs of which nothing is known
    bool too_slow = false;            // for one of the engines: nothing is known then

    bool agree() const { return too_slow || compiled == reference; }
};
Outcome run(const Trial& trial);
Outcome run(const Trial& trial, const CheckedFile& file);

// The smallest trial found by leaving out rules, clauses and nodes that still shows a difference.
Trial minimized(Trial trial);

}  // namespace dqrewrite::reference
