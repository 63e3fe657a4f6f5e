// The "past" of a graph in a dump: text <-> what engine/graph/past.hpp says a graph knows beyond its nodes.
//
//     {"users": {"relu": ["mul", "add"]}, "taken": ["relu_1"], "counts": {"relu": 1}}
//
// Each key may be left out. "users" has all users of a node, "counts" whole numbers of any size up to 4,300 digits.
// Errors: ReadFailure. Tested by tests/dump/past_test.cpp and the files in tests/dump/errors.
#pragma once

#include "engine/dump/json_value.hpp"
#include "engine/dump/token_reader.hpp"
#include "engine/graph/past.hpp"

#include <string>

namespace dqrewrite {

// Takes the object that comes next. The graph has all its nodes, and was not edited.
void read_past(TokenReader& tokens, Graph& graph);

// `style` must hold no line break in comma and colon.
void append_past(std::string& out, const Graph& graph, const JsonStyle& style);

}  // namespace dqrewrite
