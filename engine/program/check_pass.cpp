// Passes.

#include "engine/program/checker.hpp"
#include "engine/program/compile.hpp"
#include "engine/program/steps.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

constexpr std::string_view changed_word = "changed";
constexpr uint64_t max_bound = 1'000'000;
constexpr size_t max_starts =
    5'000'000;  // of the rules of one sweep, each counted once for each op that it can start at

}  // namespace

std::optional<PassId> Checker::pass_id(std::string_view name, Location use) {
    Declaration* found = refer(name, DeclarationKind::pass, use);
    if (!found) {
        std::string_view declared = declared_as(name);
        report(codes::unknown_pass, use,
               fmt::format("there is no pass \"{}\"{}", name,
                           declared.empty() ? suggest_declared(name, {DeclarationKind::pass})
                                            : fmt::format(": it is {}", declared)));
        return {};
    }
    if (found->id) return static_cast<PassId>(*found->id);
    if (!enter(*found, name, use)) return {};
    uint32_t file = std::exchange(file_, found->place.file);
    Pass result;
    result.name = name;
    result.location = word_location(found->place.node);
    result.own = found->place.file == 0;
    result.steps = steps(children(found->place.node));
    check_expectations(result.steps);
    file_ = file;
    program_.passes.push_back(std::move(result));
    found->id = static_cast<uint32_t>(program_.passes.size() - 1);
    leave(*found);
    return static_cast<PassId>(*found->id);
}

std::optional<RuleId> Checker::rule_id(std::string_view name, Location use) {
    Declaration* found = refer(name, DeclarationKind::rule, use);
    if (!found) {
        std::string_view declared = declared_as(name);
        report(codes::unknown_rule, use,
               fmt::format("there is no rule \"{}\"{}", name,
                           declared.empty() ? suggest_declared(name, {DeclarationKind::rule})
                                            : fmt::format(": it is {}", declared)));
        return {};
    }
    if (!found->id) {
        uint32_t file = std::exchange(file_, found->place.file);
        rule(*found);
        file_ = file;
    }
    return static_cast<RuleId>(*found->id);
}

std::optional<uint64_t> Checker::bound(std::string_view digits, Location location) {
    uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc() && end == digits.data() + digits.size() && value <= max_bound) return value;
    report(codes::bad_bound, location, fmt::format("expected a whole number up to {}, found {}", max_bound, digits));
    return {};
}

std::vector<Step> Checker::steps(std::span<const syntax::NodeId> nodes) {
    std::vector<Step> result;
    for (syntax::NodeId node : nodes)
        if (auto made = step(node)) result.push_back(std::move(*made));
    return result;
}

// Whether something is remembered there, and no statement may change the graph.
bool Checker::only_remembers(std::span<const StatementId> body) const {
    bool remembers = false;
    for (StatementId id : body) {
        const Statement& statement = program_[id];
        using Does = Statement::Kind;
        switch (statement.kind) {
        case Does::remember: remembers = true; break;
        case Does::let:
        case Does::warn:
        case Does::fail: break;
        case Does::if_:
        case Does::for_:
            for (const auto* inner : {&statement.body, &statement.otherwise}) {
                if (inner->empty()) continue;
                if (!only_remembers(*inner)) return false;
                remembers = true;
            }
            break;
        default: return false;
        }
    }
    return remembers;
}

// A round that changes nothing is the last, and what is remembered is no change.
void Checker::warn_of_rounds(const Step& repeat) {
    for (const Step& step : repeat.steps)
        if (step.kind != Step::Kind::sweep ||
            std::ranges::any_of(step.rules, [&](RuleId id) { return !only_remembers(program_[id].body); }))
            return;
    if (!repeat.steps.empty())
        warn(codes::constant_condition, repeat.location,
             "one round is all: no rule here changes the graph, and what is remembered does not count");
}

