// Patterns.

#include "engine/program/checker.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

struct NodeKind {
    std::string_view word;
    std::optional<Opcode> opcode;  // none: any node
};

constexpr NodeKind node_kinds[] = {
    {"node", {}},
    {"placeholder", Opcode::placeholder},
    {"get_attr", Opcode::get_attr},
    {"call_function", Opcode::call_function},
    {"call_method", Opcode::call_method},
    {"call_module", Opcode::call_module},
    {"output", Opcode::output},
};

const NodeKind* node_kind(std::string_view word) {
    for (const NodeKind& kind : node_kinds)
        if (kind.word == word) return &kind;
    return nullptr;
}

}  // namespace

PatternId Checker::add(Pattern pattern) {
    program_.patterns.push_back(std::move(pattern));
    return static_cast<PatternId>(program_.patterns.size() - 1);
}

PatternId Checker::pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    Pattern result;
    result.location = location(node);
    switch (kind(node)) {
    case Kind::anything: return add(result);
    case Kind::bind: return bind_pattern(node, scope, where, binding);
    case Kind::either: return either_pattern(node, scope, where, binding);
    case Kind::call: return word(node).empty() ? call_pattern(node, scope, binding) : chain_pattern(node, scope, binding);
    case Kind::reference: return reference_pattern(node, scope, where, binding);
    case Kind::literal_pattern:
        result.kind = Pattern::Kind::literal;
        result.constant = add_constant(literal(child(node, 0)));
        return add(result);
    case Kind::list_pattern:
    case Kind::tuple_pattern:
        result.kind = kind(node) == Kind::list_pattern ? Pattern::Kind::list : Pattern::Kind::tuple;
        pattern_arguments(result, children(node), scope, binding);
        return add(result);
    default: return add(result);
    }
}

VariableId Checker::bind_name(std::string_view name, Location location, Scope& scope, Binding binding) {
    if (binding == Binding::forbidden)
        report(codes::binding, location,
               fmt::format("\"{}\" cannot be bound here: `is` binds names only as a whole `where` or an operand of its "
                           "`and`; write _ for a value that may be anything",
                           name));
    return scope.add(name, location);
}

// A name in a pattern: the first time it binds, then it asks for the same value.
PatternId Checker::variable_pattern(std::string_view name, Location location, Scope& scope, Binding binding) {
    Pattern result;
    result.location = location;
    if (Scope::Entry* bound = scope.find(name)) {
        bound->used = true;
        if (bound->partial)
            report(codes::partial_binding, location, fmt::format("\"{}\" is bound by some alternatives only", name));
        result.kind = Pattern::Kind::same;
        result.variable = bound->variable;
        return add(result);
    }
    Pattern any;
    any.location = location;
    result.kind = Pattern::Kind::bind;
    result.children = {add(any)};
    result.variable = bind_name(name, location, scope, binding);
    return add(result);
}

PatternId Checker::bind_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    Pattern result;
    result.location = location(node);
    if (Scope::Entry* bound = scope.find(word(node))) {
        bound->used = true;
        result.kind = Pattern::Kind::same;
        result.variable = bound->variable;
    } else {
        result.kind = Pattern::Kind::bind;
        result.variable = bind_name(word(node), word_location(node), scope, binding);
    }
    // After a name, a bare word is what it is after `is`: a kind, an ops, a pattern.
    result.children = {pattern(child(node, 0), scope, where == Where::argument ? Where::is : where, binding)};
    return add(result);
}

// Each alternative starts with the names that were bound before; afterwards those that all of them bind are
// bound, and have one variable.
PatternId Checker::either_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    Pattern result;
    result.kind = Pattern::Kind::either;
    result.location = location(node);
    std::vector<Scope::Entry> merged;
    size_t branches = 0;
    std::map<std::string_view, size_t> counts;
    for (syntax::NodeId branch : children(node)) {
        size_t mark = scope.mark();
        PatternId id = pattern(branch, scope, where, binding);
        for (Scope::Entry& entry : scope.leave(mark)) {
            auto known = std::find_if(merged.begin(), merged.end(), [&](auto& e) { return e.name == entry.name; });
            counts[entry.name] += 1;
            if (known == merged.end()) {
                merged.push_back(entry);
                continue;
            }
            known->used |= entry.used;
            Pattern copy;  // the alternatives' variables of one name become one
            copy.kind = Pattern::Kind::alias;
            copy.location = entry.location;
            copy.variable = known->variable;
            copy.source = entry.variable;
            copy.children = {id};
            id = add(copy);
        }
        result.children.push_back(id);
        ++branches;
    }
    for (Scope::Entry& entry : merged) {
        entry.partial |= counts[entry.name] < branches;
        scope.restore(entry);
    }
    return add(result);
}

