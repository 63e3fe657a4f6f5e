// A number that the environment gives a test: DQREWRITE_SEED, DQREWRITE_PAIRS.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace dqrewrite::test {

inline uint64_t setting(const char* name, uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace dqrewrite::test
