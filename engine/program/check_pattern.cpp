// Patterns.

#include "engine/program/checker.hpp"
#include "engine/program/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

// Far above what is written by hand; patterns that use patterns can double at each level.
constexpr size_t max_patterns = 1'000'000;

// Functions of which a call with literals stands in a pattern.
bool is_value_word(std::string_view word) {
    return word == "slice" || word == "complex" || word == "sym" || word == "device";
}

bool is_part(Function function, Value::Kind part) {
    using V = Value::Kind;
    const bool is_whole = part == V::integer || part == V::boolean || part == V::big_integer;
    if (function == Function::slice) return is_whole || part == V::none || part == V::symbolic;
    if (function == Function::complex) return is_whole || part == V::real;
    return part == V::string;
}

std::string_view part_text(Function function) {
    if (function == Function::slice)
        return "of whole numbers, None and sym(…); to look into it, take the whole and ask `where s.start …`";
    return function == Function::complex ? "of two numbers" : "of a string";
}

}  // namespace

PatternId Checker::add(Pattern pattern) {
    pattern.expansion = expansion_ ? expansion_->id : no_expansion;
    program_.patterns.push_back(std::move(pattern));
    return static_cast<PatternId>(program_.patterns.size() - 1);
}

PatternId Checker::pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    Pattern result;
    result.location = location(node);
    if (!may_nest(result.location)) return add(result);
    if (program_.patterns.size() >= max_patterns) {
        if (!std::exchange(too_many_patterns_, true))
            report(codes::too_large, result.location,
                   fmt::format("these rules have more than {} patterns, each use of a declared one counted",
                               max_patterns));
        return PatternId{0};
    }
    ++nesting_;
    PatternId id{};
    switch (kind(node)) {
    case Kind::bind: id = bind_pattern(node, scope, where, binding); break;
    case Kind::either: id = either_pattern(node, scope, where, binding); break;
    case Kind::call:
        id = word(node).empty() ? call_pattern(node, scope, binding) : chain_pattern(node, scope, binding);
        break;
    case Kind::reference: id = reference_pattern(node, scope, where, binding); break;
    case Kind::literal_pattern:
        result.kind = Pattern::Kind::literal;
        result.constant = add_constant(literal(child(node, 0)));
        id = add(result);
        break;
    case Kind::list_pattern:
    case Kind::tuple_pattern:
        result.kind = kind(node) == Kind::list_pattern ? Pattern::Kind::list : Pattern::Kind::tuple;
        pattern_arguments(result, children(node), scope, binding);
        id = add(std::move(result));
        break;
    default: id = add(result);
    }
    --nesting_;
    return id;
}

// -- names

VariableId Checker::bind_name(std::string_view name, Location location, Scope& scope, Binding binding) {
    if (binding == Binding::forbidden)
        report(
            codes::binding, location,
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
        if (bound->partial) report_partial(*bound, location);
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
    if (expansion_ && expansion_->parameters.contains(word(node)))
        report(
            codes::shadowed_name, word_location(node),
            fmt::format("\"{0}\" is a parameter, which stands for a pattern and names none; give the name where the "
                        "pattern is used: \"{0}: …\"",
                        word(node)));
    bool binds = !scope.find(word(node));
    if (binds) {
        result.kind = Pattern::Kind::bind;
        result.variable = bind_name(word(node), word_location(node), scope, binding);
    } else {
        Scope::Entry* bound = scope.find(word(node));
        bound->used = true;
        result.kind = Pattern::Kind::same;
        result.variable = bound->variable;
    }
    // After a name, a bare word is what it is after `is`: a kind, an ops, a pattern.
    PatternId inner = pattern(child(node, 0), scope, where == Where::argument ? Where::is : where, binding);
    result.children = {inner};
    if (Scope::Entry* entry = scope.find(word(node)); binds && entry) entry->facts = facts_of_pattern(inner);
    return add(result);
}

// Each alternative starts with the names that were bound before; afterwards those that all of them bind are
// bound. The same name is the same variable in each.
PatternId Checker::either_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    Pattern result;
    result.kind = Pattern::Kind::either;
    result.location = location(node);
    std::map<Scope::Key, Scope::Entry> merged;
    std::map<Scope::Key, size_t> counts;
    std::vector<Scope::Key> order;
    for (syntax::NodeId branch : children(node)) {
        size_t mark = scope.mark();
        scope.alternatives().push_back(&merged);
        result.children.push_back(pattern(branch, scope, where, binding));
        scope.alternatives().pop_back();
        for (Scope::Entry& entry : scope.leave(mark)) {
            entry.names_branch = kind(branch) == Kind::bind && word(branch) == entry.name;
            Scope::Key key{entry.level, entry.name};
            ++counts[key];
            auto [known, fresh] = merged.try_emplace(key, entry);
            if (fresh) {
                order.push_back(key);
                continue;
            }
            known->second.used |= entry.used;
            known->second.partial |= entry.partial;
            known->second.facts = common(known->second.facts, entry.facts);
        }
    }
    for (const Scope::Key& key : order) {
        Scope::Entry& entry = merged.at(key);
        if (counts[key] < result.children.size()) {
            entry.partial = true;
            entry.facts = {};
        }
        scope.restore(entry);
    }
    return add(std::move(result));
}

