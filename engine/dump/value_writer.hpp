// Value -> JSON: the arguments of a node, as text.
//
// What was read is written as it was read: strings keep their escapes and floats their digits. Everything else is
// written as Python's json.dumps does. No recursion.
// Tested by tests/dump/edit_test.cpp.
#pragma once

#include "engine/dump/input.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/graph/graph.hpp"

#include <string>
#include <vector>

namespace dqrewrite {

class ValueWriter {
public:
    // `input` is where the graphs were read from, or null. `style` must hold no line break in comma and colon.
    ValueWriter(const Input* input, const JsonStyle& style) : input_(input), style_(style) {
        append_tag(node_tag_, "node");
    }

    void append_args(std::string& out, const Graph& graph, NodeId node);
    void append_kwargs(std::string& out, const Graph& graph, NodeId node);
    void append_value(std::string& out, const Graph& graph, NodeId owner, const Value& value);
    void append_name(std::string& out, const Graph& graph, NodeId node);

private:
    // A bracket whose items are being written.
    struct Frame {
        const Value* at;
        const Value* end;
        const Value* begin;
        bool pairs;  // of a dict: the items are keys and values in turn
        bool wrapped;
    };

    void append_one(std::string& out, const Graph& graph, NodeId owner, const Value& value);
    void append_next(std::string& out, const Graph& graph, NodeId owner);
    void append_real_value(std::string& out, const Value& value);
    void append_text(std::string& out, std::string_view text, bool escaped);
    void append_tag(std::string& out, std::string_view tag);
    void open(std::string& out, std::span<const Value> items, std::string_view tag, bool pairs);
    void close(std::string& out);

    const Input* input_;
    JsonStyle style_;
    std::string node_tag_;  // `{"node": `
    std::vector<Frame> frames_;
};

}  // namespace dqrewrite
