// Targets as rule files write them.
//
// Tested by tests/author/block_text_test.cpp.
#pragma once

#include <string>
#include <string_view>

namespace dqrewrite {

// "aten.relu.default" for "torch.ops.aten.relu.default"; "edge.…" and "backend.…" for ExecuTorch's dialects.
std::string short_target(std::string_view target);

}  // namespace dqrewrite