// Once for each name: what is read of it later has the same cause.
void Checker::report_partial(Scope::Entry& entry, Location location) {
    entry.partial = false;
    std::vector<DiagnosticNote> notes;
    if (entry.names_branch)
        notes.push_back(note(entry.location, fmt::format("it names one alternative; `{}: (… | …)` names what any of "
                                                         "them matches",
                                                         entry.name)));
    report(codes::partial_binding, location, fmt::format("\"{}\" is bound by some alternatives only", entry.name),
           std::move(notes));
}

// -- references without brackets

// "torch.float32"; empty where it has braces or a star.
std::string Checker::plain_name(syntax::NodeId op_name) const {
    if (kind(op_name) != Kind::op_name) return {};
    std::string text;
    for (syntax::NodeId component : children(op_name)) {
        if (kind(component) != Kind::op_word) return {};
        if (!text.empty()) text += '.';
        text += word(component);
    }
    return text;
}

PatternId Checker::reference_pattern(syntax::NodeId node, Scope& scope, Where where, Binding binding) {
    syntax::NodeId name = child(node, 0);
    Pattern result;
    result.location = location(node);
    if (!is_single_word(name)) {
        if (auto value = torch_value(plain_name(name))) {
            result.kind = Pattern::Kind::literal;
            result.constant = add_constant(*value);
            return add(result);
        }
        result.kind = Pattern::Kind::any_call;
        const size_t errors = errors_;
        result.op_set = add_op_set(op_set(name));
        if (where == Where::argument && errors == errors_)
            report(codes::needs_brackets, location(node),
                   fmt::format("write \"{}(...)\" for a call of it", word(name)));
        return add(result);
    }
    std::string_view text = first_word(name);
    if (expansion_ && expansion_->parameters.contains(text)) return parameter(text, scope);
    std::string_view declared = declared_as(text);
    bool is_pattern = declaration(text, DeclarationKind::ops) || declaration(text, DeclarationKind::pattern);
    if (where == Where::argument) {
        if (!is_pattern && !declaration(text, DeclarationKind::define) && !find_node_kind(text))
            return variable_pattern(text, location(node), scope, binding);
        report(
            codes::needs_brackets, location(node),
            is_pattern || find_node_kind(text)
                ? fmt::format("\"{}\" names no value; write \"{}(...)\" for a node that matches it", text, text)
                : fmt::format("\"{}\" is a define, and a pattern asks for no value that is calculated: take another "
                              "name here, and say `where` it equals {}",
                              text, text));
        return add(result);
    }
    const NodeKind* any = find_node_kind(text);
    if (where == Where::is && (any || is_pattern) && scope.find(text))
        warn(codes::shadowed_name, location(node),
             fmt::format("\"{}\" is {} here, not the value that is bound to this name", text,
                         any ? "a kind of node" : declared));
    if (any) {
        result.kind = any->opcode ? Pattern::Kind::opcode : Pattern::Kind::node;
        result.opcode = any->opcode.value_or(Opcode::call_function);
        result.open = true;
        return add(result);
    }
    if (declaration(text, DeclarationKind::ops) ||
        (declared.empty() && !scope.find(text) && files_.declarations->find(text))) {
        result.kind = Pattern::Kind::any_call;
        result.op_set = add_op_set(named_ops(text, location(node)));
        return add(result);
    }
    if (is_pattern) return declared_pattern(text, location(node), {}, false, scope, binding);
    if (where == Where::is && scope.find(text)) return variable_pattern(text, location(node), scope, binding);
    std::string hint = declared.empty() ? suggest_declared(text, {DeclarationKind::ops, DeclarationKind::pattern})
                                        : fmt::format(": it is {}", declared);
    report(codes::unknown_name, location(node),
           fmt::format("\"{}\" is no node kind, ops or pattern{}{}", text,
                       where == Where::is && declared.empty() ? ", and no bound name" : "", hint));
    return add(result);
}

// -- declared patterns

