// The reference rewriter: statements.

#include "tests/reference/rewriter.hpp"

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

// The keys of `n.meta.a["b"]`; nothing where it is no path into metadata.
std::optional<std::vector<std::string>> keys_of(Syntax field) {
    if (field.kind() == Kind::field && field.word() == "meta") return std::vector<std::string>();
    bool by_text = field.kind() == Kind::subscript && field[1].kind() == Kind::string;
    if (field.kind() != Kind::field && !by_text) return {};
    auto keys = keys_of(field[0]);
    if (keys) keys->emplace_back(by_text ? field[1].word() : field.word());
    return keys;
}

}  // namespace

void Rewriter::apply(std::string_view rule, NodeId root, Names names) {
    engine_.set_strict(true);
    if (auto short_form = engine_.declared(Kind::arrow_rule, rule)) {
        arrow(*short_form, root, names);
    } else {
        Syntax declaration = *engine_.declared(Kind::rule, rule);
        auto forget_own_tables = [&](auto& self, Syntax in) -> void {
            if (in.kind() == Kind::bind_result && in.size() > 0)
                engine_.tables().find(in.word())->second.items.clear();
            for (Syntax each : in.children()) self(self, each);
        };
        forget_own_tables(forget_own_tables, declaration);
        if (auto body = declaration.child(Kind::rewrite)) block(*body, std::move(names));
    }
    engine_.set_strict(false);
}

void Rewriter::block(Syntax statements, Names names) {
    for (Syntax each : statements.children()) statement(each, names);
}

void Rewriter::statement(Syntax s, Names& names) {
    engine_.spend();
    try {
        carry_out(s, names);
    } catch (const CannotEvaluate&) {
        throw Ended{s, {}};
    } catch (const GraphError& error) {
        throw Ended{s, error.what()};
    }
}

void Rewriter::carry_out(Syntax s, Names& names) {
    switch (s.kind()) {
    case Kind::clone: return clone(s, names);
    case Kind::insert: return insert(s, names);
    case Kind::replace: return replace(s, names);
    case Kind::set: return set(s, names);
    case Kind::set_meta: return set_meta_from(s, names);
    case Kind::delete_: return delete_meta(s, names);
    case Kind::move: {
        NodeId moved = node(s[0], names);
        return graph_.move(moved, place(s, names));
    }
    case Kind::erase: return graph_.erase(node(s[0], names));
    case Kind::remember: {
        Object key = engine_.evaluate(s[0], names);
        Object value = engine_.evaluate(s[1], names);
        if (engine_.is_shared(s.word()) && (holds_node(key) || holds_node(value))) throw Ended{s, {}};
        return remember(s.word(), key, value);
    }
    case Kind::eliminate: return eliminate_dead_code();
    case Kind::fail:
    case Kind::warn: return fail_or_warn(s, names);
    case Kind::let: return engine_.unpack(s[0], engine_.evaluate(s[1], names), names);
    case Kind::if_:
        if (engine_.is_true(s[0], names)) return block(s[1], names);
        if (s.size() == 2) return;
        if (s[2].kind() == Kind::block) return block(s[2], names);
        return statement(s[2], names);
    case Kind::for_: return loop(s, names);
    default: throw std::logic_error("the reference engine leaves out " + std::string(syntax::kind_name(s.kind())));
    }
}

void Rewriter::clone(Syntax s, Names& names) {
    NodeId original = node(s[0], names);
    bind(s, graph_.clone(original, place(s, names)), names);
}

void Rewriter::insert(Syntax s, Names& names) {
    std::string target = callee(s[0], names);
    Call call;
    for (Syntax argument : s[1].children()) add_argument(argument, call, names);
    const auto kind = opcode_of_kind(target);
    if (kind) {
        const Object text = call.args[0];
        if (text.kind != Object::Kind::text)
            throw Ended{s, target + " takes " +
                               (target == "get_attr"      ? "the path of the attribute"
                                : target == "call_method" ? "the name of the method"
                                : target == "call_module" ? "the path of the module"
                                                          : "the name of the input") +
                               " as text, found " + to_repr(graph_, text)};
        target = text.text;
        call.args.erase(call.args.begin());
    }
    const Opcode opcode = kind.value_or(Opcode::call_function);
    Place where = place(s, names);
    auto meta = s.child(Kind::policy);
    bind(s, create(opcode, target, call, where, meta ? policy(*meta, "", names) : ""), names);
}

void Rewriter::replace(Syntax s, const Names& names) {
    NodeId old = node(s[0], names), fresh = node(s[1], names);
    if (s.size() == 2)
        graph_.replace_all_uses(old, fresh);
    else
        graph_.replace_input(node(s[2], names), old, fresh);
}

