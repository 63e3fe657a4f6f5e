// The distance is Damerau's in its restricted form: three rows of a table. A candidate is left as soon as it is
// known to be too far.
#include "grammar/suggest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace dqrewrite {

namespace {

// Nothing longer is a word that someone mistyped.
constexpr size_t longest_word = 128;

// `limit` where it is that or more.
size_t distance(std::string_view a, std::string_view b, size_t limit) {
    std::vector<size_t> before_last(b.size() + 1);
    std::vector<size_t> last(b.size() + 1);
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, row);
        row[0] = i;
        size_t least = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
            least = std::min(least, row[j]);
        }
        // All that follows comes from these two rows, and gets no less.
        if (least >= limit && *std::min_element(last.begin(), last.end()) >= limit) return limit;
    }
    return std::min(row[b.size()], limit);
}

}  // namespace

std::string_view closest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > longest_word) return {};
    size_t least = std::max<size_t>(1, word.size() / 3) + 1;
    std::string_view found;
    for (const std::string_view candidate : candidates) {
        // The lengths alone differ by at most the distance.
        if (candidate.size() >= word.size() + least || word.size() >= candidate.size() + least) continue;
        const size_t d = distance(word, candidate, least);
        if (d >= least) continue;
        least = d;
        found = candidate;
    }
    return found;
}

}  // namespace dqrewrite
