// The reference rewriter: calls that are made, and the arguments of nodes.

#include "tests/reference/rewriter.hpp"

#include <algorithm>

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

// Values as a graph keeps them: the nodes among them are operands, in the order of a walk. Rules that double their
// arguments each time are too slow here.
class Stored {
public:
    explicit Stored(Graph& graph) : graph_(graph) {}

    Value value(const Object& object) {
        using V = Value::Kind;
        Value made;
        if (left_-- == 0) throw TooSlow();
        switch (object.kind) {
        case Object::Kind::none: return made;
        case Object::Kind::boolean: made.kind = V::boolean; return made.boolean = object.integer != 0, made;
        case Object::Kind::integer: made.kind = V::integer; return made.integer = object.integer, made;
        case Object::Kind::real: made.kind = V::real; return made.real = object.real, made;
        case Object::Kind::node:
            made.kind = V::operand;
            made.operand = static_cast<uint32_t>(operands.size());
            return operands.push_back(object.node), made;
        case Object::Kind::big_integer: return text(V::big_integer, object.text);
        case Object::Kind::text: return text(V::string, object.text);
        case Object::Kind::dtype: return text(V::dtype, object.text);
        case Object::Kind::device: return text(V::device, object.text);
        case Object::Kind::memory_format: return text(V::memory_format, object.text);
        case Object::Kind::layout: return text(V::layout, object.text);
        case Object::Kind::symbolic: return text(V::symbolic, object.text);
        case Object::Kind::opaque: return text(V::opaque, object.text);
        case Object::Kind::op: return text(V::opaque, to_repr(graph_, object));
        case Object::Kind::complex: return items(V::complex, object);
        case Object::Kind::list: return items(V::list, object);
        case Object::Kind::tuple: return items(V::tuple, object);
        case Object::Kind::slice: return items(V::slice, object);
        case Object::Kind::dict: return items(V::dict, object);
        default: throw GraphError("a " + std::string(type_word(object)) + " cannot be an argument of a node");
        }
    }

    std::vector<NodeId> operands;

private:
    Value text(Value::Kind kind, const std::string& text) {
        std::string_view kept = graph_.store().copy(text);
        Value made;
        made.kind = kind;
        made.size = static_cast<uint32_t>(kept.size());
        made.text = kept.data();
        return made;
    }

    Value items(Value::Kind kind, const Object& object) {
        Value made;
        Value* room = graph_.store().values(object.items.size());
        for (size_t i = 0; i < object.items.size(); ++i) {
            room[i] = value(object.items[i]);
            made.has_operands |= room[i].has_operands || room[i].kind == Value::Kind::operand;
        }
        made.kind = kind;
        made.size = static_cast<uint32_t>(object.items.size());
        made.items = room;
        return made;
    }

    Graph& graph_;
    size_t left_ = 10'000;  // values of one node
};

std::string words_of(Syntax e) {
    if (e.kind() == Kind::name) return std::string(e.word());
    return e.kind() == Kind::field ? words_of(e[0]) + "." + std::string(e.word()) : "";
}

std::string_view first_word(Syntax e) {
    while (e.kind() == Kind::field) e = e[0];
    return e.kind() == Kind::name ? e.word() : std::string_view();
}

bool is_inside(Syntax t, syntax::NodeId id) {
    return t.id == id || std::ranges::any_of(t.children(), [&](Syntax each) { return is_inside(each, id); });
}

// Arguments in the tree of a call: all children but the callee.
std::vector<Syntax> arguments_of_call(Syntax call) {
    std::vector<Syntax> all = call.children();
    all.erase(all.begin());
    return all;
}

}  // namespace

std::optional<Opcode> Rewriter::opcode_of_kind(std::string_view word) {
    if (word == "get_attr") return Opcode::get_attr;
    if (word == "call_method") return Opcode::call_method;
    if (word == "call_module") return Opcode::call_module;
    if (word == "placeholder") return Opcode::placeholder;
    return {};
}

// The target to call: of an op by its name, of the one op of a set, or a value.
std::string Rewriter::callee(Syntax e, const Names& names) {
    bool is_word = e.kind() == Kind::name && !names.contains(e.word());
    if (is_word && opcode_of_kind(e.word())) return std::string(e.word());
    if (auto ops = is_word ? engine_.declared(Kind::ops, e.word()) : std::nullopt)
        return engine_.targets((*ops)[0])[0];
    Object called = engine_.evaluate(e, names);
    if (called.kind != Object::Kind::op) throw Ended{e, "expected an op to call, found " + to_repr(graph_, called)};
    return called.text;
}

void Rewriter::add_argument(Syntax argument, Call& call, const Names& names) {
    bool marked = argument.kind() == Kind::keyword || argument.kind() == Kind::star_item ||
                  argument.kind() == Kind::double_star;
    add_argument(argument, call, engine_.evaluate(marked ? argument[0] : argument, names));
}

// `value` is that of what stands behind a name or a star.
void Rewriter::add_argument(Syntax argument, Call& call, const Object& value) {
    if (argument.kind() == Kind::keyword) {
        reference::insert(call.kwargs, make_text(argument.word()), value);
    } else if (argument.kind() == Kind::star_item) {
        if (!is_sequence(value)) throw Ended{argument, "* takes a list or tuple, found " + to_repr(graph_, value)};
        call.args.insert(call.args.end(), value.items.begin(), value.items.end());
    } else if (argument.kind() == Kind::double_star) {
        if (value.kind != Object::Kind::dict)
            throw Ended{argument, "** takes a dict, found " + to_repr(graph_, value)};
        for (size_t i = 0; i < value.items.size(); i += 2)
            reference::insert(call.kwargs, value.items[i], value.items[i + 1]);
    } else {
        call.args.push_back(value);
    }
}

