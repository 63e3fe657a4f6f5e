// What is wrong with a command line, in one sentence: what was found, what was expected.
// Tested by tests/cli, cases/usage_*.txt.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace dqrewrite::cli {

// `error` is what CLI11 threw for these words, the program's name first; `names` are those of all commands.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error, std::span<const char* const> words,
                        const std::vector<std::string>& names);

}  // namespace dqrewrite::cli
