#include "engine/author/explain/probe.hpp"

#include "engine/author/explain/near_ops.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/author/text/rule_words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

using program::MatchProgram;
using program::MatchStep;
using program::PatternId;
using program::RuleId;
using program::StepId;

namespace {

constexpr size_t most_misses = 4;   // alternatives that are told, of those that got equally far
constexpr size_t most_surplus = 8;  // arguments that the pattern does not mention

// The furthest step alone, for many nodes.
class Measure final : public MatchTrace {
public:
    explicit Measure(const MatchProgram& steps) : steps_(steps) {}

    void step(StepId step, bool succeeded, std::span<const Datum>, Datum*) override {
        const program::StepOrigin& origin = steps_.origins[static_cast<size_t>(step)];
        if (!succeeded && origin.depth >= progress.depth) progress = {false, origin.clause, origin.depth};
    }

    Probe::Progress progress;

private:
    const MatchProgram& steps_;
};

std::string_view article(std::string_view word) {
    return word.find_first_of("aeiou") == 0 ? "an" : "a";
}

std::string items(size_t count, bool at_least) {
    return (at_least ? "at least " : "") + counted(count, "item");
}

}  // namespace

// A step that failed, and what the machine held then.
struct Probe::Failed {
    StepId step;
    std::vector<Datum> registers, frame;

    const Datum& operator[](program::Register at) const { return registers[static_cast<size_t>(at)]; }
};

// The steps that got furthest, each once.
class Probe::Furthest final : public MatchTrace {
public:
    Furthest(const MatchProgram& steps, size_t variables) : steps_(steps), variables_(variables) {}

    void step(StepId step, bool succeeded, std::span<const Datum> registers, Datum* frame) override {
        if (succeeded) return;
        uint32_t depth = steps_.origins[static_cast<size_t>(step)].depth;
        if (depth > depth_) failed.clear();
        bool known = std::any_of(failed.begin(), failed.end(), [&](const Failed& each) { return each.step == step; });
        if (depth < depth_ || known || failed.size() == most_misses) return;
        depth_ = depth;
        failed.push_back({step, {registers.begin(), registers.end()}, {frame, frame + variables_}});
    }

    std::vector<Failed> failed;

private:
    const MatchProgram& steps_;
    size_t variables_;
    uint32_t depth_ = 0;
};

Probe::Probe(const program::Program& program, GraphRun& on, Budget& budget)
    : program_(program), graph_(on.graph), binding_(on.binding),
      matcher_(program, on.graph, on.binding, arena_, budget),
      evaluator_(program, on.graph, on.binding, arena_, on.tables, budget, matcher_) {
    matcher_.set_evaluator(evaluator_);
}

// -- rules

const Probe::Traced& Probe::traced(RuleId rule) {
    auto known = rules_.find(rule);
    if (known != rules_.end()) return known->second;
    Traced traced{program::compile_traced(program_, rule), program::roots_of(program_, rule)};
    std::sort(traced.roots.ops.begin(), traced.roots.ops.end());
    return rules_.emplace(rule, std::move(traced)).first->second;
}

const MatchProgram& Probe::traced(PatternId pattern) {
    auto known = patterns_.find(pattern);
    if (known != patterns_.end()) return known->second;
    return patterns_.emplace(pattern, program::compile_traced(program_, pattern)).first->second;
}

bool Probe::can_start(RuleId rule, NodeId node) {
    const program::Roots& roots = traced(rule).roots;
    Opcode opcode = graph_.opcode(node);
    if (opcode != Opcode::call_function) return roots.opcodes[static_cast<size_t>(opcode)];
    return roots.any_call || std::binary_search(roots.ops.begin(), roots.ops.end(), binding_.op(graph_.target(node)));
}

Probe::Progress Probe::progress(RuleId rule, NodeId node) {
    const MatchProgram& steps = traced(rule).steps;
    Arena::Mark mark = arena_.mark();
    Measure measure(steps);
    std::vector<Datum> frame(program_[rule].variables.size());
    measure.progress.matched = matcher_.trace(steps, make_node(node), frame.data(), measure);
    arena_.release(mark);
    return measure.progress;
}

