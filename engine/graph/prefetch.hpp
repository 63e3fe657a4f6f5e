// Asking the memory for what will be looked at soon: where arrays are larger than the cache, the first touch of a
// node takes longer than all that is done at it.
//
// Always inline: gcc takes a call that does nothing but this for one that does nothing, and drops it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dqrewrite {

// Any index is good, and none is looked at: for what is no address of the process nothing is asked, and to compare
// the index with the size takes as long as all the rest of a node that is passed over.
template <class T>
[[gnu::always_inline]] inline void prefetch_element(const std::vector<T>& array, size_t index) {
    const auto address = reinterpret_cast<uintptr_t>(array.data()) + index * sizeof(T);
    __builtin_prefetch(reinterpret_cast<const void*>(address));
}

}  // namespace dqrewrite
