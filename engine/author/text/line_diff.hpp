// Two texts, line by line: what stands in both, what in one alone.
//
// The longest common subsequence of the lines, by the table of Wagner and Fischer (J. ACM 21, 1974), between what
// both have in common at their ends. The table is bounded: where what is left of the texts is too long for it
// (max_diff_cells, as for two texts of 2,000 lines each), all of the one is followed by all of the other.
// Tested by tests/author/line_diff_test.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

inline constexpr size_t max_diff_cells = 4'000'000;

struct DiffLine {
    char mark;  // ' ' in both, '-' in the first, '+' in the second
    std::string_view text;

    friend bool operator==(const DiffLine&, const DiffLine&) = default;
};

// The lines point into the two texts. Where lines of both stand at one place, those of the first come first.
std::vector<DiffLine> line_diff(std::span<const std::string> first, std::span<const std::string> second);

}  // namespace dqrewrite
