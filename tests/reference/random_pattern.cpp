// Patterns by chance, each from a value that it matches unless chance has it otherwise.

#include "engine/ops/schema.hpp"
#include "tests/reference/random_rule.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace dqrewrite::reference {

namespace {

struct NamedOps {
    const char* name;
    size_t positional;  // how many arguments may be given by position in all of them
    std::vector<std::string_view> members;
};

const std::vector<NamedOps>& named_ops() {
    static const std::vector<NamedOps> all = {
        {"unary", 1, {"torch.ops.aten.relu.default", "torch.ops.aten.neg.default"}},
        {"binary", 2, {"torch.ops.aten.add.Tensor", "torch.ops.aten.sub.Tensor", "torch.ops.aten.mul.Tensor"}},
        {"view_like",
         2,
         {"torch.ops.aten.view_copy.default", "torch.ops.aten.permute.default", "torch.ops.aten.to.dtype"}},
        {"bounded", 3, {"torch.ops.aten.clamp.default", "torch.ops.aten.hardtanh.default"}},
        {"any_relu", 1, {"torch.ops.aten.relu.default", "executorch.exir.dialects.edge._ops.aten.relu.default"}},
        {"simple",
         1,
         {"torch.ops.aten.relu.default", "torch.ops.aten.view_copy.default", "torch.ops.aten.permute.default",
          "torch.ops.aten.to.dtype", "torch.ops.aten.clamp.default", "torch.ops.aten.hardtanh.default"}},
        {"scaled",
         6,
         {"torch.ops.quantized_decomposed.quantize_per_tensor.default",
          "torch.ops.quantized_decomposed.dequantize_per_tensor.default"}},
        {"aten.{relu, neg, abs}.default", 1, {"torch.ops.aten.relu.default", "torch.ops.aten.neg.default"}},
    };
    return all;
}

bool has_member(const NamedOps& ops, std::string_view target) {
    return std::find(ops.members.begin(), ops.members.end(), target) != ops.members.end();
}

// As rules write it; empty for what no rule can write.
std::string literal_text(const Object& value) {
    char text[64];
    switch (value.kind) {
    case Object::Kind::none: return "None";
    case Object::Kind::boolean: return value.integer ? "True" : "False";
    case Object::Kind::integer: return std::to_string(value.integer);
    case Object::Kind::big_integer: return value.text;
    case Object::Kind::text: return "\"" + value.text + "\"";
    case Object::Kind::dtype: return value.text == "bool" ? "torch.bool" : value.text;
    case Object::Kind::memory_format:
    case Object::Kind::layout: return "torch." + value.text;
    case Object::Kind::real:
        if (std::isnan(value.real)) return "nan";
        if (std::isinf(value.real)) return value.real < 0 ? "-inf" : "inf";
        std::snprintf(text, sizeof text, "%.16e", value.real);
        return text;
    case Object::Kind::symbolic: return "sym(\"" + value.text + "\")";
    case Object::Kind::slice:
    case Object::Kind::complex: {
        std::string parts;
        for (const Object& part : value.items) parts += (parts.empty() ? "" : ", ") + literal_text(part);
        return (value.kind == Object::Kind::slice ? "slice(" : "complex(") + parts + ")";
    }
    default: return {};
    }
}

Sketch sketch_of(Sketch::Kind kind, std::string text) {
    Sketch sketch;
    sketch.kind = kind;
    sketch.text = std::move(text);
    return sketch;
}

}  // namespace

NodeId RuleMaker::any_node() {
    return static_cast<NodeId>(random_.below(graph_.id_count()));
}

Sketch RuleMaker::leaf(const Object& value) {
    std::string described = describe(graph_, value);
    for (const Known& each : known_)
        if (each.value == described && random_.chance(50)) return sketch_of(Sketch::Kind::name, each.name);
    if (!known_.empty() && random_.chance(2)) return sketch_of(Sketch::Kind::name, random_.pick(known_).name);
    if (!may_bind_ || random_.chance(45)) return {};
    Category category = value.kind == Object::Kind::node ? Category::node
                        : is_sequence(value)             ? Category::list
                                                         : Category::scalar;
    return sketch_of(Sketch::Kind::name, fresh(category, described, value.node));
}

