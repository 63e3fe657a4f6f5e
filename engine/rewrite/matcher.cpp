#include "engine/rewrite/matcher.hpp"

#include <algorithm>

namespace dqrewrite {

using program::MatchProgram;
using program::MatchStep;
using program::OpSetId;
using program::RuleId;

namespace {

constexpr program::StepId no_step = program::none_of<program::StepId>;
constexpr RuleId no_rule = program::none_of<RuleId>;

// Of a match that nobody watches.
constexpr auto untold = [](program::StepId, bool) {};

bool is_row(const Datum& value, Datum::Kind kind) {
    return value.kind == kind;
}

}  // namespace

Matcher::Matcher(const program::Program& program, const Graph& graph, Binding& binding, Arena& arena, Budget& budget)
    : program_(program), graph_(graph), binding_(binding), arena_(arena), budget_(budget) {}

void Matcher::prepare(const MatchProgram& rules) {
    if (registers_.size() < rules.registers) registers_.resize(rules.registers);
    if (frame_.size() < rules.variables) frame_.resize(rules.variables);
}

RuleId Matcher::match(const MatchProgram& rules, const MatchProgram::Start& start, NodeId root) {
    registers_[0] = make_node(root);
    return run(rules, start.step, registers_.data(), frame_.data(), untold);
}

std::optional<RuleId> Matcher::match(const MatchProgram& rules, NodeId root) {
    return match_told(rules, root, untold);
}

std::optional<RuleId> Matcher::match(const MatchProgram& rules, NodeId root, MatchTrace& trace) {
    traced_ = true;
    auto found = match_told(rules, root, [&](StepId step, bool succeeded) {
        trace.step(step, succeeded, {registers_.data(), rules.registers}, frame_.data());
    });
    traced_ = false;
    return found;
}

template <class Told>
std::optional<RuleId> Matcher::match_told(const MatchProgram& rules, NodeId root, Told told) {
    const MatchProgram::Start& first = start(rules, root);
    if (first.step == no_step || !may_match(first, root)) return {};
    prepare(rules);
    registers_[0] = make_node(root);
    const RuleId found = run(rules, first.step, registers_.data(), frame_.data(), told);
    return found == no_rule ? std::nullopt : std::optional(found);
}

bool Matcher::matches(program::PatternId id, const Datum& value, Datum* frame) {
    const program::Pattern& pattern = program_[id];
    using Kind = program::Pattern::Kind;
    if (pattern.kind == Kind::any_call) return is_call_of(value, pattern.op_set);
    if (pattern.kind == Kind::literal) return same(value, evaluator_->constant(pattern.constant));
    auto index = static_cast<size_t>(id);
    if (patterns_.size() <= index) patterns_.resize(program_.patterns.size());
    if (!patterns_[index]) patterns_[index] = std::make_unique<MatchProgram>(program::compile_pattern(program_, id));
    return matches(*patterns_[index], value, frame);
}

bool Matcher::trace(const MatchProgram& steps, const Datum& value, Datum* frame, MatchTrace& trace) {
    std::vector<Datum> registers(steps.registers);
    registers[0] = value;
    const StepId start = steps.other_call.step;
    return start == no_step || run(steps, start, registers.data(), frame, [&](StepId step, bool succeeded) {
                                   trace.step(step, succeeded, registers, frame);
                               }) != no_rule;
}

bool Matcher::matches(const MatchProgram& steps, const Datum& value, Datum* frame) {
    if (steps.other_call.step == no_step) return true;
    Datum* const registers = arena_.data(steps.registers);
    registers[0] = value;
    return run(steps, steps.other_call.step, registers, frame, untold) != no_rule;
}

[[gnu::always_inline]] inline bool Matcher::let(const MatchStep& step, Datum* frame) {
    Datum value;
    const program::Expression& expression = program_[static_cast<program::ExpressionId>(step.index)];
    if (!evaluator_->evaluate(expression, frame, value)) return false;
    const auto variable = static_cast<program::VariableId>(step.c);
    if (variable == program::no_variable)
        return evaluator_->unpack(static_cast<uint32_t>(step.b), value, frame, expression.location);
    frame[static_cast<size_t>(variable)] = value;
    return true;
}

// The machine.
template <class Told>
RuleId Matcher::run(const MatchProgram& rules, StepId start, Datum* registers, Datum* frame, Told told) {
    const size_t floor = choices_.size();
    const MatchStep* const steps = rules.steps.data();
    const auto step_at = [steps](StepId id) { return steps + static_cast<size_t>(id); };
    const MatchStep* at = step_at(start);
    const auto tell = [&](bool succeeded) { told(static_cast<StepId>(at - steps), succeeded); };
    while (true) {
        const MatchStep& step = *at;
        const Datum& a = registers[static_cast<size_t>(step.a)];
        if (step.otherwise != no_step) [[unlikely]]
            choices_.push_back({step.otherwise, first_try});
        bool succeeded = true;
        switch (step.kind) {
        case MatchStep::Kind::accept:
            choices_.erase(choices_.begin() + static_cast<std::ptrdiff_t>(floor), choices_.end());
            tell(true);
            return static_cast<RuleId>(step.index);
        case MatchStep::Kind::which_op:
            if (const StepId found = look_up(rules, step, a); found != no_step) {
                tell(true);
                at = step_at(found);
                continue;
            }
            succeeded = false;
            break;
        case MatchStep::Kind::chain: walk_chain(rules, static_cast<StepId>(at - steps), registers); break;
        case MatchStep::Kind::is_call: succeeded = is_call_of(a, step.op_set); break;
        case MatchStep::Kind::argument: succeeded = argument(step, a, registers[static_cast<size_t>(step.b)]); break;
        case MatchStep::Kind::call_argument: {
            Datum& b = registers[static_cast<size_t>(step.b)];
            succeeded = argument(step, a, b) && is_call_of(b, step.op_set);
            break;
        }
        case MatchStep::Kind::rest_is_default: succeeded = rest_is_default(rules, step, a); break;
        case MatchStep::Kind::is_constant: succeeded = same(a, evaluator_->constant(step.index)); break;
        case MatchStep::Kind::bind: frame[step.index] = a; break;
        case MatchStep::Kind::has_users: succeeded = has_users(step, frame[step.index]); break;
        case MatchStep::Kind::let: succeeded = let(step, frame); break;
        case MatchStep::Kind::matches: succeeded = matches(step, frame); break;
        case MatchStep::Kind::matches_not: succeeded = !matches(step, frame); break;
        case MatchStep::Kind::try_not:
            choices_.back().taken = not_found;
            registers[static_cast<size_t>(step.c)] = make_integer(static_cast<int64_t>(choices_.size() - 1));
            break;
        case MatchStep::Kind::found:
            choices_.resize(static_cast<size_t>(a.integer));
            succeeded = false;
            break;
        case MatchStep::Kind::has_at_least: {
            const Datum& row = frame[static_cast<size_t>(step.b)];
            succeeded = is_sequence(row) ? row.size >= static_cast<uint32_t>(step.c) : clause_is(true, step, frame);
            break;
        }
        case MatchStep::Kind::where: succeeded = clause_is(true, step, frame); break;
        case MatchStep::Kind::unless: succeeded = clause_is(false, step, frame); break;
        case MatchStep::Kind::pass: break;
        case MatchStep::Kind::is_node:
        case MatchStep::Kind::is_opcode:
        case MatchStep::Kind::named_argument:
        case MatchStep::Kind::target:
        case MatchStep::Kind::rest:
        case MatchStep::Kind::is_list:
        case MatchStep::Kind::is_tuple:
        case MatchStep::Kind::is_long_list:
        case MatchStep::Kind::is_long_tuple:
        case MatchStep::Kind::item:
        case MatchStep::Kind::items_from:
        case MatchStep::Kind::is_same:
        case MatchStep::Kind::is_variable:
        case MatchStep::Kind::copy:
        case MatchStep::Kind::evaluate: succeeded = perform(rules, step, registers, frame); break;
        default: __builtin_unreachable();  // so that no bound is checked
        }
        tell(succeeded);
        if (succeeded) {
            at = step_at(step.next);
            continue;
        }
        if (choices_.size() == floor) return no_rule;
        const Choice back = choices_.back();
        choices_.pop_back();
        if (back.taken != not_found) budget_.spend(1, rules.locations[static_cast<size_t>(at - steps)]);
        at = step_at(back.step);
        if (back.taken >= not_found) continue;
        shorten_chain(*at, registers, back.taken);
        if (back.taken > 0) choices_.push_back({back.step, back.taken - 1});
        tell(true);
        at = step_at(at->next);
    }
}

// Calls along the first argument, as many as there are. Between two rewrites nodes may stand in a circle: no chain is
// longer than the graph.
void Matcher::walk_chain(const MatchProgram& rules, StepId id, Datum* registers) {
    const MatchStep& step = rules.steps[static_cast<size_t>(id)];
    Datum end = registers[static_cast<size_t>(step.a)];
    scratch_.clear();
    const size_t longest = step.at_most_one ? 1 : graph_.size();
    while (scratch_.size() < longest && is_call_of(end, step.op_set)) {
        Datum first;
        if (!CallArguments(graph_, binding_, end.node).at(0, arena_, first)) break;
        scratch_.push_back(end);
        end = first;
    }
    registers[static_cast<size_t>(step.b)] = end;
    registers[static_cast<size_t>(step.c)] = make_items(Datum::Kind::list, arena_.copy(scratch_));
    if (scratch_.empty()) return;
    budget_.spend(scratch_.size() / candidates_per_step, rules.locations[static_cast<size_t>(id)]);
    choices_.push_back({id, static_cast<uint32_t>(scratch_.size() - 1)});
}

// The chain with `taken` of the nodes that were walked over: the first one that is left out is its end.
void Matcher::shorten_chain(const MatchStep& step, Datum* registers, uint32_t taken) {
    Datum& row = registers[static_cast<size_t>(step.c)];
    registers[static_cast<size_t>(step.b)] = row.items[taken];
    row.size = taken;
}

// A clause that cannot be evaluated is neither true nor false.
bool Matcher::clause_is(bool wanted, const MatchStep& step, Datum* frame) {
    bool known = true;
    return evaluator_->truth_of(static_cast<program::ExpressionId>(step.index), frame, known) == wanted && known;
}

// An argument that is no operand, or not known to be one.
bool Matcher::stored_argument(const MatchStep& step, const Datum& call, Datum& out) {
    const std::span<const Value> stored = graph_.args(call.node);
    if (step.index >= stored.size()) return CallArguments(graph_, binding_, call.node).at(step.index, arena_, out);
    out = from_value(graph_, call.node, stored[step.index], arena_);
    return true;
}

program::StepId Matcher::look_up(const MatchProgram& rules, const MatchStep& step, const Datum& value) {
    if (value.kind != Datum::Kind::node || graph_.opcode(value.node) != Opcode::call_function) return no_step;
    const auto& table = rules.tables[step.index];
    program::OpId op = binding_.op(graph_.target(value.node));
    auto row = table.find(static_cast<uint32_t>(op));
    return row != table.end() ? row->second : no_step;
}

// The steps that run() leaves to others.
bool Matcher::perform(const MatchProgram& rules, const MatchStep& step, Datum* registers, Datum* frame) {
    using Kind = MatchStep::Kind;
    const Datum& a = registers[static_cast<size_t>(step.a)];
    Datum& b = registers[static_cast<size_t>(step.b)];
    switch (step.kind) {
    case Kind::is_node: return a.kind == Datum::Kind::node;
    case Kind::is_opcode: return a.kind == Datum::Kind::node && graph_.opcode(a.node) == step.opcode;
    case Kind::named_argument:
        return CallArguments(graph_, binding_, a.node).named(rules.texts[step.index], arena_, b);
    case Kind::target: b = make_text(Datum::Kind::string, graph_.target_text(a.node)); return true;
    case Kind::rest: {
        scratch_.clear();
        CallArguments(graph_, binding_, a.node).rest(step.index, arena_, scratch_);
        b = make_items(Datum::Kind::list, arena_.copy(scratch_));
        return true;
    }
    case Kind::is_list: return is_row(a, Datum::Kind::list) && a.size == step.index;
    case Kind::is_tuple: return is_row(a, Datum::Kind::tuple) && a.size == step.index;
    case Kind::is_long_list: return is_row(a, Datum::Kind::list) && a.size >= step.index;
    case Kind::is_long_tuple: return is_row(a, Datum::Kind::tuple) && a.size >= step.index;
    case Kind::item: b = a.items[step.index]; return true;
    case Kind::items_from: b = make_items(Datum::Kind::list, a.item_span().subspan(step.index)); return true;
    case Kind::is_same: return same(a, b);
    case Kind::is_variable: return same(a, frame[step.index]);
    case Kind::copy: b = a; return true;
    case Kind::evaluate: return evaluator_->evaluate(static_cast<program::ExpressionId>(step.index), frame, b);
    default: __builtin_unreachable();
    }
}

}  // namespace dqrewrite
