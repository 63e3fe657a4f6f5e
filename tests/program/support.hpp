// What the tests of engine/program share: rule files, and all that is said about one as one text.
#pragma once

#include "engine/program/check.hpp"
#include "tests/support/golden.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dqrewrite::test {

inline std::string program_folder() {
    return std::string(DQREWRITE_SOURCE_DIR) + "/tests/program/";
}

// The rule files of a folder below tests/program, by name; not those in folders of it.
inline std::vector<std::filesystem::path> rule_files(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(program_folder() + folder))
        if (entry.is_regular_file() && entry.path().extension() == ".rules") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE_FALSE(files.empty());
    return files;
}

inline CheckedRules check_file(const std::string& file_or_name) {
    return check_rules(load_rules(file_or_name));
}

inline CheckedRules check_text(std::string text) {
    return check_rules(load_rules_text("a.rules", std::move(text)));
}

// As `dqrewrite check` prints it; `folder` is left out of file names.
inline std::string render_all(const Diagnostics& diagnostics, const std::string& folder = "") {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) text += render(diagnostic);
    if (folder.empty()) return text;
    for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at))
        text.erase(at, folder.size());
    return text;
}

}  // namespace dqrewrite::test
