// A set of the nodes of a graph, one bit for each, and above them one for each word of bits that may have a member:
// where few of many nodes are looked for, they are found in the time it takes to read the upper bits.
//
// No checks: there is room for each node that is named. Tested with engine/graph/graph.hpp.
#pragma once

#include "engine/graph/node_id.hpp"

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace dqrewrite {

class NodeSet {
public:
    // Room for the nodes with ids below this one. It never shrinks.
    void reserve(size_t nodes) {
        if (nodes <= word_bits * words_.size()) return;
        words_.resize(words_for(nodes));
        upper_.resize(words_for(words_.size()));
    }
    void insert(NodeId node) {
        const size_t word = index_of(node) / word_bits;
        words_[word] |= bit(index_of(node));
        upper_[word / word_bits] |= bit(word);
    }
    void erase(NodeId node) { words_[index_of(node) / word_bits] &= ~bit(index_of(node)); }
    // The member with the highest id below this one; no_node where there is none. A word that is met empty is not
    // looked at again.
    NodeId last_below(size_t id) {
        std::optional<size_t> found = last_bit_below(words_, id, id / word_bits);
        for (size_t word = id / word_bits; !found;) {
            const std::optional<size_t> next = last_bit_below(upper_, word, 0);
            if (!next) return no_node;
            word = *next;
            found = last_bit_below(words_, (word + 1) * word_bits, word);
            if (!found) upper_[word / word_bits] &= ~bit(word);
        }
        return NodeId{static_cast<uint32_t>(*found)};
    }

private:
    static constexpr size_t word_bits = 64;

    static size_t words_for(size_t bits) { return (bits + word_bits - 1) / word_bits; }
    static uint64_t bit(size_t at) { return uint64_t{1} << at % word_bits; }
    // The highest bit that is set below `at`, in no word before `first`.
    static std::optional<size_t> last_bit_below(const std::vector<uint64_t>& words, size_t at, size_t first) {
        uint64_t left = at % word_bits != 0 ? words[at / word_bits] & (bit(at) - 1) : 0;
        size_t word = at / word_bits;
        while (left == 0) {
            if (word <= first) return {};
            left = words[--word];
        }
        return word * word_bits + static_cast<size_t>(std::bit_width(left)) - 1;
    }

    std::vector<uint64_t> words_;
    std::vector<uint64_t> upper_;
};

}  // namespace dqrewrite
