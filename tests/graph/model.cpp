#include "tests/graph/model.hpp"

#include <algorithm>
#include <regex>

namespace dqrewrite::test {

std::string Model::create_name(std::string candidate) {
    static const std::regex pattern("([a-zA-Z_][0-9a-zA-Z_]*?)(?:_([0-9]+))?");
    std::smatch match;
    if (!std::regex_match(candidate, match, pattern)) {
        candidate = std::regex_replace(candidate, std::regex("[^0-9a-zA-Z_]+"), "_");
        if (candidate.empty()) candidate = "_unnamed";
        if (std::isdigit(candidate[0])) candidate = "_" + candidate;
        std::regex_match(candidate, match, pattern);
    }
    const std::string base = match[1];
    unsigned long long number = 0;
    if (!match[2].matched || used_names_.count(candidate) != 0) {
        number = base_count_[base];
        if (refused_name(candidate)) candidate = base + "_" + std::to_string(++number);
    } else {
        number = std::stoull(match[2]);
    }
    while (used_names_.count(candidate) != 0) candidate = base + "_" + std::to_string(++number);
    used_names_.insert(candidate);
    base_count_[base] = number;
    return candidate;
}

int Model::add(Opcode opcode, const std::string& name, const std::vector<int>& inputs) {
    const int node = static_cast<int>(nodes_.size()) - 1;
    nodes_.emplace_back();
    at(node).name = name;
    at(node).opcode = opcode;
    at(node).previous = at(node).next = node;
    assign(node, inputs);
    ++count_;
    return node;
}

int Model::read(Opcode opcode, const std::string& name, const std::vector<int>& inputs) {
    create_name(name);
    used_names_.insert(name);
    const int node = add(opcode, name, inputs);
    prepend(-1, node);
    return node;
}

int Model::create(const std::string& candidate, bool before, int place, const std::vector<int>& inputs) {
    const int node = add(Opcode::call_function, create_name(candidate), inputs);
    move(node, before, place);
    return node;
}

int Model::clone(int node, bool before, int place) {
    const Node original = at(node);
    const int copy = add(original.opcode, create_name(original.name), original.args);
    move(copy, before, place);
    return copy;
}

void Model::assign(int node, const std::vector<int>& inputs) {
    for (const int old : at(node).inputs) {
        auto& users = at(old).users;
        users.erase(std::find(users.begin(), users.end(), node));
    }
    at(node).inputs.clear();
    at(node).args = inputs;
    for (const int input : inputs) {
        auto& known = at(node).inputs;
        if (std::find(known.begin(), known.end(), input) != known.end()) continue;
        known.push_back(input);
        at(input).users.push_back(node);
    }
}

void Model::remove_from_list(int node) {
    at(at(node).previous).next = at(node).next;
    at(at(node).next).previous = at(node).previous;
}

void Model::prepend(int place, int node) {
    if (place == node) return;
    remove_from_list(node);
    const int previous = at(place).previous;
    at(previous).next = node;
    at(node).previous = previous;
    at(place).previous = node;
    at(node).next = place;
}

void Model::move(int node, bool before, int place) {
    prepend(before ? place : at(place).next, node);
}

void Model::erase(int node) {
    if (!at(node).users.empty()) {
        std::string users;
        for (const int user : at(node).users) users += (users.empty() ? "" : ", ") + name(user) + ": None";
        throw GraphError("Tried to erase Node " + name(node) + " but it still had " +
                         std::to_string(at(node).users.size()) + " users in the graph: {" + users + "}!");
    }
    if (erased(node)) return;
    remove_from_list(node);
    at(node).erased = true;
    --count_;
    assign(node, {});
}

void Model::set(int node, const std::vector<int>& inputs) {
    assign(node, inputs);
}

void Model::replace(int old, int fresh, int user) {
    std::vector<int> args = at(user).args;
    std::replace(args.begin(), args.end(), old, fresh);
    assign(user, args);
}

void Model::replace_all(int old, int fresh) {
    for (const int user : users(old)) replace(old, fresh, user);
}

void Model::lint() const {
    std::set<int> seen;
    for (int node = step(-1, false); node != -1; node = step(node, false)) {
        for (const int input : at(node).inputs) {
            if (seen.count(input) != 0) continue;
            throw GraphError("Argument '" + name(input) + "' of Node '" + name(node) +
                             "' was used before it has been defined! Please check that Nodes in the graph are "
                             "topologically ordered");
        }
        seen.insert(node);
    }
}

void Model::eliminate_dead_code() {
    lint();
    for (int node = step(-1, true); node != -1; node = step(node, true)) {
        const Opcode opcode = at(node).opcode;
        const bool may_be_impure = opcode == Opcode::call_function || opcode == Opcode::call_module;
        const bool impure = opcode == Opcode::placeholder || opcode == Opcode::output ||
                            (may_be_impure && name(node).starts_with("impure"));
        if (!impure && at(node).users.empty()) erase(node);
    }
}

int Model::step(int node, bool back) const {
    do node = back ? at(node).previous : at(node).next;
    while (node != -1 && at(node).erased);
    return node;
}

int Model::find(const std::string& name) const {
    for (int node = step(-1, false); node != -1; node = step(node, false)) {
        if (at(node).name == name) return node;
    }
    return -1;
}

}  // namespace dqrewrite::test
