// Passes and tests.

#include "engine/program/checker.hpp"

#include <charconv>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

constexpr uint64_t max_bound = 1'000'000;

}  // namespace

std::optional<PassId> Checker::pass_id(std::string_view name, Location use) {
    Declaration* found = declaration(name, DeclarationKind::pass);
    if (!found) {
        report(codes::unknown_pass, use, fmt::format("there is no pass \"{}\"{}", name, declared_names_like(name, {DeclarationKind::pass})));
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
    file_ = file;
    program_.passes.push_back(std::move(result));
    found->id = static_cast<uint32_t>(program_.passes.size() - 1);
    found->open = false;
    return static_cast<PassId>(*found->id);
}

std::optional<RuleId> Checker::rule_id(std::string_view name, Location use) {
    Declaration* found = declaration(name, DeclarationKind::rule);
    if (!found) {
        report(codes::unknown_rule, use, fmt::format("there is no rule \"{}\"{}", name, declared_names_like(name, {DeclarationKind::rule})));
        return {};
    }
    if (!found->id) {
        uint32_t file = std::exchange(file_, found->place.file);
        rule(*found);
        file_ = file;
    }
    return static_cast<RuleId>(*found->id);
}

TableId Checker::table(std::string_view name) { return tables_.find(name)->second; }

uint64_t Checker::bound(std::string_view digits, Location location) {
    uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value > max_bound)
        report(codes::bad_bound, location, fmt::format("expected a whole number up to {}, found {}", max_bound, digits));
    return value;
}

std::vector<Step> Checker::steps(std::span<const syntax::NodeId> nodes) {
    std::vector<Step> result;
    for (syntax::NodeId node : nodes)
        if (auto made = step(node)) result.push_back(std::move(*made));
    return result;
}

std::optional<Step> Checker::step(syntax::NodeId node) {
    Step result;
    result.location = location(node);
    switch (kind(node)) {
    case Kind::sweep: sweep(node, result); break;
    case Kind::repeat:
        result.kind = Step::Kind::repeat;
        result.bound = bound(word(node), location(node));
        if (result.bound == 0) report(codes::bad_bound, location(node), "a `repeat at most 0` does nothing");
        result.steps = steps(children(node));
        break;
    case Kind::in_submodules:
        result.kind = Step::Kind::in_submodules;
        result.steps = steps(children(node));
        break;
    case Kind::if_changed:
        result.kind = Step::Kind::if_changed;
        result.steps = steps(children(node));
        break;
    case Kind::eliminate: result.kind = Step::Kind::eliminate_dead_code; break;
    case Kind::run: {
        result.kind = Step::Kind::run;
        auto id = pass_id(word(node), location(node));
        if (!id) return {};
        result.pass = *id;
        break;
    }
    case Kind::requires_:
    case Kind::ensures:
        result.kind = kind(node) == Kind::requires_ ? Step::Kind::requires_ : Step::Kind::ensures;
        condition(node, result);
        break;
    case Kind::expect: {
        result.kind = Step::Kind::expect;
        std::string_view text = word(node);
        result.count = text.starts_with("at least") ? Step::Count::at_least
                       : text.starts_with("at most") ? Step::Count::at_most
                                                     : Step::Count::exactly;
        result.bound = bound(text.substr(text.rfind(' ') + 1), location(node));
        if (auto id = rule_id(word(child(node, 0)), location(child(node, 0)))) result.rules = {*id};
        break;
    }
    default: return {};
    }
    return result;
}

void Checker::sweep(syntax::NodeId node, Step& step) {
    step.kind = Step::Kind::sweep;
    for (syntax::NodeId name : children(node))
        if (auto id = rule_id(word(name), location(name))) step.rules.push_back(*id);
    std::string_view mode = word(node);
    if (mode == "backward") step.mode = Step::Mode::backward;
    if (!mode.starts_with("over ")) return;
    std::string_view over = mode.substr(5);
    if (over == "snapshot") step.mode = Step::Mode::snapshot;
    else if (over == "targets") step.mode = Step::Mode::targets;
    else if (auto found = tables_.find(over); found != tables_.end()) {
        step.mode = Step::Mode::table;
        step.table = found->second;
    } else {
        std::vector<std::string> names = program_.tables;
        names.insert(names.end(), {"snapshot", "targets"});
        report(codes::unknown_name, location(node),
               fmt::format("cannot sweep over \"{}\"{}: expected snapshot, targets or a table that `remember` fills", over,
                           suggestion(over, names)));
    }
}

