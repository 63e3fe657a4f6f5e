#include "engine/program/compile.hpp"

#include "engine/program/children.hpp"
#include "engine/program/forms.hpp"
#include "engine/program/necessary.hpp"
#include "engine/program/op_tables.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <unordered_set>
#include <utility>

namespace dqrewrite::program {

namespace {

constexpr StepId no_step = none_of<StepId>;

// Adds the steps of rule after rule to one decision tree.
class Compiler {
public:
    enum class Steps : uint8_t { fewest, as_written, traced };

    Compiler(const Program& program, MatchProgram& out, Steps steps) : program_(program), out_(out), steps_(steps) {}

    // The tree for these rules; none where there are no rules.
    MatchProgram::Start tree(std::span<const RuleId> rules) {
        root_ = {};
        least_users_ = steps_ == Steps::fewest ? least_users(rules) : 0;
        for (RuleId id : rules) {
            cursor_ = no_step;
            shareable_ = true;
            rule(id);
        }
        return {.step = root_.first, .least_users = least_users_};
    }

    StepId lone_pattern(PatternId id) {
        root_ = {};
        cursor_ = no_step;
        shareable_ = true;
        pattern(id, Register{0});
        bind_all();
        emit({.kind = MatchStep::Kind::accept}, program_[id].location);
        return root_.first;
    }

private:
    using Step = MatchStep::Kind;

    // The alternatives that hang at one place, from first to last.
    struct Alternatives {
        StepId first = no_step, last = no_step;
    };

    MatchStep& at(StepId id) { return out_.steps[static_cast<size_t>(id)]; }
    // Those below the cursor.
    Alternatives& below_cursor() {
        if (cursor_ == no_step) return root_;
        if (below_.size() < out_.steps.size()) below_.resize(out_.steps.size());
        return below_[static_cast<size_t>(cursor_)];
    }

    Register fresh_register() { return static_cast<Register>(out_.registers++); }

    static bool same_test(const MatchStep& a, const MatchStep& b) {
        return a.kind == b.kind && a.opcode == b.opcode && a.a == b.a && a.index == b.index && a.op_set == b.op_set &&
               (writes_register(a.kind) || a.b == b.b);
    }
    static bool writes_register(Step kind) {
        return kind == Step::argument || kind == Step::named_argument || kind == Step::target || kind == Step::rest ||
               kind == Step::item || kind == Step::items_from || kind == Step::evaluate;
    }
    // What belongs to one rule (its variables, clauses) or has several solutions is never shared.
    static bool may_be_shared(Step kind) {
        return kind != Step::chain && kind != Step::copy && kind != Step::bind && kind != Step::evaluate &&
               kind != Step::has_users && kind != Step::let && kind != Step::matches && kind != Step::matches_not &&
               kind != Step::try_not && kind != Step::found && kind != Step::has_at_least && kind != Step::where &&
               kind != Step::unless && kind != Step::pass && kind != Step::accept && kind != Step::is_variable;
    }

    // Hangs a step at the cursor as its last alternative, or takes the last one where it is the same; returns
    // the register that it writes.
    Register emit(MatchStep step, Location location) {
        shareable_ = shareable_ && may_be_shared(step.kind);
        StepId last = below_cursor().last;
        if (last != no_step && shareable_ && same_test(at(last), step)) {
            cursor_ = last;
            return at(last).b;
        }
        if (writes_register(step.kind)) step.b = fresh_register();
        StepId id = add(step, location);
        Alternatives& here = below_cursor();
        if (last != no_step)
            at(last).otherwise = id;
        else
            here.first = id;
        here.last = id;
        if (cursor_ != no_step) at(cursor_).next = here.first;
        cursor_ = id;
        return step.b;
    }

    StepId add(const MatchStep& step, Location location) {
        out_.steps.push_back(step);
        out_.locations.push_back(location);
        if (steps_ == Steps::traced) out_.origins.push_back({pattern_, clause_});
        return static_cast<StepId>(out_.steps.size() - 1);
    }