// A pattern declaration is checked anew for each use: its parameters are what the user gives, and all other names
// inside are its own.
PatternId Checker::declared_pattern(std::string_view name, Location use, std::span<const syntax::NodeId> arguments,
                                    bool has_brackets, Scope& scope, Binding binding) {
    Declaration& found = *refer(name, DeclarationKind::pattern, use);
    if (!enter(found, name, use)) return add(Pattern{});
    auto number = static_cast<uint32_t>(program_.expansions.size());
    program_.expansions.push_back({std::string(name), use, expansion_ ? expansion_->id : no_expansion});
    Expansion expansion{&found, {}, {}, file_, scope.level(), binding, number, expansion_};
    bool is_check =
        use.file == found.place.file && use.span == files_.files[use.file].tree.word_span(found.place.node);
    if (is_check) has_brackets = true;  // of the declaration itself, whose parameters then stand for anything
    bind_parameters(expansion, name, use, arguments, has_brackets && !is_check);
    expansion_ = &expansion;
    file_ = found.place.file;
    scope.set_level(scope.new_level());
    uint32_t own = scope.level();
    size_t mark = scope.mark();
    size_t errors = errors_;
    PatternId id = pattern(children(found.place.node).back(), scope, Where::is, Binding::allowed);
    std::vector<Scope::Entry> unused;
    for (Scope::Entry& entry : scope.leave(mark)) {
        if (entry.level == own)
            unused.push_back(entry);
        else
            scope.restore(entry);
    }
    if (is_check && errors == errors_) {
        warn_unused(unused);
        for (syntax::NodeId each : tree().children(found.place.node))
            if (kind(each) == Kind::params)
                for (syntax::NodeId parameter : children(each))
                    if (!expansion.used.contains(word(parameter)) && !word(parameter).starts_with('_'))
                        warn(codes::unused_name, location(parameter),
                             fmt::format("the parameter \"{}\" is never used", word(parameter)));
    }
    scope.set_level(expansion.level);
    file_ = expansion.file;
    expansion_ = expansion.outer;
    leave(found);
    // Checked once: what refers to it later counts its height without checking it again.
    found.id = found.id.value_or(static_cast<uint32_t>(id));
    return id;
}

void Checker::bind_parameters(Expansion& expansion, std::string_view name, Location use,
                              std::span<const syntax::NodeId> arguments, bool has_brackets) {
    const syntax::Tree& whole = files_.files[expansion.declaration->place.file].tree;
    std::vector<syntax::NodeId> parameters;
    for (syntax::NodeId each : whole.children(expansion.declaration->place.node))
        if (whole.kind(each) == Kind::params)
            parameters.assign(whole.children(each).begin(), whole.children(each).end());
    bool open = !has_brackets;
    size_t given = 0;
    for (syntax::NodeId each : arguments) {
        if (kind(each) == Kind::open_rest)
            open = true;
        else if (kind(each) == Kind::named_argument || kind(each) == Kind::named_rest)
            report(codes::unknown_argument, kind(each) == Kind::named_argument ? word_location(each) : location(each),
                   fmt::format("\"{}\" takes its patterns by position", name));
        else if (given++ < parameters.size())
            expansion.parameters.emplace(whole.word(parameters[given - 1]), each);
        else if (given == parameters.size() + 1)
            report(codes::argument_count, location(each),
                   parameters.empty() ? fmt::format("\"{}\" takes no patterns: write {} or {}(...)", name, name, name)
                                      : fmt::format("\"{}\" takes {} pattern{}, this is one more", name,
                                                    parameters.size(), parameters.size() == 1 ? "" : "s"));
    }
    if (given < parameters.size() && !open)
        report(codes::argument_count, use,
               fmt::format("\"{}\" takes {} pattern{}, found {}", name, parameters.size(),
                           parameters.size() == 1 ? "" : "s", given));
    for (syntax::NodeId each : parameters) expansion.parameters.try_emplace(whole.word(each), std::nullopt);
}

// What the user gave, seen from where it was given.
PatternId Checker::parameter(std::string_view name, Scope& scope) {
    Expansion* expansion = expansion_;
    expansion->used.insert(name);
    std::optional<syntax::NodeId> given = expansion->parameters.find(name)->second;
    if (!given) return add(Pattern{});
    uint32_t file = std::exchange(file_, expansion->file);
    uint32_t level = scope.level();
    scope.set_level(expansion->level);
    expansion_ = expansion->outer;
    // It may well use the same declaration again: that is no recursion.
    bool open = std::exchange(expansion->declaration->open, false);
    PatternId id = pattern(*given, scope, Where::argument, expansion->binding);
    expansion->declaration->open = open;
    expansion_ = expansion;
    scope.set_level(level);
    file_ = file;
    return id;
}

