// A set of the nodes of a graph, one bit for each: where few of many nodes are looked for, they are found in the time
// it takes to read the bits.
//
// No checks: there is room for each node that is named. Tested with engine/graph/graph.hpp.
#pragma once

#include "engine/graph/node_id.hpp"

#include <bit>
#include <cstdint>
#include <vector>

namespace dqrewrite {

class NodeSet {
public:
    // Room for the nodes with ids below this one. It never shrinks.
    void reserve(size_t nodes) {
        if (nodes > word_bits * words_.size()) words_.resize((nodes + word_bits - 1) / word_bits);
    }
    void insert(NodeId node) { words_[index_of(node) / word_bits] |= bit(node); }
    void erase(NodeId node) { words_[index_of(node) / word_bits] &= ~bit(node); }
    // The member with the highest id below this one; no_node where there is none.
    NodeId last_below(size_t id) const {
        size_t word = id / word_bits;
        uint64_t left = word < words_.size() ? words_[word] & ((uint64_t{1} << id % word_bits) - 1) : 0;
        while (left == 0) {
            if (word == 0) return no_node;
            left = words_[--word];
        }
        return NodeId{static_cast<uint32_t>(word * word_bits + std::bit_width(left) - 1)};
    }

private:
    static constexpr size_t word_bits = 64;

    static uint64_t bit(NodeId node) { return uint64_t{1} << index_of(node) % word_bits; }

    std::vector<uint64_t> words_;
};

}  // namespace dqrewrite
