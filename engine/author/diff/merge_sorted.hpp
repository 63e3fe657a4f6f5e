// Two sorted rows side by side.
//
// Tested by what is compared with it.
#pragma once

namespace dqrewrite {

// Calls, in the order of the keys, only_first() with what stands in the first row alone, only_second() likewise, and
// both() with what has the same key in both.
template <class Row, class Key, class OnlyFirst, class OnlySecond, class Both>
void merge_sorted(const Row& first, const Row& second, const Key& key, const OnlyFirst& only_first,
                  const OnlySecond& only_second, const Both& both) {
    for (auto a = first.begin(), b = second.begin(); a != first.end() || b != second.end();) {
        if (b == second.end() || (a != first.end() && key(*a) < key(*b)))
            only_first(*a++);
        else if (a == first.end() || key(*b) < key(*a))
            only_second(*b++);
        else
            both(*a++, *b++);
    }
}

}  // namespace dqrewrite
