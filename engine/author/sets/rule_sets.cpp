#include "engine/author/sets/rule_sets.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dqrewrite {

namespace sets {

using program::Program;
using program::RuleId;
using program::Step;

namespace {

// Pairs of rules that are looked at in one file.
constexpr size_t most_pairs = 50'000;

class SweepPlaces {
public:
    SweepPlaces(const Program& program, program::PassId pass) : program_(program), pass_(pass) {}

    void add(const std::vector<Step>& steps, bool repeated) {
        for (const Step& step : steps) {
            if (step.kind == Step::Kind::sweep) places.push_back({pass_, &step, repeated});
            if (step.kind == Step::Kind::run && seen_.insert({step.pass, repeated}).second)
                add(program_[step.pass].steps, repeated);
            add(step.steps, repeated || step.kind == Step::Kind::repeat);
            add(step.otherwise, repeated);
        }
    }

    std::vector<SweepPlace> places;

private:
    const Program& program_;
    program::PassId pass_;
    std::set<std::pair<program::PassId, bool>> seen_;
};

// The rules of a sweep by where they can start, so that those are found with which a rule shares a root.
class Starts {
public:
    void add(uint32_t rule, const program::Roots& roots) {
        for (program::OpId op : roots.ops) by_op_[op].push_back(rule);
        if (roots.any_call) anywhere_.push_back(rule);
        if (roots.any_call || !roots.ops.empty()) calls_.push_back(rule);
        for (size_t i = 0; i < roots.opcodes.size(); ++i)
            if (roots.opcodes[i]) by_opcode_[i].push_back(rule);
    }

    // In order.
    std::set<uint32_t> sharing(const program::Roots& roots) {
        std::set<uint32_t> found;
        auto take = [&](const std::vector<uint32_t>& rules) {
            looked_at_ += rules.size();
            if (!exhausted()) found.insert(rules.begin(), rules.end());
        };
        if (roots.any_call) take(calls_);
        for (program::OpId op : roots.ops) {
            if (found.size() == calls_.size()) break;
            if (auto rules = by_op_.find(op); rules != by_op_.end()) take(rules->second);
        }
        if (!roots.ops.empty()) take(anywhere_);
        for (size_t i = 0; i < roots.opcodes.size(); ++i)
            if (roots.opcodes[i]) take(by_opcode_[i]);
        return found;
    }
    bool exhausted() const { return looked_at_ > most_looks; }

private:
    static constexpr size_t most_looks = 10'000'000;

    std::map<program::OpId, std::vector<uint32_t>> by_op_;
    std::vector<uint32_t> anywhere_, calls_;
    std::array<std::vector<uint32_t>, 6> by_opcode_;
    size_t looked_at_ = 0;
};

class Check {
public:
    Check(const std::shared_ptr<const Program>& program, const RuleSetOptions& options)
        : context_(program), options_(options) {}

    Diagnostics run() {
        for (program::PassId pass : own_passes(*context_.program))
            for (const SweepPlace& sweep : sweeps_of(*context_.program, pass))
                if (compared_.insert(sweep.step).second) pairs(sweep);
        report_cycles(context_);
        sort_and_deduplicate(context_.diagnostics);
        return std::move(context_.diagnostics);
    }

private:
    void pairs(const SweepPlace& sweep) {
        const std::vector<RuleId>& rules = sweep.step->rules;
        for (RuleId rule : rules)
            if (seen_.insert(rule).second && report_never(context_, rule)) never_.insert(rule);
        Starts starts;
        for (uint32_t j = 0; j < rules.size(); ++j) {
            program::Roots roots = program::roots_of(*context_.program, rules[j]);
            if (!never_.contains(rules[j])) {
                std::vector<RuleId> earlier;
                for (uint32_t i : starts.sharing(roots))
                    if (pairs_.insert({rules[i], rules[j]}).second) earlier.push_back(rules[i]);
                if (pairs_.size() > most_pairs || starts.exhausted()) return too_many(sweep);
                compare(sweep, earlier, rules[j]);
                starts.add(j, roots);
            }
        }
    }

    void compare(const SweepPlace& sweep, const std::vector<RuleId>& earlier, RuleId rule) {
        if (report_shadow(context_, sweep, earlier, rule)) return;
        report_commuted(context_, earlier, rule);
        if (!options_.overlaps) return;
        for (RuleId each : earlier) report_overlap(context_, sweep, each, rule);
    }

    void too_many(const SweepPlace& sweep) {
        context_.say(Severity::note, codes::too_large, sweep.step->location,
                     "so many rules stand in one sweep that not all pairs of them were compared", {});
    }

    Context context_;
    RuleSetOptions options_;
    std::set<const Step*> compared_;
    std::set<RuleId> seen_, never_;
    std::set<std::pair<RuleId, RuleId>> pairs_;
};

}  // namespace

void Context::say(Severity severity, std::string_view code, const program::Location& location, std::string message,
                  std::vector<DiagnosticNote> notes) {
    diagnostics.push_back(
        {severity, code, std::move(message), program->sources[location.file].get(), location.span, std::move(notes)});
}

const Driver& Context::driver(program::PassId pass) {
    auto known = drivers.find(pass);
    if (known == drivers.end()) known = drivers.emplace(pass, Driver(program, pass)).first;
    return known->second;
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

std::vector<program::PassId> own_passes(const Program& program) {
    std::vector<program::PassId> own;
    for (size_t i = 0; i < program.passes.size(); ++i)
        if (program.passes[i].own) own.push_back(static_cast<program::PassId>(i));
    return own;
}

std::vector<SweepPlace> sweeps_of(const Program& program, program::PassId pass) {
    SweepPlaces sweeps(program, pass);
    sweeps.add(program[pass].steps, false);
    return std::move(sweeps.places);
}

}  // namespace sets

Diagnostics check_rule_sets(const std::shared_ptr<const program::Program>& program, const RuleSetOptions& options) {
    return sets::Check(program, options).run();
}

}  // namespace dqrewrite