Attempt Probe::attempt(RuleId rule, NodeId node) {
    Attempt attempt{rule};
    rule_ = &program_[rule];
    if (!can_start(rule, node)) {
        attempt.outcome = Attempt::Outcome::cannot_start;
        return attempt;
    }
    const MatchProgram& steps = traced(rule).steps;
    steps_of_rule_ = &steps;
    Progress reached = progress(rule, node);
    attempt.clause = reached.clause;
    if (reached.matched) {
        attempt.outcome = Attempt::Outcome::matched;
        return attempt;
    }
    Arena::Mark mark = arena_.mark();
    std::vector<Datum> frame(program_[rule].variables.size());
    attempt.misses = misses(steps, make_node(node), {frame.data(), program_[rule].variables});
    arena_.release(mark);
    return attempt;
}

Finding Probe::declined(RuleId rule, const program::Statement& statement, Datum* frame) {
    rule_ = &program_[rule];
    Arena::Mark mark = arena_.mark();
    std::vector<Datum> own(frame, frame + rule_->variables.size());
    NamedFrame named{own.data(), rule_->variables};
    Finding found = judge(statement.operands.back(), named, true);
    add_lets(statement.operands.back(), named, found);
    arena_.release(mark);
    return found;
}

// -- steps that failed

std::vector<Finding> Probe::misses(const MatchProgram& steps, const Datum& value, NamedFrame frame) {
    Furthest furthest(steps, frame.names.size());
    std::vector<Finding> found;
    if (matcher_.trace(steps, value, frame.data, furthest)) return found;
    for (Failed& failed : furthest.failed) found.push_back(miss(steps, failed, {failed.frame.data(), frame.names}));
    return found;
}

Finding Probe::miss(const MatchProgram& steps, const Failed& failed, NamedFrame frame) {
    const MatchStep& step = steps.steps[static_cast<size_t>(failed.step)];
    auto expression = static_cast<ExpressionId>(step.index);
    Datum value;
    switch (step.kind) {
    case MatchStep::Kind::where:
    case MatchStep::Kind::unless: {
        Finding found = judge(expression, frame, step.kind == MatchStep::Kind::where);
        add_lets(expression, frame, found);
        return found;
    }
    case MatchStep::Kind::evaluate:
        evaluator_.evaluate(expression, frame.data, value);
        return unevaluated(expression);
    case MatchStep::Kind::let:
        if (evaluator_.evaluate(expression, frame.data, value))
            evaluator_.unpack(static_cast<uint32_t>(step.b), value, frame.data, program_[expression].location);
        return unevaluated(expression);
    default: break;
    }
    const program::StepOrigin& origin = steps.origins[static_cast<size_t>(failed.step)];
    Finding found = pattern_miss(steps, failed, frame);
    // Of `where e is P` that failed at once, what e was made of.
    const program::Clause* clause = &steps == steps_of_rule_ ? &rule_->clauses[origin.clause] : nullptr;
    if (clause && clause->kind == program::Clause::Kind::where && clause->expression != program::no_expression)
        add_users(clause->expression, frame, found);
    return in_expansions(std::move(found), program_[origin.pattern].expansion);
}

// After the evaluator has failed.
Finding Probe::unevaluated(ExpressionId expression) const {
    Evaluator::Failure failure = evaluator_.failure();
    Finding found{failure.location, fmt::format("a value of {}", source(program_[expression].location)),
                  failure.message};
    return found;
}

Finding Probe::pattern_miss(const MatchProgram& steps, const Failed& failed, NamedFrame frame) {
    using Kind = MatchStep::Kind;
    const MatchStep& step = steps.steps[static_cast<size_t>(failed.step)];
    const program::Pattern& pattern = program_[steps.origins[static_cast<size_t>(failed.step)].pattern];
    const Datum& value = failed[step.a];
    Finding found{steps.locations[static_cast<size_t>(failed.step)], "", value_line(value)};
    switch (step.kind) {
    case Kind::is_node: found.expected = "a node"; break;
    case Kind::is_opcode:
        found.expected = fmt::format("{} {}", article(opcode_name(step.opcode)), opcode_name(step.opcode));
        break;
    case Kind::is_call: {
        std::string written = source(pattern.location);
        found.expected = fmt::format("a call of {}", written.substr(0, written.find_first_of("(*?")));
        found.found += mistaken(pattern.op_set, value);
        break;
    }
    case Kind::argument: found.expected = fmt::format("an argument at position {}", step.index + 1); break;
    case Kind::named_argument: found.expected = fmt::format("an argument {}", steps.texts[step.index]); break;
    case Kind::rest_is_default:
        found.expected = "no arguments but those of the pattern, or at their default";
        found.found = fmt::format("{} in {}", surplus(steps.rests[step.index], value.node), found.found);
        break;
    case Kind::is_list: found.expected = "a list of " + items(step.index, false); break;
    case Kind::is_tuple: found.expected = "a tuple of " + items(step.index, false); break;
    case Kind::is_long_list: found.expected = "a list of " + items(step.index, true); break;
    case Kind::is_long_tuple: found.expected = "a tuple of " + items(step.index, true); break;
    case Kind::is_constant: {
        Datum constant = from_constant(program_.constants[step.index], arena_);
        found.expected = value_text(graph_, constant);
        if (equal(value, constant)) {
            found.expected += fmt::format(" ({})", type_name(constant));
            found.found += fmt::format(" ({})", type_name(value));
        }
        break;
    }
    case Kind::is_same:
    case Kind::is_variable: {
        auto name = static_cast<size_t>(pattern.variable);
        const Datum& other = step.kind == Kind::is_same ? failed[step.b] : frame.data[name];
        found.expected = fmt::format("the same as {}, which is {}", frame.names[name], value_text(graph_, other));
        break;
    }
    default: found.expected = "another value"; break;
    }
    return found;
}

