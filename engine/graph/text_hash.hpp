// A quick hash of short text: names and targets, eight bytes at a time.
//
// No stronger against texts that are made to collide than any hash with a known seed.
// Tested by tests/graph/store_test.cpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace dqrewrite {

struct TextHash {
    size_t operator()(std::string_view text) const {
        uint64_t hash = text.size() * factor;
        const char* at = text.data();
        const char* end = at + text.size();
        if (text.size() < 8) return mixed(hash ^ short_word(at, text.size()));
        for (; end - at > 8; at += 8) hash = mixed(hash ^ word(at));
        return mixed(hash ^ word(end - 8));
    }

private:
    static constexpr uint64_t factor = 0x9E3779B97F4A7C15;

    static uint64_t word(const char* at) {
        uint64_t bytes;
        std::memcpy(&bytes, at, sizeof bytes);
        return bytes;
    }
    static uint64_t short_word(const char* at, size_t size) {
        uint64_t bytes = 0;
        for (size_t i = 0; i < size; ++i) bytes = bytes << 8 | static_cast<unsigned char>(at[i]);
        return bytes;
    }
    static uint64_t mixed(uint64_t bits) {
        bits *= factor;
        return bits ^ bits >> 29;
    }
};

}  // namespace dqrewrite
