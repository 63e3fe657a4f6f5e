// The arguments of nodes without the nodes in them, which are in uses.hpp: shared by the copies of a node, and by
// nodes that were given the same values one soon after the other.
//
// A row is never changed and never goes. Errors: GraphError beyond max_id_count of them, before anything is changed.
// Tested by tests/graph/graph_test.cpp.
#pragma once

#include "engine/graph/node_id.hpp"
#include "engine/graph/value.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace dqrewrite {

class Skeletons {
public:
    struct Row {
        std::span<const Value> args;
        std::span<const Keyword> kwargs;
    };

    // The number of a row with these; the values themselves are not compared.
    uint32_t keep(std::span<const Value> args, std::span<const Keyword> kwargs) {
        uint32_t& last = last_[reinterpret_cast<uintptr_t>(args.data()) / sizeof(Value) % last_.size()];
        if (!same(rows_[last].args, args) || !same(rows_[last].kwargs, kwargs)) {
            if (rows_.size() == max_id_count) throw GraphError("too many arguments");
            rows_.push_back({args, kwargs});
            last = static_cast<uint32_t>(rows_.size() - 1);
        }
        return last;
    }
    const Row& operator[](uint32_t number) const { return rows_[number]; }

private:
    template <class T>
    static bool same(std::span<const T> a, std::span<const T> b) {
        return a.data() == b.data() && a.size() == b.size();
    }

    std::vector<Row> rows_{1};         // the first one is empty
    std::array<uint32_t, 64> last_{};  // by the address of args
};

}  // namespace dqrewrite
