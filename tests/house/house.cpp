#include "tests/house/house.hpp"

#include "tests/support/golden.hpp"

#include <algorithm>
#include <filesystem>

namespace dqrewrite::test {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text.append(line).append("\n");
    return text;
}

std::vector<File> files_of(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
    std::vector<File> files;
    for (const std::string& folder : folders) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(DQREWRITE_SOURCE_DIR) / folder)) {
            const std::string path = entry.path().lexically_relative(DQREWRITE_SOURCE_DIR).generic_string();
            const bool wanted = std::any_of(endings.begin(), endings.end(),
                                            [&](const std::string& ending) { return path.ends_with(ending); });
            if (entry.is_regular_file() && wanted)
                files.push_back({path, lines_of(read_file(entry.path().string()))});
        }
    }
    std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.path < b.path; });
    return files;
}

std::vector<Block> blocks_of(const std::string& markdown) {
    constexpr std::string_view fence = "```";
    std::vector<Block> blocks;
    bool open = false;
    size_t number = 0;
    for (const std::string& line : lines_of(markdown)) {
        ++number;
        if (line.starts_with(fence)) {
            open = !open;
            if (open) blocks.push_back({line.substr(fence.size()), number, {}});
        } else if (open) {
            blocks.back().lines.push_back(line);
        }
    }
    return blocks;
}

}  // namespace dqrewrite::test