std::optional<Step> Checker::step(syntax::NodeId node) {
    Step result;
    result.location = location(node);
    switch (kind(node)) {
    case Kind::sweep: sweep(node, result); break;
    case Kind::repeat:
        result.kind = Step::Kind::repeat;
        result.bound = bound(word(node), word_location(node)).value_or(1);
        if (result.bound == 0)
            report(codes::bad_bound, word_location(node), "`repeat at most 0` does nothing: expected at least 1");
        result.steps = steps(children(node));
        warn_of_rounds(result);
        break;
    case Kind::in_submodules:
        result.kind = Step::Kind::in_submodules;
        order_submodules(node, result);
        share_tables(node, result);
        result.steps = steps(children(node));
        break;
    case Kind::if_: if_step(node, result); break;
    case Kind::eliminate: result.kind = Step::Kind::eliminate_dead_code; break;
    case Kind::run: {
        result.kind = Step::Kind::run;
        auto id = pass_id(word(node), word_location(node));
        if (!id) return {};
        result.pass = *id;
        break;
    }
    case Kind::requires_:
    case Kind::ensures:
        result.kind = kind(node) == Kind::requires_ ? Step::Kind::requires_ : Step::Kind::ensures;
        demand(node, result);
        break;
    case Kind::expect: expect(node, result); break;
    default: return {};
    }
    return result;
}

void Checker::sweep(syntax::NodeId node, Step& step) {
    step.kind = Step::Kind::sweep;
    std::set<RuleId> met;
    for (syntax::NodeId name : children(node)) {
        auto id = rule_id(word(name), location(name));
        if (!id) continue;
        if (!met.insert(*id).second)
            report(codes::repeated_argument, location(name),
                   fmt::format("the rule \"{}\" stands in this sweep twice", word(name)));
        step.rules.push_back(*id);
    }
    check_sweep_size(step);
    std::string_view mode = word(node);
    step.is_backward = mode.starts_with("backward");
    const size_t over_at = mode.find("over ");
    if (over_at == std::string_view::npos) return;
    const std::string_view over = mode.substr(over_at + 5);
    if (over == "snapshot")
        step.mode = Step::Mode::snapshot;
    else if (over == "targets")
        step.mode = Step::Mode::targets;
    else if (auto found = tables_.find(over); found != tables_.end()) {
        step.mode = Step::Mode::table;
        step.table = found->second;
        use_table(found->second);
    } else {
        std::vector<std::string_view> names{"snapshot", "targets"};
        if (!step.is_backward) names.emplace_back("backward");
        if (may_suggest())
            for (const auto& [table, id] : tables_) names.push_back(table);
        report(codes::unknown_name, word_location(node),
               fmt::format("cannot sweep over \"{}\"{} (snapshot, targets, or a table that `remember` fills)", over,
                           suggest(over, names)));
    }
}

void Checker::order_submodules(syntax::NodeId node, Step& step) {
    if (word(node).empty()) return;
    const std::string_view over = word(node).substr(std::string_view("over ").size());
    if (auto found = tables_.find(over); found != tables_.end()) {
        step.table = found->second;
        use_table(found->second);
        if (program_.tables[static_cast<size_t>(found->second)].is_shared)
            report(codes::shared_table, word_location(node),
                   fmt::format("the table \"{}\" is shared by graphs: its keys name the submodules of no one graph",
                               over));
        return;
    }
    report(
        codes::unknown_name, word_location(node),
        fmt::format("cannot go over \"{}\"{} (a table that `remember` fills)", over, suggest(over, table_names())));
}

std::vector<std::string_view> Checker::table_names() const {
    std::vector<std::string_view> names;
    if (may_suggest())
        for (const auto& [table, id] : tables_) names.push_back(table);
    return names;
}

void Checker::share_tables(syntax::NodeId node, Step& step) {
    for (syntax::NodeId name : children(node)) {
        if (kind(name) != Kind::name) continue;
        if (auto found = tables_.find(word(name)); found != tables_.end()) {
            if (std::ranges::find(step.shared, found->second) != step.shared.end())
                report(codes::repeated_argument, location(name),
                       fmt::format("the table \"{}\" is shared here twice", word(name)));
            step.shared.push_back(found->second);
            continue;
        }
        report(codes::unknown_name, location(name),
               fmt::format("no table \"{}\" can be shared{} (graphs share what `remember` fills)", word(name),
                           suggest(word(name), table_names())));
    }
}

// The matcher of a sweep is in proportion to this.
void Checker::check_sweep_size(const Step& step) {
    std::set<OpId> ops;
    size_t starts = 0, anywhere = 0;
    for (RuleId id : step.rules) {
        if (errors_ > 0) return;  // such rules are never run, and may lack what roots_of() asks for
        Roots roots = roots_of(program_, id);
        starts += roots.ops.size();
        anywhere += roots.any_call;
        ops.insert(roots.ops.begin(), roots.ops.end());
        if (starts + anywhere * ops.size() <= max_starts) continue;
        report(codes::too_large, step.location,
               fmt::format("the rules of this sweep can start at more than {} ops, each counted for each rule",
                           max_starts));
        return;
    }
}

