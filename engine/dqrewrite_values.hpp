// Arguments of nodes between the library's header and the engine: v1::Value <-> Value.
//
// Nesting is limited to that of a dump, counted in its brackets, so that what is built can be written and read
// again; the recursion is bounded by that. Errors: BadNode, with a message.
// Tested by tests/library/value_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"

#include <stdexcept>
#include <vector>

#include "engine/dqrewrite.hpp"  // last: behind the engine's own names

namespace dqrewrite::v1 {

struct BadNode : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Refuses text that is not UTF-8 or that no dump can hold.
void check_text(std::string_view text, std::string_view what);

// The arguments of a node that is going to be added to a graph. Text and containers go into the graph's store.
class ArgumentWriter {
public:
    explicit ArgumentWriter(dqrewrite::Graph& graph) : graph_(graph) {}
    // Valid as long as the writer.
    Arguments write(const NodeInfo& info);

private:
    struct Converter;
    dqrewrite::Value convert(const Value& value, size_t depth);
    dqrewrite::Value items(dqrewrite::Value::Kind kind, const std::vector<const Value*>& from, size_t depth);
    dqrewrite::Value text(dqrewrite::Value::Kind kind, std::string_view text);

    dqrewrite::Graph& graph_;
    std::vector<NodeId> operands_;
};

// A value that stands in the arguments of `owner`.
Value read_value(const dqrewrite::Graph& graph, NodeId owner, const dqrewrite::Value& value);

}  // namespace dqrewrite::v1
