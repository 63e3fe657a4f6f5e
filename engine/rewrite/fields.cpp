// The evaluator: what may be asked of a node.

#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/hashed.hpp"

namespace dqrewrite {

using program::Field;

bool Evaluator::fail_as_erased(const Location& at, NodeId node) {
    return fail(at, "node %a was erased", make_node(node));
}

// `args` and `meta` are not asked here: see attribute_of().
bool Evaluator::node_field(const Expression& e, NodeId node, Datum& out) {
    bool is_call = graph_.opcode(node) == Opcode::call_function;
    switch (e.field) {
    case Field::name:
        graph_.append_name(node, cleared_text());
        out = make_text(Datum::Kind::string, arena_.copy(text_));
        return true;
    case Field::op: out = make_text(Datum::Kind::string, opcode_name(graph_.opcode(node))); return true;
    case Field::target:
        out = is_call ? make_op(graph_.target(node)) : make_text(Datum::Kind::string, graph_.target_text(node));
        return true;
    case Field::kwargs: out = kwargs_of(node); return true;
    case Field::users:
    case Field::uses:
    case Field::inputs: return nodes_field(e.location, node, e.field, out);
    case Field::only_user: {
        NodeId user = graph_.only_user(node);
        out = user == no_node ? make_none() : make_node(user);
        return true;
    }
    case Field::impure: out = make_boolean(graph_.impure(node, binding_.impure_target())); return true;
    case Field::mutates: {
        const Schema* schema = is_call ? binding_.schema(graph_.target(node)) : nullptr;
        out = schema ? make_boolean(schema->mutates) : make_none();
        return true;
    }
    case Field::bound_args:
    case Field::bound_kwargs: return bound_arguments(e, node, out);
    case Field::none: return schema_argument(e.location, node, e.text, out);
    case Field::arg: return fail(e.location, "after \".arg\" stands the name of an argument");
    case Field::args:
    case Field::meta: break;
    }
    return fail(e.location, "a node has no %a", make_text(Datum::Kind::opaque, e.text));
}

// A node that only metadata speaks of has a name and nothing else.
bool Evaluator::gone_field(const Expression& e, const Datum& node, Datum& out) {
    switch (e.field) {
    case Field::name: out = make_text(Datum::Kind::string, node.text_view()); break;
    case Field::args:
    case Field::users:
    case Field::uses:
    case Field::inputs: out = make_items(Datum::Kind::list, {}); break;
    case Field::kwargs: out = make_items(Datum::Kind::dict, {}); break;
    default: out = make_none(); break;
    }
    return true;
}

bool Evaluator::schema_argument(const Location& at, NodeId node, std::string_view name, Datum& out) {
    if (!alive(at, node)) return false;
    if (!CallArguments(graph_, binding_, node).named(name, arena_, out)) out = make_none();
    if (is_container(out)) budget_.spend(extent_of(out).weight, at);
    return true;
}

bool Evaluator::bound_arguments(const Expression& e, NodeId node, Datum& out) {
    CallArguments call(graph_, binding_, node);
    out = make_none();
    if (!call.fits()) return true;
    Scratch scratch(*this);
    bool keywords = e.field == Field::bound_kwargs;
    call.bound(keywords, arena_, stack_);
    std::span<const Datum> values = pushed(scratch.base());
    if (!keywords) return finish(e.location, Datum::Kind::list, values, out);
    HashedItems dict(Datum::Kind::dict, arena_);
    for (size_t i = 0; i < values.size(); ++i)
        dict.insert(make_text(Datum::Kind::string, call.schema().arguments[call.schema().positional + i].name),
                    values[i]);
    out = dict.finish();
    return check_extent(e.location, out.item_span());
}

Datum Evaluator::kwargs_of(NodeId node) {
    HashedItems items(Datum::Kind::dict, arena_);
    for (const Keyword& each : graph_.kwargs(node))
        items.insert(make_text(Datum::Kind::string, each.name), from_value(graph_, node, each.value, arena_));
    return items.finish();
}

// users: once each; uses: once for each place where the node stands; inputs: once each.
bool Evaluator::nodes_field(const Location& at, NodeId node, Field field, Datum& out) {
    NodeScratch found(*this);
    if (field == Field::inputs)
        graph_.inputs(node, nodes_), budget_.spend(graph_.operand_count(node) / uses_per_step, at);
    else
        budget_.spend(graph_.users(node, nodes_) / uses_per_step, at);
    Scratch scratch(*this);
    for (size_t place = found.base(); place < nodes_.size(); ++place) {
        NodeId each = nodes_[place];
        if (field != Field::uses) {
            stack_.push_back(make_node(each));
            continue;
        }
        size_t operands = graph_.operand_count(each);
        budget_.spend(operands, at);
        for (size_t i = 0; i < operands; ++i)
            if (graph_.operand(each, i) == node) stack_.push_back(make_node(each));
    }
    budget_.spend(nodes_.size() - found.base(), at);
    out = make_items(Datum::Kind::list, pushed(scratch.base()));
    return true;
}

}  // namespace dqrewrite
