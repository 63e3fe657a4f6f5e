#include "engine/author/testing/near_miss_run.hpp"

#include "engine/author/testing/test_graph.hpp"
#include "engine/author/text/rule_place.hpp"
#include "engine/program/children.hpp"
#include "engine/program/steps.hpp"
#include "engine/rewrite/argument_builder.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace dqrewrite {

using program::Expression;
using program::ExpressionId;
using program::PatternId;
using program::Program;
using program::RuleId;
using program::StatementId;

namespace {

// Which rule matched where, in order: at which node, and in which graph where it is none of the top's.
using Matches = std::vector<std::pair<RuleId, std::string>>;

// Notes the matches, and for one rule at one node the furthest step that it came to without one.
class Watch final : public RunObserver {
public:
    explicit Watch(const Program& program) : program_(program) {}

    // The graphs that it is shown are those of this one.
    void set_module(const Module& module) {
        paths_.clear();
        for (const Submodule& each : module.submodules) paths_[&each.graph] = each.path;
    }
    void look_at(RuleId rule, std::string root) {
        rule_ = rule;
        root_ = std::move(root);
        steps_ = program::compile_as_written(program_, rule);
    }
    void visit(const program::Step&, NodeId node, GraphRun& on) override {
        if (!rule_ || place_of(node, on) != root_ || !on.matcher.may_start(steps_, node)) return;
        Furthest furthest;
        if (!on.matcher.match(steps_, node, furthest)) location_ = steps_.locations[furthest.step_];
    }
    bool matched(RuleId rule, NodeId root, GraphRun& on) override {
        matches_.emplace_back(rule, place_of(root, on));
        return true;
    }

    Matches take_matches() { return std::move(matches_); }
    std::optional<program::Location> location() const { return location_; }

private:
    // Steps of one rule are numbered in the order of the text.
    struct Furthest final : MatchTrace {
        void step(program::StepId step, bool succeeded, std::span<const Datum>, Datum*) override {
            if (!succeeded) step_ = std::max(step_, static_cast<size_t>(step));
        }
        size_t step_ = 0;
    };

    std::string place_of(NodeId node, const GraphRun& on) const {
        auto found = paths_.find(&on.graph);
        return found == paths_.end() ? on.graph.name(node)
                                     : fmt::format("{} of {}", on.graph.name(node), found->second);
    }

    const Program& program_;
    std::map<const Graph*, std::string_view> paths_;  // of submodules
    Matches matches_;
    std::optional<RuleId> rule_;
    std::string root_;
    program::MatchProgram steps_;
    std::optional<program::Location> location_;
};

// Whether anything that a pass runs reads how calls are written.
class StoredForm {
public:
    explicit StoredForm(const Program& program) : program_(program) {}

    bool read_by(const std::vector<program::Step>& steps) {
        bool found = false;
        program::for_each_step_run(program_, steps, [&](const program::Step& each) {
            found = found || read_by(each.expression) || read_by(each.pattern) ||
                    std::any_of(each.rules.begin(), each.rules.end(), [&](RuleId rule) { return read_by(rule); });
        });
        return found;
    }

private:
    bool read_by(RuleId id) {
        const program::Rule& rule = program_[id];
        return std::any_of(
                   rule.clauses.begin(), rule.clauses.end(),
                   [&](const program::Clause& each) { return read_by(each.expression) || read_by(each.pattern); }) ||
               read_by(rule.body);
    }
    bool read_by(const std::vector<StatementId>& body) {
        return std::any_of(body.begin(), body.end(), [&](StatementId id) {
            const program::Statement& each = program_[id];
            return any(each.operands) || any(each.arguments) || read_by(each.place) || read_by(each.result_key) ||
                   read_by(each.meta.node) || read_by(each.body) || read_by(each.otherwise);
        });
    }
    template <class Ids>
    bool any(const Ids& all) {
        return std::any_of(all.begin(), all.end(), [&](ExpressionId each) { return read_by(each); });
    }
    bool read_by(ExpressionId id) {
        if (id == program::no_expression) return false;
        const Expression& of = program_[id];
        if (of.field == program::Field::args || of.field == program::Field::kwargs) return true;
        // Defines use no other one that uses them, so this ends.
        if (of.kind == Expression::Kind::define && read_by(program_[of.define].body)) return true;
        return program::any_child(of, [this](ExpressionId each) { return read_by(each); }) || read_by(of.pattern);
    }
    bool read_by(PatternId id) {
        return id != program::no_pattern &&
               program::any_child(program_[id], [this](PatternId each) { return read_by(each); });
    }

