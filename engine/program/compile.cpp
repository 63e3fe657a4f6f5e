#include "engine/program/compile.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace dqrewrite::program {

namespace {

constexpr StepId no_step = none_of<StepId>;

// Adds the steps of rule after rule to one decision tree.
class Compiler {
public:
    Compiler(const Program& program, MatchProgram& out) : program_(program), out_(out) {}

    // The tree for these rules; none where there are no rules.
    StepId tree(std::span<const RuleId> rules) {
        StepId root = no_step;
        for (RuleId id : rules) {
            cursor_ = {.root = &root};
            shareable_ = true;
            registers_.clear();
            rule(id);
        }
        return root;
    }

    StepId lone_pattern(PatternId id) {
        StepId root = no_step;
        cursor_ = {.root = &root};
        shareable_ = true;
        pattern(id, Register{0});
        bind_all();
        emit({.kind = MatchStep::Kind::accept}, program_[id].location);
        return root;
    }

private:
    using Step = MatchStep::Kind;

    // Where the next step is hung: below a step, or at the root of the tree.
    struct Cursor {
        StepId* root = nullptr;
        StepId below = no_step;
    };

    MatchStep& at(StepId id) { return out_.steps[static_cast<size_t>(id)]; }
    StepId first_below(Cursor cursor) { return cursor.root ? *cursor.root : at(cursor.below).next; }

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
        return kind != Step::chain && kind != Step::copy && kind != Step::bind && kind != Step::evaluate && kind != Step::let &&
               kind != Step::where && kind != Step::unless && kind != Step::pass && kind != Step::accept &&
               kind != Step::is_variable;
    }

    // Hangs a step at the cursor as its last alternative, or takes the last one where it is the same; returns
    // the register that it writes.
    Register emit(MatchStep step, Location location) {
        shareable_ = shareable_ && may_be_shared(step.kind);
        StepId last = first_below(cursor_);
        while (last != no_step && at(last).otherwise != no_step) last = at(last).otherwise;
        if (last != no_step && shareable_ && same_test(at(last), step)) {
            cursor_ = {.below = last};
            return at(last).b;
        }
        if (writes_register(step.kind)) step.b = fresh_register();
        auto id = static_cast<StepId>(out_.steps.size());
        out_.steps.push_back(step);
        out_.locations.push_back(location);
        if (last != no_step) at(last).otherwise = id;
        else if (cursor_.root) *cursor_.root = id;
        else at(cursor_.below).next = id;
        cursor_ = {.below = id};
        return step.b;
    }

    void rule(RuleId id) {
        const Rule& rule = program_[id];
        out_.variables = std::max(out_.variables, static_cast<uint32_t>(rule.variables.size()));
        for (const Clause& clause : rule.clauses) this->clause(clause, rule);
        emit({.kind = Step::accept, .index = static_cast<uint32_t>(id)}, rule.location);
    }

    void clause(const Clause& clause, const Rule& rule) {
        auto expression = static_cast<uint32_t>(clause.expression);
        switch (clause.kind) {
        case Clause::Kind::match:
            pattern(clause.pattern, Register{0});
            registers_[rule.root] = Register{0};
            return bind_all();
        case Clause::Kind::let:
            emit({.kind = Step::let, .b = static_cast<Register>(clause.target), .index = expression}, clause.location);
            return;
        case Clause::Kind::unless: emit({.kind = Step::unless, .index = expression}, clause.location); return;
        case Clause::Kind::where: break;
        }
        if (clause.pattern == no_pattern) {
            emit({.kind = Step::where, .index = expression}, clause.location);
            return;
        }
        Register value = emit({.kind = Step::evaluate, .index = expression}, clause.location);
        pattern(clause.pattern, value);
        bind_all();
    }

    // Variables that the pattern has bound go into the frame, where expressions read them.
    void bind_all() {
        for (const auto& [variable, place] : registers_)
            emit({.kind = Step::bind, .a = place, .index = static_cast<uint32_t>(variable)}, {});
        registers_.clear();
    }

