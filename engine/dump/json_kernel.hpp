// Where tokens of JSON start, 64 bytes at a time: the quick half of json_scan.hpp, once for each kind of processor.
//
// A kernel stops before a block with a fault (a control character in a string, no UTF-8) and does not say which.
// Tested with json_scan.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dqrewrite {

// What goes from block to block.
struct JsonKernelState {
    const char* at = nullptr;       // tokens up to here are known
    const char* checked = nullptr;  // UTF-8 up to here is
    const char* text_end = nullptr;
    uint64_t escaped = 0;      // 1: a backslash stands before the next byte
    uint64_t in_string = 0;    // all bits: the next byte is in a string
    uint64_t scalar = 0;       // 1: a number or word stands before the next byte
    bool backslashes = false;  // in the blocks of the last call
};

constexpr size_t json_block = 64;
// So many places behind the last token may be written.
constexpr size_t json_kernel_spare = 16;

// Appends the starts of tokens, relative to `window`, up to `end`, which is whole blocks away or the end of the text.
// Null where there is a fault.
using JsonKernel = uint32_t* (*)(JsonKernelState& state, const char* end, const char* window, uint32_t* out);

// Those that this processor can run, the best one first.
std::span<const JsonKernel> json_kernels();

}  // namespace dqrewrite
