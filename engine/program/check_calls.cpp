// Calls in expressions: built-in functions, methods, defines.

#include "engine/program/checker.hpp"

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

struct FunctionName {
    std::string_view word;
    Function function;
    size_t least, most;  // arguments
};

constexpr size_t any_number = 1000;

constexpr FunctionName functions[] = {
    {"len", Function::len, 1, 1},          {"all", Function::all, 1, 1},
    {"any", Function::any, 1, 1},          {"min", Function::min, 1, any_number},
    {"max", Function::max, 1, any_number}, {"sum", Function::sum, 1, 2},
    {"zip", Function::zip, 0, any_number}, {"range", Function::range, 1, 3},
    {"sorted", Function::sorted, 1, 1},    {"reversed", Function::reversed, 1, 1},
    {"enumerate", Function::enumerate, 1, 2}, {"list", Function::list, 0, 1},
    {"tuple", Function::tuple, 0, 1},      {"set", Function::set, 0, 1},
    {"dict", Function::dict, 0, 1},        {"int", Function::int_, 1, 1},
    {"float", Function::float_, 1, 1},     {"bool", Function::bool_, 1, 1},
    {"str", Function::str, 1, 1},          {"abs", Function::abs, 1, 1},
    {"next", Function::next, 2, 2},        {"isinstance", Function::isinstance, 2, 2},
    {"structure", Function::structure, 1, 1},
    {"device", Function::device, 1, 1},    {"torch.device", Function::device, 1, 1},
    {"torch.dtype", Function::dtype, 1, 1},
};

struct MethodName {
    std::string_view word;
    Method method;
    size_t least, most;
};

constexpr MethodName methods[] = {
    {"get", Method::get, 1, 2},       {"items", Method::items, 0, 0}, {"keys", Method::keys, 0, 0},
    {"values", Method::values, 0, 0}, {"index", Method::index, 1, 1}, {"count", Method::count, 1, 1},
};

std::string takes(size_t least, size_t most) {
    if (least == most) return fmt::format("{} argument{}", least, least == 1 ? "" : "s");
    if (most == any_number) return fmt::format("at least {} argument{}", least, least == 1 ? "" : "s");
    return fmt::format("{} to {} arguments", least, most);
}

}  // namespace

std::vector<ExpressionId> Checker::call_arguments(syntax::NodeId node, size_t first, Scope& scope) {
    std::vector<ExpressionId> arguments;
    std::set<std::string_view> names;
    for (syntax::NodeId argument : children(node).subspan(first)) {
        if (kind(argument) != Kind::keyword) {
            arguments.push_back(expression(argument, scope));
            continue;
        }
        if (!names.insert(word(argument)).second)
            report(codes::repeated_argument, word_location(argument), fmt::format("argument \"{}\" is given twice", word(argument)));
        Expression keyword;
        keyword.kind = Expression::Kind::keyword;
        keyword.location = location(argument);
        keyword.text = word(argument);
        keyword.children = {expression(child(argument, 0), scope)};
        arguments.push_back(add(std::move(keyword)));
    }
    return arguments;
}

ExpressionId Checker::call_expression(syntax::NodeId node, Scope& scope) {
    syntax::NodeId callee = child(node, 0);
    std::string name = dotted(callee);
    bool bound = !first_word(callee).empty() && scope.find(first_word(callee));
    if (!bound && declaration(name, DeclarationKind::define)) return define_call(node, name, scope);
    if (!bound)
        for (const FunctionName& each : functions)
            if (each.word == name) return function_call(node, each.function, scope);
    bool free_name = !name.empty() && !bound && !tables_.contains(first_word(callee)) && !own_tables_.contains(first_word(callee)) &&
                     !declaration(first_word(callee), DeclarationKind::define);
    if (kind(callee) == Kind::field && !free_name) {
        std::vector<std::string> names;
        for (const MethodName& each : methods) {
            if (each.word == word(callee)) return method_call(node, each.method, scope);
            names.emplace_back(each.word);
        }
        report(codes::unknown_function, word_location(callee),
               fmt::format("there is no method \"{}\"{}; there are: {}", word(callee), suggestion(word(callee), names),
                           fmt::join(names, ", ")));
        return nothing(location(node));
    }
    if (kind(callee) == Kind::field) {
        report(codes::unknown_function, location(callee),
               fmt::format("\"{}\" cannot be called here: ops are made with `insert`, and asked for with `is`", name));
        return nothing(location(node));
    }
    std::vector<std::string> names;
    for (const FunctionName& each : functions) names.emplace_back(each.word);
    for (const auto& [declared, declaration] : declarations_)
        if (declaration.kind == DeclarationKind::define) names.push_back(declared);
    std::string called = name.empty() ? "this value" : "\"" + name + "\"";
    report(codes::unknown_function, location(callee), fmt::format("{} is no function{}", called, suggestion(name, names)));
    return nothing(location(node));
}

