// See model.hpp.
#include "tests/graph/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dqrewrite::test {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_good(char c) {
    return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string valid(const std::string& candidate) {
    std::string out;
    for (const char c : candidate) {
        if (is_good(c)) {
            out += c;
        } else if (out.empty() || !out.ends_with('\0')) {
            out += '\0';  // a run of other characters
        }
    }
    std::replace(out.begin(), out.end(), '\0', '_');
    if (out.empty()) out = "_unnamed";
    return is_digit(out[0]) ? fmt::format("_{}", out) : out;
}

// base and the digits behind its last underscore, if there are any.
std::pair<std::string, std::string> split(const std::string& name) {
    size_t digits = name.size();
    while (digits > 0 && is_digit(name[digits - 1])) --digits;
    if (digits == name.size() || digits < 2 || name[digits - 1] != '_') return {name, ""};
    return {name.substr(0, digits - 1), name.substr(digits)};
}

}  // namespace

std::string Model::create_name(std::string candidate) {
    candidate = valid(candidate);
    const auto [base, digits] = split(candidate);
    unsigned long long number = 0;
    if (digits.empty() || used_names_.count(candidate) != 0) {
        number = base_count_[base];
        if (refused_name(candidate)) candidate = fmt::format("{}_{}", base, ++number);
    } else {
        number = std::stoull(digits);
    }
    while (used_names_.count(candidate) != 0) candidate = fmt::format("{}_{}", base, ++number);
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
        for (const int user : at(node).users)
            users += fmt::format("{}{}: None", users.empty() ? "" : ", ", name(user));
        throw GraphError(fmt::format("Tried to erase Node {} but it still had {} users in the graph: {{{}}}!",
                                     name(node), at(node).users.size(), users));
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
            throw GraphError(
                fmt::format("Argument '{}' of Node '{}' was used before it has been defined! Please check that Nodes "
                            "in the graph are topologically ordered",
                            name(input), name(node)));
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
