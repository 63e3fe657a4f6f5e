// One torch.fx graph: nodes in order, their arguments, users, names. FX's semantics and nothing else.
//
// Nodes are ids into parallel arrays; an erased node keeps its id and is never reused. Every edit has the
// exact effect on order, users and names that torch.fx 2.13 has; where that is not obvious, the comment
// says what FX does. Nothing here is quadratic.
//
// Users are kept in FX's order by uses.hpp; names are names.hpp's.
//
// Errors are GraphError (FX's own text where FX has one): the graph is then as it was before the call.
// Tested by tests/graph/graph_test.cpp, and by model_test.cpp against a slow model of FX.
#pragma once

#include "engine/graph/argument_bits.hpp"
#include "engine/graph/meta_answers.hpp"
#include "engine/graph/names.hpp"
#include "engine/graph/node_id.hpp"
#include "engine/graph/prefetch.hpp"
#include "engine/graph/skeletons.hpp"
#include "engine/graph/symbols.hpp"
#include "engine/graph/uses.hpp"
#include "engine/graph/value.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

// The six opcodes of FX, in the order of its documentation.
enum class Opcode : uint8_t { placeholder, get_attr, call_function, call_method, call_module, output };
std::string_view opcode_name(Opcode opcode);

// What a dump says of a node's own purity; `unsaid` leaves it to the target.
enum class Impurity : uint8_t { unsaid, pure, impure };

// Where a node is put: before or after another one; `after no_node` is the start, `before no_node` the end.
struct Place {
    enum class Side : uint32_t { before, after };  // as wide as a node, so that a place is one word
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

// Whether a call_function of this target must be kept without users, where the node does not say it itself: what is
// known of ops is no matter of the graph.
using ImpureTarget = std::function<bool(Symbol target)>;

class Graph;
// What lint finds. `doubt` is the last one about the two nodes; doubts_end() where it was not written down.
struct OrderError : GraphError {
    OrderError(const std::string& message, const Graph* where, uint64_t about)
        : GraphError(message), graph(where), doubt(about) {}
    const Graph* graph;
    uint64_t doubt;
};

// Is told of what takes much longer, or much more to write, than other edits: before it is done, and may throw. The
// graph is then to be discarded.
class Toll {
public:
    // A copy of a node that may have many operands, or long arguments, metadata or names.
    virtual void copying(const Graph& graph, NodeId node) = 0;
    // So many uses of a node, beyond a few, are looked through for a replacement.
    virtual void replacing(size_t uses) = 0;
    // Where names are long: a node is to be named, or used, and so many bytes are to be written for it.
    virtual void naming(size_t bytes) = 0;

protected:
    ~Toll() = default;
};

// What an elimination of dead code did, and what it took.
struct DeadCode {
    size_t erased = 0;     // nodes
    size_t looked_at = 0;  // nodes and operands
};

// Is told of a node that is about to be erased as dead code.
using DeadNode = std::function<void(const Graph& graph, NodeId node)>;

class Graph {
public:
    // `symbols` is shared by the graphs of a module and outlives them; `text_owner` keeps alive what
    // values, meta and origins point into.
    explicit Graph(Symbols& symbols, std::shared_ptr<const void> text_owner = {});

    // -- order
    size_t size() const { return size_; }              // nodes that are not erased
    size_t id_count() const { return nodes_.size(); }  // ids given out: 0 … id_count() - 1
    NodeId first() const { return first_; }            // no_node in an empty graph
    NodeId last() const { return last_; }
    // no_node at the end; of an erased node, what it was when it was erased.
    NodeId next(NodeId node) const { return nodes_[index_of(node)].next; }
    NodeId previous(NodeId node) const { return nodes_[index_of(node)].previous; }
    bool erased(NodeId node) const { return (nodes_[index_of(node)].flags & is_erased) != 0; }
    // FX's own step of `for n in graph.nodes`: the next of `node` as it is now, past erased nodes.
    NodeId step(NodeId node) const {
        do node = next(node);
        while (node != no_node && erased(node));
        return node;
    }
    NodeId step_back(NodeId node) const {
        do node = previous(node);
        while (node != no_node && erased(node));
        return node;
    }

