// Runs the dqrewrite command as a user would, through a shell, in a directory of its own.
#pragma once

#include <filesystem>
#include <string>

namespace dqrewrite::test {

struct CommandResult {
    int status = 0;  // the exit status, or 128 + a signal
    std::string out, err;
};

// `line` is a shell command in which `dqrewrite` is the command under test.
CommandResult run_command(const std::string& line, const std::filesystem::path& directory);

}  // namespace dqrewrite::test
