// Calls in expressions: built-in functions, methods, defines.

#include "engine/program/checker.hpp"
#include "grammar/lexical.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

std::string takes(size_t least, size_t most) {
    if (least == most) return fmt::format("{} argument{}", least, least == 1 ? "" : "s");
    if (most == any_number) return fmt::format("at least {} argument{}", least, least == 1 ? "" : "s");
    return fmt::format("{} to {} arguments", least, most);
}

// What people call who come from FX and Python, and what is written here.
using Meant = std::pair<std::string_view, std::string_view>;
constexpr auto methods_of_python = std::to_array<Meant>({
    {"size", "sizes are `n.meta.val.shape`"},
    {"dim", "write `len(n.meta.val.shape)`"},
    {"ndimension", "write `len(n.meta.val.shape)`"},
    {"numel", "write `prod(n.meta.val.shape)`"},
    {"is_contiguous", "where all sizes are numbers, `n.meta.val.stride is None` says that"},
    {"is_impure", "write `n.impure`"},
    {"append", "values do not change; `[*row, item]` is a longer list, and `remember t[k] = v` keeps a value"},
    {"add", "values do not change; `{*items, item}` is a larger set, and `remember t[k] = v` keeps a value"},
    {"update", "values do not change; `{**a, **b}` is both dicts in one, and `remember t[k] = v` keeps a value"},
    {"union", "write `{*a, *b}`"},
    {"intersection", "write `{x for x in a if x in b}`"},
    {"difference", "write `{x for x in a if x not in b}`"},
    {"splitlines", "write `split(\"\\n\")`"},
    {"format", "write f\"…{value}…\""},
});
constexpr auto functions_of_python = std::to_array<Meant>({
    {"iter", "a list is gone through as it is: `next((u for u in row), None)`"},
    {"getattr", "write `n.NAME`, which is None where there is no such thing"},
    {"hasattr", "write `n.NAME`, which is None where there is no such thing"},
    {"type", "ask `isinstance(x, int)`, or `x is node`"},
    {"map", "write `[f(x) for x in row]`"},
    {"filter", "write `[x for x in row if f(x)]`"},
    {"repr", "write `str(x)`"},
    {"frozenset", "write `set(row)`"},
    {"math.sqrt", "write `x ** 0.5`"},
    {"math.floor", "write `int(x // 1)`"},
    {"math.ceil", "write `-int(-x // 1)`"},
    {"math.prod", "write `prod(row)`"},
    {"torch.Size", "a shape is a list: `[1, 2]`"},
    {"print", "the statement `warn f\"…\"` says something"},
});

std::string_view meant_by(std::span<const Meant> words, std::string_view word) {
    const auto found = std::ranges::find(words, word, &Meant::first);
    return found == words.end() ? std::string_view() : found->second;
}

// Whether the first argument has items.
bool asks_for_items(Function function) {
    return takes_items(function) || function == Function::len || function == Function::zip ||
           function == Function::reversed || function == Function::enumerate || function == Function::dict;
}

// What can be said without reading it: it has the characters and brackets of an expression, and the ends of one.
bool may_be_symbolic(std::string_view text) {
    const size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
    if (first == std::string_view::npos) return false;
    std::string open;
    for (const char c : text) {
        if (!grammar::is_word_char(c) && std::string_view(" .,()[]+-*/%<>=!&|^~").find(c) == std::string_view::npos)
            return false;
        if (c == '(' || c == '[') open += c;
        if (c != ')' && c != ']') continue;
        if (open.empty() || open.back() != (c == ')' ? '(' : '[')) return false;
        open.pop_back();
    }
    return open.empty() &&
           (grammar::is_word_char(text[first]) || std::string_view("([+-~").find(text[first]) != text.npos) &&
           (grammar::is_word_char(text[last]) || std::string_view(")].").find(text[last]) != text.npos);
}

}  // namespace