    void pattern(PatternId id, Register place) {
        const Pattern& pattern = program_[id];
        switch (pattern.kind) {
        case Pattern::Kind::anything: return;
        case Pattern::Kind::node:
            emit({.kind = Step::is_node, .a = place}, pattern.location);
            return arguments(pattern, place);
        case Pattern::Kind::opcode:
            emit({.kind = Step::is_opcode, .opcode = pattern.opcode, .a = place}, pattern.location);
            return arguments(pattern, place);
        case Pattern::Kind::any_call:
            emit({.kind = Step::is_call, .a = place, .op_set = pattern.op_set}, pattern.location);
            return;
        case Pattern::Kind::call:
            emit({.kind = Step::is_call, .a = place, .op_set = pattern.op_set}, pattern.location);
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
            registers_[pattern.variable] = place;
            return this->pattern(pattern.children[0], place);
        case Pattern::Kind::alias:
            this->pattern(pattern.children[0], place);
            registers_[pattern.variable] = registers_[pattern.source];
            registers_.erase(pattern.source);
            return;
        case Pattern::Kind::either: return either(pattern, place);
        }
    }

    // A name that this pattern has bound is in a register, one that was bound before in the frame.
    void same(const Pattern& pattern, Register place) {
        auto known = registers_.find(pattern.variable);
        if (known != registers_.end())
            emit({.kind = Step::is_same, .a = place, .b = known->second}, pattern.location);
        else
            emit({.kind = Step::is_variable, .a = place, .index = static_cast<uint32_t>(pattern.variable)}, pattern.location);
    }

    void arguments(const Pattern& pattern, Register node) {
        bool has_target = pattern.kind == Pattern::Kind::opcode && pattern.opcode == Opcode::get_attr;
        MatchProgram::Rest rest;
        bool takes_rest = false;
        std::vector<std::pair<PatternId, Register>> places;
        for (const Pattern::Argument& argument : pattern.arguments) {
            using Argument = Pattern::Argument::Kind;
            if (argument.kind == Argument::named_rest) {
                registers_[argument.variable] =
                    emit({.kind = Step::rest, .a = node, .index = rest.positions}, argument.location);
                takes_rest = true;
                continue;
            }
            MatchStep read{.kind = Step::argument, .a = node, .index = rest.positions};
            if (has_target) read = {.kind = Step::target, .a = node};
            else if (argument.kind == Argument::named) read = {.kind = Step::named_argument, .a = node, .index = text(argument.name)};
            if (argument.kind == Argument::named) rest.names.push_back(argument.name);
            else ++rest.positions;
            this->pattern(argument.pattern, emit(read, argument.location));
        }
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
            if (argument.kind == Pattern::Argument::Kind::named_rest) long_row = true;
            else ++count;
        }
        Step exact = list ? Step::is_list : Step::is_tuple, longer = list ? Step::is_long_list : Step::is_long_tuple;
        emit({.kind = long_row ? longer : exact, .a = place, .index = count}, pattern.location);
        uint32_t index = 0;
        for (const Pattern::Argument& argument : pattern.arguments) {
            if (argument.kind == Pattern::Argument::Kind::named_rest)
                registers_[argument.variable] = emit({.kind = Step::items_from, .a = place, .index = index}, argument.location);
            else
                this->pattern(argument.pattern, emit({.kind = Step::item, .a = place, .index = index++}, argument.location));
        }
    }

    void chain(const Pattern& pattern, Register place) {
        Register end = fresh_register(), nodes = fresh_register();
        emit({.kind = Step::chain, .at_most_one = pattern.at_most_one, .a = place, .b = end, .c = nodes, .op_set = pattern.op_set},
             pattern.location);
        if (pattern.variable != no_variable) registers_[pattern.variable] = nodes;
        this->pattern(pattern.children[0], end);
    }

    // Each alternative hangs at the same place and ends at one common step; what several of them bind is in
    // one register by then.
    void either(const Pattern& pattern, Register place) {
        shareable_ = false;
        emit({.kind = Step::pass}, pattern.location);
        Cursor start = cursor_;
        auto before = registers_;
        std::map<VariableId, Register> joined;
        std::vector<StepId> ends;
        for (PatternId branch : pattern.children) {
            cursor_ = start;
            registers_ = before;
            emit({.kind = Step::pass}, program_[branch].location);
            this->pattern(branch, place);
            for (const auto& [variable, from] : registers_) {
                if (before.contains(variable)) continue;
                auto [join, fresh] = joined.try_emplace(variable, Register{});
                if (fresh) join->second = fresh_register();
                emit({.kind = Step::copy, .a = from, .b = join->second}, pattern.location);
            }
            ends.push_back(cursor_.below);
        }
        auto meet = static_cast<StepId>(out_.steps.size());
        out_.steps.push_back({});
        out_.locations.push_back(pattern.location);
        for (StepId end : ends) at(end).next = meet;
        cursor_ = {.below = meet};
        registers_ = before;
        for (const auto& [variable, reg] : joined) registers_[variable] = reg;
    }

    uint32_t rest(const MatchProgram::Rest& rest) {
        auto known = std::find(out_.rests.begin(), out_.rests.end(), rest);
        if (known == out_.rests.end()) known = out_.rests.insert(known, rest);
        return static_cast<uint32_t>(known - out_.rests.begin());
    }
    uint32_t text(std::string_view text) {
        auto known = std::find(out_.texts.begin(), out_.texts.end(), text);
        if (known == out_.texts.end()) known = out_.texts.insert(known, text);
        return static_cast<uint32_t>(known - out_.texts.begin());
    }

    const Program& program_;
    MatchProgram& out_;
    Cursor cursor_;
    bool shareable_ = true;  // no step of this rule so far has kept it from sharing with the one before
    std::map<VariableId, Register> registers_;  // what the pattern at hand has bound, and where it is
};

