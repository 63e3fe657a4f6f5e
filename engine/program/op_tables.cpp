#include "engine/program/op_tables.hpp"

#include <map>
#include <utility>

namespace dqrewrite::program {

namespace {

constexpr StepId no_step = none_of<StepId>;

class TableMaker {
public:
    TableMaker(const Program& program, MatchProgram& out) : program_(program), out_(out) {}

    // Only what follows a step: no start leads to such alternatives, as a start knows the op of the root.
    void run() {
        size_t count = out_.steps.size();
        for (size_t i = 0; i < count; ++i) out_.steps[i].next = with_table(out_.steps[i].next);
    }

private:
    StepId with_table(StepId first) {
        if (first == no_step || !starts_run(first)) return first;
        auto [known, fresh] = made_.try_emplace(first, no_step);
        if (fresh) known->second = make(first);
        return known->second;
    }

    MatchStep& at(StepId id) { return out_.steps[static_cast<size_t>(id)]; }

    bool starts_run(StepId id) {
        const MatchStep& step = at(id);
        return step.kind == MatchStep::Kind::is_call && step.otherwise != no_step &&
               at(step.otherwise).kind == MatchStep::Kind::is_call && at(step.otherwise).a == step.a;
    }

    StepId make(StepId first) {
        MatchStep table{
            .kind = MatchStep::Kind::which_op, .a = at(first).a, .index = static_cast<uint32_t>(out_.tables.size())};
        std::map<OpId, std::vector<StepId>> by_op;
        StepId after = first;
        for (; after != no_step && at(after).kind == MatchStep::Kind::is_call && at(after).a == table.a;
             after = at(after).otherwise)
            for (OpId op : program_[at(after).op_set]) by_op[op].push_back(after);
        table.otherwise = after;
        std::map<std::vector<StepId>, StepId> chains;
        MatchProgram::OpTable rows;
        for (const auto& [op, steps] : by_op) {
            auto [known, fresh] = chains.try_emplace(steps, no_step);
            if (fresh) known->second = alternatives(steps);
            rows.emplace(static_cast<uint32_t>(op), known->second);
        }
        out_.tables.push_back(std::move(rows));
        out_.steps.push_back(table);
        out_.locations.push_back(out_.locations[static_cast<size_t>(first)]);
        return static_cast<StepId>(out_.steps.size() - 1);
    }

    // The continuations of these steps, one after the other; each was asked for its op already.
    StepId alternatives(const std::vector<StepId>& steps) {
        if (steps.size() == 1) return at(steps[0]).next;
        StepId next = no_step;
        for (size_t i = steps.size(); i-- > 0;) {
            out_.steps.push_back({.next = at(steps[i]).next, .otherwise = next});
            out_.locations.push_back(out_.locations[static_cast<size_t>(steps[i])]);
            next = static_cast<StepId>(out_.steps.size() - 1);
        }
        return next;
    }

    const Program& program_;
    MatchProgram& out_;
    std::map<StepId, StepId> made_;
};

}  // namespace

void make_op_tables(const Program& program, MatchProgram& matcher) {
    TableMaker(program, matcher).run();
}

}  // namespace dqrewrite::program