    void rule(RuleId id) {
        const Rule& rule = program_[id];
        out_.variables = std::max(out_.variables, static_cast<uint32_t>(rule.variables.size()));
        clause_ = 0;
        places_.clear();
        for (; clause_ < rule.clauses.size(); ++clause_) clause(rule.clauses[clause_], rule);
        emit({.kind = Step::accept, .index = static_cast<uint32_t>(id)}, rule.location);
    }

    void clause(const Clause& clause, const Rule& rule) {
        auto expression = static_cast<uint32_t>(clause.expression);
        switch (clause.kind) {
        case Clause::Kind::match:
            asked_op_ = steps_ == Steps::fewest;
            root_ops_ = none_of<OpSetId>;
            pattern(clause.pattern, Register{0});
            put(rule.root, Register{0});
            return bind_all();
        case Clause::Kind::let:
            if (steps_ == Steps::fewest) necessary(rule);
            emit({.kind = Step::let,
                  .b = static_cast<Register>(clause.target),
                  .c = static_cast<Register>(whole_variable(program_, clause.target)),
                  .index = expression},
                 clause.location);
            return;
        case Clause::Kind::unless: return condition(clause, Step::unless);
        case Clause::Kind::where: break;
        }
        if (clause.pattern == no_pattern) return condition(clause, Step::where);
        Register value = emit({.kind = Step::evaluate, .index = expression}, clause.location);
        pattern(clause.pattern, value);
        bind_all();
    }

    void condition(const Clause& clause, Step kind) {
        const Expression& e = program_[clause.expression];
        const bool test = e.kind == Expression::Kind::is || e.kind == Expression::Kind::is_not;
        if (steps_ == Steps::fewest) {
            if (test && program_[e.children[0]].kind == Expression::Kind::variable)
                return pattern_test(clause, e, (e.kind == Expression::Kind::is) == (kind == Step::where));
            const auto least = least_items(program_, e);
            if (least && kind == Step::where) return has_at_least(clause, e.variable, *least);
        }
        emit({.kind = kind, .index = static_cast<uint32_t>(clause.expression)}, clause.location);
    }

    // A list that is long enough needs no evaluator.
    void has_at_least(const Clause& clause, VariableId list, uint32_t least) {
        emit({.kind = Step::has_at_least,
              .b = static_cast<Register>(list),
              .c = static_cast<Register>(least),
              .index = static_cast<uint32_t>(clause.expression)},
             clause.location);
    }

    // Whether the steps of a pattern that must not match stand in those of the rule: it is more than one test, and so
    // small that it may stand in each tree that holds the rule.
    bool stands_in_place(PatternId id) const {
        const Pattern::Kind kind = program_[id].kind;
        if (kind == Pattern::Kind::any_call || kind == Pattern::Kind::literal) return false;
        constexpr size_t most_parts = 16;
        std::vector<PatternId> parts{id};
        for (size_t i = 0; i < parts.size(); ++i) {
            for_each_child(program_[parts[i]], [&](PatternId child) { parts.push_back(child); });
            if (parts.size() > most_parts) return false;
        }
        return true;
    }

    // `x is P`: nor does a pattern. What stands in a register is matched, or not, by the steps of P themselves.
    void pattern_test(const Clause& clause, const Expression& test, bool wanted) {
        const VariableId variable = program_[test.children[0]].variable;
        const auto place = places_.find(variable);
        if (place == places_.end() || wanted || !stands_in_place(test.pattern)) {
            emit({.kind = wanted ? Step::matches : Step::matches_not,
                  .b = static_cast<Register>(variable),
                  .index = static_cast<uint32_t>(test.pattern)},
                 clause.location);
            return;
        }
        const StepId before = cursor_;
        const Register open = fresh_register();
        emit({.kind = Step::try_not, .c = open}, clause.location);
        pattern(test.pattern, place->second);
        emit({.kind = Step::found, .a = open}, clause.location);
        forget_bound();
        cursor_ = before;  // what comes next is the alternative to it; no other rule has steps here
    }