// Where two or more alternatives in a row ask for the op in one register, a table asks once.
class TableMaker {
public:
    explicit TableMaker(const Program& program, MatchProgram& out) : program_(program), out_(out) {}

    void run() {
        size_t count = out_.steps.size();
        for (size_t i = 0; i < count; ++i) out_.steps[i].next = with_table(out_.steps[i].next);
        for (StepId& root : out_.by_opcode) root = with_table(root);
    }

    StepId with_table(StepId first) {
        if (first == no_step || !starts_run(first)) return first;
        auto [known, fresh] = made_.try_emplace(first, no_step);
        if (fresh) known->second = make(first);
        return known->second;
    }

private:
    MatchStep& at(StepId id) { return out_.steps[static_cast<size_t>(id)]; }

    bool starts_run(StepId id) {
        const MatchStep& step = at(id);
        return step.kind == MatchStep::Kind::is_call && step.otherwise != no_step &&
               at(step.otherwise).kind == MatchStep::Kind::is_call && at(step.otherwise).a == step.a;
    }

    StepId make(StepId first) {
        MatchStep table{.kind = MatchStep::Kind::which_op, .a = at(first).a, .index = static_cast<uint32_t>(out_.tables.size())};
        std::map<OpId, std::vector<StepId>> by_op;
        StepId after = first;
        for (; after != no_step && at(after).kind == MatchStep::Kind::is_call && at(after).a == table.a; after = at(after).otherwise)
            for (OpId op : program_[at(after).op_set]) by_op[op].push_back(after);
        table.otherwise = after;
        std::map<std::vector<StepId>, StepId> chains;
        std::vector<MatchProgram::OpTarget> rows;
        for (const auto& [op, steps] : by_op) {
            auto [known, fresh] = chains.try_emplace(steps, no_step);
            if (fresh) known->second = alternatives(steps);
            rows.push_back({op, known->second});
        }
        out_.tables.push_back(std::move(rows));
        out_.steps.push_back(table);
        out_.locations.push_back(out_.locations[static_cast<size_t>(first)]);
        return static_cast<StepId>(out_.steps.size() - 1);
    }

