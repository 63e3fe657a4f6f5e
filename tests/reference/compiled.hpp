// The compiled engine, driven by hand: rules matched at every node of a graph, without what they would rewrite.
#pragma once

#include "engine/dump/dump.hpp"
#include "engine/program/check.hpp"
#include "engine/program/compile.hpp"
#include "engine/rewrite/matcher.hpp"
#include "tests/reference/engine.hpp"

#include <memory>

namespace dqrewrite::reference {

// A rule file, checked.
struct CheckedFile {
    RuleFiles files;
    Diagnostics diagnostics;
    std::shared_ptr<const program::Program> program;  // null where there is an error

    explicit CheckedFile(const std::string& text);
};

// With a program as the command reads for it: what its rules ask of metadata is answered.
Dump read_dump(const std::string& text, const program::Program* program = nullptr);
void state_ops(const Dump& dump, OpTable& table);
// "a = relu_1, n = 2"
std::string describe(const Graph& graph, const Names& names);

class CompiledRun {
public:
    // Says of the graph's ops whether they are impure, too.
    CompiledRun(const program::Program& program, Dump& dump, uint64_t budget);

    // A line for each root where a rule matches, in the order of the graph, with the names that the rule's body
    // remembers; `found` counts them.
    std::string solutions(const std::vector<program::RuleId>& rules, size_t& found);

    struct Visits {
        size_t roots = 0, matches = 0;
    };
    // What a sweep does that finds nothing to rewrite.
    Visits visit_all(const program::MatchProgram& rules);

private:
    const program::Program& program_;
    Graph& graph_;
    OpTable table_;
    Binding binding_;
    Arena arena_;
    Tables tables_;
    Budget budget_;
    Matcher matcher_;
    Evaluator evaluator_;
};

}  // namespace dqrewrite::reference
