// Values of expressions -> arguments that a graph can keep.
//
// The counterpart of from_value(): nodes become operands, in the order of a walk over args, then kwargs;
// text and containers go into the graph's store. An op as an argument is kept as PyTorch's repr of it.
// Errors: ArgumentError for what no argument can be (a set, a record of metadata, a node that is gone …), when all is
// put together: before that an argument may still give way to another one of its name.
// Tested against a slow rewriter by tests/reference, and by tests/author/constructs.rules.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dqrewrite {

struct ArgumentError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class ArgumentBuilder {
public:
    explicit ArgumentBuilder(Graph& graph) : graph_(graph) {}

    // What the datum points at outlives the builder.
    void add(const Datum& argument) { args_.push_back(argument); }
    void add(std::string_view name, const Datum& argument);
    // What was added takes as much as this many data (extent_of).
    uint64_t weight() const;
    // What was added; valid until it is asked again or the builder goes.
    Arguments arguments();

private:
    Value value(const Datum& datum);
    Value items(Value::Kind kind, const Datum& datum);
    Value text(Value::Kind kind, std::string_view text);

    struct Named {
        std::string name;  // not in the graph's memory before weight() is paid for
        Datum datum;
    };
    Named* find(std::string_view name);

    Graph& graph_;
    std::vector<Datum> args_;
    std::vector<Named> kwargs_;
    std::unique_ptr<std::unordered_map<std::string, size_t>> places_;  // of all kwargs, where they are many
    std::vector<NodeId> operands_;
};

}  // namespace dqrewrite