// ", which is not edge.aten.relu.default": of an op that is taken for one of the set.
std::string Probe::mistaken(program::OpSetId set, const Datum& value) const {
    if (value.kind != Datum::Kind::node || graph_.opcode(value.node) != Opcode::call_function) return {};
    program::OpId meant = mistaken_op(program_, program_[set], graph_.target_text(value.node));
    if (meant == program::none_of<program::OpId>) return {};
    return fmt::format(", which is not {}", short_target(program_[meant].target));
}

// What stands in a declared pattern is told at its use, with the line of the declaration below.
Finding Probe::in_expansions(Finding found, uint32_t expansion) const {
    while (expansion != program::no_expansion) {
        const program::Expansion& use = program_.expansions[expansion];
        Finding outer{use.use, found.expected, found.found};
        found.note = fmt::format("in the definition of {}", use.name);
        found.expected.clear();
        found.found.clear();
        outer.within.push_back(std::move(found));
        found = std::move(outer);
        expansion = use.outer;
    }
    return found;
}

// Of the arguments that the pattern does not mention, those that are not at their default: the first of them.
std::string Probe::surplus(const MatchProgram::Rest& rest, NodeId node) {
    const Schema* schema =
        graph_.opcode(node) == Opcode::call_function ? binding_.schema(graph_.target(node)) : nullptr;
    const size_t positional = schema ? schema->positional : 0;
    const std::span<const Value> args = graph_.args(node);
    std::vector<std::string> found;
    size_t more = 0;
    const auto add = [&](std::string_view name, size_t index, const Value& stored) {
        if (std::find(rest.names.begin(), rest.names.end(), name) != rest.names.end()) return;
        const Datum value = from_value(graph_, node, stored, arena_);
        const SchemaArgument* argument = index == Schema::npos ? nullptr : &schema->arguments[index];
        if (argument && argument->has_default && same(value, from_constant(argument->default_value, arena_))) return;
        if (found.size() == most_surplus)
            ++more;
        else
            found.push_back(fmt::format("{}{}{}", name, name.empty() ? "" : "=", value_text(graph_, value)));
    };
    for (size_t i = rest.positions; i < args.size(); ++i) {
        const bool named = i < positional;
        add(named ? schema->arguments[i].name : std::string_view(), named ? i : Schema::npos, args[i]);
    }
    for (const Keyword& keyword : graph_.kwargs(node)) {
        const size_t index = schema ? schema->find(keyword.name) : Schema::npos;
        // By position too, and that counts; or mentioned by position.
        if (index < positional && (index < args.size() || index < rest.positions)) continue;
        add(keyword.name, index, keyword.value);
    }
    if (more > 0) found.push_back(fmt::format("{} more", more));
    return found.empty() ? "more" : fmt::format("{}", fmt::join(found, ", "));
}

// -- texts

std::string source_text(const program::Program& program, const program::Location& location) {
    constexpr size_t longest = 120;
    std::string text;
    for (char c : program.sources[location.file]->text(location.span)) {
        bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (!blank)
            text += c;
        else if (!text.empty() && text.back() != ' ')
            text += ' ';
    }
    return shortened(std::move(text), longest);
}

std::string Probe::source(const program::Location& location) const {
    return source_text(program_, location);
}

std::string Probe::value_line(const Datum& value) const {
    if (value.kind == Datum::Kind::node && !graph_.erased(value.node))
        return node_line(graph_, value.node, readable_line);
    return value_text(graph_, value);
}

}  // namespace dqrewrite