    // The first node from `node` on with wanted(node, opcode, target); no_node where there is none. Nothing may be
    // edited meanwhile, and `node` is not erased.
    template <class Wanted>
    NodeId find_from(NodeId node, Wanted wanted) const {
        const Node* const nodes = nodes_.data();
        for (; node != no_node; node = nodes[index_of(node)].next) {
            const Node& at = nodes[index_of(node)];
            prefetch(index_of(node) + far_ahead);
            if (wanted(node, at.opcode, at.target)) break;
        }
        return node;
    }

    // -- one node
    Opcode opcode(NodeId node) const { return nodes_[index_of(node)].opcode; }
    Symbol target(NodeId node) const { return nodes_[index_of(node)].target; }
    std::string_view target_text(NodeId node) const { return symbols_->text(target(node)); }
    std::string name(NodeId node) const;
    size_t name_size(NodeId node) const { return namespace_.size_of(details_[index_of(node)].name); }
    // Some name is so long that it counts how often it is written.
    bool has_long_names() const { return namespace_.has_long(); }
    size_t size_of_operand_names(NodeId node) const;
    void append_name(NodeId node, std::string& out) const { namespace_.append(details_[index_of(node)].name, out); }
    // The name is letters, digits and underscores of ASCII, the first no digit.
    bool has_identifier(NodeId node) const { return namespace_.has_identifier(details_[index_of(node)].name); }
    // no_node where no node bears the name.
    NodeId find(std::string_view name) const {
        const NodeId node = namespace_.bearer(name);
        return node == no_node || erased(node) ? no_node : node;
    }
    std::span<const Value> args(NodeId node) const { return skeletons_[details_[index_of(node)].skeleton].args; }
    std::span<const Keyword> kwargs(NodeId node) const {
        return skeletons_[details_[index_of(node)].skeleton].kwargs;
    }
    // The JSON object as text; empty where the node has none.
    std::string_view meta(NodeId node) const {
        const Details& details = details_[index_of(node)];
        if (details.meta_size == own_meta) [[unlikely]]
            return own_metas_[details.meta_begin];
        return {details.text + details.meta_begin, details.meta_size};
    }
    // Asks the memory for what rules ask of a node but its op: users, operands, name, arguments. Any number is good.
    // `far_ahead` is how many nodes before it is wanted.
    static constexpr size_t far_ahead = 48;
    [[gnu::always_inline]] void prefetch(size_t id) const {
        prefetch_element(details_, id);
        uses_.prefetch(id);
    }
    // The same for the first bytes of its metadata, which lies anywhere in the text of a dump.
    static constexpr size_t look_ahead = 8;
    [[gnu::always_inline]] void prefetch_meta(size_t id) const {
        if (id >= details_.size()) return;
        const std::string_view text = meta(NodeId{static_cast<uint32_t>(id)});
        __builtin_prefetch(text.data());
        if (text.size() > 64) __builtin_prefetch(text.data() + 64);
    }
    // What is known of metadata without looking at it.
    MetaAnswers& meta_answers() { return meta_answers_; }
    const MetaAnswers& meta_answers() const { return meta_answers_; }
    Impurity own_impurity(NodeId node) const { return nodes_[index_of(node)].impurity; }

    // -- operands and users
    // Places, so add(x, x) has two.
    size_t operand_count(NodeId node) const { return uses_.operand_count(node); }
    // no_node in an erased node, where FX has None.
    NodeId operand(NodeId node, size_t index) const { return uses_.operand(node, index); }
    // Which arguments are operands, as far as that is known without the values.
    ArgumentBits argument_bits(NodeId node) const { return nodes_[index_of(node)].arguments; }
    // FX's all_input_nodes: the operands in order, each once. Appends to `out`.
    void inputs(NodeId node, std::vector<NodeId>& out) const { uses_.inputs(node, out); }
    // FX's users, in FX's order, as what `make` makes of them; there is room for user_count() at `out`. Returns how
    // many places they have the node in besides the first of each, where it takes long to go over them.
    template <class Item, class Make>
    size_t users(NodeId node, Item* out, Make make) const {
        return uses_.users(node, out, make);
    }
    // The same. Appends to `out`.
    size_t users(NodeId node, std::vector<NodeId>& out) const { return uses_.users(node, out); }
    size_t user_count(NodeId node) const { return uses_.user_count(node); }  // O(1)
    // no_node unless there is exactly one; O(1).
    NodeId only_user(NodeId node) const { return uses_.only_user(node); }
    bool uses(NodeId user, NodeId input) const { return uses_.uses(user, input); }

