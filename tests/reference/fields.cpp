// The reference engine: what stands behind a dot or in square brackets.

#include "tests/reference/engine.hpp"

#include <algorithm>

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

constexpr std::string_view fields[] = {"name",  "op",     "target",  "args",       "kwargs",
                                       "users", "uses",   "inputs",  "only_user",  "meta",
                                       "arg",   "impure", "mutates", "bound_args", "bound_kwargs"};

bool is_field(std::string_view word) {
    return std::find(std::begin(fields), std::end(fields), word) != std::end(fields);
}

// What a path through metadata may come upon without being an error.
bool may_be_metadata(const Object& object) {
    return object.kind == Object::Kind::none || object.kind == Object::Kind::text ||
           (is_number(object) && object.kind != Object::Kind::big_integer) || object.from_metadata;
}

int64_t whole(const Object& object) {
    if (object.kind != Object::Kind::integer && object.kind != Object::Kind::boolean) throw CannotEvaluate{};
    return object.integer;
}

// In a slice a number of any size, as near as it matters where so many items are there.
int64_t bound_of(const Object& object, int64_t size) {
    const int64_t far = size + 1;
    if (object.kind == Object::Kind::big_integer) return object.text.starts_with('-') ? -far : far;
    return std::clamp(whole(object), -far, far);
}

Object nodes(const std::vector<NodeId>& ids) {
    Object list = make_items(Object::Kind::list, {});
    for (NodeId id : ids) list.items.push_back(make_node(id));
    return list;
}

}  // namespace

Object Engine::field(Syntax e, const Names& names) {
    if (auto constant = dotted(e, names)) return *constant;
    // `n.arg.x` is the argument x, whatever else x may be.
    if (e[0].kind() == Kind::field && e[0].word() == "arg") {
        Object node = evaluate(e[0][0], names);
        check_field(e[0], node, names);
        if (node.kind == Object::Kind::node) return argument_named(node.node, e.word()).value_or(Object());
        return field_of(field_of(node, "arg"), e.word());
    }
    Object object = evaluate(e[0], names);
    check_field(e, object, names);
    return field_of(object, e.word());
}

// A node that was erased can only be compared. In a rewrite a field of what is no node is a mistake, but on a path
// through metadata there need not be a node.
void Engine::check_field(Syntax e, const Object& object, const Names& names) {
    using K = Object::Kind;
    if (object.kind == K::node && graph_.erased(object.node)) throw CannotEvaluate{};
    bool may_lack = object.kind == K::none || object.kind == K::node || object.kind == K::gone_node;
    if (!strict_ || !is_field(e.word()) || may_lack || object.kind == K::record) return;
    Syntax path = e[0];
    bool of_metadata = path.kind() == Kind::field &&
                       (path.word() == "meta" || evaluate(path[0], names).kind == Object::Kind::record);
    if (!of_metadata) throw CannotEvaluate{};
}

// Of what has no such thing: None.
Object Engine::field_of(const Object& object, std::string_view field) {
    if (object.kind == Object::Kind::node) return field_of_node(object.node, field);
    if (object.kind == Object::Kind::record) {
        const Object* found = find(object, make_text(field));
        return found ? *found : Object();
    }
    if (object.kind == Object::Kind::slice)
        return field == "start"  ? object.items[0]
               : field == "stop" ? object.items[1]
               : field == "step" ? object.items[2]
                                 : Object();
    if (object.kind != Object::Kind::gone_node) return {};
    if (field == "name") return make_text(object.text);
    if (field == "meta") return make_items(Object::Kind::record, {});
    if (field == "kwargs") return make_items(Object::Kind::dict, {});
    bool empty = field == "args" || field == "users" || field == "uses" || field == "inputs";
    return empty ? nodes({}) : Object();
}

Object Engine::field_of_node(NodeId node, std::string_view field) {
    if (!is_field(field)) return argument_named(node, field).value_or(Object());
    bool is_call = graph_.opcode(node) == Opcode::call_function;
    if (field == "name") return make_text(graph_.name(node));
    if (field == "op") return make_text(opcode_name(graph_.opcode(node)));
    if (field == "target")
        return make_text(graph_.target_text(node), is_call ? Object::Kind::op : Object::Kind::text);
    if (field == "meta") return from_json(graph_, graph_.meta(node).empty() ? "{}" : graph_.meta(node));
    if (field == "only_user") return graph_.user_count(node) == 1 ? make_node(graph_.only_user(node)) : Object();
    if (field == "impure")
        return make_boolean(
            graph_.impure(node, [this](Symbol target) { return table_.facts(target, graph_.symbols()).impure; }));
    if (field == "mutates") return schema(node) ? make_boolean(schema(node)->mutates) : Object();
    if (field == "bound_args" || field == "bound_kwargs") return bound(node, field == "bound_kwargs");
    if (field == "args") {
        Object list = make_items(Object::Kind::list, {});
        for (const Value& value : graph_.args(node)) list.items.push_back(from_stored(&graph_, node, value));
        return list;
    }
    if (field == "kwargs") {
        Object dict = make_items(Object::Kind::dict, {});
        for (const Keyword& each : graph_.kwargs(node))
            insert(dict, make_text(each.name), from_stored(&graph_, node, each.value));
        return dict;
    }
    std::vector<NodeId> found, slots;
    if (field == "inputs")
        graph_.inputs(node, found);
    else if (field != "arg")
        graph_.users(node, found);
    else
        throw CannotEvaluate{};
    if (field != "uses") return nodes(found);
    for (NodeId user : found)
        for (size_t i = 0; i < graph_.operand_count(user); ++i)
            if (graph_.operand(user, i) == node) slots.push_back(user);
    return nodes(slots);
}