PatternId Checker::reference_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    syntax::NodeId name = child(node, 0);
    Pattern result;
    result.location = location(node);
    if (!is_single_word(name)) {
        if (where == Where::argument)
            report(codes::needs_brackets, location(node), fmt::format("write \"{}(...)\" for a call of it", word(name)));
        result.kind = Pattern::Kind::any_call;
        result.op_set = add_op_set(op_name(name));
        return add(result);
    }
    std::string_view text = first_word(name);
    if (where == Where::argument) {
        bool declared = declaration(text, DeclarationKind::ops) || declaration(text, DeclarationKind::pattern) ||
                        declaration(text, DeclarationKind::define) || node_kind(text);
        if (!declared) return variable_pattern(text, location(node), scope, binding);
        report(codes::needs_brackets, location(node),
               fmt::format("\"{}\" names no value; write \"{}(...)\" for a call of it", text, text));
        return add(result);
    }
    if (const NodeKind* any = node_kind(text)) {
        result.kind = any->opcode ? Pattern::Kind::opcode : Pattern::Kind::node;
        result.opcode = any->opcode.value_or(Opcode::call_function);
        result.open = true;
        return add(result);
    }
    if (declaration(text, DeclarationKind::ops)) {
        result.kind = Pattern::Kind::any_call;
        result.op_set = add_op_set(named_ops(text, location(node)));
        return add(result);
    }
    if (declaration(text, DeclarationKind::pattern)) return declared_pattern(text, location(node));
    if (where == Where::is && scope.find(text)) return variable_pattern(text, location(node), scope, binding);
    std::string hint = declared_names_like(text, {DeclarationKind::ops, DeclarationKind::pattern});
    report(codes::unknown_name, location(node),
           fmt::format("\"{}\" is no node kind, ops or pattern{}{}", text, where == Where::is ? ", and no bound name" : "", hint));
    return add(result);
}

// A pattern declaration is checked anew for each use: the names inside are its own, and so are its variables.
PatternId Checker::declared_pattern(std::string_view name, Location use) {
    Declaration* found = declaration(name, DeclarationKind::pattern);
    if (!enter(*found, name, use)) return add(Pattern{});
    uint32_t file = std::exchange(file_, found->place.file);
    syntax::NodeId node = found->place.node;
    if (auto parameters = child_of_kind(node, Kind::params); parameters && !children(*parameters).empty())
        report(codes::not_supported, location(*parameters), "a pattern with parameters is not supported yet");
    std::vector<std::string> no_frame;  // of a declaration that is checked for itself
    Scope scope(frame_ ? *frame_ : no_frame);
    PatternId id = pattern(children(node).back(), scope, Where::is, Binding::allowed);
    warn_unused(scope.leave(0));
    file_ = file;
    found->open = false;
    return id;
}

PatternId Checker::call_pattern(syntax::NodeId node, Scope& scope, Binding binding) {
    syntax::NodeId name = child(node, 0);
    std::span<const syntax::NodeId> arguments = children(node).subspan(1);
    Pattern result;
    result.location = location(node);
    result.kind = Pattern::Kind::call;
    if (is_single_word(name)) {
        std::string_view text = first_word(name);
        if (const NodeKind* any = node_kind(text)) {
            result.kind = any->opcode ? Pattern::Kind::opcode : Pattern::Kind::node;
            result.opcode = any->opcode.value_or(Opcode::call_function);
            pattern_arguments(result, arguments, scope, binding);
            return add(result);
        }
        if (declaration(text, DeclarationKind::pattern)) {
            bool open = arguments.size() == 1 && kind(arguments[0]) == Kind::open_rest;
            if (!open && !arguments.empty())
                report(codes::not_supported, location(node), "a pattern with parameters is not supported yet");
            return declared_pattern(text, location(node));
        }
        if (!declaration(text, DeclarationKind::ops) && !files_.declarations->find(text)) {
            std::string hint = declared_names_like(text, {DeclarationKind::ops, DeclarationKind::pattern});
            report(codes::unknown_name, location(name), fmt::format("\"{}\" is no node kind, ops or pattern{}", text, hint));
            pattern_arguments(result, arguments, scope, binding);
            return add(Pattern{});
        }
    }
    result.op_set = add_op_set(op_set(name));
    pattern_arguments(result, arguments, scope, binding);
    check_against_schemas(result);
    return add(result);
}

