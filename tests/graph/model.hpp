// A slow and obvious torch.fx: what torch/fx/graph.py and node.py say, with lists that are searched. The engine's
// graph is compared with it (model_test.cpp), and it is itself compared with torch (rows_test.cpp).
//
// Nodes are numbers from 0; -1 is no node, which in a place means FX's root. Names: ASCII, numbers below 2^64.
#pragma once

#include "engine/graph/graph.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dqrewrite::test {

class Model {
public:
    int read(Opcode opcode, const std::string& name, const std::vector<int>& inputs);
    int create(const std::string& candidate, bool before, int place, const std::vector<int>& inputs);
    int clone(int node, bool before, int place);
    void move(int node, bool before, int place);
    void erase(int node);
    void set(int node, const std::vector<int>& inputs);
    void replace(int old, int fresh, int user);
    void replace_all(int old, int fresh);
    void lint() const;
    void eliminate_dead_code();

    int step(int node, bool back) const;  // of -1: the first, or the last
    size_t size() const { return count_; }
    bool erased(int node) const { return at(node).erased; }
    int find(const std::string& name) const;  // -1 where no node bears it
    std::string name(int node) const { return at(node).name; }
    std::vector<int> operands(int node) const { return at(node).args; }
    std::vector<int> inputs(int node) const { return at(node).inputs; }
    std::vector<int> users(int node) const { return at(node).users; }

private:
    struct Node {
        std::string name;
        Opcode opcode = Opcode::output;
        std::vector<int> args;
        std::vector<int> inputs;
        std::vector<int> users;
        int previous = -1;
        int next = -1;
        bool erased = false;
    };

    Node& at(int node) { return nodes_[static_cast<size_t>(node + 1)]; }
    const Node& at(int node) const { return nodes_[static_cast<size_t>(node + 1)]; }
    std::string create_name(std::string candidate);
    int add(Opcode opcode, const std::string& name, const std::vector<int>& inputs);
    void assign(int node, const std::vector<int>& inputs);
    void remove_from_list(int node);
    void prepend(int place, int node);

    std::vector<Node> nodes_ = std::vector<Node>(1);  // the root
    size_t count_ = 0;
    std::set<std::string> used_names_;
    std::map<std::string, unsigned long long> base_count_;
};

}  // namespace dqrewrite::test
