// Going over the steps of a pass: those inside of others too, and those of the passes that it runs.
//
// A pass that others run several times is gone over once: passes that each run the one before twice would be
// exponential.
#pragma once

#include "engine/program/program.hpp"

#include <set>

namespace dqrewrite::program {

// Each of the steps, before those inside of it; not those of passes that they run.
template <class Visit>
void for_each_step(const std::vector<Step>& steps, const Visit& visit) {
    for (const Step& step : steps) {
        visit(step);
        for_each_step(step.steps, visit);
        for_each_step(step.otherwise, visit);
    }
}

// Each step that may be run, in order; a pass that is run stands where it is run first.
template <class Visit>
class StepsRun {
public:
    StepsRun(const Program& program, const Visit& visit) : program_(program), visit_(visit) {}
    void go(const std::vector<Step>& steps) {
        for_each_step(steps, [&](const Step& step) {
            visit_(step);
            if (step.pass != none_of<PassId> && seen_.insert(step.pass).second) go(program_[step.pass].steps);
        });
    }

private:
    const Program& program_;
    const Visit& visit_;
    std::set<PassId> seen_;
};

template <class Visit>
void for_each_step_run(const Program& program, const std::vector<Step>& steps, const Visit& visit) {
    StepsRun<Visit>(program, visit).go(steps);
}

}  // namespace dqrewrite::program
