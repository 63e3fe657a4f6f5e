// The reference rewriter: the body of a rule carried out straight from the syntax tree.
//
// Each statement is one operation of FX (its document's table of statements), on engine/graph, which is tested
// against PyTorch; what the statements mean is written anew here, and shares nothing with engine/rewrite. A block
// takes a copy of the names, so what it binds ends with it.
// Errors: Ended, also for what the graph refuses; TooSlow.
// Tested against the compiled engine by difference_test.cpp.
#pragma once

#include "engine/graph/module.hpp"
#include "tests/reference/engine.hpp"

namespace dqrewrite::reference {

// Why a run ended before its end, and at which statement or step. Of an expression without a value it is not said
// why: the compiled engine has texts for that which are its own.
struct Ended {
    Syntax at;
    std::string message;
};

struct Warning {
    Syntax at;
    std::string message;
};

class Rewriter {
public:
    // `module` is null where the graph is not its top one. All references outlive the rewriter.
    Rewriter(Engine& engine, Graph& graph, Module* module, OpTable& table, std::vector<Warning>& warnings)
        : engine_(engine), graph_(graph), module_(module), table_(table), warnings_(warnings) {}

    // `names` are what the clauses of the rule have bound, `root` the node at which it has matched.
    void apply(std::string_view rule, NodeId root, Names names);
    // As FX does it on the graph. GraphError.
    void eliminate_dead_code();

private:
    using Items = std::vector<Object>;

    // -- statements.cpp
    void block(Syntax statements, Names names);
    void statement(Syntax s, Names& names);
    void carry_out(Syntax s, Names& names);
    void clone(Syntax s, Names& names);
    void insert(Syntax s, Names& names);
    void replace(Syntax s, const Names& names);
    void set(Syntax s, const Names& names);
    void set_target(Syntax s, NodeId node, const Object& target);
    void set_args(Syntax s, NodeId node, const Object& args);
    void set_kwargs(Syntax s, NodeId node, const Object& kwargs);
    void set_argument(Syntax s, NodeId node, std::string_view name, const Object& value);
    void remember(std::string_view table, const Object& key, const Object& value);
    void loop(Syntax s, const Names& names);
    void fail_or_warn(Syntax s, const Names& names);
    void bind(Syntax s, NodeId made, Names& names);
    NodeId node(Syntax e, const Names& names);
    Place place(Syntax s, const Names& names);

    // -- calls.cpp
    struct Call {
        Items args;
        Object kwargs = make_items(Object::Kind::dict, {});
    };
    static std::optional<Opcode> opcode_of_kind(std::string_view word);  // of those that an insert makes
    std::string callee(Syntax e, const Names& names);
    void add_argument(Syntax argument, Call& call, const Names& names);
    void add_argument(Syntax argument, Call& call, const Object& value);
    Call stored(NodeId node) const;
    NodeId create(Opcode opcode, const std::string& target, const Call& call, Place place, const std::string& meta);
    void assign(NodeId node, const Call& call);
    // `… => T`: the calls of T that were made, by their place in the tree.
    using Made = std::map<syntax::NodeId, NodeId>;
    bool makes_node(Syntax t, const Names& names) const;
    void make_calls(Syntax t, NodeId root, const Names& names, Made& made);
    Object of_template(Syntax t, const Names& names, const Made& made);
    void arrow(Syntax rule, NodeId root, const Names& names);

    // -- metadata.cpp
    std::string policy(Syntax p, const std::string& into, const Names& names);
    void set_meta_from(Syntax s, const Names& names);
    void set_meta(Syntax s, NodeId node, const std::vector<std::string>& path, const Object& value);
    void delete_meta(Syntax s, const Names& names);

    Engine& engine_;
    Graph& graph_;
    Module* module_;
    OpTable& table_;
    std::vector<Warning>& warnings_;
};

}  // namespace dqrewrite::reference
