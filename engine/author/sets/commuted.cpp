// Rules that are an earlier one of their sweep with the operands of commutative ops in the other order.
//
// Patterns match operands as they stand, so such a rule matches other calls, and both are taken: that is no mistake,
// but one rule would do. Looked at are the calls of the rule's `match`: in one pattern, with "|" between both orders,
// they match what both rules do. That they are two in meaning, as `n.args[0]` in a condition is another operand then,
// is noticed where the node's own name is used (same.hpp); where it is come by in another way, the note is said too
// often.

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"
#include "engine/author/sets/cover.hpp"
#include "engine/author/sets/same.hpp"
#include "engine/program/children.hpp"

#include <fmt/format.h>

namespace dqrewrite::sets {

using program::Pattern;
using program::PatternId;
using program::Program;
using program::RuleId;

namespace {

constexpr size_t most_calls = 6;  // of a rule that are exchanged: 63 ways

// In the order of the text.
void collect(const Program& program, Sameness& same, PatternId id, std::vector<PatternId>& calls) {
    if (calls.size() == most_calls) return;
    const Pattern& pattern = program[id];
    if (same.commutes(pattern)) calls.push_back(id);
    program::for_each_child(pattern, [&](PatternId each) { collect(program, same, each, calls); });
}

// The calls whose operands must be exchanged for the rule to be the other one; none where it is not.
std::vector<PatternId> exchanged(Context& context, std::span<const PatternId> calls, RuleId other, RuleId rule) {
    for (size_t choice = 1; choice < size_t{1} << calls.size(); ++choice) {
        std::vector<PatternId> chosen;
        for (size_t i = 0; i < calls.size(); ++i)
            if (choice >> i & 1) chosen.push_back(calls[i]);
        if (same_rules(*context.program, context.demands, other, rule, chosen)) return chosen;
    }
    return {};
}

}  // namespace

void report_commuted(Context& context, std::span<const RuleId> earlier, RuleId rule) {
    const Program& program = *context.program;
    std::vector<PatternId> calls;
    Sameness same(program, context.demands);
    collect(program, same, program[rule].clauses[0].pattern, calls);
    for (RuleId other : calls.empty() ? std::span<const RuleId>{} : earlier) {
        std::vector<PatternId> chosen = exchanged(context, calls, other, rule);
        if (chosen.empty()) continue;
        std::vector<DiagnosticNote> notes{context.note(program[other].location, "the earlier rule")};
        for (PatternId each : chosen)
            notes.push_back(context.note(program[each].location, "the operands of this call, which commute"));
        notes.push_back({nullptr, {}, "one rule says both: join the two patterns with \"|\""});
        context.say(Severity::note, codes::commuted_rule, program[rule].location,
                    fmt::format("\"{}\" is the rule \"{}\" with operands in the other order", context.name(rule),
                                context.name(other)),
                    std::move(notes));
        return;
    }
}

}  // namespace dqrewrite::sets
