// What the tests of the grammar share: files of cases, and texts to trees or messages.
#pragma once

#include "grammar/parse.hpp"
#include "tests/support/golden.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dqrewrite::test {

// The rule files of a folder of tests/grammar, by name.
inline std::vector<std::filesystem::path> rule_files(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    const std::string root = std::string(DQREWRITE_SOURCE_DIR) + "/tests/grammar/" + folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() == ".rules") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    REQUIRE_FALSE(files.empty());
    return files;
}

inline Source load(const std::filesystem::path& path) {
    return {path.filename().string(), read_file(path.string())};
}

inline std::string render_all(const Diagnostics& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) text += render(diagnostic);
    return text;
}

// The tree's text form, or what is wrong with the text.
inline std::string tree_or_messages(const Source& source) {
    Diagnostics diagnostics;
    const auto tree = parse(source, diagnostics);
    return tree && diagnostics.empty() ? syntax::text_form(*tree, tree->root()) + "\n" : render_all(diagnostics);
}

inline std::string tree_or_messages(std::string text) {
    return tree_or_messages(Source("a.rules", std::move(text)));
}

}  // namespace dqrewrite::test
