// dqrewrite as a library: rule files, graphs, and passes run on them, as the command `dqrewrite` has them.
//
// What ends in State is the library's own.
//
// One header, of the standard library alone. Nothing prints, exits or throws: what can go wrong is a value, a
// Result. (The one exception is std::bad_alloc, from functions that give no Result.)
//
//     auto rules = dqrewrite::Rules::shipped("duplicate_dq");       // or Rules::load("my.rules")
//     auto graph = dqrewrite::Graph::read("model.json");            // or node by node: see Nodes::add
//     if (!rules || !graph) …
//     auto report = rules->run(*graph);
//     if (report) graph->write("out.json");
//
// Threads: Rules and Pass may be used by several at once, a Graph by one at a time.
// Tested by tests/library and, as an installed package, by tests/package.
#pragma once

#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dqrewrite {
namespace v1 {

const char* version();

// -- errors

enum class Severity { error, warning };

// A second place that a diagnostic refers to.
struct Note {
    std::string message;
    std::string file;  // empty, as line and column are 0: there is only something to say
    uint64_t line = 0;
    uint64_t column = 0;
    std::string excerpt;
    uint32_t excerpt_column = 0;
    uint32_t excerpt_width = 0;
};

// What is wrong, and where: in a rule file, a dump, or nowhere in particular.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string code;  // a stable word ("unknown-op"): `dqrewrite check --explain CODE`; empty outside of rule files
    std::string message;
    std::string file;             // as it was named
    uint64_t line = 0;            // from 1; 0, as column: no place in a text
    uint64_t column = 0;          // from 1, in characters
    std::string excerpt;          // the line, or what of it is around the place
    uint32_t excerpt_column = 0;  // of the place in the excerpt, from 1
    uint32_t excerpt_width = 0;   // in characters
    std::vector<Note> notes;

    // As the command prints it: "file:line:column: error: message [code]", the line, a caret; then the notes.
    std::string text() const;
};

// Why something could not be done: one diagnostic at least.
struct Error {
    std::vector<Diagnostic> diagnostics;

    std::string text() const;  // of all of them
};

// A T, or the Error why there is none. `*` and `->` are for results that hold a T, error() for others.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : outcome_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : outcome_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return outcome_.index() == 0; }
    T& operator*() & { return *std::get_if<0>(&outcome_); }
    const T& operator*() const& { return *std::get_if<0>(&outcome_); }
    T&& operator*() && { return std::move(*std::get_if<0>(&outcome_)); }
    T* operator->() { return std::get_if<0>(&outcome_); }
    const T* operator->() const { return std::get_if<0>(&outcome_); }
    const Error& error() const { return *std::get_if<1>(&outcome_); }

private:
    std::variant<T, Error> outcome_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    explicit operator bool() const { return !error_; }
    const Error& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

// -- values: what stands in a node's arguments

// A node of one graph. Ids count from 0 in the order in which nodes were made, and none is given twice: the nodes
// that a run makes have higher ids than all that were there before it.
enum class Node : uint32_t {};

class Value;

struct None {
    friend bool operator==(None, None) = default;
};
struct BigInteger {  // beyond 64 bits
    std::string digits;
    friend bool operator==(const BigInteger&, const BigInteger&) = default;
};
struct Dtype {
    std::string name;  // "int8"
    friend bool operator==(const Dtype&, const Dtype&) = default;
};
struct Device {
    std::string name;  // "cuda:0"
    friend bool operator==(const Device&, const Device&) = default;
};
struct MemoryFormat {
    std::string name;  // "channels_last"
    friend bool operator==(const MemoryFormat&, const MemoryFormat&) = default;
};
struct Layout {
    std::string name;  // "strided"
    friend bool operator==(const Layout&, const Layout&) = default;
};
struct Symbolic {
    std::string expression;  // "s0 + 1"
    friend bool operator==(const Symbolic&, const Symbolic&) = default;
};
struct Opaque {  // any other Python object
    std::string repr;
    friend bool operator==(const Opaque&, const Opaque&) = default;
};
struct List {
    std::vector<Value> items;
    friend bool operator==(const List&, const List&);
};
struct Tuple {
    std::vector<Value> items;
    friend bool operator==(const Tuple&, const Tuple&);
};
struct Dict {
    std::vector<std::pair<Value, Value>> items;  // in order
    friend bool operator==(const Dict&, const Dict&);
};
class Slice {
public:
    Slice(Value start, Value stop, Value step);
    const Value& start() const;
    const Value& stop() const;
    const Value& step() const;
    friend bool operator==(const Slice&, const Slice&);

private:
    std::vector<Value> parts_;
};

