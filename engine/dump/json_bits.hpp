// Masks of 64 bytes of JSON text, a bit for each, the first byte lowest: strings by the parity of quotes. After
// G. Langdale and D. Lemire, "Parsing gigabytes of JSON per second", 2019.
//
// All is static: files that are compiled for one processor must not lend their code to the others.
// Tested with json_scan.hpp and json_value.hpp.
#pragma once

#include <cstdint>

namespace dqrewrite {

// The bytes that a backslash stands before; `carry` goes from block to block.
static inline uint64_t escaped_by(uint64_t slashes, uint64_t& carry) {
    constexpr uint64_t even = 0x5555555555555555;
    if ((slashes | carry) == 0) return 0;
    slashes &= ~carry;
    const uint64_t behind = slashes << 1 | carry;
    const uint64_t odd_starts = slashes & ~even & ~behind;
    const uint64_t sum = odd_starts + slashes;
    carry = sum < slashes ? 1 : 0;
    return (even ^ sum << 1) & behind;
}

// Bit i is whether an odd number of bits up to i is set.
static inline uint64_t parity_up_to(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

}  // namespace dqrewrite
