// Offsets to lines and columns, and lines to their text. See source.hpp for what counts as a column.
#include "grammar/source.hpp"

#include <algorithm>
#include <utility>

namespace dqrewrite {

namespace {

bool begins_code_point(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace

Source::Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
    for (size_t at = text_.find('\n'); at != std::string::npos && at < UINT32_MAX; at = text_.find('\n', at + 1)) {
        line_starts_.push_back(static_cast<uint32_t>(at + 1));
    }
}

Position Source::locate(uint32_t offset) const {
    const auto after = std::upper_bound(line_starts_.begin() + 1, line_starts_.end(), offset);
    const auto number = static_cast<uint32_t>(after - line_starts_.begin());
    const std::string_view content = line(number);
    const size_t length = std::min<size_t>(offset - *(after - 1), content.size());
    const auto before = std::count_if(content.begin(), content.begin() + length, begins_code_point);
    return {number, static_cast<uint32_t>(before) + 1};
}

std::string_view Source::line(uint32_t number) const {
    if (number == 0 || number > line_starts_.size()) return {};
    const uint32_t begin = line_starts_[number - 1];
    if (number == line_starts_.size()) return text().substr(begin);
    std::string_view content = text().substr(begin, line_starts_[number] - 1 - begin);
    if (content.ends_with('\r')) content.remove_suffix(1);
    return content;
}

}  // namespace dqrewrite
