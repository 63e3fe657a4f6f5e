// The reference engine: clauses and patterns.

#include "tests/reference/engine.hpp"

#include <algorithm>

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

struct NodeKind {
    std::string_view word;
    std::optional<Opcode> opcode;
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
    for (const NodeKind& each : node_kinds)
        if (each.word == word) return &each;
    return nullptr;
}

bool is_of_kind(const Graph& graph, const Object& value, const NodeKind& wanted) {
    return value.kind == Object::Kind::node && (!wanted.opcode || graph.opcode(value.node) == *wanted.opcode);
}

// The one word of an op name; nothing where it has more.
std::optional<std::string_view> single_word(Syntax op_name) {
    if (op_name.size() != 1 || op_name[0].kind() != Kind::op_word) return {};
    return op_name[0].word();
}

// The operands of `and`, those of an `and` within it included.
void flatten(Syntax condition, std::vector<Syntax>& out) {
    if (condition.kind() != Kind::and_) return out.push_back(condition);
    for (Syntax operand : condition.children()) flatten(operand, out);
}

}  // namespace

// -- rules

std::optional<Names> Engine::match(std::string_view rule, NodeId root) {
    std::optional<Names> found;
    auto keep = [&](const Names& names) {
        found = names;
        return true;
    };
    if (auto arrow = declared(Kind::arrow_rule, rule)) {
        std::vector<Syntax> conditions;
        for (Syntax each : arrow->children())
            if (each.kind() == Kind::where) flatten(each[0], conditions);
        pattern((*arrow)[0], make_node(root), {}, Where::root,
                [&](const Scope& bound) { return where(conditions, 0, bound.names, keep); });
        return found;
    }
    Syntax block = *declared(Kind::rule, rule);
    pattern(block[0][0], make_node(root), {}, Where::root,
            [&](const Scope& bound) { return clauses(block, 1, bound.names, keep); });
    return found;
}

bool Engine::matches(Syntax p, const Object& value) {
    return pattern(p, value, {}, Where::root, [](const Scope&) { return true; });
}

bool Engine::clauses(Syntax rule, size_t index, const Names& names, const ThenNames& then) {
    if (index == rule.size() || rule[index].kind() == Kind::rewrite) return then(names);
    Syntax clause = rule[index];
    auto go_on = [&](const Names& bound) { return clauses(rule, index + 1, bound, then); };
    std::vector<Syntax> conditions;
    switch (clause.kind()) {
    case Kind::where: flatten(clause[0], conditions); return where(conditions, 0, names, go_on);
    case Kind::unless:
        try {
            if (is_true(clause[0], names)) return false;
        } catch (const CannotEvaluate&) {
            return false;
        }
        return go_on(names);
    default: break;
    }
    Names bound = names;
    try {
        unpack(clause[0], evaluate(clause[1], names), bound);
    } catch (const CannotEvaluate&) {
        return false;
    }
    return go_on(bound);
}

bool Engine::where(const std::vector<Syntax>& conditions, size_t index, const Names& names, const ThenNames& then) {
    if (index == conditions.size()) return then(names);
    Syntax condition = conditions[index];
    auto go_on = [&](const Names& bound) { return where(conditions, index + 1, bound, then); };
    bool binds = condition.kind() == Kind::is && condition.word() == "is";
    Object value;
    try {
        value = evaluate(binds ? condition[0] : condition, names);
    } catch (const CannotEvaluate&) {
        return false;
    }
    if (binds)
        return pattern(condition[1], value, {names, {}, {}}, Where::is,
                       [&](const Scope& bound) { return go_on(bound.names); });
    return truth(value) && go_on(names);
}

// -- patterns

bool Engine::pattern(Syntax p, const Object& value, const Scope& scope, Where where, const Then& then) {
    spend();
    switch (p.kind()) {
    case Kind::anything: return then(scope);
    case Kind::either:
        for (Syntax alternative : p.children())
            if (pattern(alternative, value, scope, where, then)) return true;
        return false;
    case Kind::bind:
        return bound_to(p.word(), value, scope, [&](const Scope& bound) {
            return pattern(p[0], value, bound, where == Where::argument ? Where::is : where, then);
        });
    case Kind::literal_pattern: return has_literal(p, value) && then(scope);
    case Kind::list_pattern: return value.kind == Object::Kind::list && row(p, 0, value, scope, then);
    case Kind::tuple_pattern: return value.kind == Object::Kind::tuple && row(p, 0, value, scope, then);
    case Kind::call: return p.word().empty() ? call(p, value, scope, then) : chain(p, value, scope, then);
    default: return reference(p, value, scope, where, then);
    }
}

