// Which of a node's first arguments are operands, in one byte that stands with the node.
//
// A pattern asks most of all whether a node stands at a place, and which: with this the values, which lie elsewhere
// in memory, need not be looked at. Tested by tests/graph/graph_test.cpp.
#pragma once

#include "engine/graph/value.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

namespace dqrewrite {

class ArgumentBits {
public:
    ArgumentBits() = default;
    // Of positional arguments: up to seven, and none from the first container on that has operands in it.
    explicit ArgumentBits(std::span<const Value> args) {
        unsigned bits = 0, end = 1;
        for (const Value& value : args.first(std::min(args.size(), size_t{most}))) {
            if (value.has_operands) break;
            if (value.kind == Value::Kind::operand) bits |= end;
            end <<= 1;
        }
        bits_ = static_cast<uint8_t>(bits | end);
    }

    // Whether it is known what stands at a position, and whether that is an operand.
    bool know(size_t position) const { return position < most && bits_ >> position > 1; }
    bool know_operand(size_t position) const { return know(position) && (bits_ >> position & 1) != 0; }
    // How many operands stand before an argument that is known.
    size_t operands_before(size_t position) const { return counts[bits_ & ((1U << position) - 1)]; }

private:
    static constexpr size_t most = 7;
    // Not every processor that this runs on counts bits in one instruction.
    static constexpr auto counts = [] {
        std::array<uint8_t, 1 << most> all{};
        for (unsigned bits = 0; bits < all.size(); ++bits) all[bits] = static_cast<uint8_t>(std::popcount(bits));
        return all;
    }();
    uint8_t bits_ = 1;  // a bit for each argument, and one behind the last that is known
};

}  // namespace dqrewrite
