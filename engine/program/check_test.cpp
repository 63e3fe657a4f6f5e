// Tests: the graphs before and after.

#include "engine/program/checker.hpp"

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

void Checker::test(syntax::NodeId node) {
    Test result;
    result.title = word(node);
    result.location = word_location(node);
    auto [first, fresh] = titles_.try_emplace(result.title, result.location);
    if (!fresh)
        warn(codes::duplicate_name, result.location, "two tests have this title",
             {note(first->second, "the first is here")});
    for (syntax::NodeId part : children(node)) {
        switch (kind(part)) {
        case Kind::run:
            if (auto id = pass_id(word(part), word_location(part))) result.pass = *id;
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
    std::map<std::string_view, Location> paths;
    for (syntax::NodeId each : children(node)) {
        if (kind(each) == Kind::graph_node)
            test_node(each, result, scope);
        else if (kind(each) == Kind::graph_return)
            result.result = expression(child(each, 0), scope);
        else
            test_submodule(each, result, paths);
    }
    result.variables = std::move(variables);
    frame_ = frame;
    return result;
}

// `paths` are those of the submodules before it.
void Checker::test_submodule(syntax::NodeId node, TestGraph& graph, std::map<std::string_view, Location>& paths) {
    std::string_view path = word(node);
    if (path.empty() || path.front() == '.' || path.back() == '.' || path.find("..") != std::string_view::npos)
        report(codes::bad_graph, word_location(node),
               "the path of a submodule is the attributes that lead to it, with dots between them: \"block.body\"");
    const auto [first, is_new] = paths.emplace(path, word_location(node));
    if (!is_new)
        report(codes::bad_graph, word_location(node), fmt::format("two submodules have the path \"{}\"", path),
               {note(first->second, "the first is here")});
    graph.submodules.push_back({std::string(path), test_graph(child(node, 0))});
}

void Checker::test_node(syntax::NodeId node, TestGraph& graph, Scope& scope) {
    TestGraph::Node result;
    result.name = word(node);
    result.location = word_location(node);
    Location callee = location(child(node, 0));
    std::optional<OpId> op;
    size_t first = test_target(node, result, op, scope);
    syntax::NodeId arguments = *child_of_kind(node, Kind::arguments);
    result.arguments = call_arguments(arguments, first, scope);
    if (op) check_call(given_call(callee, children(arguments).subspan(first), result.arguments), std::span(&*op, 1));
    if (auto meta = child_of_kind(node, Kind::meta)) {
        std::set<std::string_view> keys;
        for (syntax::NodeId entry : children(*meta)) {
            syntax::NodeId key = child(entry, 0);
            if (!keys.insert(word(key)).second)
                report(codes::repeated_argument, location(key),
                       fmt::format("the key \"{}\" is given twice", word(key)));
            result.meta_keys.emplace_back(word(key));
            result.meta_values.push_back(expression(child(entry, 1), scope));
        }
    }
    Scope::Entry* twice = scope.find(result.name);
    if (twice)
        report(codes::bad_graph, result.location, fmt::format("two nodes are called \"{}\"", result.name),
               {note(twice->location, "the first is here")});
    Facts made;
    made.kind = Facts::Kind::node;
    result.variable = scope.add(word(node), result.location, false, made);
    graph.nodes.push_back(std::move(result));
}

// What the node calls or is; returns how many of its arguments say that.
size_t Checker::test_target(syntax::NodeId node, TestGraph::Node& result, std::optional<OpId>& op, Scope& scope) {
    syntax::NodeId callee = child(node, 0);
    std::string name = dotted(callee);
    std::span<const syntax::NodeId> arguments = children(*child_of_kind(node, Kind::arguments));
    if (name == "placeholder")
        result.opcode = Opcode::placeholder;
    else if (name == "get_attr")
        result.opcode = Opcode::get_attr;
    else if (name == "call_method")
        result.opcode = Opcode::call_method;
    else if (name == "call_module")
        result.opcode = Opcode::call_module;
    if (result.opcode == Opcode::call_function) {
        if (scope.find(first_word(callee)))
            report(codes::bad_graph, location(callee),
                   fmt::format("\"{}\" is a node of this graph; expected an op", first_word(callee)));
        else if (name == "output" || name == "node" || name == "call_function")
            report(codes::bad_graph, location(callee),
                   name == "output" ? "the output is what stands after `return`"
                                    : fmt::format("\"{}\" is a kind; expected an op", name));
        else
            op = single_op(name, location(callee), "a node", scope);
        if (op) result.target = program_[*op].target;
        return 0;
    }
    if (!arguments.empty() && kind(arguments[0]) == Kind::string) {
        result.target = word(arguments[0]);
        return 1;
    }
    if (result.opcode == Opcode::placeholder)
        result.target = result.name;
    else
        report(codes::bad_graph, arguments.empty() ? location(callee) : location(arguments[0]),
               fmt::format("the first argument of {} is its target, as text: {}(\"a.b\")", name, name));
    return 0;
}

}  // namespace dqrewrite::program