void Checker::condition(syntax::NodeId node, Step& step) {
    std::vector<std::string> variables;
    auto* frame = std::exchange(frame_, &variables);
    Scope scope(variables);
    syntax::NodeId inner = child(node, 0);
    if (kind(inner) == Kind::no_pattern) step.pattern = pattern(child(inner, 0), scope, Where::root, Binding::allowed);
    else step.expression = expression(inner, scope);
    step.variables = std::move(variables);
    frame_ = frame;
}

// -- tests

void Checker::test(syntax::NodeId node) {
    Test result;
    result.title = word(node);
    result.location = word_location(node);
    for (syntax::NodeId part : children(node)) {
        switch (kind(part)) {
        case Kind::run:
            if (auto id = pass_id(word(part), location(part))) result.pass = *id;
            break;
        case Kind::graph: result.before = test_graph(part); break;
        case Kind::becomes:
            result.outcome = Test::Outcome::becomes;
            result.after = test_graph(child(part, 0));
            break;
        case Kind::unchanged: result.outcome = Test::Outcome::unchanged; break;
        case Kind::fails:
            result.outcome = Test::Outcome::fails;
            result.message = word(part);
            break;
        default: break;
        }
    }
    program_.tests.push_back(std::move(result));
}

TestGraph Checker::test_graph(syntax::NodeId node) {
    TestGraph result;
    result.location = location(node);
    std::vector<std::string> variables;
    auto* frame = std::exchange(frame_, &variables);
    Scope scope(variables);
    for (syntax::NodeId each : children(node)) {
        if (kind(each) == Kind::graph_node) test_node(each, result, scope);
        else result.result = expression(child(each, 0), scope);
    }
    result.variables = std::move(variables);
    frame_ = frame;
    return result;
}

void Checker::test_node(syntax::NodeId node, TestGraph& graph, Scope& scope) {
    TestGraph::Node result;
    result.name = word(node);
    result.location = word_location(node);
    syntax::NodeId callee = child(node, 0);
    std::string name = dotted(callee);
    std::span<const syntax::NodeId> arguments = children(*child_of_kind(node, Kind::arguments));
    if (name == "placeholder") result.opcode = Opcode::placeholder;
    else if (name == "get_attr") result.opcode = Opcode::get_attr;
    else if (name == "call_method") result.opcode = Opcode::call_method;
    else if (name == "call_module") result.opcode = Opcode::call_module;
    size_t first = 0;
    if (result.opcode == Opcode::call_function) {
        std::vector<OpId> members;
        if (declaration(name, DeclarationKind::ops) && !scope.find(name)) members = named_ops(name, location(callee));
        else if (auto op = resolve_op(name, location(callee))) members = {*op};
        if (members.size() == 1) result.target = program_[members[0]].target;
        else if (members.size() > 1) report(codes::one_op, location(callee), fmt::format("\"{}\" is a set of {} ops; a node has one", name, members.size()));
    } else if (!arguments.empty() && kind(arguments[0]) == Kind::string) {
        result.target = word(arguments[0]);
        first = 1;
    } else if (result.opcode == Opcode::placeholder) {
        result.target = result.name;
    } else {
        report(codes::bad_graph, location(node), fmt::format("the first argument of {} is its target, as text: {}(\"a.b\")", name, name));
    }
    result.arguments = call_arguments(*child_of_kind(node, Kind::arguments), first, scope);
    if (auto meta = child_of_kind(node, Kind::meta))
        for (syntax::NodeId entry : children(*meta)) {
            result.meta_keys.emplace_back(word(child(entry, 0)));
            result.meta_values.push_back(expression(child(entry, 1), scope));
        }
    if (Scope::Entry* twice = scope.find(result.name))
        report(codes::bad_graph, result.location, fmt::format("two nodes are called \"{}\"", twice->name));
    result.variable = scope.add(word(node), result.location, false);
    graph.nodes.push_back(std::move(result));
}

}  // namespace dqrewrite::program