template <class T, class... Kinds>
concept OneOf = (std::same_as<T, Kinds> || ...);

// One of the kinds above, or a bool, int, float, complex, str or node. Kinds are Python's: 1, 1.0 and true differ.
class Value {
public:
    using Variant = std::variant<None, bool, int64_t, BigInteger, double, std::complex<double>, std::string, List,
                                 Tuple, Dict, Slice, Dtype, Device, MemoryFormat, Layout, Symbolic, Opaque, Node>;

    Value() = default;  // None
    template <std::same_as<bool> T>
    Value(T value) : variant_(value) {}
    template <std::integral T>
    requires(!std::same_as<T, bool> && (std::signed_integral<T> || sizeof(T) < sizeof(int64_t))) Value(T value)
        : variant_(static_cast<int64_t>(value)) {}
    template <std::floating_point T>
    Value(T value) : variant_(static_cast<double>(value)) {}
    Value(const char* text) : variant_(std::string(text)) {}
    Value(std::string_view text) : variant_(std::string(text)) {}
    template <OneOf<None, BigInteger, std::complex<double>, std::string, List, Tuple, Dict, Slice, Dtype, Device,
                    MemoryFormat, Layout, Symbolic, Opaque, Node>
                  T>
    Value(T value) : variant_(std::in_place_type<T>, std::move(value)) {}

    // Null where the value is of another kind.
    template <class T>
    const T* get() const {
        return std::get_if<T>(&variant_);
    }
    const Variant& variant() const { return variant_; }

    friend bool operator==(const Value&, const Value&) = default;

private:
    Variant variant_;
};

inline bool operator==(const List& a, const List& b) {
    return a.items == b.items;
}
inline bool operator==(const Tuple& a, const Tuple& b) {
    return a.items == b.items;
}
inline bool operator==(const Dict& a, const Dict& b) {
    return a.items == b.items;
}
inline bool operator==(const Slice& a, const Slice& b) {
    return a.parts_ == b.parts_;
}
inline Slice::Slice(Value start, Value stop, Value step) {
    parts_.reserve(3);
    parts_.push_back(std::move(start));
    parts_.push_back(std::move(stop));
    parts_.push_back(std::move(step));
}
inline const Value& Slice::start() const {
    return parts_[0];
}
inline const Value& Slice::stop() const {
    return parts_[1];
}
inline const Value& Slice::step() const {
    return parts_[2];
}

// -- graphs

enum class Opcode : uint8_t { placeholder, get_attr, call_function, call_method, call_module, output };

// All that there is of a node.
struct NodeInfo {
    std::string name;
    Opcode opcode = Opcode::call_function;
    std::string target;  // "torch.ops.aten.add.Tensor"
    std::vector<Value> args;
    std::vector<std::pair<std::string, Value>> kwargs;
    std::string meta;            // a JSON object; empty: none. A copy that a pass makes of a node carries it
    std::optional<bool> impure;  // whether it stays without users; nothing: its op says so
};

struct GraphState;

// The nodes of one graph: of a module's own, or of a submodule's. Lives as long as the Graph does. Of a node that
// is not of this graph, or no longer, there is no name, no target and so on, and no error.
class Nodes {
public:
    size_t size() const;
    std::vector<Node> in_order() const;  // of execution
    bool contains(Node node) const;
    std::optional<Node> find(std::string_view name) const;

    // Errors: the node is not of this graph; its arguments are nested deeper than 1,000.
    Result<NodeInfo> get(Node node) const;
    std::string name(Node node) const;
    std::optional<Opcode> opcode(Node node) const;
    std::string_view target(Node node) const;
    std::string_view meta(Node node) const;
    std::vector<Node> inputs(Node node) const;  // each once, in the order of the arguments
    std::vector<Node> users(Node node) const;   // each once, in FX's order

    // Builds a graph that was not read, in the order of execution. Errors, and then nothing is added: the name is
    // empty or taken, an argument is a node of no such id, meta is no JSON object, text is not UTF-8, a keyword
    // stands twice, nesting deeper than 1,000.
    Result<Node> add(const NodeInfo& info);

    // `index` 0: the module's own graph; else a submodule's, plus 1.
    Nodes(GraphState& state, size_t index) : state_(&state), index_(index) {}

private:
    GraphState* state_;
    size_t index_;
};

