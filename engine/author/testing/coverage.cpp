#include "engine/author/testing/coverage.hpp"

#include "engine/program/children.hpp"
#include "engine/program/shipped.hpp"
#include "engine/program/steps.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace dqrewrite {

using program::MatchStep;
using program::Pattern;
using program::Program;
using program::RuleId;
using program::StepId;

namespace {

constexpr uint32_t none = 0xFFFFFFFF;

// The pattern at which a rule starts, where that is one call or kind of node: its op always holds.
program::PatternId start_of(const Program& program, RuleId rule) {
    program::PatternId id = program[rule].clauses[0].pattern;
    while (program[id].kind == Pattern::Kind::bind) id = program[id].children[0];
    return id;
}

std::optional<Condition::Kind> kind_of(MatchStep::Kind step) {
    using Step = MatchStep::Kind;
    using Kind = Condition::Kind;
    switch (step) {
    case Step::is_node:
    case Step::is_opcode:
    case Step::is_call: return Kind::op;
    case Step::rest_is_default: return Kind::arguments;
    case Step::is_list:
    case Step::is_tuple:
    case Step::is_long_list:
    case Step::is_long_tuple: return Kind::list;
    case Step::is_constant: return Kind::literal;
    case Step::is_same:
    case Step::is_variable: return Kind::same;
    case Step::where:
    case Step::unless: return Kind::clause;
    default: return {};
    }
}

// A file, and from where to where.
using TextPlace = std::tuple<uint32_t, uint32_t, uint32_t>;

TextPlace place_of(const program::Location& location) {
    return {location.file, location.span.begin, location.span.end};
}

// The branches of all alternations of a rule, by place.
void add_branches(const Program& program, program::PatternId id, std::set<TextPlace>& out) {
    const Pattern& pattern = program[id];
    program::for_each_child(pattern, [&](program::PatternId child) {
        if (pattern.kind == Pattern::Kind::either) out.insert(place_of(program[child].location));
        add_branches(program, child, out);
    });
}

// Whether all that the ops of a set take by their schemas is mentioned: then there are never other arguments.
bool mentions_all(const Program& program, program::OpSetId set, const program::MatchProgram::Rest& rest) {
    const auto& ops = program[set];
    return std::all_of(ops.begin(), ops.end(), [&](program::OpId op) {
        auto declared = program.declarations->find(program[op].target);
        ValueStore store;
        auto schema = declared ? parse_schema(declared->schema, store) : std::nullopt;
        return schema && !schema->vararg && schema->arguments.size() <= rest.positions + rest.names.size();
    });
}

// The rules that the tests of the file run.
std::set<RuleId> tested_rules(const Program& program) {
    std::set<program::PassId> passes;
    for (const program::Test& test : program.tests) passes.insert(test.pass);
    std::set<RuleId> rules;
    for (program::PassId pass : passes) {
        if (pass == program::none_of<program::PassId>) continue;
        program::for_each_step_run(program, program[pass].steps, [&](const program::Step& step) {
            if (step.kind == program::Step::Kind::sweep) rules.insert(step.rules.begin(), step.rules.end());
        });
    }
    return rules;
}

// By their texts: an import may have been found beside the file.
std::vector<bool> shipped_sources(const Program& program) {
    std::vector<bool> shipped;
    for (const auto& source : program.sources)
        shipped.push_back(std::ranges::any_of(shipped_files(), [&](const ShippedFile& file) {
            return file.text == source->text() || file.without_tests() == source->text();
        }));
    return shipped;
}

}  // namespace

// A rule on its own: its steps, and the condition that each of them is.
struct Coverage::Rule {
    program::MatchProgram steps;
    std::vector<uint32_t> conditions;  // by step; `none`
};

// Counts the steps of one try. A branch counts at the end of the try: whether it is on the way that led to the match.
class Coverage::Trace final : public MatchTrace {
public:
    Trace(Coverage& coverage, const Rule& rule) : coverage_(coverage), rule_(rule) {}

