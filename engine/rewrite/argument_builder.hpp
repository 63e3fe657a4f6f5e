// Values of expressions -> arguments that a graph can keep.
//
// The counterpart of from_value(): nodes become operands, in the order of a walk over args, then kwargs;
// text and containers go into the graph's store. An op as an argument is kept as PyTorch's repr of it.
// Errors: ArgumentError for what no argument can be (a set, a record of metadata, a node that is gone …).
// Tested by tests/rewrite/rewriter_test.cpp.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace dqrewrite {

struct ArgumentError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class ArgumentBuilder {
public:
    explicit ArgumentBuilder(Graph& graph) : graph_(graph) {}

    void add(const Datum& argument) { args_.push_back(value(argument)); }
    void add(std::string_view name, const Datum& argument);
    // What was added; valid until the builder changes or goes.
    Arguments arguments();

private:
    Value value(const Datum& datum);
    Value items(Value::Kind kind, const Datum& datum);
    Value text(Value::Kind kind, std::string_view text);

    Graph& graph_;
    std::vector<Value> args_;
    std::vector<Keyword> kwargs_;
    std::vector<NodeId> operands_;
};

}  // namespace dqrewrite
