// A vector for the arrays of a graph: large ones lie in huge pages where the system has them.
//
// The first touch of fresh memory costs as much as the work on it: a page fault for every 4 KiB. With huge pages it
// is one for 2 MiB. Memory that is reserved and never touched costs nothing, so room for growth is asked for
// generously (Graph::reserve).
// Tested by tests/graph/store_test.cpp.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#include <sys/mman.h>

namespace dqrewrite {

template <class T>
struct LargeAllocator {
    using value_type = T;

    static constexpr size_t huge_page = size_t{2} << 20;
    static constexpr size_t large = 2 * huge_page;

    LargeAllocator() = default;
    template <class Other>
    LargeAllocator(const LargeAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): as the standard wants it

    T* allocate(size_t count) {
        const size_t bytes = count * sizeof(T);
        if (bytes < large) return static_cast<T*>(::operator new(bytes));
        const size_t rounded = (bytes + huge_page - 1) / huge_page * huge_page;
        void* room = std::aligned_alloc(huge_page, rounded);
        if (!room) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
        ::madvise(room, rounded, MADV_HUGEPAGE);  // a wish: where it is not granted nothing is lost
#endif
        return static_cast<T*>(room);
    }
    void deallocate(T* room, size_t count) {
        if (count * sizeof(T) < large)
            ::operator delete(room);
        else
            std::free(room);
    }
    friend bool operator==(const LargeAllocator&, const LargeAllocator&) {
        return true;
    }
};

template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace dqrewrite