    // -- where a node came from: for the writer of the dump
    // The JSON object it was read from; empty for a new node.
    std::string_view origin(NodeId node) const {
        const Details& details = details_[index_of(node)];
        return {details.text, details.origin_size};
    }
    bool arguments_edited(NodeId node) const { return (nodes_[index_of(node)].flags & has_new_arguments) != 0; }
    bool target_edited(NodeId node) const { return (nodes_[index_of(node)].flags & has_new_target) != 0; }
    bool meta_edited(NodeId node) const { return (nodes_[index_of(node)].flags & has_new_meta) != 0; }
    uint64_t edit_count() const { return edit_count_; }  // grows with every edit
    uint64_t move_count() const { return move_count_; }  // with every move

    // -- building: what a reader does. The name is kept as it is; what create_name would have given in its
    // place is taken too. NameError where the name is empty, too long, or borne by another node; GraphError where
    // the origin is too long.
    static constexpr size_t longest_origin = 0xFFFFFFFE;  // bytes
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
    // What a graph knows that was not made by appending its nodes alone; see engine/graph/past.hpp.
    void assign_again(std::span<const NodeId> nodes) { uses_.assign_again(nodes); }
    Names& names() { return namespace_; }
    const Names& names() const { return namespace_; }
    // Room for as many nodes, operands.
    void reserve(size_t nodes, size_t operands);

    // -- edits, each one FX operation. GraphError too where an erased node is edited, copied, made an operand or
    // named as a place: FX goes on with a broken graph there. What FX takes without harm is none: erasing it once
    // more, and replacing an input of it.
    // create_node; the name is create_name(candidate). See target_to_name().
    NodeId create(Opcode opcode, Symbol target, const Arguments& arguments, Name candidate, Place place);
    NodeId create(Opcode opcode, Symbol target, const Arguments& arguments, std::string_view candidate, Place place) {
        return create(opcode, target, arguments, name_candidate(candidate), place);
    }
    // For who creates many nodes from one candidate.
    Name name_candidate(std::string_view text) { return namespace_.candidate(text); }
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
    // Who is told; null: nobody. It outlives the graph or is taken back.
    void set_toll(Toll* toll) { toll_ = toll; }
    // Copies of this node, and of those, are told of. Nodes that are appended and metadata that is set are looked at
    // for it; who gives a node other arguments or another target has to know.
    void mark_long(NodeId node) { nodes_[index_of(node)].flags |= may_be_long; }
    static constexpr size_t short_text = 4096;  // bytes of a node that are usual
    static constexpr size_t short_weight = 64;  // of its arguments: weight_of()

    // -- purity and dead code
    // Node.is_impure of FX.
    bool impure(NodeId node, const ImpureTarget& impure_target) const;
    // Graph.lint as far as a dump can be wrong: OrderError where a node is used before it is defined. Only what edits
    // since it last held can have put out of order is looked at, as long as that takes less than a walk over all.
    // Returns the nodes and operands that were looked at.
    size_t lint();
    // The doubts that edits have raised about the order are numbered: those that lint has not settled yet.
    uint64_t doubts_begin() const { return doubts_end_ - doubts_.size(); }
    uint64_t doubts_end() const { return doubts_end_; }
    // This graph alone; Module::eliminate_dead_code does what FX does.
    DeadCode eliminate_dead_code(const ImpureTarget& impure_target, const DeadNode& tell = {});

