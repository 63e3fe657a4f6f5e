#include "engine/author/sets/rule_sets.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace sets {

using program::Program;
using program::RuleId;
using program::Step;

namespace {

// Pairs of rules that are looked at in one file.
constexpr size_t most_pairs = 50'000;

void collect(const Program& program, program::PassId pass, const std::vector<Step>& steps, bool repeated,
             std::vector<SweepPlace>& out) {
    for (const Step& step : steps) {
        if (step.kind == Step::Kind::sweep) out.push_back({pass, &step, repeated});
        if (step.kind == Step::Kind::run) collect(program, pass, program[step.pass].steps, repeated, out);
        collect(program, pass, step.steps, repeated || step.kind == Step::Kind::repeat, out);
    }
}

class Check {
public:
    Check(const std::shared_ptr<const Program>& program, const RuleSetOptions& options)
        : context_(program), options_(options) {}

    Diagnostics run() {
        std::vector<SweepPlace> sweeps = sweeps_of(*context_.program);
        for (const SweepPlace& sweep : sweeps)
            for (RuleId rule : sweep.step->rules)
                if (seen_.insert(rule).second && report_never(context_, rule)) never_.insert(rule);
        for (const SweepPlace& sweep : sweeps) pairs(sweep);
        report_cycles(context_, sweeps);
        sort_and_deduplicate(context_.diagnostics);
        return std::move(context_.diagnostics);
    }

private:
    void pairs(const SweepPlace& sweep) {
        const std::vector<RuleId>& rules = sweep.step->rules;
        std::vector<program::Roots> roots;
        for (RuleId rule : rules) roots.push_back(program::roots_of(*context_.program, rule));
        for (size_t j = 1; j < rules.size(); ++j) {
            if (never_.contains(rules[j])) continue;
            std::vector<RuleId> earlier;
            for (size_t i = 0; i < j; ++i)
                if (!never_.contains(rules[i]) && share_roots(roots[i], roots[j]) &&
                    pairs_.insert({rules[i], rules[j]}).second)
                    earlier.push_back(rules[i]);
            if (pairs_.size() > most_pairs) return too_many(sweep);
            if (report_shadow(context_, sweep, earlier, rules[j]) || !options_.overlaps) continue;
            for (RuleId each : earlier) report_overlap(context_, sweep, each, rules[j]);
        }
    }

    void too_many(const SweepPlace& sweep) {
        context_.say(Severity::note, codes::too_large, sweep.step->location,
                     fmt::format("the first {} pairs of rules were compared, here and after it no more", most_pairs),
                     {});
    }

    Context context_;
    RuleSetOptions options_;
    std::set<RuleId> seen_, never_;
    std::set<std::pair<RuleId, RuleId>> pairs_;
};

}  // namespace

void Context::say(Severity severity, std::string_view code, const program::Location& location, std::string message,
                  std::vector<DiagnosticNote> notes) {
    diagnostics.push_back(
        {severity, code, std::move(message), program->sources[location.file].get(), location.span, std::move(notes)});
}

DiagnosticNote Context::shown(std::string heading, const std::string& text) {
    heading += ":\n";
    for (size_t at = 0; at < text.size();) {
        size_t end = std::min(text.find('\n', at), text.size());
        heading.append("    ").append(text, at, end - at);
        at = end + 1;
        if (at < text.size()) heading += '\n';
    }
    return {nullptr, {}, std::move(heading)};
}

std::vector<SweepPlace> sweeps_of(const Program& program) {
    std::vector<SweepPlace> sweeps;
    for (size_t i = 0; i < program.passes.size(); ++i)
        if (program.passes[i].own)
            collect(program, static_cast<program::PassId>(i), program.passes[i].steps, false, sweeps);
    return sweeps;
}

}  // namespace sets

Diagnostics check_rule_sets(const std::shared_ptr<const program::Program>& program, const RuleSetOptions& options) {
    return sets::Check(program, options).run();
}

}  // namespace dqrewrite