void Rewriter::set(Syntax s, const Names& names) {
    Syntax field = s[0];
    if (auto keys = keys_of(field)) {
        while (field.kind() != Kind::field || field.word() != "meta") field = field[0];
        NodeId changed = node(field[0], names);
        return set_meta(s, changed, *keys, engine_.evaluate(s[1], names));
    }
    bool is_argument = field[0].kind() == Kind::field && field[0].word() == "arg";
    NodeId changed = node(is_argument ? field[0][0] : field[0], names);
    Object value = engine_.evaluate(s[1], names);
    if (is_argument) return set_argument(s, changed, field.word(), value);
    if (field.word() == "target") return set_target(s, changed, value);
    if (field.word() == "args") return set_args(s, changed, value);
    if (field.word() == "kwargs") return set_kwargs(s, changed, value);
    set_argument(s, changed, field.word(), value);
}

void Rewriter::set_target(Syntax s, NodeId changed, const Object& target) {
    bool is_call = graph_.opcode(changed) == Opcode::call_function;
    if (target.kind != (is_call ? Object::Kind::op : Object::Kind::text))
        throw Ended{s, to_repr(graph_, target) + " cannot be the target of a " +
                           std::string(opcode_name(graph_.opcode(changed)))};
    Symbol symbol = graph_.symbols().intern(target.text);
    graph_.set_target(changed, symbol);
}

void Rewriter::set_args(Syntax s, NodeId changed, const Object& args) {
    if (!is_sequence(args)) throw Ended{s, "args takes a list, found " + to_repr(graph_, args)};
    Call call = stored(changed);
    call.args = args.items;
    assign(changed, call);
}

void Rewriter::set_kwargs(Syntax s, NodeId changed, const Object& kwargs) {
    if (kwargs.kind != Object::Kind::dict) throw Ended{s, "kwargs takes a dict, found " + to_repr(graph_, kwargs)};
    Call call = stored(changed);
    call.kwargs = kwargs;
    assign(changed, call);
}

// Where it is stored; else by position if all before it are, else by keyword.
void Rewriter::set_argument(Syntax s, NodeId changed, std::string_view name, const Object& value) {
    const Schema* schema = engine_.schema(changed);
    Call call = stored(changed);
    Object keyword = make_text(name);
    size_t position = schema ? schema->find(name) : Schema::npos;
    bool is_known = position != Schema::npos, by_keyword = find(call.kwargs, keyword);
    bool positional = is_known && position < schema->positional;
    if (!is_known && !by_keyword)
        throw Ended{s, graph_.name(changed) + " has no argument \"" + std::string(name) + "\""};
    if (positional && position < call.args.size())
        call.args[position] = value;
    else if (positional && position == call.args.size() && !by_keyword)
        call.args.push_back(value);
    else
        reference::insert(call.kwargs, keyword, value);
    assign(changed, call);
}

void Rewriter::remember(std::string_view table, const Object& key, const Object& value) {
    reference::insert(engine_.tables().find(table)->second, key, value);
}

// What is gone over is read once.
void Rewriter::loop(Syntax s, const Names& names) {
    Object items = engine_.evaluate(s[1], names);
    bool keys = items.kind == Object::Kind::dict;
    if (!keys && !is_sequence(items) && items.kind != Object::Kind::set)
        throw Ended{s, "`for` takes a list, found " + to_repr(graph_, items)};
    auto filter = s.child(Kind::filter);
    for (size_t i = 0; i < items.items.size(); i += keys ? 2 : 1) {
        Names inner = names;
        engine_.unpack(s[0], items.items[i], inner);
        if (!filter || engine_.is_true((*filter)[0], inner)) block(*s.child(Kind::block), inner);
    }
}

void Rewriter::fail_or_warn(Syntax s, const Names& names) {
    std::string text = to_text(graph_, engine_.evaluate(s[0], names));
    if (s.kind() == Kind::fail) throw Ended{s, text};
    warnings_.push_back({s, text});
}

void Rewriter::eliminate_dead_code() {
    const auto impure = [this](Symbol target) { return table_.facts(target, graph_.symbols()).impure; };
    if (module_)
        dqrewrite::eliminate_dead_code(*module_, impure);
    else
        graph_.eliminate_dead_code(impure);
}

// -- operands

NodeId Rewriter::node(Syntax e, const Names& names) {
    Object found = engine_.evaluate(e, names);
    if (found.kind != Object::Kind::node) throw Ended{e, "expected a node, found " + to_repr(graph_, found)};
    if (graph_.erased(found.node)) throw Ended{e, graph_.name(found.node) + " was erased"};
    return found.node;
}

Place Rewriter::place(Syntax s, const Names& names) {
    Syntax where = *s.child(Kind::place);
    return {where.word() == "before" ? Place::Side::before : Place::Side::after, node(where[0], names)};
}

// `as y`, `as own[k]`
void Rewriter::bind(Syntax s, NodeId made, Names& names) {
    Syntax result = *s.child(Kind::bind_result);
    if (result.size() == 0)
        names.insert_or_assign(std::string(result.word()), make_node(made));
    else
        remember(result.word(), engine_.evaluate(result[0], names), make_node(made));
}

}  // namespace dqrewrite::reference