// What is stored by position, then by keyword, then by default; an error of binding is None.
Object Engine::bound(NodeId node, bool keyword_only) {
    const Schema* known = schema(node);
    if (!known || known->vararg || graph_.args(node).size() > known->positional) return {};
    size_t by_keyword = 0;
    Object list = make_items(Object::Kind::list, {}), dict = make_items(Object::Kind::dict, {});
    for (size_t i = 0; i < known->arguments.size(); ++i) {
        const SchemaArgument& argument = known->arguments[i];
        const Value* stored = nullptr;
        for (const Keyword& each : graph_.kwargs(node))
            if (each.name == argument.name) stored = &each.value;
        by_keyword += stored != nullptr;
        bool by_position = i < graph_.args(node).size();
        if (by_position ? stored != nullptr : !stored && !argument.has_default) return {};
        Object value = by_position ? from_stored(&graph_, node, graph_.args(node)[i])
                       : stored    ? from_stored(&graph_, node, *stored)
                                   : from_stored(nullptr, no_node, argument.default_value);
        if (i < known->positional)
            list.items.push_back(value);
        else
            insert(dict, make_text(argument.name), value);
    }
    if (by_keyword != graph_.kwargs(node).size()) return {};
    return keyword_only ? dict : list;
}

Object Engine::subscript(Syntax e, const Names& names) {
    Object object = evaluate(e[0], names);
    Object index = evaluate(e[1], names);
    return index.kind == Object::Kind::slice ? slice_of(object, index) : item_of(object, index);
}

Object Engine::item_of(const Object& object, const Object& index) {
    bool is_table = object.kind == Object::Kind::table;
    if (is_mapping(object) || is_table) {
        if (!is_table && !hashable(index)) throw CannotEvaluate{};
        const Object* found = find(object, index);
        if (!found && object.kind != Object::Kind::record) throw CannotEvaluate{};
        return found ? *found : Object();
    }
    bool is_text = object.kind == Object::Kind::text;
    if (index.kind == Object::Kind::text && may_be_metadata(object)) return {};
    if (!is_text && !is_sequence(object)) throw CannotEvaluate{};
    const std::vector<Object> items = is_text ? letters_of(object.text) : object.items;
    auto size = static_cast<int64_t>(items.size());
    int64_t at = whole(index) < 0 ? whole(index) + size : whole(index);
    if (at < 0 || at >= size) throw CannotEvaluate{};
    return items[static_cast<size_t>(at)];
}

// Python's rules for a slice, one index after the other.
Object Engine::slice_of(const Object& object, const Object& slice) {
    bool is_text = object.kind == Object::Kind::text;
    if (!is_text && !is_sequence(object)) throw CannotEvaluate{};
    const std::vector<Object> items = is_text ? letters_of(object.text) : object.items;
    auto size = static_cast<int64_t>(items.size());
    auto given = [&](size_t part) { return slice.items[part].kind != Object::Kind::none; };
    int64_t step = given(2) ? bound_of(slice.items[2], size) : 1;
    if (step == 0) throw CannotEvaluate{};
    auto bound = [&](size_t part, int64_t absent) {
        if (!given(part)) return absent;
        int64_t index = bound_of(slice.items[part], size);
        if (index < 0) index += size;
        return std::clamp(index, step > 0 ? int64_t{0} : int64_t{-1}, step > 0 ? size : size - 1);
    };
    int64_t start = bound(0, step > 0 ? 0 : size - 1), stop = bound(1, step > 0 ? size : -1);
    Object taken = object;
    taken.text.clear();
    taken.items.clear();
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
        const Object& item = items[static_cast<size_t>(i)];
        if (is_text)
            taken.text += item.text;
        else
            taken.items.push_back(item);
    }
    return taken;
}

}  // namespace dqrewrite::reference