    uint32_t least_users(std::span<const RuleId> rules) const {
        uint32_t least = std::numeric_limits<uint32_t>::max();
        for (RuleId id : rules) least = std::min(least, needed_users_of_root(program_, program_[id]));
        return rules.empty() ? 0 : least;
    }

    // Asked before the `let` at hand, but for what the start has asked.
    void necessary(const Rule& rule) {
        const auto needed = needed_users(program_, rule, clause_);
        if (needed && (needed->node != rule.root || needed->least > least_users_))
            emit({.kind = Step::has_users,
                  .b = static_cast<Register>(needed->least),
                  .index = static_cast<uint32_t>(needed->node)},
                 rule.clauses[clause_].location);
    }

    // Variables that the pattern has bound go into the frame, where expressions read them.
    void bind_all() {
        for (const auto& [variable, place] : registers_)
            emit({.kind = Step::bind, .a = place, .index = static_cast<uint32_t>(variable)}, {});
        for (const auto& [variable, place] : registers_) places_.insert_or_assign(variable, place);
        forget_bound();
    }

    void forget_bound() {
        registers_.clear();
        bound_.clear();
    }

    void pattern(PatternId id, Register place) {
        PatternId outer = std::exchange(pattern_, id);
        pattern_steps(id, place);
        pattern_ = outer;
    }

    void pattern_steps(PatternId id, Register place) {
        const Pattern& pattern = program_[id];
        const bool asked_op = std::exchange(asked_op_, false);
        switch (pattern.kind) {
        case Pattern::Kind::anything: return;
        case Pattern::Kind::node:
            emit({.kind = Step::is_node, .a = place}, pattern.location);
            return arguments(pattern, place);
        case Pattern::Kind::opcode:
            emit({.kind = Step::is_opcode, .opcode = pattern.opcode, .a = place}, pattern.location);
            return arguments(pattern, place);
        case Pattern::Kind::any_call:
        case Pattern::Kind::call:
            if (asked_op)
                root_ops_ = pattern.op_set;
            else if (place != Register{0} || pattern.op_set != root_ops_)
                emit({.kind = Step::is_call, .a = place, .op_set = pattern.op_set}, pattern.location);
            if (pattern.kind == Pattern::Kind::any_call) return;
            return arguments(pattern, place);
        case Pattern::Kind::chain: return chain(pattern, place);
        case Pattern::Kind::list:
        case Pattern::Kind::tuple: return row(pattern, place);
        case Pattern::Kind::literal:
            emit({.kind = Step::is_constant, .a = place, .index = pattern.constant}, pattern.location);
            return;
        case Pattern::Kind::same:
            same(pattern, place);
            if (!pattern.children.empty()) this->pattern(pattern.children[0], place);
            return;
        case Pattern::Kind::bind:
            put(pattern.variable, place);
            asked_op_ = asked_op;
            return this->pattern(pattern.children[0], place);
        case Pattern::Kind::either: return either(pattern, place);
        }
    }

    // A name that this pattern has bound is in a register, one that was bound before in the frame.
    void same(const Pattern& pattern, Register place) {
        auto known = registers_.find(pattern.variable);
        if (known != registers_.end())
            emit({.kind = Step::is_same, .a = place, .b = known->second}, pattern.location);
        else
            emit({.kind = Step::is_variable, .a = place, .index = static_cast<uint32_t>(pattern.variable)},
                 pattern.location);
    }

