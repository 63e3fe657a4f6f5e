// One torch.fx graph: nodes in order, their arguments, users, names. FX's semantics and nothing else.
//
// Nodes are ids into parallel arrays; an erased node keeps its id and is never reused. Every edit has the
// exact effect on order, users and names that torch.fx 2.13 has; where that is not obvious, the comment
// says what FX does. Nothing here is quadratic: see "users" below.
//
// Users. FX moves a node to the end of the users of *all* its inputs whenever its args or kwargs are
// assigned. So the users of n are just the nodes that have n as an operand, in the order in which they
// were last assigned: each node carries a stamp of its last assignment, an edit is O(1) for each operand
// that it changes, and users() sorts by stamp where the list asks for it.
//
// Errors are GraphError (FX's own text where FX has one): the graph is then as it was before the call.
// Tested by tests/graph/graph_test.cpp.
#pragma once

#include "engine/graph/names.hpp"
#include "engine/graph/symbols.hpp"
#include "engine/graph/value.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

enum class NodeId : uint32_t {};
inline constexpr NodeId no_node{0xFFFFFFFF};

// The six opcodes of FX, in the order of its documentation.
enum class Opcode : uint8_t { placeholder, get_attr, call_function, call_method, call_module, output };
std::string_view opcode_name(Opcode opcode);

// What a dump says of a node's own purity; `unsaid` leaves it to the target.
enum class Impurity : uint8_t { unsaid, pure, impure };

struct GraphError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Where a node is put: before or after another one; `after no_node` is the start, `before no_node` the end.
struct Place {
    enum class Side : uint8_t { before, after };
    Side side = Side::before;
    NodeId node = no_node;
};

// The arguments of a node: `args` and `kwargs` are a graph's own values (see Graph::store), and the
// operands in them index `operands`, which come in the order of a walk over args, then kwargs.
struct Arguments {
    std::span<const Value> args;
    std::span<const Keyword> kwargs;
    std::span<const NodeId> operands;
};

class Graph {
public:
    // `symbols` is shared by the graphs of a module and outlives them; `text_owner` keeps alive what
    // values, meta and origins point into.
    explicit Graph(Symbols& symbols, std::shared_ptr<const void> text_owner = {});
    Graph(Graph&&) noexcept;
    Graph& operator=(Graph&&) noexcept;
    ~Graph();

    // -- order
    size_t size() const;      // nodes that are not erased
    size_t id_count() const;  // ids given out: 0 … id_count() - 1
    NodeId first() const;     // no_node in an empty graph
    NodeId last() const;
    NodeId next(NodeId node) const;  // no_node at the end; of an erased node, the next it had when it was erased
    NodeId previous(NodeId node) const;
    bool erased(NodeId node) const;
    // FX's own step of `for n in graph.nodes`: the next of `node` as it is now, past erased nodes.
    NodeId step(NodeId node) const;
    NodeId step_back(NodeId node) const;

    // -- one node
    Opcode opcode(NodeId node) const;
    Symbol target(NodeId node) const;
    std::string_view target_text(NodeId node) const;
    std::string name(NodeId node) const;
    void append_name(NodeId node, std::string& out) const;
    NodeId find(std::string_view name) const;  // no_node where no node bears it
    std::span<const Value> args(NodeId node) const;
    std::span<const Keyword> kwargs(NodeId node) const;
    std::string_view meta(NodeId node) const;  // the JSON object as text; empty where the node has none
    Impurity own_impurity(NodeId node) const;

    // -- operands and users
    size_t operand_count(NodeId node) const;  // places, so add(x, x) has two
    NodeId operand(NodeId node, size_t index) const;
    // FX's all_input_nodes: the operands in order, each once. Appends to `out`.
    void inputs(NodeId node, std::vector<NodeId>& out) const;
    // FX's users, in FX's order. Appends to `out`.
    void users(NodeId node, std::vector<NodeId>& out) const;
    size_t user_count(NodeId node) const;  // O(1)
    NodeId only_user(NodeId node) const;   // no_node unless there is exactly one; O(1)
    bool uses(NodeId user, NodeId input) const;

    // -- where a node came from: for the writer of the dump
    std::string_view origin(NodeId node) const;  // the JSON object it was read from; empty for a new node
    bool arguments_edited(NodeId node) const;
    bool target_edited(NodeId node) const;
    bool meta_edited(NodeId node) const;
    uint64_t edit_count() const;  // grows with every edit

    // -- building: what a reader does. The name is kept as it is; what create_name would have given in its
    // place is taken too. GraphError where the name is empty or borne by another node.
    struct NewNode {
        Opcode opcode = Opcode::call_function;
        Symbol target = no_symbol;
        std::string_view name;
        Arguments arguments;
        std::string_view meta;
        Impurity impurity = Impurity::unsaid;
        std::string_view origin;
    };
    NodeId append(const NewNode& node);
    // Room for as many nodes, operands.
    void reserve(size_t nodes, size_t operands);

    // -- edits, each one FX operation
    // create_node; the name is create_name(candidate). See target_to_name().
    NodeId create(Opcode opcode, Symbol target, const Arguments& arguments, std::string_view candidate, Place place);
    // node_copy: same arguments, meta and own impurity, the original's name as candidate.
    NodeId clone(NodeId node, Place place);
    // erase_node. GraphError, with FX's text, where the node has users.
    void erase(NodeId node);
    // Place::node.append / .prepend of FX.
    void move(NodeId node, Place place);
    // user.replace_input_with(old, fresh): user's arguments are assigned anew, also where `old` does not occur.
    void replace_input(NodeId user, NodeId old, NodeId fresh);
    // old.replace_all_uses_with(fresh): `fresh` too, where it uses `old`.
    void replace_all_uses(NodeId old, NodeId fresh);
    void set_arguments(NodeId node, const Arguments& arguments);
    void set_target(NodeId node, Symbol target);
    void set_meta(NodeId node, std::string_view json);  // kept by the graph; empty: none

    // -- purity and dead code
    // Whether a call_function of this target must be kept without users; false until it is said.
    void set_target_impure(Symbol target, bool impure);
    // Node.is_impure of FX.
    bool impure(NodeId node) const;
    // Graph.lint as far as a dump can be wrong: GraphError where a node is used before it is defined.
    void lint() const;
    // This graph alone; Module::eliminate_dead_code does what FX does. Returns the number of nodes erased.
    size_t eliminate_dead_code();

    Symbols& symbols() const;
    // For values and text that are to live as long as the graph.
    ValueStore& store();

private:
    struct Data;
    std::unique_ptr<Data> data_;
};

// The candidate from which FX names a new node (Graph._target_to_str): for a call_function the function's
// __name__ ("torch.ops.aten.add.Tensor" -> "add_tensor", an edge op "aten_add_tensor"), for the others the
// target itself, "__x__" stripped; then snake case.
std::string target_to_name(Opcode opcode, std::string_view target);

}  // namespace dqrewrite
