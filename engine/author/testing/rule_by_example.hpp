// A rule that matches what stands above a node, written from that very graph, to be generalised by a person.
//
// The pattern is exact: same ops, same literals, arguments at their default left open to either spelling. At `depth`
// calls from the root it ends; what stands there, inputs of the graph, and values for which patterns have no literal
// match anything. The rewrite only sets a mark. A test of the same nodes goes with it. Ops that only the dump knows
// are declared in a file of ops, which the rule imports. The text is in canonical form, has no errors, and its test
// passes: all of that is tried before it is returned. An error says why there is no such rule: an op that nothing
// declares, a call that does not fit its schema, … Recursion: `depth`, and as deep as values nest, which is refused
// beyond what rule files hold. Tested by tests/author/rule_by_example_test.cpp on every node of the corpus, and by
// tests/cli (pattern_*).
#pragma once

#include "engine/dump/dump.hpp"

#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace dqrewrite {

inline constexpr size_t deepest_example = 50;

struct RuleByExample {
    std::string rules;
    std::string declarations;  // what the rules import; empty: nothing
};

struct ExampleSource {
    std::string_view name;            // of the graph, for the comment and the title of the test
    std::span<const DeclaredOp> ops;  // of its dump
    std::string_view import = {};     // the name of the file of ops; empty: there can be none
};

tl::expected<RuleByExample, std::string> rule_by_example(const Graph& graph, NodeId root, size_t depth,
                                                         const ExampleSource& source);

}  // namespace dqrewrite
