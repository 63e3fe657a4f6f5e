#include "engine/rewrite/strings.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace dqrewrite {

namespace {

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The byte where the character `count` characters after `at` starts.
size_t skip(std::string_view text, size_t at, size_t count) {
    for (; count > 0 && at < text.size(); --count)
        for (++at; at < text.size() && continues(text[at]);) ++at;
    return at;
}

}  // namespace

size_t count_characters(std::string_view text) {
    return text.size() - static_cast<size_t>(std::ranges::count_if(text, continues));
}

std::string_view first_character(std::string_view text) {
    return text.substr(0, skip(text, 0, 1));
}

std::string_view characters(std::string_view text, size_t start, size_t count) {
    size_t begin = skip(text, 0, start);
    return text.substr(begin, skip(text, begin, count) - begin);
}

std::string every_character(std::string_view text, size_t start, int64_t step, size_t count) {
    std::vector<std::string_view> all;
    for (std::string_view left = text; !left.empty(); left.remove_prefix(all.back().size()))
        all.push_back(first_character(left));
    std::string result;
    for (size_t i = 0; i < count; ++i) result += all[start + static_cast<uint64_t>(step) * i];
    return result;
}

}  // namespace dqrewrite
