#include "engine/author/text/line_diff.hpp"

#include <algorithm>
#include <cstdint>

namespace dqrewrite {

namespace {

using Lines = std::span<const std::string>;

// lengths[i * (columns + 1) + j]: of the longest common subsequence of a from i and b from j. They are at most the
// shorter text's lines, which a bounded table keeps below 2^16.
std::vector<uint16_t> table_of(Lines a, Lines b) {
    const size_t row = b.size() + 1;
    std::vector<uint16_t> lengths((a.size() + 1) * row);
    for (size_t i = a.size(); i-- > 0;)
        for (size_t j = b.size(); j-- > 0;)
            lengths[i * row + j] = a[i] == b[j] ? static_cast<uint16_t>(lengths[(i + 1) * row + j + 1] + 1)
                                                : std::max(lengths[(i + 1) * row + j], lengths[i * row + j + 1]);
    return lengths;
}

void add(std::vector<DiffLine>& out, char mark, Lines lines) {
    for (const std::string& line : lines) out.push_back({mark, line});
}

void add_middle(std::vector<DiffLine>& out, Lines a, Lines b) {
    if ((a.size() + 1) > max_diff_cells / (b.size() + 1)) return add(out, '-', a), add(out, '+', b);
    const std::vector<uint16_t> lengths = table_of(a, b);
    const size_t row = b.size() + 1;
    size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i] == b[j]) {
            out.push_back({' ', a[i++]});
            ++j;
        } else if (lengths[(i + 1) * row + j] >= lengths[i * row + j + 1]) {
            out.push_back({'-', a[i++]});
        } else {
            out.push_back({'+', b[j++]});
        }
    }
    add(out, '-', a.subspan(i));
    add(out, '+', b.subspan(j));
}

}  // namespace

std::vector<DiffLine> line_diff(Lines first, Lines second) {
    size_t same = 0, tail = 0;
    const size_t least = std::min(first.size(), second.size());
    while (same < least && first[same] == second[same]) ++same;
    while (tail < least - same && first[first.size() - 1 - tail] == second[second.size() - 1 - tail]) ++tail;
    std::vector<DiffLine> out;
    add(out, ' ', first.first(same));
    add_middle(out, first.subspan(same, first.size() - tail - same),
               second.subspan(same, second.size() - tail - same));
    add(out, ' ', first.last(tail));
    return out;
}

}  // namespace dqrewrite