    void arguments(const Pattern& pattern, Register node) {
        bool has_target = pattern.kind == Pattern::Kind::opcode && pattern.opcode == Opcode::get_attr;
        MatchProgram::Rest rest;
        bool takes_rest = false;
        std::vector<std::pair<MatchStep, Location>> unread;
        for (const Pattern::Argument& argument : pattern.arguments) {
            using Argument = Pattern::Argument::Kind;
            if (argument.kind == Argument::named_rest) {
                put(argument.variable,
                    emit({.kind = Step::rest, .a = node, .index = rest.positions}, argument.location));
                takes_rest = true;
                continue;
            }
            MatchStep read{.kind = Step::argument, .a = node, .index = rest.positions};
            if (has_target)
                read = {.kind = Step::target, .a = node};
            else if (argument.kind == Argument::named)
                read = {.kind = Step::named_argument, .a = node, .index = text(argument.name)};
            if (argument.kind == Argument::named)
                rest.names.push_back(argument.name);
            else
                ++rest.positions;
            if (steps_ == Steps::fewest && program_[argument.pattern].kind == Pattern::Kind::anything)
                unread.emplace_back(read, argument.location);
            else
                this->pattern(argument.pattern, emit(read, argument.location));
        }
        // That there is such an argument fails hardly ever, so it is asked last.
        for (const auto& [read, location] : unread) emit(read, location);
        // `get_attr(x)` has no arguments but its target, and `relu` alone asks for none.
        if (has_target || pattern.open) return;
        if (takes_rest) rest.positions = static_cast<uint32_t>(-1);
        emit({.kind = Step::rest_is_default, .a = node, .index = this->rest(rest)}, pattern.location);
    }

    void row(const Pattern& pattern, Register place) {
        bool list = pattern.kind == Pattern::Kind::list;
        uint32_t count = 0;
        bool long_row = pattern.open;
        for (const Pattern::Argument& argument : pattern.arguments) {
            if (argument.kind == Pattern::Argument::Kind::named_rest)
                long_row = true;
            else
                ++count;
        }
        Step exact = list ? Step::is_list : Step::is_tuple, longer = list ? Step::is_long_list : Step::is_long_tuple;
        emit({.kind = long_row ? longer : exact, .a = place, .index = count}, pattern.location);
        uint32_t index = 0;
        for (const Pattern::Argument& argument : pattern.arguments) {
            if (argument.kind == Pattern::Argument::Kind::named_rest)
                put(argument.variable,
                    emit({.kind = Step::items_from, .a = place, .index = index}, argument.location));
            else
                this->pattern(argument.pattern,
                              emit({.kind = Step::item, .a = place, .index = index++}, argument.location));
        }
    }

    void chain(const Pattern& pattern, Register place) {
        Register end = fresh_register(), nodes = fresh_register();
        emit({.kind = Step::chain,
              .at_most_one = pattern.at_most_one,
              .a = place,
              .b = end,
              .c = nodes,
              .op_set = pattern.op_set},
             pattern.location);
        if (pattern.variable != no_variable) put(pattern.variable, nodes);
        this->pattern(pattern.children[0], end);
    }

    // Each alternative hangs at the same place and ends at one common step; what several of them bind is in
    // one register by then.
    void either(const Pattern& pattern, Register place) {
        shareable_ = false;
        emit({.kind = Step::pass}, pattern.location);
        StepId start = cursor_;
        size_t mark = bound_.size();
        std::map<VariableId, Register> joined;
        std::vector<StepId> ends;
        for (PatternId branch : pattern.children) {
            cursor_ = start;
            emit({.kind = Step::pass}, program_[branch].location);
            this->pattern(branch, place);
            for (size_t i = mark; i < bound_.size(); ++i) {
                auto [join, fresh] = joined.try_emplace(bound_[i], Register{});
                if (fresh) join->second = fresh_register();
                emit({.kind = Step::copy, .a = registers_[bound_[i]], .b = join->second}, pattern.location);
            }
            for (; bound_.size() > mark; bound_.pop_back()) registers_.erase(bound_.back());
            ends.push_back(cursor_);
        }
        // The step where they meet has no way in but these.
        StepId meet = add({}, pattern.location);
        for (StepId end : ends) at(end).next = meet;
        cursor_ = meet;
        for (const auto& [variable, reg] : joined) put(variable, reg);
    }

    void put(VariableId variable, Register place) {
        if (registers_.insert_or_assign(variable, place).second) bound_.push_back(variable);
    }

