// The rule files that ship with dqrewrite, as data in the binary: all of rules/, made by embed.cmake.
// Tested by tests/program/load_test.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

struct ShippedFile {
    std::string_view path;  // below rules/: "duplicate_dq.rules", "library/eliminate.rules", "ops/pytorch.ops"
    std::string_view text;

    std::string_view without_tests() const { return text.substr(0, text.find("\ntest \"")); }  // they come last
};

std::span<const ShippedFile> shipped_files();

// By file name, whatever folder it lies in: "pt2e.rules". Null where there is none.
const ShippedFile* find_shipped(std::string_view file_name);

// The names by which `--rules` knows shipped rule files, sorted: "duplicate_dq", "pt2e" …
std::vector<std::string> shipped_rule_names();

}  // namespace dqrewrite