    void step(StepId id, bool succeeded, std::span<const Datum>, Datum*) override {
        if (failed_) go_back_to(id);
        failed_ = !succeeded;
        way_.push_back(id);
        const uint32_t condition = rule_.conditions[static_cast<size_t>(id)];
        if (condition == none) return;
        Condition& counted = coverage_.conditions_[condition];
        if (counted.kind == Condition::Kind::branch)
            tried_.push_back(condition);
        else
            ++(succeeded ? counted.held : counted.declined);
    }

    void count_branches(bool matched) {
        std::vector<uint32_t> taken;
        for (StepId id : way_) {
            const uint32_t condition = rule_.conditions[static_cast<size_t>(id)];
            if (condition != none && coverage_.conditions_[condition].kind == Condition::Kind::branch)
                taken.push_back(condition);
        }
        for (uint32_t condition : matched ? taken : std::vector<uint32_t>()) ++coverage_.conditions_[condition].held;
        std::sort(taken.begin(), taken.end());
        for (uint32_t condition : tried_)
            if (!matched || !std::binary_search(taken.begin(), taken.end(), condition))
                ++coverage_.conditions_[condition].declined;
    }

private:
    // The machine has taken up the alternative `id`: that of the latest step which left it behind, or of a chain
    // itself.
    void go_back_to(StepId id) {
        while (!way_.empty()) {
            const StepId last = way_.back();
            way_.pop_back();
            if (rule_.steps.steps[static_cast<size_t>(last)].otherwise == id || last == id) return;
        }
    }

    Coverage& coverage_;
    const Rule& rule_;
    std::vector<StepId> way_;  // from the start to here, without what was gone back from
    std::vector<uint32_t> tried_;
    bool failed_ = false;
};

Coverage::Coverage(const Program& program) : program_(program), rules_(program.rules.size()) {
    const std::set<RuleId> tested = tested_rules(program);
    const std::vector<bool> shipped = shipped_sources(program);
    for (uint32_t i = 0; i < program.rules.size(); ++i) {
        const auto id = static_cast<RuleId>(i);
        const uint32_t file = program.rules[i].location.file;
        if (file == 0 || (!shipped[file] && tested.contains(id))) add_rule(id);
    }
    sort();
}

Coverage::~Coverage() = default;

// In the order of the text; who holds an index is told.
void Coverage::sort() {
    std::vector<uint32_t> order(conditions_.size()), place(conditions_.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        const program::Location &first = conditions_[a].location, &second = conditions_[b].location;
        return std::pair(first.file, first.span.begin) < std::pair(second.file, second.span.begin);
    });
    std::vector<Condition> sorted;
    for (uint32_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        sorted.push_back(conditions_[order[i]]);
    }
    conditions_ = std::move(sorted);
    for (auto& [statement, condition] : statements_) condition = place[condition];
    for (auto& rule : rules_) {
        if (!rule) continue;
        for (uint32_t& condition : rule->conditions)
            if (condition != none) condition = place[condition];
    }
}

void Coverage::add_rule(RuleId id) {
    auto rule = std::make_unique<Rule>();
    rule->steps = program::compile_as_written(program_, id);
    rule->conditions.assign(rule->steps.steps.size(), none);
    std::set<TextPlace> branches;
    for (const program::Clause& clause : program_[id].clauses)
        if (clause.pattern != program::no_pattern) add_branches(program_, clause.pattern, branches);
    const program::Location start = program_[start_of(program_, id)].location;
    std::map<uint32_t, program::OpSetId> ops;  // by the register of the call
    for (size_t i = 0; i < rule->steps.steps.size(); ++i) {
        const program::Location& location = rule->steps.locations[i];
        const MatchStep& step = rule->steps.steps[i];
        auto kind = kind_of(step.kind);
        if (step.kind == MatchStep::Kind::pass && branches.contains(place_of(location)))
            kind = Condition::Kind::branch;
        if (step.kind == MatchStep::Kind::is_call) ops[static_cast<uint32_t>(step.a)] = step.op_set;
        if (kind == Condition::Kind::arguments) {
            auto set = ops.find(static_cast<uint32_t>(step.a));
            if (set != ops.end() && mentions_all(program_, set->second, rule->steps.rests[step.index])) continue;
        }
        if (!kind || (kind == Condition::Kind::op && place_of(location) == place_of(start))) continue;
        rule->conditions[i] = add(*kind, location, id);
    }
    rules_[static_cast<size_t>(id)] = std::move(rule);
    add_statements(program_[id].body, id);
}

