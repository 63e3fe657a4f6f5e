// Rules that an earlier one of their sweep always beats.

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"
#include "engine/author/sets/cover.hpp"

#include <fmt/format.h>

namespace dqrewrite::sets {

using program::RuleId;

namespace {

void report(Context& context, const SweepPlace& sweep, RuleId first, RuleId second, bool same) {
    const program::Program& program = *context.program;
    std::vector<DiagnosticNote> notes{context.note(program[first].location, "the earlier rule")};
    Meeting meeting = meet(context, {&second, 1});
    if (meeting.witness) {
        // The proof is about patterns; where there is a graph, the engine must say so too.
        if (!context.lone.match(first, *meeting.witness).matched) return;
        std::string root = meeting.witness->module.graph.name(meeting.witness->root);
        std::string text =
            test_text(context.driver(sweep.pass),
                      fmt::format("{} beats {}", context.name(first), context.name(second)), *meeting.witness);
        notes.push_back(Context::shown(fmt::format("so it is at {} of this graph", root), text));
    }
    context.say(Severity::warning, same ? codes::same_rule : codes::shadowed_rule, program[second].location,
                same ? fmt::format("\"{}\" is the same rule as \"{}\", which stands before it in the sweep",
                                   context.name(second), context.name(first))
                     : fmt::format("\"{}\" is never taken: \"{}\" matches wherever it does, and stands before it in "
                                   "the sweep",
                                   context.name(second), context.name(first)),
                std::move(notes));
}

}  // namespace

bool report_shadow(Context& context, const SweepPlace& sweep, std::span<const RuleId> earlier, RuleId rule) {
    const program::Program& program = *context.program;
    for (RuleId each : earlier) {
        if (!same_rules(program, context.demands, each, rule)) continue;
        report(context, sweep, each, rule, true);
        return true;
    }
    for (RuleId each : earlier) {
        if (!covers(program, context.demands, each, rule)) continue;
        report(context, sweep, each, rule, false);
        return true;
    }
    return false;
}

}  // namespace dqrewrite::sets
