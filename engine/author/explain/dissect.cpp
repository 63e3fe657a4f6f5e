// Why an expression is not true, or not false: its operands, one by one.

#include "engine/author/explain/probe.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/program/children.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace dqrewrite {

using program::Expression;
using program::ExpressionId;
using Kind = program::Expression::Kind;

namespace {

constexpr size_t most_items = 3;   // of a comprehension that are told
constexpr unsigned deepest = 50;   // findings within findings
constexpr size_t most_values = 8;  // of names

bool is_comprehension(const Expression& e) {
    return e.kind == Kind::list_comprehension || e.kind == Kind::set_comprehension || e.kind == Kind::generator ||
           e.kind == Kind::dict_comprehension;
}

void add_target(const program::Program& program, uint32_t target, std::set<program::VariableId>& variables) {
    const program::Target& to = program.targets[target];
    if (to.parts.empty()) variables.insert(to.variable);
    for (uint32_t part : to.parts) add_target(program, part, variables);
}

// The variables that an expression reads, in order, without those that it binds itself. As deep as expressions nest.
void add_variables(const program::Program& program, ExpressionId id, std::set<program::VariableId>& seen,
                   std::vector<program::VariableId>& variables) {
    const Expression& e = program[id];
    for (const Expression::Loop& loop : e.loops) add_target(program, loop.target, seen);
    if (e.kind == Kind::walk) seen.insert(e.variable);
    if (e.kind == Kind::variable && seen.insert(e.variable).second) variables.push_back(e.variable);
    program::for_each_child(e, [&](ExpressionId child) { add_variables(program, child, seen, variables); });
}

}  // namespace

Finding Probe::judge(ExpressionId expression, NamedFrame frame, bool wanted) {
    const Expression& e = program_[expression];
    Finding finding{e.location, source(e.location), ""};
    if (!wanted) finding.expected += " to be false";
    Datum value;
    if (!evaluator_.evaluate(expression, frame.data, value)) {
        Finding problem = unevaluated(expression);
        finding.found = problem.found;
        add_values(expression, frame, finding);
        bool inside = problem.location.file != e.location.file || !(problem.location.span == e.location.span);
        problem.expected.clear();
        problem.found.clear();
        problem.note = "which cannot be evaluated here";
        if (inside) finding.within.push_back(std::move(problem));
        return finding;
    }
    finding.found = value_line(value);
    if (depth_ >= deepest) return finding;
    ++depth_;
    switch (e.kind) {
    case Kind::and_:
    case Kind::or_: finding = judge_children(e, frame, wanted, std::move(finding)); break;
    case Kind::not_: finding = judge(e.children[0], frame, !wanted); break;
    case Kind::compare: finding = judge_compare(e, frame, wanted, std::move(finding)); break;
    case Kind::is:
    case Kind::is_not: finding = judge_is(e, frame, wanted, std::move(finding)); break;
    case Kind::define: finding = judge_define(e, frame, wanted, std::move(finding)); break;
    case Kind::call:
        if (e.function == program::Function::any || e.function == program::Function::all)
            finding = judge_any_or_all(e, frame, wanted, std::move(finding));
        else
            add_left_out(expression, frame, finding);
        break;
    case Kind::conditional: {
        bool known = true;
        bool first = evaluator_.truth_of(e.children[1], frame.data, known);
        finding = judge(e.children[first ? 0 : 2], frame, wanted);
        break;
    }
    default: add_left_out(expression, frame, finding);
    }
    --depth_;
    if (finding.values.empty() && finding.location.span == e.location.span &&
        !(wanted && (e.kind == Kind::and_ || e.kind == Kind::or_)))
        add_values(expression, frame, finding);
    return finding;
}

// The operand that decides; all of them where it takes all.
Finding Probe::judge_children(const Expression& e, NamedFrame frame, bool wanted, Finding finding) {
    bool one_decides = (e.kind == Kind::and_) == wanted;
    for (ExpressionId child : e.children) {
        bool known = true;
        bool holds = evaluator_.truth_of(child, frame.data, known);
        if (one_decides && holds == wanted && known) continue;
        Finding part = judge(child, frame, wanted);
        if (one_decides) return part;
        if (wanted) finding.within.push_back(std::move(part));  // else each is as the text says
    }
    finding.found = wanted ? "neither" : "both";
    if (e.children.size() > 2) finding.found = wanted ? "none of these" : "all of these";
    return finding;
}

