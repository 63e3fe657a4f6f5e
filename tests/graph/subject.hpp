// The engine's graph with the interface of Model, so that one script runs on both.
#pragma once

#include "engine/graph/graph.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dqrewrite::test {

class Subject {
public:
    int read(Opcode opcode, const std::string& name, const std::vector<int>& inputs);
    int create(const std::string& candidate, bool before, int place, const std::vector<int>& inputs);
    int clone(int node, bool before, int place) { return number(graph_.clone(id(node), at(before, place))); }
    void move(int node, bool before, int place) { graph_.move(id(node), at(before, place)); }
    void erase(int node) { graph_.erase(id(node)); }
    void set(int node, const std::vector<int>& inputs);
    void replace(int old, int fresh, int user) { graph_.replace_input(id(user), id(old), id(fresh)); }
    void replace_all(int old, int fresh) { graph_.replace_all_uses(id(old), id(fresh)); }
    void lint() { graph_.lint(); }
    void eliminate_dead_code() {
        graph_.eliminate_dead_code([this](Symbol target) { return impure_.contains(target); });
    }

    int step(int node, bool back) const;
    size_t size() const { return graph_.size(); }
    bool erased(int node) const { return graph_.erased(id(node)); }
    int find(const std::string& name) const { return number(graph_.find(name)); }
    std::string name(int node) const { return graph_.name(id(node)); }
    std::vector<int> operands(int node) const;
    std::vector<int> inputs(int node) const;
    // Checks on the way what else the graph says of its users.
    std::vector<int> users(int node) const;

private:
    // The arguments are operands alone, in args; how values hold them is the matter of graph_test.cpp.
    Arguments arguments(const std::vector<int>& inputs);
    Place at(bool before, int place) const { return {before ? Place::Side::before : Place::Side::after, id(place)}; }
    static NodeId id(int node) { return NodeId{static_cast<uint32_t>(node)}; }
    static int number(NodeId node) { return static_cast<int>(node); }

    std::unique_ptr<Symbols> symbols_ = std::make_unique<Symbols>();
    Graph graph_{*symbols_};
    std::vector<NodeId> operands_;
    std::set<Symbol> impure_;
};

}  // namespace dqrewrite::test
