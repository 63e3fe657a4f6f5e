// Runs a pass of a program on a module: sweeps, phases, repeats.
//
// A Driver holds a pass with its rules compiled, and may run on any number of modules, from several threads at
// once; each run has a state of its own. Errors are RunError (a rewrite failed, a bound was reached, expect or
// ensures did not hold, the budget was spent): the module is then to be discarded.
// Budget: budget_base + budget_per_node for each node of the module; steps of the pass and nodes that are swept are
// paid for here, and so is what graphs tell of as a toll.
// Tested against a slow driver by tests/reference, by tests/author/constructs.rules and the conformance tests.
#pragma once

#include "engine/ops/op_table.hpp"
#include "engine/program/compile.hpp"
#include "engine/rewrite/report.hpp"

#include <map>
#include <memory>

namespace dqrewrite {

inline constexpr uint64_t budget_base = 1'000'000;
inline constexpr uint64_t budget_per_node = 1'000;

class RunObserver;

// Which part of a pass is run; all of it where nothing else is said.
//
// A rule that is left out is as if no sweep named it. Where a run stops after so many rewrites, the graph is as it
// was right after the last of them: nothing follows, no dead code either. `expect` and `ensures` speak of a whole
// pass, so they are not asked in a run of a part.
struct RunPart {
    static constexpr uint64_t no_stop = UINT64_MAX;

    std::vector<bool> left_out = {};  // by RuleId; empty: no rule
    uint64_t stop_after = no_stop;    // rewrites
    // Sweeps whose rules are tried in another order than that of the file.
    std::map<const program::Step*, std::vector<program::RuleId>> orders = {};

    bool is_whole() const { return left_out.empty() && stop_after == no_stop; }
    bool leaves_out(program::RuleId rule) const { return !left_out.empty() && left_out[static_cast<size_t>(rule)]; }
};

class Driver {
public:
    Driver(std::shared_ptr<const program::Program> program, program::PassId pass, RunPart part = {});

    // `table` knows the ops of the module; `observer` may be null.
    Report run(Module& module, OpTable& table, RunObserver* observer = nullptr) const;

    const program::Program& program() const { return *program_; }
    program::PassId pass() const { return pass_; }

private:
    friend class PassRun;
    struct Sweep {
        std::vector<program::RuleId> rules;  // those that are not left out
        program::MatchProgram matcher;
    };
    void compile(const program::Step& sweep);

    std::shared_ptr<const program::Program> program_;
    program::PassId pass_;
    RunPart part_;
    std::map<const program::Step*, Sweep> sweeps_;
};

}  // namespace dqrewrite