void Checker::demand(syntax::NodeId node, Step& step) {
    std::vector<std::string> variables;
    auto* frame = std::exchange(frame_, &variables);
    Scope scope(variables);
    syntax::NodeId inner = child(node, 0);
    if (kind(inner) == Kind::no_pattern)
        step.pattern = pattern(child(inner, 0), scope, Where::root, Binding::allowed);
    else
        step.expression = condition(inner, scope);
    warn_unused(scope.leave(0));
    step.variables = std::move(variables);
    frame_ = frame;
}

// `changed` is a variable of the condition, which the run sets.
void Checker::if_step(syntax::NodeId node, Step& step) {
    step.kind = Step::Kind::if_;
    std::vector<std::string> variables;
    auto* frame = std::exchange(frame_, &variables);
    Scope scope(variables);
    Facts flag;
    flag.kind = Facts::Kind::boolean;
    const syntax::NodeId asked = child(node, 0);
    scope.add(changed_word, location(asked), false, flag);
    step.expression = condition(asked, scope);
    const bool reads_flag = scope.find(changed_word)->used;
    step.variables = std::move(variables);
    frame_ = frame;
    if (reads_flag && (tables_.contains(changed_word) || declaration(changed_word, DeclarationKind::define)))
        warn(codes::shadowed_name, location(asked),
             fmt::format("here \"{}\" is whether the pass has edited the graph, and not what is called so elsewhere",
                         changed_word));
    step.steps = steps(children(child(node, 1)));
    if (children(node).size() < 3) return;
    const syntax::NodeId otherwise = child(node, 2);
    if (kind(otherwise) == Kind::if_)
        step.otherwise = steps(std::span(&otherwise, 1));
    else
        step.otherwise = steps(children(otherwise));
}

void Checker::expect(syntax::NodeId node, Step& step) {
    step.kind = Step::Kind::expect;
    std::string_view text = word(node);
    step.count = text.starts_with("at least")  ? Step::Count::at_least
                 : text.starts_with("at most") ? Step::Count::at_most
                                               : Step::Count::exactly;
    step.bound = bound(text.substr(text.rfind(' ') + 1), word_location(node)).value_or(1);
    if (step.count == Step::Count::at_least && step.bound == 0)
        warn(codes::constant_condition, location(node), "always true: a count is never less than 0");
    if (auto id = rule_id(word(child(node, 0)), location(child(node, 0)))) step.rules = {*id};
}

void Checker::check_expectations(const std::vector<Step>& steps) {
    std::vector<const Step*> expected;
    for_each_step(steps, [&](const Step& step) {
        if (step.kind == Step::Kind::expect && !step.rules.empty()) expected.push_back(&step);
    });
    if (expected.empty()) return;
    std::vector<bool> swept(program_.rules.size());
    for_each_step_run(program_, steps, [&](const Step& step) {
        if (step.kind != Step::Kind::sweep) return;
        for (RuleId rule : step.rules) swept[static_cast<size_t>(rule)] = true;
    });
    for (const Step* each : expected)
        if (!swept[static_cast<size_t>(each->rules[0])])
            warn(codes::constant_condition, each->location,
                 fmt::format("this pass never sweeps \"{}\": its count is always 0", program_[each->rules[0]].name));
}

// A rule without statements is good for `expect`, and to keep the rules behind it in a sweep from a node.
void Checker::warn_of_idle_rules() {
    if (errors_ > 0) return;
    std::vector<bool> idle(program_.rules.size()), useful(program_.rules.size());
    for (const Pass& pass : program_.passes)
        for_each_step(pass.steps, [&](const Step& step) {
            bool is_last = true;
            for (size_t i = step.rules.size(); i-- > 0;) {
                const auto rule = static_cast<size_t>(step.rules[i]);
                const bool acts = !program_.rules[rule].body.empty();
                (acts || step.kind == Step::Kind::expect || !is_last ? useful : idle)[rule] = true;
                is_last &= !acts;
            }
        });
    for (size_t rule = 0; rule < idle.size(); ++rule)
        if (idle[rule] && !useful[rule])
            warn(codes::no_statements, program_.rules[rule].location,
                 fmt::format("the rule \"{}\" has no statements and changes nothing: add `rewrite {{ … }}`",
                             program_.rules[rule].name));
}

}  // namespace dqrewrite::program