    // The continuations of these steps, one after the other; each was asked for its op already.
    StepId alternatives(const std::vector<StepId>& steps) {
        if (steps.size() == 1) return at(steps[0]).next;
        StepId next = no_step;
        for (size_t i = steps.size(); i-- > 0;) {
            out_.steps.push_back({.next = at(steps[i]).next, .otherwise = next});
            out_.locations.push_back(out_.locations[static_cast<size_t>(steps[i])]);
            next = static_cast<StepId>(out_.steps.size() - 1);
        }
        return next;
    }

    const Program& program_;
    MatchProgram& out_;
    std::map<StepId, StepId> made_;
};

void add_ops(const std::vector<OpId>& ops, Roots& roots) {
    for (OpId op : ops)
        if (std::find(roots.ops.begin(), roots.ops.end(), op) == roots.ops.end()) roots.ops.push_back(op);
}

void add_roots(const Program& program, PatternId id, Roots& roots) {
    const Pattern& pattern = program[id];
    switch (pattern.kind) {
    case Pattern::Kind::call:
    case Pattern::Kind::any_call: return add_ops(program[pattern.op_set], roots);
    case Pattern::Kind::opcode:
        if (pattern.opcode == Opcode::call_function) roots.any_call = true;
        else roots.opcodes[static_cast<size_t>(pattern.opcode)] = true;
        return;
    case Pattern::Kind::bind:
    case Pattern::Kind::alias:
    case Pattern::Kind::either:
        for (PatternId child : pattern.children) add_roots(program, child, roots);
        return;
    case Pattern::Kind::chain:
        add_ops(program[pattern.op_set], roots);
        add_roots(program, pattern.children[0], roots);
        return;
    default:
        roots.any_call = true;
        roots.opcodes.fill(true);
    }
}

}  // namespace

Roots roots_of(const Program& program, RuleId rule) {
    Roots roots;
    add_roots(program, program[rule].clauses[0].pattern, roots);
    return roots;
}

MatchProgram compile_rules(const Program& program, std::span<const RuleId> rules) {
    MatchProgram out;
    Compiler compiler(program, out);
    std::vector<Roots> roots;
    for (RuleId rule : rules) roots.push_back(roots_of(program, rule));

    // Nodes at which the same rules can start share a tree.
    std::map<std::vector<RuleId>, StepId> trees;
    auto tree = [&](const std::vector<RuleId>& able) {
        auto [known, fresh] = trees.try_emplace(able, no_step);
        if (fresh) known->second = compiler.tree(able);
        return known->second;
    };
    std::vector<std::vector<RuleId>> by_op(program.ops.size());
    std::vector<RuleId> other;
    std::array<std::vector<RuleId>, 6> by_opcode;
    for (size_t i = 0; i < rules.size(); ++i) {
        if (roots[i].any_call) {
            other.push_back(rules[i]);
            for (auto& able : by_op) able.push_back(rules[i]);
        } else {
            for (OpId op : roots[i].ops) by_op[static_cast<size_t>(op)].push_back(rules[i]);
        }
        for (size_t opcode = 0; opcode < 6; ++opcode)
            if (roots[i].opcodes[opcode]) by_opcode[opcode].push_back(rules[i]);
    }
    for (const auto& able : by_op) out.by_op.push_back(tree(able));
    out.other_call = tree(other);
    for (size_t opcode = 0; opcode < 6; ++opcode) out.by_opcode[opcode] = tree(by_opcode[opcode]);
    TableMaker(program, out).run();
    return out;
}

MatchProgram compile_pattern(const Program& program, PatternId pattern) {
    MatchProgram out;
    StepId root = Compiler(program, out).lone_pattern(pattern);
    out.other_call = root;
    TableMaker maker(program, out);
    maker.run();
    out.other_call = maker.with_table(root);
    return out;
}

}  // namespace dqrewrite::program