std::vector<ExpressionId> Checker::call_arguments(syntax::NodeId node, size_t first, Scope& scope) {
    std::vector<ExpressionId> arguments;
    for (syntax::NodeId argument : children(node).subspan(first)) {
        if (kind(argument) != Kind::keyword) {
            arguments.push_back(expression(argument, scope));
            continue;
        }
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
        if (const FunctionWord* known = find_function(name)) return function_call(node, known->function, scope);
    bool is_op = kind(callee) == Kind::field && !name.empty() && is_free_name(callee, scope) &&
                 is_namespace(first_word(callee));
    if (kind(callee) == Kind::field && !is_op) {
        if (const MethodWord* known = find_method(word(callee))) return method_call(node, *known, scope);
        expression(child(callee, 0), scope);
        report_unknown_method(callee);
        return invalid(location(node));
    }
    call_arguments(node, 1, scope);
    if (const std::string_view meant = meant_by(functions_of_python, name); is_op && !meant.empty())
        report(codes::unknown_function, location(callee), fmt::format("\"{}\" is no function: {}", name, meant));
    else if (is_op)
        report(codes::unknown_function, location(callee),
               fmt::format(
                   "\"{}\" cannot be called here: new nodes are made by `insert`, and `n is {}(...)` asks for a call",
                   name, name));
    else
        report_unknown_function(callee, scope);
    return invalid(location(node));
}

void Checker::report_unknown_method(syntax::NodeId callee) {
    const std::string_view name = word(callee);
    std::vector<std::string_view> names;
    for (const MethodWord& each : method_words()) names.push_back(each.word);
    std::string message = fmt::format("there is no method \"{}\"", name);
    if (field_word(name).field != Field::none)
        message = fmt::format("\"{}\" is a field, no method: leave the brackets out", name);
    else if (const std::string_view meant = meant_by(methods_of_python, name); !meant.empty())
        message += fmt::format(": {}", meant);
    else
        message += fmt::format("{} (methods: {})", suggest(name, names), fmt::join(names, ", "));
    report(codes::unknown_function, word_location(callee), std::move(message));
}

void Checker::report_unknown_function(syntax::NodeId callee, Scope& scope) {
    std::string name = dotted(callee);
    if (name.empty())
        return report(codes::unknown_function, location(callee),
                      "this is no function: only functions and defines are called");
    if (scope.find(name)) {
        bool hides = find_function(name) || declaration(name, DeclarationKind::define);
        scope.find(name)->used = true;
        return report(codes::unknown_function, location(callee),
                      fmt::format("\"{}\" is bound to a value, which is no function{}", name,
                                  hides ? fmt::format(", and hides the function \"{}\"", name) : ""));
    }
    std::string_view declared = declared_as(name);
    if (declared == "an ops" || declared == "a pattern")
        return report(codes::unknown_function, location(callee),
                      fmt::format("\"{}\" is {}, no function: ask `n is {}(...)`", name, declared, name));
    if (const std::string_view meant = meant_by(functions_of_python, name); !meant.empty())
        return report(codes::unknown_function, location(callee),
                      fmt::format("\"{}\" is no function: {}", name, meant));
    std::vector<std::string_view> names, functions;
    if (may_suggest()) {
        for (const FunctionWord& each : function_words()) names.push_back(each.word);
        std::erase_if(functions = names, [](std::string_view each) { return each.find('.') != each.npos; });
        for (const auto& [declared_name, declaration] : declarations_)
            if (declaration.kind == DeclarationKind::define) names.push_back(declared_name);
    }
    std::string hint = suggest(name, names);
    report(codes::unknown_function, location(callee),
           fmt::format("\"{}\" is no function{}", name,
                       hint.empty() && !functions.empty()
                           ? fmt::format(" (functions: {})", fmt::join(functions, ", "))
                           : hint));
}

// At the first argument that is one too many, or at the name where there are too few.
void Checker::check_count(syntax::NodeId call, std::string_view name, size_t least, size_t most,
                          std::span<const std::string_view> names) {
    std::span<const syntax::NodeId> arguments = children(call).subspan(1);
    size_t given = 0;
    for (syntax::NodeId argument : arguments) {
        const bool named = kind(argument) == Kind::keyword && !names.empty();
        if (named && std::ranges::find(names, word(argument)) == names.end()) {
            report(codes::unknown_argument, word_location(argument),
                   fmt::format("{}() has no argument \"{}\"{} (arguments: {})", name, word(argument),
                               suggest(word(argument), names), fmt::join(names, ", ")));
            return;
        }
        if ((!named && kind(argument) == Kind::keyword) || kind(argument) == Kind::double_star) {
            report(codes::unknown_argument,
                   kind(argument) == Kind::keyword ? word_location(argument) : location(argument),
                   fmt::format("{}() takes its arguments by position", name));
            return;
        }
        if (kind(argument) == Kind::star_item) return;
        if (given++ != most) continue;
        report(codes::argument_count, location(argument),
               fmt::format("{}() takes {}, found {}", name, takes(least, most), arguments.size()));
    }
    if (given < least)
        report(codes::argument_count, location(child(call, 0)),
               fmt::format("{}() takes {}, found {}", name, takes(least, most), given));
}

ExpressionId Checker::function_call(syntax::NodeId node, Function function, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::call;
    result.function = function;
    result.location = location(node);
    result.children = call_arguments(node, 1, scope);
    std::string name = dotted(child(node, 0));
    const FunctionWord& known = *find_function(name);
    check_count(node, name, known.least, known.most);
    bool extreme_of_several = (function == Function::min || function == Function::max) && result.children.size() != 1;
    if (asks_for_items(function) && !extreme_of_several && !result.children.empty()) expect_items(result.children[0]);
    if (function == Function::sym && children(node).size() == 2 && kind(child(node, 1)) == Kind::string)
        warn_of_symbol(word(child(node, 1)), location(child(node, 1)));
    return add(std::move(result));
}

void Checker::warn_of_symbol(std::string_view text, Location location) {
    if (!may_be_symbolic(text))
        warn(codes::literal_type, location, fmt::format("\"{}\" is the text of no symbolic number", text));
}

ExpressionId Checker::method_call(syntax::NodeId node, const MethodWord& method, Scope& scope) {
    syntax::NodeId callee = child(node, 0);
    Expression result;
    result.kind = Expression::Kind::method;
    result.method = method.method;
    result.location = location(node);
    result.children = {expression(child(callee, 0), scope)};
    check_has_method(result.children[0], method, word_location(callee));
    std::vector<ExpressionId> arguments = call_arguments(node, 1, scope);
    check_count(node, method.word, method.least, method.most, method.names);
    if (!method.names.empty()) place_by_name(node, method, arguments);
    result.children.insert(result.children.end(), arguments.begin(), arguments.end());
    if (method.method == Method::join && !arguments.empty()) expect_items(arguments[0]);
    if (method.method == Method::get && !arguments.empty())
        warn_of_no_key(result.children[0], arguments[0], result.location, "there is never such a key");
    return add(std::move(result));
}

// Arguments that are given by name, by position; None stands for one that is left out before another.
void Checker::place_by_name(syntax::NodeId call, const MethodWord& method, std::vector<ExpressionId>& arguments) {
    std::vector<ExpressionId> placed;
    for (size_t i = 0; i < arguments.size(); ++i) {
        const Expression& given = program_[arguments[i]];
        if (given.kind != Expression::Kind::keyword) {
            if (placed.size() != i || (i > 0 && program_[arguments[i - 1]].kind == Expression::Kind::keyword))
                return report(codes::misplaced_rest, given.location,
                              "an argument by position cannot follow one by name");
            placed.push_back(arguments[i]);
            continue;
        }
        const auto place = static_cast<size_t>(std::ranges::find(method.names, given.text) - method.names.begin());
        if (place == method.names.size()) return;  // is said by check_count()
        if (place < placed.size() && placed[place] != no_expression)
            return report(codes::repeated_argument, word_location(child(call, i + 1)),
                          fmt::format("{}() has its \"{}\" already", method.word, given.text));
        placed.resize(std::max(placed.size(), place + 1), no_expression);
        placed[place] = given.children[0];
    }
    for (ExpressionId& each : placed)
        if (each == no_expression) each = nothing(location(call));
    arguments = std::move(placed);
}

// A method of text of what is no text on any run, a method of dicts of what is none: `n.users.keys()`.
void Checker::check_has_method(ExpressionId id, const MethodWord& method, Location location) {
    using F = Facts::Kind;
    const Facts object = facts(id);
    const bool of_text = method.method >= Method::startswith;
    const bool searches = method.method == Method::index || method.method == Method::count;
    const bool may_be_text = object.kind == F::text || object.kind == F::target;
    const bool is_sequence = object.kind == F::list || object.kind == F::tuple;
    if (!object.is_known() || object.kind == F::none || object.kind == F::plain) return;
    if (of_text || searches ? may_be_text || (searches && is_sequence) : object.kind == F::dict) return;
    std::string hint;
    if (object.of_nodes && !of_text && method.method != Method::get)
        hint = fmt::format(": `{}` is the list of them", written(program_[id].location));
    else if (is_sequence && method.method == Method::get)
        hint = fmt::format(": an item of it is `{}[…]`", written(program_[id].location));
    else if (of_text && object.kind == F::op)
        hint = ": its text is `str(…)`";
    else if (of_text && object.kind == F::node)
        hint = ": its name is `n.name`";
    warn(codes::unknown_function, location,
         fmt::format("{} has no method \"{}\"{}", kind_text(object), method.word, hint));
}

ExpressionId Checker::define_call(syntax::NodeId node, std::string_view name, Scope& scope) {
    Expression result;
    result.kind = Expression::Kind::define;
    result.location = location(node);
    result.children = call_arguments(node, 1, scope);
    auto id = define(name, location(child(node, 0)));
    if (!id) return invalid(location(node));
    result.define = *id;
    check_count(node, name, program_[*id].parameters, program_[*id].parameters);
    return add(std::move(result));
}

std::optional<DefineId> Checker::define(std::string_view name, Location use) {
    Declaration* found = refer(name, DeclarationKind::define, use);
    if (found->id) return static_cast<DefineId>(*found->id);
    if (!enter(*found, name, use)) return {};
    uint32_t file = std::exchange(file_, found->place.file);
    Expansion* expansion = std::exchange(expansion_, nullptr);
    auto own_tables = std::exchange(own_tables_, {});  // those are its user's
    syntax::NodeId node = found->place.node;
    Define result;
    result.name = name;
    result.location = word_location(node);
    auto* frame = std::exchange(frame_, &result.variables);
    Scope scope(result.variables);
    if (auto parameters = child_of_kind(node, Kind::params))
        for (syntax::NodeId parameter : children(*parameters)) {
            if (Scope::Entry* twice = scope.find(word(parameter)))
                report(codes::duplicate_name, location(parameter),
                       fmt::format("two parameters are called \"{}\"", twice->name));
            scope.add(word(parameter), location(parameter));
            ++result.parameters;
        }
    result.body = expression(children(node).back(), scope);
    warn_unused(scope.leave(0));
    frame_ = frame;
    own_tables_ = std::move(own_tables);
    expansion_ = expansion;
    file_ = file;
    define_heights_.push_back(heights_[static_cast<size_t>(result.body)]);
    program_.defines.push_back(std::move(result));
    found->id = static_cast<uint32_t>(program_.defines.size() - 1);
    leave(*found);
    return static_cast<DefineId>(*found->id);
}

}  // namespace dqrewrite::program
