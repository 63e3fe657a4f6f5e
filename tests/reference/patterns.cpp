// The reference engine: clauses and patterns.

#include "tests/reference/engine.hpp"

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
                [&](const Names& names) { return where(conditions, 0, names, keep); });
        return found;
    }
    Syntax block = *declared(Kind::rule, rule);
    pattern(block[0][0], make_node(root), {}, Where::root,
            [&](const Names& names) { return clauses(block, 1, names, keep); });
    return found;
}

bool Engine::clauses(Syntax rule, size_t index, const Names& names, const Then& then) {
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

bool Engine::where(const std::vector<Syntax>& conditions, size_t index, const Names& names, const Then& then) {
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
    if (binds) return pattern(condition[1], value, names, Where::is, go_on);
    return truth(value) && go_on(names);
}

// -- patterns

bool Engine::pattern(Syntax p, const Object& value, const Names& names, Where where, const Then& then) {
    spend();
    switch (p.kind()) {
    case Kind::anything: return then(names);
    case Kind::either:
        for (Syntax alternative : p.children())
            if (pattern(alternative, value, names, where, then)) return true;
        return false;
    case Kind::bind:
        return bound_to(p.word(), value, names, [&](const Names& bound) {
            return pattern(p[0], value, bound, where == Where::argument ? Where::is : where, then);
        });
    case Kind::literal_pattern: return has_literal(p, value) && then(names);
    case Kind::list_pattern: return value.kind == Object::Kind::list && row(p, 0, value, names, then);
    case Kind::tuple_pattern: return value.kind == Object::Kind::tuple && row(p, 0, value, names, then);
    case Kind::call: return p.word().empty() ? call(p, value, names, then) : chain(p, value, names, then);
    default: return reference(p, value, names, where, then);
    }
}

// The first time a name binds, then it asks for the same value.
bool Engine::bound_to(std::string_view name, const Object& value, const Names& names, const Then& then) {
    auto known = names.find(name);
    if (known != names.end()) return same(known->second, value) && then(names);
    Names bound = names;
    bound.emplace(name, value);
    return then(bound);
}

bool Engine::has_literal(Syntax p, const Object& value) {
    return same(value, evaluate(p[0], {}));
}

bool Engine::is_call_of(const Object& value, Syntax op_set) {
    return value.kind == Object::Kind::node && graph_.opcode(value.node) == Opcode::call_function &&
           targets(op_set).contains(std::string(graph_.target_text(value.node)));
}

bool Engine::reference(Syntax p, const Object& value, const Names& names, Where where, const Then& then) {
    auto word = single_word(p[0]);
    if (word && where == Where::argument) return bound_to(*word, value, names, then);
    if (word) {
        if (const NodeKind* kind = node_kind(*word)) return is_of_kind(graph_, value, *kind) && then(names);
        if (auto inner = declared(Kind::pattern, *word))
            return pattern(inner->last(), value, {}, Where::is, [&](const Names&) { return then(names); });
        if (names.contains(*word) && !declared(Kind::ops, *word)) return bound_to(*word, value, names, then);
    }
    return is_call_of(value, p[0]) && then(names);
}

bool Engine::call(Syntax p, const Object& value, const Names& names, const Then& then) {
    auto word = single_word(p[0]);
    if (const NodeKind* kind = word ? node_kind(*word) : nullptr) {
        if (!is_of_kind(graph_, value, *kind)) return false;
        std::vector<Argument> left = arguments_of(value.node);
        if (kind->opcode == Opcode::get_attr)
            left = {{std::nullopt, 0, make_text(graph_.target_text(value.node)), false}};
        return arguments(p, 1, 0, left, names, then);
    }
    if (auto inner = word ? declared(Kind::pattern, *word) : std::nullopt)
        return pattern(inner->last(), value, {}, Where::is, [&](const Names&) { return then(names); });
    return is_call_of(value, p[0]) && arguments(p, 1, 0, arguments_of(value.node), names, then);
}

// Any number of calls along the first argument, or at most one, longest first.
bool Engine::chain(Syntax p, const Object& value, const Names& names, const Then& then) {
    std::vector<Object> calls, ends = {value};
    size_t most = p.word() == "?" ? 1 : graph_.id_count();
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
        auto end = [&](const Names& bound) { return pattern(p[1], ends[count], bound, Where::argument, then); };
        if (as ? bound_to(as->word(), list, names, end) : end(names)) return true;
    }
    return false;
}

// The items of a list or tuple from `index` on, against the patterns from there on.
bool Engine::row(Syntax p, size_t index, const Object& value, const Names& names, const Then& then) {
    if (index == p.size()) return index == value.items.size() && then(names);
    Syntax item = p[index];
    if (item.kind() == Kind::open_rest) return index <= value.items.size() && then(names);
    if (item.kind() == Kind::named_rest) {
        if (index > value.items.size()) return false;
        Object rest =
            make_items(Object::Kind::list, {value.items.begin() + static_cast<long>(index), value.items.end()});
        return bound_to(item.word(), rest, names, then);
    }
    if (index >= value.items.size()) return false;
    return pattern(item, value.items[index], names, Where::argument,
                   [&](const Names& bound) { return row(p, index + 1, value, bound, then); });
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

// The patterns from `index` on; `left` are the arguments that none of those before has taken.
bool Engine::arguments(Syntax p, size_t index, size_t position, std::vector<Argument> left, const Names& names,
                       const Then& then) {
    if (index == p.size()) {
        for (const Argument& each : left)
            if (!each.may_be_left_out) return false;
        return then(names);
    }
    Syntax item = p[index];
    if (item.kind() == Kind::open_rest) return then(names);
    auto take = [&](auto is_it) -> std::optional<Object> {
        for (size_t i = 0; i < left.size(); ++i) {
            if (!is_it(left[i])) continue;
            std::optional<Object> value = left[i].value;
            left.erase(left.begin() + static_cast<long>(i));
            return value;
        }
        return {};
    };
    auto take_at = [&](size_t at) { return take([&](const Argument& each) { return each.position == at; }); };
    if (item.kind() == Kind::named_rest) {
        Object rest = make_items(Object::Kind::list, {});
        while (auto value = take_at(position++)) rest.items.push_back(*value);
        std::erase_if(left, [](const Argument& each) { return each.position.has_value(); });
        return bound_to(item.word(), rest, names,
                        [&](const Names& bound) { return arguments(p, index + 1, position, left, bound, then); });
    }
    bool named = item.kind() == Kind::named_argument;
    std::optional<Object> value =
        named ? take([&](const Argument& each) { return each.name == item.word(); }) : take_at(position);
    if (!value) return false;
    return pattern(named ? item[0] : item, *value, names, Where::argument,
                   [&](const Names& bound) { return arguments(p, index + 1, position + !named, left, bound, then); });
}

}  // namespace dqrewrite::reference