class Rules;

// A GraphModule: its graph, and those of its submodules; what one dump holds.
class Graph {
public:
    Graph();  // without a node, to be built
    Graph(Graph&&) noexcept;
    Graph& operator=(Graph&&) noexcept;
    ~Graph();

    // A dump: a file ("-" is standard input), or its text, which errors call by `name`.
    static Result<Graph> read(const std::string& path);
    static Result<Graph> parse(std::string_view text, const std::string& name = "text");
    // The same graph, but what these rules ask of metadata alone is answered as it is read, while the text is at
    // hand: a run of theirs may take half of the time then. Other rules run on it too.
    static Result<Graph> read(const std::string& path, const Rules& rules);
    static Result<Graph> parse(std::string_view text, const Rules& rules, const std::string& name = "text");

    // The dump. What was read and not touched since comes back byte for byte. A file appears whole or not at
    // all ("-" is standard output). Error: a run failed on this graph.
    Result<std::string> text() const;
    Result<void> write(const std::string& path) const;

    Nodes& nodes();
    const Nodes& nodes() const;
    // Attribute paths ("true_graph_0.false_graph_0"), in order; null where there is no such submodule.
    std::vector<std::string> submodules() const;
    Nodes* submodule(std::string_view path);
    const Nodes* submodule(std::string_view path) const;

    // For a graph that is built. add_submodule gives the nodes to add to; a submodule that is there is an error.
    // declare_op says what is known of a target: its schema as PyTorch prints it (empty: none), and whether
    // dead-code elimination keeps its calls; the last word counts.
    Result<Nodes*> add_submodule(const std::string& path);
    Result<void> declare_op(const std::string& target, const std::string& schema, bool impure = false);

    explicit Graph(std::unique_ptr<GraphState> state);
    GraphState& state() { return *state_; }

private:
    std::unique_ptr<GraphState> state_;
};

// -- rules and runs

struct RuleReport {
    std::string rule;
    uint64_t candidates = 0;  // nodes that the rule was asked about: its first op stands there
    uint64_t matches = 0;
    uint64_t rewrites = 0;  // matches whose statements edited the graph
};

// A `repeat` of the pass: where it stands, and how it ended.
struct LoopReport {
    std::string file;
    uint64_t line = 0;
    uint64_t rounds = 0;
    std::string stopped;  // "round 3 changed nothing"; a bound that is reached is an error of the run
};

struct Report {
    uint64_t nodes_before = 0;  // of the module's own graph
    uint64_t nodes_after = 0;
    bool changed = false;
    std::vector<RuleReport> rules;  // in the order in which the pass names them
    std::vector<LoopReport> loops;  // in the order in which they ended
    std::vector<Diagnostic> warnings;
};

struct PassState;

// A pass with its rules compiled, for many graphs.
class Pass {
public:
    const std::string& name() const;
    // A graph on which the run fails is half rewritten, and is discarded: it has no nodes then, and no text.
    Result<Report> run(Graph& graph) const;

    explicit Pass(std::shared_ptr<const PassState> state) : state_(std::move(state)) {}

private:
    std::shared_ptr<const PassState> state_;
};

struct RulesState;

// A rule file with all that it imports, checked. Copies are cheap.
class Rules {
public:
    // A file; one that ships with dqrewrite, by name ("duplicate_dq"); a text, which errors call by `name` and
    // whose imports are looked up among the shipped files alone.
    static Result<Rules> load(const std::string& path);
    static Result<Rules> shipped(const std::string& name);
    static Result<Rules> parse(const std::string& text, const std::string& name = "text");

    const std::vector<Diagnostic>& warnings() const;
    const std::vector<std::string>& passes() const;  // the file's own
    // Empty: the only one of the file. Errors: there is none of this name, or there are several to choose from.
    Result<Pass> pass(const std::string& name = "") const;
    // The pass, run once.
    Result<Report> run(Graph& graph, const std::string& pass = "") const;

    explicit Rules(std::shared_ptr<const RulesState> state) : state_(std::move(state)) {}
    const RulesState& state() const { return *state_; }

private:
    std::shared_ptr<const RulesState> state_;
};

}  // namespace v1

// Users write dqrewrite::Graph. The version is no inline namespace, for the engine has a dqrewrite::Graph of its
// own: where that one is declared it comes first, and v1::Graph is this one.
using namespace v1;

}  // namespace dqrewrite