    Symbols& symbols() const { return *symbols_; }
    // For values and text that are to live as long as the graph.
    ValueStore& store() { return store_; }

private:
    enum Flag : uint8_t {
        is_erased = 1,
        has_new_arguments = 2,
        has_new_target = 4,
        has_new_meta = 8,
        in_doubt = 16,
        may_be_long = 32
    };
    // What every walk over the graph reads.
    struct Node {
        NodeId next = no_node;
        NodeId previous = no_node;
        Symbol target = no_symbol;
        Opcode opcode = Opcode::call_function;
        Impurity impurity = Impurity::unsaid;
        uint8_t flags = 0;
        ArgumentBits arguments;
    };
    // What is asked of single nodes.
    struct alignas(32) Details {
        Name name = {};
        const char* text = nullptr;  // the origin; of a copy that of its original, for the metadata
        uint32_t origin_size = 0;
        uint32_t meta_begin = 0;  // from the text on; else an index into own_metas_
        uint32_t meta_size = 0;
        uint32_t skeleton = 0;
    };
    static constexpr uint32_t own_meta = 0xFFFFFFFF;  // a meta_size

    void keep_meta(Details& details, std::string_view meta);
    void check_alive(NodeId node) const {
        if (erased(node)) [[unlikely]]
            fail_as_erased(node);
    }
    [[noreturn, gnu::cold]] void fail_as_erased(NodeId node) const;
    [[noreturn, gnu::cold]] void fail_as_used(NodeId node) const;
    void check_operands(std::span<const NodeId> operands) const;
    // Makes room for one more node, so that no array fails after another has grown.
    void prepare(size_t operands) {
        if (nodes_.size() == nodes_.capacity()) [[unlikely]]
            grow();
        uses_.prepare(operands);
    }
    [[gnu::cold]] void grow();
    NodeId next_id() const { return NodeId{static_cast<uint32_t>(id_count())}; }
    NodeId put(Node node, const Details& details, MetaAnswers::Row answers, Place place);
    [[gnu::cold, gnu::noinline]] NodeId clone_other(NodeId node, Place place);
    bool is_long(const NewNode& node) const;
    [[gnu::cold, gnu::noinline]] void tell_names(NodeId user, std::span<const NodeId> operands);
    [[gnu::cold, gnu::noinline]] void tell_name_in_place(NodeId user, NodeId old, NodeId fresh);
    struct Neighbours {
        NodeId next, previous;
    };
    Neighbours neighbours(Place place) const;
    void link(Neighbours at, NodeId node);
    void unlink(NodeId node);
    void erase_unused(NodeId node);  // which is not erased
    bool known_before(NodeId first, NodeId second) const;
    template <class Operands>
    bool known_before(const Operands& operands, Place place) const;
    void mark_edited(NodeId node, Flag what);
    // An edit may have put a node before an operand of its own, or before this one.
    [[gnu::cold, gnu::noinline]] void doubt(NodeId node, NodeId operand);
    [[gnu::cold, gnu::noinline]] void doubt_operands(NodeId node);
    [[gnu::cold, gnu::noinline]] void doubt_users(NodeId node);
    bool stands_before(NodeId first, NodeId second, size_t& steps) const;
    bool doubts_are_unfounded(size_t& steps) const;
    size_t check_order() const;
    [[noreturn]] void out_of_order(NodeId node, NodeId operand) const;

    // Parallel arrays: one element for each id. What is asked together stands together.
    std::vector<Node> nodes_;
    std::vector<Details> details_;
    Skeletons skeletons_;
    std::vector<std::string_view> own_metas_;  // those that are not in a node's text
    MetaAnswers meta_answers_;
    Uses uses_;

    NodeId first_ = no_node;
    NodeId last_ = no_node;
    size_t size_ = 0;
    uint64_t edit_count_ = 0;
    uint64_t move_count_ = 0;
    size_t ascending_ = 0;  // the nodes with ids below this stand in the order of their ids
    struct Doubt {
        NodeId node, operand;
    };
    std::vector<Doubt> doubts_;  // all other operands are known to stand before the nodes that use them
    uint64_t doubts_end_ = 0;
    bool doubts_are_many_ = false;  // and not all are written down
    Names namespace_;
    ValueStore store_;
    Symbols* symbols_;
    std::shared_ptr<const void> text_owner_;
    Toll* toll_ = nullptr;
};

// The candidate from which FX names a new node (Graph._target_to_str): for a call_function the function's
// __name__ ("torch.ops.aten.add.Tensor" -> "add_tensor", an edge op "aten_add_tensor"), for the others the
// target itself, "__x__" stripped; then snake case.
std::string target_to_name(Opcode opcode, std::string_view target);

}  // namespace dqrewrite