// The first time a name binds, then it asks for the same value.
bool Engine::bound_to(std::string_view name, const Object& value, const Scope& scope, const Then& then) {
    auto known = scope.names.find(name);
    if (known != scope.names.end()) return same(known->second, value) && then(scope);
    Scope bound = scope;
    bound.names.emplace(name, value);
    return then(bound);
}

// `slice(None, 1)`: the value that the same text is in an expression.
Object Engine::literal_call(Syntax p) {
    std::vector<Object> parts;
    for (size_t i = 1; i < p.size(); ++i)
        parts.push_back(p[i].kind() == Kind::literal_pattern ? evaluate(p[i][0], {}) : literal_call(p[i]));
    return function_of_values(*single_word(p[0]), parts);
}

bool Engine::has_literal(Syntax p, const Object& value) {
    return same(value, evaluate(p[0], {}));
}

bool Engine::is_call_of(const Object& value, Syntax op_set) {
    return value.kind == Object::Kind::node && graph_.opcode(value.node) == Opcode::call_function &&
           std::ranges::count(targets(op_set), graph_.target_text(value.node)) > 0;
}

bool Engine::reference(Syntax p, const Object& value, const Scope& scope, Where where, const Then& then) {
    auto word = single_word(p[0]);
    if (word) {
        auto given = scope.parameters.find(*word);
        if (given != scope.parameters.end()) return parameter(given->second, value, scope, then);
        if (where == Where::argument) return bound_to(*word, value, scope, then);
        if (const NodeKind* kind = node_kind(*word)) return is_of_kind(graph_, value, *kind) && then(scope);
        if (auto inner = declared(Kind::pattern, *word)) return declared_pattern(*inner, p, value, scope, then);
        if (scope.names.contains(*word) && !declared(Kind::ops, *word)) return bound_to(*word, value, scope, then);
    } else if (p[0].kind() == Kind::op_name && p[0].size() == 2 && p[0][0].word() == "torch") {
        return same(value, torch_constant(std::string(p[0][1].word()))) && then(scope);
    }
    return is_call_of(value, p[0]) && then(scope);
}

// The pattern that a declaration names; `use` is the call whose arguments are its parameters, or a bare word.
bool Engine::declared_pattern(Syntax declaration, Syntax use, const Object& value, const Scope& scope,
                              const Then& then) {
    Scope inner;
    inner.user = std::make_shared<Scope>(scope);
    auto parameters = declaration.child(Kind::params);
    for (size_t i = 0; parameters && i < parameters->size(); ++i) {
        bool given = i + 1 < use.size() && use[i + 1].kind() != Kind::open_rest;
        inner.parameters.emplace((*parameters)[i].word(), given ? std::optional(use[i + 1]) : std::nullopt);
    }
    return pattern(declaration.last(), value, inner, Where::is,
                   [&](const Scope& bound) { return then(*bound.user); });
}

// What the user gave, seen from where it was given; what was left open is anything.
bool Engine::parameter(const std::optional<Syntax>& given, const Object& value, const Scope& scope,
                       const Then& then) {
    if (!given) return then(scope);
    return pattern(*given, value, *scope.user, Where::argument, [&](const Scope& user) {
        Scope bound = scope;
        bound.user = std::make_shared<Scope>(user);
        return then(bound);
    });
}

bool Engine::call(Syntax p, const Object& value, const Scope& scope, const Then& then) {
    auto word = single_word(p[0]);
    if (const NodeKind* kind = word ? node_kind(*word) : nullptr) {
        if (!is_of_kind(graph_, value, *kind)) return false;
        std::vector<Argument> left = arguments_of(value.node);
        if (kind->opcode == Opcode::get_attr)
            left = {{std::nullopt, 0, make_text(graph_.target_text(value.node)), false}};
        return arguments(p, 1, 0, left, scope, then);
    }
    if (auto inner = word ? declared(Kind::pattern, *word) : std::nullopt)
        return declared_pattern(*inner, p, value, scope, then);
    if (word && !declared(Kind::ops, *word) && (*word == "slice" || *word == "complex" || *word == "sym"))
        return same(value, literal_call(p)) && then(scope);
    return is_call_of(value, p[0]) && arguments(p, 1, 0, arguments_of(value.node), scope, then);
}

// Any number of calls along the first argument, or at most one, longest first; in a circle, as many as there are
// nodes.
bool Engine::chain(Syntax p, const Object& value, const Scope& scope, const Then& then) {
    std::vector<Object> calls, ends = {value};
    size_t most = p.word() == "?" ? 1 : graph_.size();
    while (calls.size() < most && is_call_of(ends.back(), p[0])) {
        std::optional<Object> first;
        for (const Argument& each : arguments_of(ends.back().node))
            if (each.position == 0) first = each.value;
        if (!first) break;
        calls.push_back(ends.back());
        ends.push_back(*first);
    }
    auto as = p.child(Kind::as);
    for (size_t count = calls.size() + 1; count-- > 0;) {
        Object list = make_items(Object::Kind::list, {calls.begin(), calls.begin() + static_cast<long>(count)});
        auto end = [&](const Scope& bound) { return pattern(p[1], ends[count], bound, Where::argument, then); };
        if (as ? bound_to(as->word(), list, scope, end) : end(scope)) return true;
    }
    return false;
}

