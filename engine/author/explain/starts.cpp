#include "engine/author/explain/starts.hpp"

#include "engine/author/explain/near_ops.hpp"
#include "engine/author/text/rule_words.hpp"
#include "engine/program/steps.hpp"

#include <algorithm>
#include <set>

namespace dqrewrite {

using program::RuleId;
using program::Step;

namespace {

constexpr size_t most_ops = 6;             // of a rule that are named
constexpr size_t most_spellings = 10'000;  // that are compared

}  // namespace

std::vector<RuleId> swept_rules(const program::Program& program, program::PassId pass) {
    std::vector<RuleId> rules;
    std::set<RuleId> known;
    program::for_each_step_run(program, program[pass].steps, [&](const Step& step) {
        if (step.kind != Step::Kind::sweep) return;
        for (RuleId rule : step.rules)
            if (known.insert(rule).second) rules.push_back(rule);
    });
    return rules;
}

Starts starts_of(const program::Program& program, RuleId rule, const std::vector<std::string>& present) {
    program::Roots roots = program::roots_of(program, rule);
    Starts starts{rule, {}, roots.ops.size(), {}, {}};
    bool spelling = roots.ops.size() * present.size() <= most_spellings;
    Nearness best = Nearness::none;
    for (program::OpId op : roots.ops) {
        const std::string& target = program[op].target;
        if (starts.ops.size() < most_ops) starts.ops.push_back(short_target(target));
        for (const std::string& other : present) {
            Nearness near = nearness(other, target, spelling);
            if (near <= best) continue;
            best = near;
            starts.nearest = short_target(target);
            starts.nearest_to = short_target(other);
        }
    }
    if (roots.any_call) starts.ops.emplace_back("any call_function");
    for (size_t opcode = 0; opcode < roots.opcodes.size(); ++opcode)
        if (roots.opcodes[opcode]) starts.ops.emplace_back(opcode_name(static_cast<Opcode>(opcode)));
    return starts;
}

}  // namespace dqrewrite