void Coverage::add_statements(const std::vector<program::StatementId>& statements, RuleId rule) {
    using Kind = program::Statement::Kind;
    for (program::StatementId id : statements) {
        const program::Statement& statement = program_[id];
        const bool filtered = statement.kind == Kind::for_ && statement.operands.size() > 1;
        if (statement.kind == Kind::if_)
            statements_[&statement] = add(Condition::Kind::if_, program_[statement.operands[0]].location, rule);
        else if (filtered)
            statements_[&statement] = add(Condition::Kind::filter, program_[statement.operands[1]].location, rule);
        add_statements(statement.body, rule);
        add_statements(statement.otherwise, rule);
    }
}

// One for all steps of a kind that stand at one place of a rule.
uint32_t Coverage::add(Condition::Kind kind, const program::Location& location, RuleId rule) {
    const Span span = location.span;
    auto [known, fresh] = known_.try_emplace({rule, kind, location.file, span.begin, span.end},
                                             static_cast<uint32_t>(conditions_.size()));
    if (fresh) conditions_.push_back({kind, location, rule});
    return known->second;
}

void Coverage::visit(const program::Step& sweep, NodeId node, GraphRun& on) {
    for (RuleId id : sweep.rules) {
        const auto& rule = rules_[static_cast<size_t>(id)];
        if (!rule) continue;
        if (!on.matcher.may_start(rule->steps, node)) continue;
        Trace trace(*this, *rule);
        const bool matched = on.matcher.match(rule->steps, node, trace).has_value();
        trace.count_branches(matched);
        if (matched) return;
    }
}

void Coverage::decided(const program::Statement& statement, bool holds) {
    auto known = statements_.find(&statement);
    if (known == statements_.end()) return;
    Condition& counted = conditions_[known->second];
    ++(holds ? counted.held : counted.declined);
}

bool Coverage::has_rules() const {
    return std::ranges::any_of(rules_, [](const auto& rule) { return rule != nullptr; });
}

void Coverage::join(const std::vector<std::unique_ptr<Coverage>>& all) {
    // The rule and its file, the file and the place of the condition.
    using Key = std::tuple<std::string_view, std::string_view, std::string_view, uint32_t, uint32_t, Condition::Kind>;
    std::map<Key, Condition*> counted;
    const auto count = [&](Coverage& coverage, bool of_imports) {
        const Program& program = coverage.program_;
        for (Condition& each : coverage.conditions_) {
            const program::Rule& rule = program[each.rule];
            if ((rule.location.file != 0) != of_imports) continue;
            const Span span = each.location.span;
            auto [first, is_first] =
                counted.try_emplace({rule.name, program.sources[rule.location.file]->name(),
                                     program.sources[each.location.file]->name(), span.begin, span.end, each.kind},
                                    &each);
            if (is_first) continue;
            first->second->held += std::exchange(each.held, 0);
            first->second->declined += std::exchange(each.declined, 0);
            each.is_elsewhere = true;
        }
    };
    for (bool of_imports : {false, true})
        for (const auto& coverage : all) count(*coverage, of_imports);
    for (const auto& coverage : all)
        std::erase_if(coverage->conditions_, [](const Condition& each) { return each.is_elsewhere; });
}

void Coverage::reset() {
    for (Condition& each : conditions_) each.held = each.declined = 0;
}

size_t Coverage::covered() const {
    return static_cast<size_t>(
        std::count_if(conditions_.begin(), conditions_.end(), [](const Condition& each) { return each.covered(); }));
}

}  // namespace dqrewrite