    uint32_t rest(const MatchProgram::Rest& rest) {
        auto [known, fresh] =
            rests_.try_emplace({rest.positions, rest.names}, static_cast<uint32_t>(out_.rests.size()));
        if (fresh) out_.rests.push_back(rest);
        return known->second;
    }
    uint32_t text(std::string_view text) {
        auto [known, fresh] = texts_.try_emplace(text, static_cast<uint32_t>(out_.texts.size()));
        if (fresh) out_.texts.push_back(text);
        return known->second;
    }

    const Program& program_;
    MatchProgram& out_;
    Steps steps_;
    PatternId pattern_ = no_pattern;  // whose steps are made
    uint32_t clause_ = 0;
    StepId cursor_ = no_step;  // the step that the next one is hung below; none: at the root
    Alternatives root_;
    std::vector<Alternatives> below_;      // by step
    uint32_t least_users_ = 0;             // that a root has where the tree at hand is entered
    bool asked_op_ = false;                // the pattern at hand is tried at calls of its ops only
    OpSetId root_ops_ = none_of<OpSetId>;  // which is known of the root from then on
    bool shareable_ = true;                // no step of this rule so far has kept it from sharing with the one before
    std::map<VariableId, Register> registers_;  // what the pattern at hand has bound, and where it is
    std::vector<VariableId> bound_;             // in which order
    std::map<VariableId, Register> places_;     // what patterns of this rule before it have bound
    std::map<std::pair<uint32_t, std::vector<std::string_view>>, uint32_t> rests_;
    std::map<std::string_view, uint32_t> texts_;
};

void add_ops(const std::vector<OpId>& ops, Roots& roots, std::unordered_set<OpId>& seen) {
    if (roots.ops.empty()) {  // as nearly always: members of a set are there once
        roots.ops = ops;
        return;
    }
    if (seen.empty()) seen.insert(roots.ops.begin(), roots.ops.end());
    for (OpId op : ops)
        if (seen.insert(op).second) roots.ops.push_back(op);
}

void add_roots(const Program& program, PatternId id, Roots& roots, std::unordered_set<OpId>& seen) {
    const Pattern& pattern = program[id];
    switch (pattern.kind) {
    case Pattern::Kind::call:
    case Pattern::Kind::any_call: return add_ops(program[pattern.op_set], roots, seen);
    case Pattern::Kind::opcode:
        if (pattern.opcode == Opcode::call_function)
            roots.any_call = true;
        else
            roots.opcodes[static_cast<size_t>(pattern.opcode)] = true;
        return;
    case Pattern::Kind::bind:
    case Pattern::Kind::either:
        for (PatternId child : pattern.children) add_roots(program, child, roots, seen);
        return;
    case Pattern::Kind::chain:
        add_ops(program[pattern.op_set], roots, seen);
        add_roots(program, pattern.children[0], roots, seen);
        return;
    default: roots.any_call = true; roots.opcodes.fill(true);
    }
}

// A step comes after all from which a way leads to it.
void measure_depths(MatchProgram& out) {
    for (size_t i = 0; i < out.steps.size(); ++i) {
        uint32_t depth = out.origins[i].depth;
        auto reach = [&](StepId to, uint32_t least) {
            if (to != no_step)
                out.origins[static_cast<size_t>(to)].depth =
                    std::max(out.origins[static_cast<size_t>(to)].depth, least);
        };
        reach(out.steps[i].next, depth + 1);
        reach(out.steps[i].otherwise, depth);
    }
}

}  // namespace

Roots roots_of(const Program& program, RuleId rule) {
    Roots roots;
    std::unordered_set<OpId> seen;
    add_roots(program, program[rule].clauses[0].pattern, roots, seen);
    return roots;
}

namespace {

bool asks_for_node(const MatchStep& step) {
    switch (step.kind) {
    case MatchStep::Kind::is_node:
    case MatchStep::Kind::is_opcode:
    case MatchStep::Kind::is_call:
    case MatchStep::Kind::which_op: return step.otherwise == no_step;
    default: return false;
    }
}

// Arguments that are no nodes need not be read where a node is wanted.
void mark_nodes(MatchProgram& out) {
    for (MatchStep& step : out.steps) {
        if (step.kind != MatchStep::Kind::argument || step.next == no_step) continue;
        const MatchStep& next = out.steps[static_cast<size_t>(step.next)];
        step.of_node = asks_for_node(next) && next.a == step.b;
    }
}

// An argument is read and asked for its op in one step.
void join_calls(MatchProgram& out) {
    for (MatchStep& step : out.steps) {
        if (step.kind != MatchStep::Kind::argument || !step.of_node) continue;
        const MatchStep& next = out.steps[static_cast<size_t>(step.next)];
        if (next.kind != MatchStep::Kind::is_call) continue;
        step.kind = MatchStep::Kind::call_argument;
        step.op_set = next.op_set;
        step.next = next.next;
    }
}

MatchProgram compile_with(const Program& program, std::span<const RuleId> rules, Compiler::Steps steps) {
    MatchProgram out;
    Compiler compiler(program, out, steps);
    std::vector<Roots> roots;
    for (RuleId rule : rules) roots.push_back(roots_of(program, rule));

    // By place in the sweep. Rules that can start anywhere are in one list, not in that of each op.
    using Able = std::vector<uint32_t>;
    std::vector<Able> by_op(program.ops.size());
    Able anywhere;
    std::array<Able, 6> by_opcode;
    for (uint32_t i = 0; i < rules.size(); ++i) {
        if (roots[i].any_call)
            anywhere.push_back(i);
        else
            for (OpId op : roots[i].ops) by_op[static_cast<size_t>(op)].push_back(i);
        for (size_t opcode = 0; opcode < 6; ++opcode)
            if (roots[i].opcodes[opcode]) by_opcode[opcode].push_back(i);
    }
    // Nodes at which the same rules can start share a tree.
    std::map<Able, MatchProgram::Start> trees;
    auto tree = [&](const Able& able) {
        auto [known, fresh] = trees.try_emplace(able);
        if (!fresh) return known->second;
        std::vector<RuleId> chosen;
        for (uint32_t i : able) chosen.push_back(rules[i]);
        known->second = compiler.tree(chosen);
        known->second.able = static_cast<uint32_t>(out.able.size());
        out.able.push_back(std::move(chosen));
        return known->second;
    };
    out.other_call = tree(anywhere);
    for (const Able& own : by_op) {
        Able able;
        if (!own.empty())
            std::merge(own.begin(), own.end(), anywhere.begin(), anywhere.end(), std::back_inserter(able));
        out.by_op.push_back(own.empty() ? out.other_call : tree(able));
    }
    for (size_t opcode = 0; opcode < 6; ++opcode) out.by_opcode[opcode] = tree(by_opcode[opcode]);
    make_op_tables(program, out);
    mark_nodes(out);
    if (steps == Compiler::Steps::fewest) join_calls(out);
    return out;
}

}  // namespace

MatchProgram compile_rules(const Program& program, std::span<const RuleId> rules) {
    return compile_with(program, rules, Compiler::Steps::fewest);
}

MatchProgram compile_as_written(const Program& program, RuleId rule) {
    return compile_with(program, {&rule, 1}, Compiler::Steps::as_written);
}

MatchProgram compile_traced(const Program& program, RuleId rule) {
    MatchProgram out;
    out.other_call.step = Compiler(program, out, Compiler::Steps::traced).tree({&rule, 1}).step;
    measure_depths(out);
    return out;
}

MatchProgram compile_traced(const Program& program, PatternId pattern) {
    MatchProgram out;
    out.other_call.step = Compiler(program, out, Compiler::Steps::traced).lone_pattern(pattern);
    measure_depths(out);
    return out;
}

MatchProgram compile_pattern(const Program& program, PatternId pattern) {
    MatchProgram out;
    out.other_call.step = Compiler(program, out, Compiler::Steps::fewest).lone_pattern(pattern);
    make_op_tables(program, out);
    mark_nodes(out);
    join_calls(out);
    return out;
}

}  // namespace dqrewrite::program
