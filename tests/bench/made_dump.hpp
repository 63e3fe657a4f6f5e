// Dumps of any size to measure on: made, not exported, but with the texts that torch.export leaves.
//
// chain: blocks of quantize, dequantize with two annotated users, and an add of the two; every tenth block has a
// scale of run time, so that its dequantize stays shared. star: one dequantize, and all other nodes its annotated
// users. fan: dequantizes with one user of their own, and one cat that uses them all. A node has about 0.4 kB (slim),
// or 1.5 kB with the stacks and module paths that an exporter leaves (full).
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace dqrewrite::bench {

enum class Shape : uint8_t { chain, star, fan };
enum class Meta : uint8_t { slim, full };

std::optional<Shape> shape_of(std::string_view word);
std::optional<Meta> meta_of(std::string_view word);

struct MadeCounts {
    size_t nodes = 0;
    size_t nodes_after = 0;  // what DuplicateDQPass must leave
};

// About `nodes` nodes, one a line, or all in one line. With a file the text goes there and `text` stays empty.
struct MadeDump {
    MadeCounts counts;
    std::string text;
};
MadeDump make_dump(Shape shape, Meta meta, size_t nodes, bool one_line = false, std::FILE* file = nullptr);

}  // namespace dqrewrite::bench
