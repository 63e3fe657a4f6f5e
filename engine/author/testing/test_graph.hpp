// The graph that a `test` block states, as a graph.
//
// Nodes are appended one by one, as a dump is read, and what they take is paid for from a budget like that of a run.
// Errors, thrown: RunError (an argument or a metadata value that cannot be evaluated or has no JSON form, the budget
// is spent), ArgumentError, and GraphError (FX takes no such graph). Tested by tests/author/rule_tests_test.cpp.
#pragma once

#include "engine/graph/module.hpp"
#include "engine/ops/op_table.hpp"
#include "engine/program/program.hpp"

namespace dqrewrite {

// Into `module`, which is empty, submodules too; `table` knows the ops of the program.
void build_test_graph(const program::Program& program, const program::TestGraph& from, Module& module,
                      OpTable& table);

}  // namespace dqrewrite