ExpressionId Checker::function_call(syntax::NodeId node, Function function, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::call;
    result.function = function;
    result.location = location(node);
    result.children = call_arguments(node, 1, scope);
    std::string name = dotted(child(node, 0));
    for (const FunctionName& each : functions) {
        if (each.word != name) continue;
        size_t given = result.children.size();
        if (given < each.least || given > each.most)
            report(codes::argument_count, location(node), fmt::format("{}() takes {}, found {}", name, takes(each.least, each.most), given));
    }
    for (syntax::NodeId argument : children(node).subspan(1))
        if (kind(argument) == Kind::keyword || kind(argument) == Kind::double_star)
            report(codes::unknown_argument, location(argument), fmt::format("{}() takes no arguments by name", name));
    return add(std::move(result));
}

ExpressionId Checker::method_call(syntax::NodeId node, Method method, Scope& scope) {
    syntax::NodeId callee = child(node, 0);
    Expression result;
    result.kind = Expression::Kind::method;
    result.method = method;
    result.location = location(node);
    result.children = {expression(child(callee, 0), scope)};
    for (ExpressionId argument : call_arguments(node, 1, scope)) result.children.push_back(argument);
    for (const MethodName& each : methods) {
        if (each.method != method) continue;
        size_t given = result.children.size() - 1;
        if (given < each.least || given > each.most)
            report(codes::argument_count, location(node), fmt::format("{}() takes {}, found {}", each.word, takes(each.least, each.most), given));
    }
    return add(std::move(result));
}

ExpressionId Checker::define_call(syntax::NodeId node, std::string_view name, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::define;
    result.location = location(node);
    result.children = call_arguments(node, 1, scope);
    auto id = define(name, location(child(node, 0)));
    if (!id) return nothing(location(node));
    result.define = *id;
    size_t wanted = program_[*id].parameters, given = result.children.size();
    bool spread = false;
    for (syntax::NodeId argument : children(node).subspan(1)) {
        spread |= kind(argument) == Kind::star_item;
        if (kind(argument) == Kind::keyword || kind(argument) == Kind::double_star)
            report(codes::unknown_argument, location(argument), fmt::format("\"{}\" takes its arguments by position", name));
    }
    if (given != wanted && !spread)
        report(codes::argument_count, location(node), fmt::format("\"{}\" takes {}, found {}", name, takes(wanted, wanted), given));
    return add(std::move(result));
}

std::optional<DefineId> Checker::define(std::string_view name, Location use) {
    Declaration* found = declaration(name, DeclarationKind::define);
    if (found->id) return static_cast<DefineId>(*found->id);
    if (!enter(*found, name, use)) return {};
    uint32_t file = std::exchange(file_, found->place.file);
    syntax::NodeId node = found->place.node;
    Define result;
    result.name = name;
    result.location = word_location(node);
    auto* frame = std::exchange(frame_, &result.variables);
    Scope scope(result.variables);
    if (auto parameters = child_of_kind(node, Kind::params))
        for (syntax::NodeId parameter : children(*parameters)) {
            if (Scope::Entry* twice = scope.find(word(parameter)))
                report(codes::duplicate_name, location(parameter), fmt::format("two parameters are called \"{}\"", twice->name));
            scope.add(word(parameter), location(parameter));
            ++result.parameters;
        }
    result.body = expression(children(node).back(), scope);
    warn_unused(scope.leave(0));
    frame_ = frame;
    file_ = file;
    program_.defines.push_back(std::move(result));
    found->id = static_cast<uint32_t>(program_.defines.size() - 1);
    found->open = false;
    return static_cast<DefineId>(*found->id);
}

}  // namespace dqrewrite::program