Rewriter::Call Rewriter::stored(NodeId node) const {
    Call call;
    for (const Value& each : graph_.args(node)) call.args.push_back(from_stored(&graph_, node, each));
    for (const Keyword& each : graph_.kwargs(node))
        reference::insert(call.kwargs, make_text(each.name), from_stored(&graph_, node, each.value));
    return call;
}

namespace {

// Calls `use` with the arguments as a graph takes them.
template <class Use>
auto with_arguments(Graph& graph, const std::vector<Object>& positional, const Object& named, Use use) {
    Stored stored(graph);
    std::vector<Value> args;
    std::vector<Keyword> kwargs;
    for (const Object& each : positional) args.push_back(stored.value(each));
    for (size_t i = 0; i < named.items.size(); i += 2) {
        if (named.items[i].kind != Object::Kind::text) throw GraphError("keywords must be strings");
        kwargs.push_back({graph.store().copy(named.items[i].text), stored.value(named.items[i + 1])});
    }
    Value* kept_args = graph.store().values(args.size());
    Keyword* kept_kwargs = graph.store().keywords(kwargs.size());
    std::copy(args.begin(), args.end(), kept_args);
    std::copy(kwargs.begin(), kwargs.end(), kept_kwargs);
    return use(Arguments{{kept_args, args.size()}, {kept_kwargs, kwargs.size()}, stored.operands});
}

}  // namespace

NodeId Rewriter::create(Opcode opcode, const std::string& target, const Call& call, Place place,
                        const std::string& meta) {
    Symbol symbol = graph_.symbols().intern(target);
    NodeId made = with_arguments(graph_, call.args, call.kwargs, [&](const Arguments& arguments) {
        return graph_.create(opcode, symbol, arguments, target_to_name(opcode, target), place);
    });
    if (!meta.empty()) graph_.set_meta(made, meta);
    return made;
}

void Rewriter::assign(NodeId node, const Call& call) {
    with_arguments(graph_, call.args, call.kwargs,
                   [&](const Arguments& arguments) { graph_.set_arguments(node, arguments); });
}

// -- `… => T`: the calls of T, innermost first, left to right, each right before the root with the root's metadata;
// then the root's users read T, and the root goes.

bool Rewriter::makes_node(Syntax t, const Names& names) const {
    if (t.kind() != Kind::call_expression || names.contains(first_word(t[0]))) return false;
    std::string op = words_of(t[0]);
    bool is_set = t[0].kind() == Kind::name && engine_.declared(Kind::ops, op);
    return is_set || (t[0].kind() == Kind::field && !op.empty() && op != "torch.dtype");
}

void Rewriter::make_calls(Syntax t, NodeId root, const Names& names, Made& made) {
    bool is_call = makes_node(t, names), is_row = t.kind() == Kind::list || t.kind() == Kind::tuple ||
                                                  t.kind() == Kind::star_item || t.kind() == Kind::keyword;
    std::vector<Syntax> parts = is_call ? arguments_of_call(t) : is_row ? t.children() : std::vector<Syntax>();
    for (Syntax part : parts) make_calls(part, root, names, made);
    if (!is_call) return;
    try {
        Call call;
        for (Syntax argument : parts) {
            bool marked = argument.kind() == Kind::keyword || argument.kind() == Kind::star_item ||
                          argument.kind() == Kind::double_star;
            add_argument(argument, call, of_template(marked ? argument[0] : argument, names, made));
        }
        Place place{Place::Side::before, root};
        std::string meta(graph_.meta(root));
        made[t.id] = create(Opcode::call_function, callee(t[0], names), call, place, meta);
    } catch (const CannotEvaluate&) {
        throw Ended{t, {}};
    } catch (const GraphError& error) {
        throw Ended{t, error.what()};
    }
}

Object Rewriter::of_template(Syntax t, const Names& names, const Made& made) {
    if (auto call = made.find(t.id); call != made.end()) return make_node(call->second);
    bool holds_call = std::ranges::any_of(made, [&](const auto& each) { return is_inside(t, each.first); });
    if (!holds_call) return engine_.evaluate(t, names);
    Call row;
    for (Syntax item : t.children())
        add_argument(item, row, of_template(item.kind() == Kind::star_item ? item[0] : item, names, made));
    return make_items(t.kind() == Kind::list ? Object::Kind::list : Object::Kind::tuple, row.args);
}

void Rewriter::arrow(Syntax rule, NodeId root, const Names& names) {
    Syntax t = rule.last();
    Made made;
    make_calls(t, root, names, made);
    try {
        Object fresh = of_template(t, names, made);
        if (fresh.kind != Object::Kind::node) throw Ended{t, "expected a node, found " + to_repr(graph_, fresh)};
        graph_.replace_all_uses(root, fresh.node);
        graph_.erase(root);
    } catch (const CannotEvaluate&) {
        throw Ended{t, {}};
    } catch (const GraphError& error) {
        throw Ended{t, error.what()};
    }
}

}  // namespace dqrewrite::reference