// -- calls

PatternId Checker::call_pattern(syntax::NodeId node, Scope& scope, Binding binding) {
    syntax::NodeId name = child(node, 0);
    std::span<const syntax::NodeId> arguments = children(node).subspan(1);
    Pattern result;
    result.location = location(node);
    result.kind = Pattern::Kind::call;
    if (is_single_word(name)) {
        std::string_view text = first_word(name);
        if (const NodeKind* any = find_node_kind(text)) {
            result.kind = any->opcode ? Pattern::Kind::opcode : Pattern::Kind::node;
            result.opcode = any->opcode.value_or(Opcode::call_function);
            pattern_arguments(result, arguments, scope, binding);
            check_kind_arguments(result, arguments, scope);
            return add(std::move(result));
        }
        if (declaration(text, DeclarationKind::pattern))
            return declared_pattern(text, location(name), arguments, true, scope, binding);
        if (!declaration(text, DeclarationKind::ops) && !files_.declarations->find(text)) {
            bool is_parameter = expansion_ && expansion_->parameters.contains(text);
            if (is_value_word(text) && !is_parameter && !scope.find(text) && declared_as(text).empty()) {
                result.kind = Pattern::Kind::literal;
                result.constant = add_constant(value_of_call(node).value_or(Value{}));
                return add(std::move(result));
            }
            std::string_view declared = is_parameter ? "a parameter, which stands alone" : declared_as(text);
            if (declared.empty() && scope.find(text)) declared = "a value; compare it in a `where` with `n.target`";
            std::string hint = declared.empty()
                                   ? suggest_declared(text, {DeclarationKind::ops, DeclarationKind::pattern})
                                   : fmt::format(": it is {}", declared);
            if (hint.empty()) hint = suggest_op(text);
            report(codes::unknown_name, location(name),
                   fmt::format("\"{}\" is no node kind, ops or pattern{}", text, hint));
            pattern_arguments(result, arguments, scope, binding);
            return add(Pattern{});
        }
    }
    result.op_set = add_op_set(op_set(name));
    pattern_arguments(result, arguments, scope, binding);
    learn_types(result, arguments, scope);
    check_pattern_call(result, arguments, location(name));
    return add(std::move(result));
}

// What is written as a call of a function and stands in a pattern as a literal: `slice(None, 1)`. Nothing where it is
// none, which has been reported.
std::optional<Value> Checker::value_of_call(syntax::NodeId node) {
    const std::string_view word = first_word(child(node, 0));
    const FunctionWord& function = *find_function(word);
    const bool is_slice = function.function == Function::slice;
    check_count(node, word, function.least, function.most);
    std::vector<Value> parts;
    bool fits = true;
    for (syntax::NodeId argument : children(node).subspan(1)) {
        std::optional<Value> part;
        const bool is_call = kind(argument) == Kind::call && is_single_word(child(argument, 0)) &&
                             is_value_word(first_word(child(argument, 0)));
        if (kind(argument) == Kind::literal_pattern) {
            part = literal(child(argument, 0));
        } else if (is_call && is_slice) {
            part = value_of_call(argument);
            if (!part) return {};
        }
        if (part && is_part(function.function, part->kind)) {
            parts.push_back(*part);
            continue;
        }
        report(codes::literal_type, location(argument),
               fmt::format("{}(…) is a literal in a pattern, {}", word, part_text(function.function)));
        fits = false;
    }
    if (!fits || parts.size() < function.least || parts.size() > function.most) return {};
    if (function.function == Function::sym || function.function == Function::device) {
        const bool is_symbol = function.function == Function::sym;
        if (is_symbol) warn_of_symbol(parts[0].text_view(), location(child(node, 1)));
        parts[0].kind = is_symbol ? Value::Kind::symbolic : Value::Kind::device;
        return parts[0];
    }
    if (is_slice && parts.size() == 1) parts.insert(parts.begin(), Value{});
    Value zero;
    zero.kind = Value::Kind::integer;
    parts.resize(is_slice ? 3 : 2, is_slice ? Value{} : zero);
    Value* items = program_.store.values(parts.size());
    std::ranges::copy(parts, items);
    Value value;
    value.kind = is_slice ? Value::Kind::slice : Value::Kind::complex;
    value.size = static_cast<uint32_t>(parts.size());
    value.items = items;
    return value;
}

