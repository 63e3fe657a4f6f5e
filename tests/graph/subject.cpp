// See subject.hpp.
#include "tests/graph/subject.hpp"

#include "tests/support/catch.hpp"

namespace dqrewrite::test {

Arguments Subject::arguments(const std::vector<int>& inputs) {
    operands_.clear();
    Value* args = graph_.store().values(inputs.size());
    for (const int input : inputs) {
        Value& value = args[operands_.size()];
        value = Value();
        value.kind = Value::Kind::operand;
        value.operand = static_cast<uint32_t>(operands_.size());
        operands_.push_back(id(input));
    }
    return {{args, inputs.size()}, {}, operands_};
}

int Subject::read(Opcode opcode, const std::string& name, const std::vector<int>& inputs) {
    Graph::NewNode node;
    node.opcode = opcode;
    node.target = symbols_->intern("test." + name);
    node.name = name;
    node.arguments = arguments(inputs);
    const bool impure = name.starts_with("impure");
    if (opcode == Opcode::call_function) {
        if (impure) impure_.insert(node.target);
    } else if (impure) {
        node.impurity = Impurity::impure;
    }
    return number(graph_.append(node));
}

int Subject::create(const std::string& candidate, bool before, int place, const std::vector<int>& inputs) {
    const Symbol target = symbols_->intern("test." + candidate);
    if (candidate.starts_with("impure")) impure_.insert(target);
    return number(graph_.create(Opcode::call_function, target, arguments(inputs), candidate, at(before, place)));
}

void Subject::set(int node, const std::vector<int>& inputs) {
    graph_.set_arguments(id(node), arguments(inputs));
}

int Subject::step(int node, bool back) const {
    if (node == -1) return number(back ? graph_.last() : graph_.first());
    return number(back ? graph_.step_back(id(node)) : graph_.step(id(node)));
}

std::vector<int> Subject::operands(int node) const {
    std::vector<int> out;
    for (size_t i = 0; i < graph_.operand_count(id(node)); ++i) out.push_back(number(graph_.operand(id(node), i)));
    return out;
}

std::vector<int> Subject::inputs(int node) const {
    std::vector<NodeId> found;
    graph_.inputs(id(node), found);
    std::vector<int> out;
    for (const NodeId input : found) out.push_back(number(input));
    return out;
}

std::vector<int> Subject::users(int node) const {
    std::vector<NodeId> found;
    graph_.users(id(node), found);
    bool consistent = graph_.user_count(id(node)) == found.size();
    consistent &= graph_.only_user(id(node)) == (found.size() == 1 ? found[0] : no_node);
    std::vector<int> out;
    for (const NodeId user : found) {
        consistent &= graph_.uses(user, id(node));
        out.push_back(number(user));
    }
    if (!consistent) FAIL("user_count, only_user or uses do not agree with users of " << graph_.name(id(node)));
    return out;
}

}  // namespace dqrewrite::test
