// Rules that match at one node.

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::sets {

using program::Location;
using program::RuleId;

namespace {

struct Candidate {
    size_t nodes;
    const Solution* solution;
    DrawStyle style;
};

bool within(const Location& inner, const Location& outer) {
    return inner.file == outer.file && inner.span.begin >= outer.span.begin && inner.span.end <= outer.span.end;
}

// The condition that was not decided and did not hold; the whole clause where it was another one.
Undecided culprit(const Solution& solution, RuleId rule, const Location& failed) {
    for (const Undecided& each : solution.undecided)
        if (each.rule == rule && within(each.location, failed)) return each;
    return {rule, failed};
}

}  // namespace

Meeting meet(Context& context, std::span<const RuleId> rules) {
    const program::Program& program = *context.program;
    Demanded demanded = context.demands.solve(rules);
    Meeting meeting;
    meeting.exhausted = demanded.exhausted;
    meeting.conflict = demanded.conflict;
    meeting.failed = demanded.failed;
    std::vector<Candidate> candidates;
    for (const Solution& solution : demanded.solutions)
        for (bool own_fillers : {false, true})
            if (auto drawn = draw(program, context.demands, solution, {own_fillers}))
                candidates.push_back({drawn->module.graph.size(), &solution, {own_fillers}});
    meeting.contradicts = demanded.solutions.empty() && demanded.complete && !demanded.exhausted;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.nodes < b.nodes; });
    for (const Candidate& each : candidates) {
        auto witness = draw(program, context.demands, *each.solution, each.style);
        std::vector<Undecided> failed;
        for (RuleId rule : rules) {
            LoneMatch match = context.lone.match(rule, *witness);
            if (!match.matched) failed.push_back(culprit(*each.solution, rule, match.failed));
        }
        if (failed.empty()) {
            meeting.witness = std::move(witness);
            meeting.undecided.clear();
            return meeting;
        }
        if (meeting.undecided.empty()) meeting.undecided = std::move(failed);
    }
    return meeting;
}

void report_overlap(Context& context, const SweepPlace& sweep, RuleId first, RuleId second) {
    const program::Program& program = *context.program;
    RuleId both[] = {first, second};
    Meeting meeting = meet(context, both);
    std::string names = fmt::format("\"{}\" and \"{}\"", context.name(first), context.name(second));
    DiagnosticNote other = context.note(program[first].location, "the rule that stands before it in the sweep");
    if (meeting.witness) {
        std::string root = meeting.witness->module.graph.name(meeting.witness->root);
        std::string text =
            test_text(context.driver(sweep.pass),
                      fmt::format("{} and {} overlap", context.name(first), context.name(second)), *meeting.witness);
        context.say(Severity::note, codes::overlap, program[second].location,
                    fmt::format("{} both match at one node: \"{}\" is taken there, it stands first", names,
                                context.name(first)),
                    {std::move(other), Context::shown(fmt::format("both match at {} of this graph", root), text)});
    } else if (!meeting.undecided.empty()) {
        std::vector<DiagnosticNote> notes{std::move(other)};
        for (const Undecided& each : meeting.undecided)
            notes.push_back(context.note(
                each.location, fmt::format("nothing is known of this condition of \"{}\"", context.name(each.rule))));
        context.say(Severity::note, codes::may_overlap, program[second].location,
                    fmt::format("{} may both match at one node: their patterns do", names), std::move(notes));
    } else if (meeting.exhausted) {
        context.say(Severity::note, codes::may_overlap, program[second].location,
                    fmt::format("{} may both match at one node: there are too many ways to try them all", names),
                    {std::move(other)});
    }
}

}  // namespace dqrewrite::sets
