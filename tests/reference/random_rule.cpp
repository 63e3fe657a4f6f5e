#include "tests/reference/random_rule.hpp"

namespace dqrewrite::reference {

std::string_view shared_declarations() {
    return R"(ops unary = aten.{relu.default, neg.default}
ops binary = aten.{add.Tensor, sub.Tensor, mul.Tensor}
ops view_like = aten.{view_copy.default, permute.default} | aten.to.dtype
ops bounded = aten.{clamp, hardtanh}.default
ops any_relu = {torch.ops, edge}.aten.relu.default
ops simple = (unary | view_like | bounded) - aten.neg.default
ops scaled = quantized_decomposed.{dequantize_per_tensor, quantize_per_tensor}.default
pattern summed = binary(_, _, ...) | aten.cat.default([_, *_rest], ...)
pattern squared = binary(x, x, ...)
pattern deep = unary*(_v: (view_like(...) | bounded(...))) as _c
pattern pair(l, r) = binary(l, r, ...) | aten.cat.default([l, r, ...], ...) | bounded(l, r, ...)
pattern behind(p) = unary*(simple?(p))
pattern twice(p) = binary(p, p, ...) | aten.linear.default(p, p, ...)
define busy(n) = len(n.users) > 1
define tagged(n) = n.meta.tag is not None
define two = 2
)";
}

std::string RuleText::text() const {
    if (!result.empty()) {
        std::string text = "rule " + name + " {\n    " + pattern + "\n";
        for (const std::string& clause : clauses) text += "    " + clause + "\n";
        return text + "    => " + result + "\n}\n" + pass();
    }
    std::string text = "rule " + name + " {\n    match " + pattern + "\n";
    for (const std::string& clause : clauses) text += "    " + clause + "\n";
    text += "    rewrite {\n";
    for (const std::string& each : names) text += "        remember seen[\"" + each + "\"] = " + each + "\n";
    for (const std::string& each : statements) text += each + "\n";
    return text + "    }\n}\n" + pass();
}

std::string RuleText::pass() const {
    return steps.empty() ? "" : "pass of_" + name + " { " + steps + " }\n";
}

RuleMaker::RuleMaker(Random& random, const Graph& graph, Engine& reader, const OpDeclarations& declarations)
    : random_(random), graph_(graph), reader_(reader), declarations_(declarations) {}

RuleText RuleMaker::make(std::string name) {
    RuleText rule;
    rule.name = std::move(name);
    may_bind_ = true;
    size_t kind = random_.below(100);
    if (!last_pattern_.parts.empty() && kind < 40) {
        for (size_t count = 1 + random_.below(2); count > 0; --count) last_pattern_.mutate(random_);
        known_ = last_known_;
    } else if (!family_.text.empty() && kind < 70) {
        known_.clear();
        last_pattern_ = sibling();
        last_known_ = known_;
    } else {
        known_.clear();
        NodeId root = any_node();
        for (int tries = 0; tries < 3 && graph_.opcode(root) != Opcode::call_function; ++tries) root = any_node();
        last_pattern_ = of_node(root, 1 + static_cast<unsigned>(random_.below(3)), true);
        last_known_ = known_;
        if (random_.chance(50)) start_family(root);
    }
    rule.pattern = last_pattern_.print();
    may_read_table_ = random_.chance(15);
    clauses(rule);
    for (const Known& each : known_) rule.names.push_back(each.name);
    rewrite(rule);
    rule.steps = steps_of(rule);
    return rule;
}

void RuleMaker::clauses(RuleText& rule) {
    for (size_t count = random_.below(4); count > 0 && known(Category::node); --count) {
        size_t kind = random_.below(100);
        if (kind < 20) {
            std::string binding = binding_clause();
            if (!binding.empty()) rule.clauses.push_back("where " + binding);
        } else if (kind < 30) {
            std::string value = node_expression(1) + ".args[:2]";
            std::string first = fresh(Category::scalar, {}), second = fresh(Category::scalar, {});
            rule.clauses.push_back("let " + first + ", " + second + " = " + value);
        } else if (kind < 50) {
            Category category = random_.chance(50) ? Category::list : Category::scalar;
            std::string value = category == Category::list ? list_expression(2)
                                : random_.chance(50)       ? integer_expression(2)
                                                           : scalar_expression(2);
            rule.clauses.push_back("let " + fresh(category, {}) + " = " + value);
        } else if (kind < 85) {
            std::string first = condition(2);
            std::string binding = random_.chance(15) ? binding_clause() : "";
            rule.clauses.push_back("where " + first + (binding.empty() ? "" : " and (" + binding + ")"));
        } else {
            rule.clauses.push_back("unless " + condition(2));
        }
    }
}

// `e is P` that binds; P is taken from what e really is.
std::string RuleMaker::binding_clause() {
    const Known* from = known(Category::node);
    if (!from || from->node == no_node) return {};
    std::string name = from->name;
    std::vector<NodeId> near;
    bool users = random_.chance(60);
    if (users)
        graph_.users(from->node, near);
    else
        graph_.inputs(from->node, near);
    if (near.empty()) return {};
    std::string text = name + (users ? ".users" : ".inputs") + "[0]";
    if (users && near.size() == 1 && random_.chance(60)) text = name + ".only_user";
    may_bind_ = true;
    return text + " is " + of_node(near[0], 1 + static_cast<unsigned>(random_.below(2)), true).print();
}

std::string RuleMaker::fresh(Category category, std::string value, NodeId node) {
    std::string name = random_.pick({"a", "b", "n", "value", "it"}) + std::to_string(made_++);
    known_.push_back({name, category, std::move(value), node});
    return name;
}

// A name of that category, if there is one.
const RuleMaker::Known* RuleMaker::known(Category category) {
    std::vector<const Known*> all;
    for (const Known& each : known_)
        if (each.category == category) all.push_back(&each);
    return all.empty() ? nullptr : random_.pick(all);
}

}  // namespace dqrewrite::reference
