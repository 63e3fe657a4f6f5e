// Runs a pass of a program on a module: sweeps, phases, repeats.
//
// A Driver holds a pass with its rules compiled, and may run on any number of modules, from several threads at
// once; each run has a state of its own. Errors are RunError (a rewrite failed, a bound was reached, expect or
// ensures did not hold, the budget was spent): the module is then to be discarded.
// Budget: budget_base + budget_per_node for each node of the module.
// Tested by tests/rewrite/driver_test.cpp and the conformance tests.
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

class Driver {
public:
    Driver(std::shared_ptr<const program::Program> program, program::PassId pass);

    // `table` knows the ops of the module; `observer` may be null.
    Report run(Module& module, OpTable& table, RunObserver* observer = nullptr) const;

    const program::Program& program() const { return *program_; }

private:
    friend class PassRun;
    void compile(const std::vector<program::Step>& steps);

    std::shared_ptr<const program::Program> program_;
    program::PassId pass_;
    std::map<const program::Step*, program::MatchProgram> sweeps_;
};

// Says of each call_function target of the module's graphs whether it is impure, as the table has it.
void state_purity(Module& module, OpTable& table);

}  // namespace dqrewrite