PatternId Checker::chain_pattern(syntax::NodeId node, Scope& scope, Binding binding) {
    Pattern result;
    result.location = location(node);
    result.kind = Pattern::Kind::chain;
    result.at_most_one = word(node) == "?";
    result.op_set = add_op_set(op_set(child(node, 0)));
    Pattern inside;
    std::vector<syntax::NodeId> arguments;
    for (syntax::NodeId argument : children(node).subspan(1))
        if (kind(argument) != Kind::as) arguments.push_back(argument);
    pattern_arguments(inside, arguments, scope, binding);
    bool one = inside.arguments.size() == 1 && inside.arguments[0].kind == Pattern::Argument::Kind::positional && !inside.open;
    if (!one) {
        report(codes::argument_count, location(node), "the brackets of a chain hold one pattern, for what it ends at");
        return add(Pattern{});
    }
    result.children = {inside.arguments[0].pattern};
    if (auto as = child_of_kind(node, Kind::as))
        result.variable = bind_name(word(*as), word_location(*as), scope, binding);
    return add(result);
}

void Checker::pattern_arguments(Pattern& pattern, std::span<const syntax::NodeId> nodes, Scope& scope, Binding binding) {
    using Argument = Pattern::Argument;
    bool ended = false, named = false;
    bool is_row = pattern.kind == Pattern::Kind::list || pattern.kind == Pattern::Kind::tuple;
    for (syntax::NodeId node : nodes) {
        if (ended)
            report(codes::misplaced_rest, location(node), "nothing can follow \"...\" or a \"*rest\"");
        Argument argument;
        argument.location = location(node);
        switch (kind(node)) {
        case Kind::open_rest:
            pattern.open = ended = true;
            continue;
        case Kind::named_rest:
            argument.kind = Argument::Kind::named_rest;
            argument.variable = bind_name(word(node), word_location(node), scope, binding);
            ended = true;
            break;
        case Kind::named_argument:
            named = true;
            argument.kind = Argument::Kind::named;
            argument.name = word(node);
            if (is_row) report(codes::unknown_argument, location(node), "a list has no arguments by name");
            argument.pattern = this->pattern(child(node, 0), scope, Where::argument, binding);
            break;
        default:
            if (named) report(codes::misplaced_rest, location(node), "an argument by position cannot follow one by name");
            argument.pattern = this->pattern(node, scope, Where::argument, binding);
        }
        pattern.arguments.push_back(argument);
    }
}

void Checker::check_against_schemas(const Pattern& pattern) {
    std::set<std::string_view> names;
    for (const auto& argument : pattern.arguments)
        if (argument.kind == Pattern::Argument::Kind::named && !names.insert(argument.name).second)
            report(codes::repeated_argument, argument.location, fmt::format("argument \"{}\" is given twice", argument.name));
    // One op that does not fit is enough to say so.
    size_t before = diagnostics_.size();
    for (OpId op : program_[pattern.op_set]) {
        check_against_schema(pattern, op);
        if (diagnostics_.size() != before) return;
    }
}

void Checker::check_against_schema(const Pattern& pattern, OpId op) {
    const Schema* known = schema(op);
    if (!known) return;
    size_t position = 0;
    for (const auto& argument : pattern.arguments) {
        if (argument.kind == Pattern::Argument::Kind::positional && position++ == known->positional)
            report(codes::too_many_arguments, argument.location,
                   fmt::format("{} takes {} argument{} by position, this is one more", display(op), known->positional,
                               known->positional == 1 ? "" : "s"));
        if (argument.kind != Pattern::Argument::Kind::named) continue;
        size_t index = known->find(argument.name);
        if (index == Schema::npos) {
            std::vector<std::string> names;
            for (const SchemaArgument& each : known->arguments) names.emplace_back(each.name);
            report(codes::unknown_argument, argument.location,
                   fmt::format("{} has no argument \"{}\"{}{}", display(op), argument.name, suggestion(argument.name, names),
                               names.empty() ? "" : fmt::format(" (it has {})", fmt::join(names, ", "))));
        } else if (index < position) {
            report(codes::repeated_argument, argument.location,
                   fmt::format("argument \"{}\" of {} is given by position already", argument.name, display(op)));
        }
    }
}

}  // namespace dqrewrite::program