// The values of the two operands between which it is decided, but for what stands in the text.
Finding Probe::judge_compare(const Expression& e, NamedFrame frame, bool wanted, Finding finding) {
    if (program_[e.children.back()].kind == Kind::table && e.children.size() == 2) {
        Datum key;
        bool is_there = (e.operators[0] == program::Operator::in) != wanted;
        if (evaluator_.evaluate(e.children[0], frame.data, key))
            finding.found = fmt::format("{} {}", value_text(graph_, key), is_there ? "there" : "not there");
        return finding;
    }
    std::vector<std::string> values;
    std::vector<size_t> shown;
    for (size_t i = 0; i < e.children.size(); ++i) {
        const Expression& operand = program_[e.children[i]];
        Datum value;
        if (operand.kind == Kind::constant || operand.kind == Kind::op) continue;
        if (!evaluator_.evaluate(e.children[i], frame.data, value)) continue;
        std::string text = value_line(value);
        if (text == source(operand.location)) continue;
        values.push_back(std::move(text));
        shown.push_back(i);
        if (wanted) add_left_out(e.children[i], frame, finding);
    }
    if (wanted) add_differences(e, frame, finding);
    if (values.size() == 1) {
        finding.found = values[0];
    } else if (!values.empty()) {
        std::vector<std::string> parts;
        for (size_t i = 0; i < values.size(); ++i)
            parts.push_back(fmt::format("{} = {}", source(program_[e.children[shown[i]]].location), values[i]));
        finding.found = fmt::format("{}", fmt::join(parts, " and "));
    }
    return finding;
}

// Of two rows that are written out, the items that are not equal.
void Probe::add_differences(const Expression& e, NamedFrame frame, Finding& finding) {
    const Expression& left = program_[e.children[0]];
    const Expression& right = program_[e.children[1]];
    bool rows = (left.kind == Kind::tuple || left.kind == Kind::list) && left.kind == right.kind;
    if (!rows || e.operators[0] != program::Operator::equal || left.children.size() != right.children.size()) return;
    for (size_t i = 0; i < left.children.size() && finding.within.size() < most_items; ++i) {
        Datum a, b;
        if (!evaluator_.evaluate(left.children[i], frame.data, a)) continue;
        if (!evaluator_.evaluate(right.children[i], frame.data, b) || equal(a, b)) continue;
        const program::Location& at = program_[left.children[i]].location;
        finding.within.push_back({at,
                                  fmt::format("{} == {}", source(at), source(program_[right.children[i]].location)),
                                  fmt::format("{} and {}", value_line(a), value_line(b))});
    }
}

Finding Probe::judge_is(const Expression& e, NamedFrame frame, bool wanted, Finding finding) {
    Datum value;
    evaluator_.evaluate(e.children[0], frame.data, value);
    finding.found = value_line(value);
    if ((e.kind == Kind::is) != wanted) return finding;
    if (program_[e.pattern].kind == program::Pattern::Kind::any_call)
        finding.found += mistaken(program_[e.pattern].op_set, value);
    finding.within = misses(traced(e.pattern), value, frame);
    // A pattern that is a word alone says nothing that does not stand in the expression.
    if (finding.within.size() == 1 && finding.within[0].within.empty() && finding.within[0].found == finding.found &&
        program_[e.pattern].kind != program::Pattern::Kind::call)
        finding.within.clear();
    return finding;
}

// The frame of a define that is used: its parameters.
bool Probe::evaluate_arguments(const Expression& e, NamedFrame frame, std::vector<Datum>& own) {
    own.resize(program_[e.define].variables.size());
    for (size_t i = 0; i < e.children.size() && i < own.size(); ++i)
        if (!evaluator_.evaluate(e.children[i], frame.data, own[i])) return false;
    return true;
}

Finding Probe::judge_define(const Expression& e, NamedFrame frame, bool wanted, Finding finding) {
    const program::Define& define = program_[e.define];
    std::vector<Datum> own;
    if (!evaluate_arguments(e, frame, own)) return finding;
    add_left_out(e.children.empty() ? define.body : e.children[0], frame, finding);
    Finding inside = judge(define.body, {own.data(), define.variables}, wanted);
    inside.note = fmt::format("in the definition of {}", define.name);
    finding.within.push_back(std::move(inside));
    return finding;
}

Finding Probe::judge_any_or_all(const Expression& e, NamedFrame frame, bool wanted, Finding finding) {
    const Expression& items = program_[e.children[0]];
    if (!is_comprehension(items) || items.kind == Kind::dict_comprehension) return finding;
    bool any = e.function == program::Function::any;
    // One item decides where all were to hold, or none; else every item is due.
    bool one_decides = any != wanted;
    size_t count = 0;
    std::vector<Finding> left_out;
    each_item(
        items, 0, frame,
        [&] {
            ++count;
            bool known = true;
            bool holds = evaluator_.truth_of(items.children[0], frame.data, known);
            if (one_decides && holds == wanted && known) return true;
            if ((one_decides || wanted) && finding.within.size() < most_items)
                finding.within.push_back(judge(items.children[0], frame, wanted));
            return !one_decides;
        },
        [&](ExpressionId filter) {
            if (left_out.size() < most_items) left_out.push_back(judge(filter, frame, true));
        });
    if (one_decides) {
        finding.found = wanted ? "one for which it does not hold" : "one for which it holds";
    } else if (count == 0) {
        finding.found = "no items";
        finding.within = std::move(left_out);
    } else {
        finding.found = fmt::format("{}, for {} of which it holds", counted(count, "item"), wanted ? "none" : "each");
    }
    return finding;
}

