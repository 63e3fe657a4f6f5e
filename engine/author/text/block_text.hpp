// A graph as the block of a `test`: text that parses, and states the same graph.
//
//     {
//         x = placeholder()
//         y = aten.clamp.default(x, 0.0, max=6)  meta { note: {"a": 1} }
//         return (y,)
//         submodule "true_graph_0" {
//             return None
//         }
//     }
//
// A test block cannot say all that a dump can: what it can't (an opaque value, a name that is no name of the
// language, metadata of the output …) is an error that names the node.
// Tested by tests/author/block_text_test.cpp.
#pragma once

#include "engine/graph/module.hpp"

#include <functional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace dqrewrite {

struct BlockStyle {
    unsigned indent = 0;  // blanks before the closing brace; four more before each line
    // Which metadata is written; null: all.
    std::function<bool(std::string_view key)> keeps = {};
};

tl::expected<std::string, std::string> block_text(const Graph& graph, const BlockStyle& style = {});
// With its submodules.
tl::expected<std::string, std::string> block_text(const Module& module, const BlockStyle& style = {});

}  // namespace dqrewrite
