// A rule that matches what stands above a node, written from that very graph, to be generalised by a person.
//
// The pattern is exact: same ops, same literals, arguments at their default left open to either spelling. At `depth`
// calls from the root it ends; what stands there, inputs of the graph, and values for which patterns have no literal
// match anything. The rewrite only sets a mark. A test of the same nodes goes with it. The text is in canonical form,
// has no errors, and its test passes: all of that is tried before it is returned.
// An error says why there is no such rule: an op that is not declared, a call that does not fit its schema, …
// Recursion: `depth`, and as deep as values nest, which is refused beyond what rule files hold.
// Tested by tests/author/rule_by_example_test.cpp on every node of the corpus, and by tests/cli (pattern_*).
#pragma once

#include "engine/graph/graph.hpp"

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace dqrewrite {

inline constexpr size_t deepest_example = 50;

// `where` is the name of the graph, for the comment and the title of the test.
tl::expected<std::string, std::string> rule_by_example(const Graph& graph, NodeId root, size_t depth,
                                                       std::string_view where);

}  // namespace dqrewrite