template <class VisitItem, class LeftOut>
bool Probe::each_item(const Expression& comprehension, size_t loop, NamedFrame frame, VisitItem visit,
                      LeftOut left_out) {
    if (loop == comprehension.loops.size()) return visit();
    const Expression::Loop& at = comprehension.loops[loop];
    Datum items;
    if (!evaluator_.evaluate(at.iterable, frame.data, items) || !is_container(items)) return true;
    for (size_t i = 0; i < items.size; i += items.kind == Datum::Kind::dict ? 2 : 1) {
        if (!evaluator_.unpack(at.target, items.items[i], frame.data, comprehension.location)) return true;
        bool through = true;
        for (ExpressionId filter : at.filters) {
            bool known = true;
            if (evaluator_.truth_of(filter, frame.data, known)) continue;
            left_out(filter);
            through = false;
            break;
        }
        if (through && !each_item(comprehension, loop + 1, frame, visit, left_out)) return false;
    }
    return true;
}

// The items that the filters of a comprehension in it have kept out.
void Probe::add_left_out(ExpressionId expression, NamedFrame frame, Finding& finding) {
    const Expression& e = program_[expression];
    if (e.kind == Kind::call && !e.children.empty()) return add_left_out(e.children[0], frame, finding);
    if (e.kind == Kind::define) {
        const program::Define& define = program_[e.define];
        std::vector<Datum> own;
        if (evaluate_arguments(e, frame, own)) add_left_out(define.body, {own.data(), define.variables}, finding);
        return;
    }
    if (!is_comprehension(e)) return;
    each_item(
        e, 0, frame, [] { return true; },
        [&](ExpressionId filter) {
            if (finding.within.size() >= most_items) return;
            Finding left_out = judge(filter, frame, true);
            left_out.note = "one that is left out";
            finding.within.push_back(std::move(left_out));
        });
}

void Probe::add_lets(ExpressionId expression, NamedFrame frame, Finding& finding) {
    std::set<program::VariableId> seen;
    std::vector<program::VariableId> variables;
    add_variables(program_, expression, seen, variables);
    for (const program::Clause& clause : rule_->clauses) {
        if (clause.kind != program::Clause::Kind::let) continue;
        const program::Target& target = program_.targets[clause.target];
        if (target.parts.empty() && std::find(variables.begin(), variables.end(), target.variable) != variables.end())
            add_left_out(clause.expression, frame, finding);
    }
}

void Probe::add_values(ExpressionId expression, NamedFrame frame, Finding& finding) {
    std::set<program::VariableId> seen;
    std::vector<program::VariableId> variables;
    add_variables(program_, expression, seen, variables);
    for (program::VariableId variable : variables) {
        auto index = static_cast<size_t>(variable);
        if (finding.values.size() == most_values) return;
        finding.values.push_back({frame.names[index], value_line(frame.data[index])});
    }
    add_users(expression, frame, finding);
}

// Of a node that has no only_user those that it has.
void Probe::add_users(ExpressionId expression, NamedFrame frame, Finding& finding) {
    const Expression& e = program_[expression];
    Datum node;
    bool asked = e.kind == Kind::attribute && e.field == program::Field::only_user;
    bool is_node = asked && evaluator_.evaluate(e.children[0], frame.data, node) && node.kind == Datum::Kind::node;
    if (is_node && !graph_.erased(node.node)) {
        std::vector<NodeId> users;
        graph_.users(node.node, users);
        if (users.size() == 1 || finding.values.size() >= most_values) return;
        std::vector<std::string> names;
        for (size_t i = 0; i < users.size() && i < most_values; ++i) names.push_back(graph_.name(users[i]));
        if (users.size() > most_values) names.push_back(fmt::format("{} more", users.size() - most_values));
        std::string name = source(program_[e.children[0]].location) + ".users";
        finding.values.push_back({std::move(name), fmt::format("[{}]", fmt::join(names, ", "))});
    }
    if (e.loops.empty())
        for (ExpressionId child : e.children) add_users(child, frame, finding);
}

}  // namespace dqrewrite
