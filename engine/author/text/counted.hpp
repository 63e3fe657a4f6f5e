// Numbers of things in words: "1 rule", "2 rules", "3 matches".
//
// Tested by what is printed with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dqrewrite {

// The word alone, which is in the singular: "match", or "matches".
inline std::string plural(uint64_t count, std::string_view word) {
    std::string out(word);
    if (count != 1) out += word.ends_with("ch") || word.ends_with('s') ? "es" : "s";
    return out;
}

inline std::string counted(uint64_t count, std::string_view word) {
    return std::to_string(count).append(" ").append(plural(count, word));
}

}  // namespace dqrewrite