// The items of a list or tuple from `index` on, against the patterns from there on.
bool Engine::row(Syntax p, size_t index, const Object& value, const Scope& scope, const Then& then) {
    if (index == p.size()) return index == value.items.size() && then(scope);
    Syntax item = p[index];
    if (item.kind() == Kind::open_rest) return index <= value.items.size() && then(scope);
    if (item.kind() == Kind::named_rest) {
        if (index > value.items.size()) return false;
        Object rest =
            make_items(Object::Kind::list, {value.items.begin() + static_cast<long>(index), value.items.end()});
        return bound_to(item.word(), rest, scope, then);
    }
    if (index >= value.items.size()) return false;
    return pattern(item, value.items[index], scope, Where::argument,
                   [&](const Scope& bound) { return row(p, index + 1, value, bound, then); });
}

// -- arguments

std::vector<Engine::Argument> Engine::arguments_of(NodeId node) {
    const Schema* schema = this->schema(node);
    std::vector<Argument> all;
    std::set<std::string, std::less<>> known;
    auto keyword = [&](std::string_view name) -> const Value* {
        for (const Keyword& each : graph_.kwargs(node))
            if (each.name == name) return &each.value;
        return nullptr;
    };
    auto args = graph_.args(node);
    for (size_t i = 0; schema && i < schema->arguments.size(); ++i) {
        const SchemaArgument& formal = schema->arguments[i];
        Argument argument{std::string(formal.name), {}, {}, true};
        known.insert(*argument.name);
        std::optional<Object> by_default;
        if (formal.has_default) by_default = from_stored(nullptr, no_node, formal.default_value);
        const Value* stored = keyword(formal.name);
        if (i < schema->positional) {
            argument.position = i;
            if (i < args.size()) stored = &args[i];  // the position counts where a value is given twice
        }
        argument.value = stored ? from_stored(&graph_, node, *stored) : by_default;
        argument.may_be_left_out = !stored || (by_default && same(*argument.value, *by_default));
        all.push_back(argument);
    }
    size_t positional = schema ? schema->positional : 0;
    for (size_t i = positional; i < args.size(); ++i)
        all.push_back({{}, i, from_stored(&graph_, node, args[i]), false});
    for (const Keyword& each : graph_.kwargs(node))
        if (!known.contains(each.name))
            all.push_back({std::string(each.name), {}, from_stored(&graph_, node, each.value), false});
    return all;
}

std::optional<Object> Engine::argument_named(NodeId node, std::string_view name) {
    for (const Argument& each : arguments_of(node))
        if (each.name == name) return each.value;
    return {};
}

// The patterns from `index` on. An argument may be asked for twice, by its place and by its name.
bool Engine::arguments(Syntax p, size_t index, size_t position, std::vector<Argument> all, const Scope& scope,
                       const Then& then) {
    if (index == p.size()) {
        for (const Argument& each : all)
            if (!each.asked && !each.may_be_left_out) return false;
        return then(scope);
    }
    Syntax item = p[index];
    if (item.kind() == Kind::open_rest) return then(scope);
    auto take = [&](auto is_it) -> std::optional<Object> {
        for (size_t i = 0; i < all.size(); ++i) {
            if (!is_it(all[i])) continue;
            all[i].asked = true;
            return all[i].value;
        }
        return {};
    };
    auto take_at = [&](size_t at) { return take([&](const Argument& each) { return each.position == at; }); };
    if (item.kind() == Kind::named_rest) {
        Object rest = make_items(Object::Kind::list, {});
        while (auto value = take_at(position++)) rest.items.push_back(*value);
        for (Argument& each : all) each.asked |= each.position.has_value();
        return bound_to(item.word(), rest, scope,
                        [&](const Scope& bound) { return arguments(p, index + 1, position, all, bound, then); });
    }
    bool named = item.kind() == Kind::named_argument;
    std::optional<Object> value =
        named ? take([&](const Argument& each) { return each.name == item.word(); }) : take_at(position);
    if (!value) return false;
    return pattern(named ? item[0] : item, *value, scope, Where::argument,
                   [&](const Scope& bound) { return arguments(p, index + 1, position + !named, all, bound, then); });
}

}  // namespace dqrewrite::reference
