// Adding to an array that has room: whoever adds has made it before, in all arrays at once. So nothing fails half
// way, and where nodes are made stands no code to let an array grow.
//
// Tested with engine/graph/graph.hpp; a sanitizer finds who has made no room.
#pragma once

#include <vector>

namespace dqrewrite {

template <class T>
void add_in_room(std::vector<T>& array, const T& element) {
    if (array.size() == array.capacity()) __builtin_unreachable();
    array.push_back(element);
}

}  // namespace dqrewrite