void Checker::check_pattern_call(const Pattern& pattern, std::span<const syntax::NodeId> nodes, Location callee) {
    GivenCall call{callee, {}, pattern.open, true};
    size_t index = 0;
    for (syntax::NodeId node : nodes) {
        if (kind(node) == Kind::open_rest) continue;
        const Pattern::Argument& argument = pattern.arguments[index++];
        if (argument.kind == Pattern::Argument::Kind::named_rest)
            call.open = true;
        else
            call.arguments.push_back({argument.name,
                                      kind(node) == Kind::named_argument ? word_location(node) : location(node),
                                      argument.pattern, no_expression, false});
    }
    check_call(call, program_[pattern.op_set]);
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
    bool one = inside.arguments.size() == 1 && inside.arguments[0].kind == Pattern::Argument::Kind::positional &&
               !inside.open;
    if (!one) {
        report(codes::argument_count, location(node),
               "the brackets of a chain hold one pattern, for what it ends at");
        return add(Pattern{});
    }
    result.children = {inside.arguments[0].pattern};
    if (auto as = child_of_kind(node, Kind::as)) {
        if (scope.find(word(*as)))
            report(codes::shadowed_name, word_location(*as), fmt::format("\"{}\" is bound already", word(*as)));
        result.variable = bind_name(word(*as), word_location(*as), scope, binding);
        Facts list;
        list.kind = Facts::Kind::list;
        list.of_nodes = true;
        list.least = 0;
        if (result.at_most_one) list.most = 1;
        scope.find(word(*as))->facts = list;
    }
    return add(std::move(result));
}

void Checker::pattern_arguments(Pattern& pattern, std::span<const syntax::NodeId> nodes, Scope& scope,
                                Binding binding) {
    using Argument = Pattern::Argument;
    bool ended = false, named = false;
    for (syntax::NodeId node : nodes) {
        if (ended) report(codes::misplaced_rest, location(node), "nothing can follow \"...\" or a \"*rest\"");
        Argument argument;
        argument.location = location(node);
        switch (kind(node)) {
        case Kind::open_rest: pattern.open = ended = true; continue;
        case Kind::named_rest:
            argument.kind = Argument::Kind::named_rest;
            if (scope.find(word(node)))
                report(codes::shadowed_name, word_location(node), fmt::format("\"{}\" is bound already", word(node)));
            argument.variable = bind_name(word(node), word_location(node), scope, binding);
            scope.find(word(node))->facts.kind = Facts::Kind::list;
            scope.find(word(node))->facts.least = 0;
            ended = true;
            break;
        case Kind::named_argument:
            named = true;
            argument.kind = Argument::Kind::named;
            argument.name = word(node);
            argument.pattern = this->pattern(child(node, 0), scope, Where::argument, binding);
            break;
        default:
            if (named)
                report(codes::misplaced_rest, location(node), "an argument by position cannot follow one by name");
            argument.pattern = this->pattern(node, scope, Where::argument, binding);
        }
        pattern.arguments.push_back(std::move(argument));
    }
}

Facts Checker::facts_of_pattern(PatternId id) const {
    const Pattern& pattern = program_[id];
    Facts facts;
    switch (pattern.kind) {
    case Pattern::Kind::call:
    case Pattern::Kind::any_call:
        if (!program_[pattern.op_set].empty()) facts.ops = pattern.op_set;  // else there was a mistake in it
        facts.opcode = Opcode::call_function;
        facts.kind = Facts::Kind::node;
        return facts;
    case Pattern::Kind::opcode: facts.opcode = pattern.opcode; [[fallthrough]];
    case Pattern::Kind::node: facts.kind = Facts::Kind::node; return facts;
    case Pattern::Kind::list:
    case Pattern::Kind::tuple: {
        facts.kind = pattern.kind == Pattern::Kind::list ? Facts::Kind::list : Facts::Kind::tuple;
        size_t items = 0;
        bool open = pattern.open;
        for (const Pattern::Argument& each : pattern.arguments) {
            if (each.kind == Pattern::Argument::Kind::named_rest)
                open = true;
            else
                ++items;
        }
        facts.least = static_cast<double>(items);
        if (!open) facts.most = facts.least;
        return facts;
    }
    case Pattern::Kind::literal: return facts_of(program_.constants[pattern.constant]);
    case Pattern::Kind::bind: return facts_of_pattern(pattern.children[0]);
    case Pattern::Kind::same: return pattern.children.empty() ? facts : facts_of_pattern(pattern.children[0]);
    case Pattern::Kind::either:
        facts = facts_of_pattern(pattern.children[0]);
        for (PatternId each : pattern.children) facts = common(facts, facts_of_pattern(each));
        return facts;
    default: return facts;
    }
}

}  // namespace dqrewrite::program