Sketch RuleMaker::of_value(const Object& value, unsigned depth) {
    if (value.kind == Object::Kind::node) return of_node(value.node, depth);
    if (is_sequence(value) && random_.chance(55)) {
        Sketch row = sketch_of(Sketch::Kind::row, value.kind == Object::Kind::list ? "[" : "(");
        size_t count = value.items.size();
        if (random_.chance(50) && count > 0) count = random_.below(count);
        for (size_t i = 0; i < count; ++i) row.parts.push_back(of_value(value.items[i], depth == 0 ? 0 : depth - 1));
        if (count < value.items.size() || random_.chance(10)) {
            row.tail = may_bind_ && random_.chance(60) ? "*" : "...";
            if (row.tail == "*") {
                Object rest = make_items(Object::Kind::list,
                                         {value.items.begin() + static_cast<long>(count), value.items.end()});
                row.tail += fresh(Category::list, describe(graph_, rest));
            }
        }
        return row;
    }
    std::string literal = literal_text(value);
    if (literal.empty() || random_.chance(50)) return leaf(value);
    // Three ways to write one number are three values.
    bool is_zero = is_number(value) && equal(value, make_integer(0)), is_one = equal(value, make_integer(1));
    if (value.kind == Object::Kind::dtype && literal != "torch.bool" && random_.chance(30))
        literal = "torch." + literal;
    if (is_zero && random_.chance(20)) literal = random_.pick({"0", "0.0", "-0.0", "False"});
    if (is_one && random_.chance(20)) literal = random_.pick({"1", "1.0", "True"});
    Sketch sketch = sketch_of(Sketch::Kind::literal, literal);
    if (random_.chance(4)) sketch.mutate(random_);
    return sketch;
}

Sketch RuleMaker::of_node(NodeId node, unsigned depth, bool is_root) {
    if (!is_root && (depth == 0 || random_.chance(20))) return leaf(make_node(node));
    if (!may_bind_ || !random_.chance(is_root ? 90 : 35)) return body_of(node, depth);
    Sketch bind = sketch_of(Sketch::Kind::bind, fresh(Category::node, describe(graph_, make_node(node)), node));
    bind.parts.push_back(body_of(node, depth));
    return bind;
}

Sketch RuleMaker::body_of(NodeId node, unsigned depth) {
    std::string_view target = graph_.target_text(node);
    bool nameable = graph_.opcode(node) == Opcode::call_function && target != "mylib.unheard_of";
    size_t kind = random_.below(100);
    if (kind < 12) return chain_of(node, depth);
    if (kind < 22 && depth > 0) return either_of(node, depth);
    if (!nameable || kind < 27) return kind_of(node, depth);
    if (kind < 37) return declared_of(node, depth);
    return call_of(node, depth);
}

// A declared pattern, with what stands there for its parameters.
Sketch RuleMaker::declared_of(NodeId node, unsigned depth) {
    Sketch use =
        sketch_of(Sketch::Kind::call, random_.pick({"summed", "squared", "deep", "pair", "behind", "twice"}));
    size_t count = use.text == "pair" ? 2 : use.text == "behind" || use.text == "twice" ? 1 : 0;
    std::vector<Engine::Argument> arguments = reader_.arguments_of(node);
    for (size_t i = 0; i < count && !random_.chance(10); ++i)
        use.parts.push_back(i < arguments.size() && arguments[i].value ? of_value(*arguments[i].value, depth / 2)
                                                                       : leaf(make_node(node)));
    if (use.parts.size() < count || count == 0) use.tail = "...";
    return use;
}

Sketch RuleMaker::kind_of(NodeId node, unsigned depth) {
    Sketch call = sketch_of(Sketch::Kind::call, std::string(opcode_name(graph_.opcode(node))));
    if (random_.chance(15)) call.text = "node";
    if (graph_.opcode(node) != Opcode::get_attr) {
        add_arguments(call, node, 100, true, depth);
    } else if (call.text != "get_attr" || random_.chance(30)) {
        call.tail = "...";
    } else {
        call.parts.push_back(of_value(make_text(graph_.target_text(node)), 0));
    }
    return call;
}

void RuleMaker::start_family(NodeId root) {
    size_t most = 0;
    bool single = false;
    family_ = {};
    if (graph_.opcode(root) != Opcode::call_function || graph_.target_text(root) == "mylib.unheard_of") return;
    family_ = sketch_of(Sketch::Kind::call, op_text(root, most, single));
    family_root_ = root;
    family_.tail = "...";
    family_.parts.resize(std::min(most, 1 + random_.below(2)));
}

// Its arguments are patterns of what stands there, or of something else.
Sketch RuleMaker::sibling() {
    Sketch bind = sketch_of(Sketch::Kind::bind, fresh(Category::node, {}, family_root_));
    bind.parts = {family_};
    std::vector<Engine::Argument> arguments = reader_.arguments_of(family_root_);
    for (size_t i = 0; i < family_.parts.size(); ++i) {
        Sketch& part = bind.parts[0].parts[i];
        bool is_there = i < arguments.size() && arguments[i].value && random_.chance(70);
        part = is_there ? of_value(*arguments[i].value, 1) : of_node(any_node(), 1, random_.chance(70));
    }
    return bind;
}

