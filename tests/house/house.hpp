// The files of the project, as the tests of the house see them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::test {

struct File {
    std::string path;  // from the top of the project
    std::vector<std::string> lines;
};

// The files below the folders, sorted by path, whose names end in one of `endings`.
std::vector<File> files_of(const std::vector<std::string>& folders, const std::vector<std::string>& endings);

// A fenced block of a Markdown text.
struct Block {
    std::string kind;  // what stands behind the fence: "sh", "text"
    size_t line = 0;   // of the opening fence, from 1
    std::vector<std::string> lines;
};
std::vector<Block> blocks_of(const std::string& markdown);

std::vector<std::string> lines_of(std::string_view text);
// Each with a line break behind it.
std::string joined(const std::vector<std::string>& lines);

}  // namespace dqrewrite::test
