// args and kwargs: JSON -> Value.
//
// Values go to the graph's store and operands to a list, in the order of args, then kwargs. Names are looked up
// at once, so a node can use only those before it. Nodes in a graph are alike: args that read as some did before, but
// for the names of nodes at their start, have the values of those. Errors: ReadFailure; UnknownNode for a name of no
// node yet. Tested by tests/dump/reader_test.cpp, layout_test.cpp and the files in tests/dump/errors.
#pragma once

#include "engine/dump/token_reader.hpp"
#include "engine/graph/graph.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

struct UnknownNode {
    const char* at;
    std::string name;
};

class ValueReader {
public:
    explicit ValueReader(Graph& graph) : graph_(graph) {}

    // Starts the arguments of a node.
    void clear() { operands_.clear(); }
    // The array, the object that starts with `p`. args come first.
    std::span<const Value> read_args(TokenReader& tokens, const char* p);
    std::span<const Keyword> read_kwargs(TokenReader& tokens, const char* p);
    std::span<const NodeId> operands() const { return operands_; }

    // A node that was read. The name is as it stands in the text, without escapes.
    void remember(std::string_view name, NodeId node) {
        oldest_ = (oldest_ + 1) % recent_.size();
        recent_[oldest_] = {name, node};
    }

    // Text that lives as long as the graph: `raw` itself where it has no escapes.
    std::string_view keep_decoded(const TokenReader& tokens, std::string_view raw);

private:
    // What an open bracket will become: a list, a tuple, …; `pair` is a key and its value in a dict.
    struct Frame {
        Value::Kind kind;
        bool pair;
        bool wrapped;  // {"tuple": […]}: a brace follows
        bool started;
        uint32_t operands_before;
        size_t first;  // of its items in values_
        const char* open;
    };

    struct Recent {
        std::string_view name;
        NodeId node = no_node;
    };

    // Args with operands first and none behind: their text from there to the closing bracket, and what it became.
    struct Seen {
        size_t operands = 0;
        std::string_view rest;
        size_t tokens = 0;  // in the rest
        std::span<const Value> args;
    };

    size_t leading_operands() const;
    Seen& place_of(size_t operands, const char* rest);
    bool stands_at(const Seen& seen, size_t operands, const char* rest) const;
    Value read(const char* p);
    void read_item(const char* p);
    bool read_usual_object();
    void read_object(const char* open);
    void read_number(const char* p);
    void open_frame(Value::Kind kind, const char* open, bool pair, bool wrapped);
    void close_frame();
    void close_tagged(const char* open);
    void push_tagged(Value::Kind kind, std::string_view raw);
    void push_operand(std::string_view raw);
    NodeId find(std::string_view raw);
    void push_string(Value::Kind kind, std::string_view raw);
    void push_special_real(std::string_view text);
    void push_special_integer(std::string_view text);
    void push_integer(std::string_view digits);
    void push_text(Value::Kind kind, std::string_view text, bool escaped = false);
    [[noreturn]] void fail_tag(const char* at, std::string_view tag) const;

    Graph& graph_;
    TokenReader* tokens_ = nullptr;
    std::vector<Value> values_;
    std::vector<Frame> frames_;
    std::vector<NodeId> operands_;
    std::vector<Keyword> keywords_;
    static constexpr int seen_bits = 6;
    std::array<Seen, 1 << seen_bits> seen_;
    std::array<Recent, 4> recent_;
    size_t oldest_ = 0;
    std::string buffer_;
};

}  // namespace dqrewrite
