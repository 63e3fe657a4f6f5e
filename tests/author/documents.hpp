// The rule files in a page of documentation: its blocks marked `rules`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::test {

inline std::vector<std::string> rules_of(const std::string& page) {
    constexpr std::string_view open = "\n```rules\n", close = "\n```\n";
    std::vector<std::string> blocks;
    for (size_t at = page.find(open); at != std::string::npos; at = page.find(open, at)) {
        at += open.size();
        blocks.push_back(page.substr(at, page.find(close, at) + 1 - at));
    }
    return blocks;
}

}  // namespace dqrewrite::test
