// What the command prints and how it ends: one case a file, tests/cli/cases/NAME.txt; in tests/cli/explain graphs
// that a pass leaves as they are (NAME.WHY.txt), with why.
//
//     $ dqrewrite check broken.rules       the command, run by a shell
//     file broken.rules                    any number of files that it finds, the lines below it indented by "| "
//     | rule r {
//     status 1
//     out                                  what it prints, whole, indented likewise
//     err
//     | broken.rules:1:9: error: …
//
// The graphs of tests/corpus lie beside it as corpus/. DQREWRITE_BLESS=1 writes status, out and err anew.

#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <sys/wait.h>

namespace fs = std::filesystem;

namespace dqrewrite::test {

CommandResult run_command(const std::string& line, const fs::path& directory) {
    Scratch streams;
    std::string folder = fs::path(DQREWRITE_COMMAND).parent_path().string();
    std::string shell =
        fmt::format("cd '{}' && PATH='{}':\"$PATH\" && {{ {}\n}} >'{}/out' 2>'{}/err' </dev/null", directory.string(),
                    folder, line, streams.folder().string(), streams.folder().string());
    int status = std::system(shell.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(streams.path("out")),
            read_file(streams.path("err"))};
}

}  // namespace dqrewrite::test

using namespace dqrewrite::test;

namespace {

struct Case {
    std::string command;
    std::vector<std::pair<std::string, std::string>> files;
};

Case read_case(const std::string& text) {
    Case result;
    std::istringstream lines(text);
    std::string* content = nullptr;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("$ "))
            result.command = line.substr(2);
        else if (line.starts_with("file "))
            content = &result.files.emplace_back(line.substr(5), "").second;
        else if (line.starts_with("| ") && content)
            *content += line.substr(2) + "\n";
        else if (line == "|" && content)
            *content += "\n";
        else
            content = nullptr;
    }
    return result;
}

std::string indented(const std::string& text) {
    std::string result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) result += line.empty() ? "|\n" : "| " + line + "\n";
    if (!text.empty() && text.back() != '\n') result += "(no line break at the end)\n";
    return result;
}

std::string written(const Case& that, const CommandResult& found) {
    std::string text = "$ " + that.command + "\n";
    for (const auto& [name, content] : that.files) text += "file " + name + "\n" + indented(content);
    return text + fmt::format("status {}\nout\n{}err\n{}", found.status, indented(found.out), indented(found.err));
}

// A bare root file system may lack what pseudo-terminals are made of (devpts): what is shown on one cannot be seen
// there.
bool has_terminals() {
    Scratch directory;
    return run_command("script -qec true /dev/null", directory.folder()).status == 0;
}

}  // namespace

TEST_CASE("the command, case by case") {
    const std::string folder = GENERATE(as<std::string>(), "cases", "explain");
    std::vector<fs::path> cases(fs::directory_iterator{DQREWRITE_SOURCE_DIR "/tests/cli/" + folder}, {});
    std::sort(cases.begin(), cases.end());
    REQUIRE(!cases.empty());
    const bool terminals = has_terminals();
    for (const fs::path& path : cases) {
        Case each = read_case(read_file(path));
        INFO(path);
        REQUIRE(!each.command.empty());
        if (!terminals && each.command.starts_with("script ")) {
            WARN("left out, for there are no pseudo-terminals: " << path);
            continue;
        }
        Scratch directory;
        fs::create_directory_symlink(DQREWRITE_SOURCE_DIR "/tests/corpus", directory.folder() / "corpus");
        for (const auto& [name, content] : each.files) write_file(directory.folder() / name, content);
        check_golden(path, written(each, run_command(each.command, directory.folder())));
    }
}