    const Program& program_;
};

class NearMissRun {
public:
    NearMissRun(TestedPasses& passes, const program::Test& test)
        : program_(passes.program()), test_(test), driver_(passes[test.pass]) {}

    std::vector<NearMissResult> run(size_t limit) {
        OpTable table(*program_.declarations);
        Module module;
        build_test_graph(program_, test_.before, module, table);
        const ModuleDraft draft = draft_of(module, arena_);
        Watch watch(program_);
        if (run(draft, watch)) return {};
        matches_ = watch.take_matches();
        if (matches_.empty()) return {};
        reads_stored_form_ = StoredForm(program_).read_by(program_[test_.pass].steps);
        const Arena::Mark mark = arena_.mark();
        size_t others = 0, index = 0;
        const auto count = [&](size_t, bool same_calls) {
            others += !same_calls;
            return false;
        };
        for_each_near_miss(draft, program_, arena_, count, {});
        arena_.release(mark);
        const size_t taken = std::min(others, limit);
        const auto want = [&](size_t, bool same_calls) {
            // Evenly: of `others` the first `taken` multiples.
            const bool chosen = same_calls || (index * taken) / others != ((index + 1) * taken) / others;
            if (!same_calls) ++index;
            return chosen;
        };
        std::vector<NearMissResult> results;
        for_each_near_miss(draft, program_, arena_, want,
                           [&](size_t, const NearMiss& near) { results.push_back(result_of(near)); });
        return results;
    }

private:
    // The error with which the pass ends, if it does.
    std::optional<std::string> run(const ModuleDraft& draft, Watch& watch) {
        OpTable table(*program_.declarations);
        Module module;
        build(draft, module);
        watch.set_module(module);
        try {
            driver_.run(module, table, &watch);
        } catch (const RunError& error) {
            return error.what();
        }
        return {};
    }

    NearMissResult result_of(const NearMiss& near) {
        using Kind = NearMissResult::Kind;
        Watch watch(program_);
        std::optional<std::string> error;
        try {
            error = run(near.draft, watch);
        } catch (const std::runtime_error& invalid) {  // GraphError, ArgumentError
            return {Kind::invalid, near.what, invalid.what()};
        }
        const Matches found = watch.take_matches();
        const bool must_be_same = near.same_calls && !reads_stored_form_;
        if (must_be_same && (error || found != matches_))
            return {Kind::wrong, near.what, error ? "the pass fails: " + *error : first_difference(near, found)};
        if (near.same_calls && !error && found == matches_) return {Kind::same, near.what};
        if (error) return {Kind::failed, near.what, *error};
        for (const auto& match : matches_)
            if (std::find(found.begin(), found.end(), match) == found.end())
                return {Kind::declined, near.what, why_declined(near, match)};
        return {Kind::matched, near.what};
    }

    std::string first_difference(const NearMiss& near, const Matches& found) {
        for (const auto& match : matches_)
            if (std::find(found.begin(), found.end(), match) == found.end()) return why_declined(near, match);
        return fmt::format("{} matches, not {}", found.size(), matches_.size());
    }

    // One more run, which looks at the node where the rule matched before.
    std::string why_declined(const NearMiss& near, const std::pair<RuleId, std::string>& match) {
        const std::string_view rule = program_[match.first].name;
        Watch watch(program_);
        watch.look_at(match.first, match.second);
        run(near.draft, watch);
        auto location = watch.location();
        if (!location) return fmt::format("{} does not come to {}", rule, match.second);
        const RulePlace place(program_, *location);
        std::string_view line = place.source.line(place.at.line);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        return fmt::format("{} declines {} at {}:{}: {}", rule, match.second, place.text(), place.at.column, line);
    }

    const Program& program_;
    const program::Test& test_;
    const Driver& driver_;
    Arena arena_;
    Matches matches_;  // of the test itself
    bool reads_stored_form_ = false;
};

}  // namespace

std::vector<NearMissResult> run_near_misses(TestedPasses& passes, const program::Test& test, size_t limit) {
    try {
        return NearMissRun(passes, test).run(limit);
    } catch (const std::runtime_error&) {
        return {};  // the test itself says so
    }
}

}  // namespace dqrewrite