// The op of a node by its name or that of a set; `most` arguments may be given by position.
std::string RuleMaker::op_text(NodeId node, size_t& most, bool& single) {
    std::string target(graph_.target_text(node));
    std::vector<const NamedOps*> sets;
    for (const NamedOps& each : named_ops())
        if (has_member(each, target)) sets.push_back(&each);
    single = sets.empty() || random_.chance(50);
    if (!single) {
        const NamedOps* chosen = random_.pick(sets);
        most = chosen->positional;
        return chosen->name;
    }
    ValueStore store;
    auto declared = declarations_.find(target);
    auto schema = declared ? parse_schema(declared->schema, store) : std::nullopt;
    most = schema ? schema->positional : 100;
    for (const Dialect& dialect : dialects())
        if (target.starts_with(dialect.prefix))
            return (dialect.word == "torch.ops" && random_.chance(70) ? "" : std::string(dialect.word) + ".") +
                   target.substr(dialect.prefix.size());
    return target;
}

Sketch RuleMaker::call_of(NodeId node, unsigned depth) {
    size_t most = 0;
    bool single = false;
    Sketch call = sketch_of(Sketch::Kind::call, op_text(node, most, single));
    add_arguments(call, node, most, single, depth);
    return call;
}

void RuleMaker::add_arguments(Sketch& call, NodeId node, size_t most, bool by_name, unsigned depth) {
    std::vector<Engine::Argument> arguments = reader_.arguments_of(node);
    size_t positional = 0, visible = 0;
    for (const Engine::Argument& each : arguments) {
        positional += each.position.has_value();
        visible += each.position.has_value() && !each.may_be_left_out;
    }
    most = std::min(most, positional);
    size_t count = random_.chance(50) ? std::min(most, visible) : random_.below(most + 1);
    bool rest_is_open = false, named = false;
    unsigned below = depth == 0 ? 0 : depth - 1;
    for (size_t position = 0; position < count; ++position)
        for (const Engine::Argument& each : arguments)
            if (each.position == position) call.parts.push_back(each.value ? of_value(*each.value, below) : Sketch());
    bool fits = declarations_.find(graph_.target_text(node)).has_value() && reader_.schema(node);
    for (const Engine::Argument& each : arguments) {
        if (each.position && *each.position < count) continue;
        bool nameable =
            by_name && each.name && each.value && (!fits || reader_.schema(node)->find(*each.name) != Schema::npos);
        if (nameable && random_.chance(30)) {
            call.parts.push_back(of_value(*each.value, below));
            call.parts.back().label = *each.name;
            named = true;
        } else {
            rest_is_open |= !each.may_be_left_out;
        }
    }
    if (!named && may_bind_ && random_.chance(15))
        call.tail = "*" + fresh(Category::list, {});
    else if (random_.chance(rest_is_open ? 90 : 40))
        call.tail = "...";
}

// A chain of some of the calls that really are there, or of none.
Sketch RuleMaker::chain_of(NodeId node, unsigned depth) {
    std::vector<const NamedOps*> sets;
    for (const NamedOps& each : named_ops())
        if (has_member(each, graph_.target_text(node)) || random_.chance(15)) sets.push_back(&each);
    if (sets.empty()) sets.push_back(&named_ops()[0]);
    const NamedOps* chosen = random_.pick(sets);
    Object end = make_node(node);
    size_t steps = 0;
    while (end.kind == Object::Kind::node && has_member(*chosen, graph_.target_text(end.node)) &&
           random_.chance(75)) {
        std::vector<Engine::Argument> arguments = reader_.arguments_of(end.node);
        if (arguments.empty() || arguments[0].position != 0 || !arguments[0].value) break;
        end = *arguments[0].value;
        ++steps;
    }
    Sketch chain = sketch_of(Sketch::Kind::call, chosen->name);
    chain.mark = steps < 2 && random_.chance(35) ? "?" : "*";
    bool has_call = end.kind == Object::Kind::node && graph_.opcode(end.node) == Opcode::call_function &&
                    graph_.target_text(end.node) != "mylib.unheard_of";
    if (steps > 0)
        chain.parts.push_back(of_value(end, depth == 0 ? 0 : depth - 1));
    else
        chain.parts.push_back(has_call ? call_of(end.node, 0) : leaf(end));
    if (may_bind_ && random_.chance(50)) chain.as = fresh(Category::list, {});
    return chain;
}

// What matches, beside a changed copy of it, which binds the same names, or beside something else, and then its
// names are not bound afterwards.
Sketch RuleMaker::either_of(NodeId node, unsigned depth) {
    size_t before = known_.size();
    Sketch either = sketch_of(Sketch::Kind::either, "");
    either.parts.push_back(body_of(node, depth - 1));
    Sketch other = either.parts[0];
    if (known_.size() > before && random_.chance(80)) {
        for (size_t count = 1 + random_.below(3); count > 0; --count) other.mutate(random_);
    } else {
        known_.resize(before);
        bool could_bind = std::exchange(may_bind_, false);
        other = of_node(any_node(), 1, true);
        may_bind_ = could_bind;
    }
    either.parts.insert(either.parts.begin() + static_cast<long>(random_.below(2)), other);
    return either;
}

}  // namespace dqrewrite::reference
