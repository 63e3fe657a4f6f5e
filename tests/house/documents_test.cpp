// What the documents say is true: their commands are run and print what stands there, their example is a program
// that is built elsewhere, their links lead somewhere.
//
// In README.md and in the pages that are listed below a ```console block is a transcript: a line "$ command", then
// all that it prints, and "exit status N" where that is not 0. The commands of a document run one after the other
// in one empty folder with links to tests/, rules/ and build/dqrewrite. A block of another kind whose first line is
// "# name.rules" or "# name.ops" is that file of the folder. DQREWRITE_BLESS=1 writes the transcripts anew.
#include "tests/house/house.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <sys/wait.h>

using namespace dqrewrite::test;

namespace {

namespace fs = std::filesystem;

const std::string top = DQREWRITE_SOURCE_DIR "/";
constexpr std::string_view prompt = "$ ";

// A folder for the commands of one document.
class Workplace {
public:
    Workplace() {
        fs::create_directories(scratch_.path("build"));
        for (const char* folder : {"tests", "rules"})
            fs::create_directory_symlink(top + folder, scratch_.path(folder));
        fs::create_symlink(DQREWRITE_COMMAND, scratch_.path("build/dqrewrite"));
    }

    void write(const std::string& name, const std::string& text) const { write_file(scratch_.path(name), text); }

    // What the command prints, standard error too.
    std::vector<std::string> run(const std::string& command) const {
        FILE* pipe =
            ::popen(fmt::format("exec 2>&1\ncd '{}'\n{}\n", scratch_.folder().string(), command).c_str(), "r");
        REQUIRE(pipe);
        std::string printed;
        std::array<char, 4096> part;
        while (size_t size = std::fread(part.data(), 1, part.size(), pipe)) printed.append(part.data(), size);
        const int status = ::pclose(pipe);
        std::vector<std::string> lines = lines_of(printed);
        if (WEXITSTATUS(status) != 0) lines.push_back(fmt::format("exit status {}", WEXITSTATUS(status)));
        return lines;
    }

private:
    Scratch scratch_;
};

// A transcript with what its commands print now.
std::vector<std::string> transcript(const Workplace& workplace, const Block& block) {
    std::vector<std::string> lines;
    for (const std::string& line : block.lines) {
        if (!line.starts_with(prompt)) continue;
        lines.push_back(line);
        for (std::string& printed : workplace.run(line.substr(prompt.size()))) lines.push_back(std::move(printed));
    }
    return lines;
}

bool blessing() {
    const char* bless = std::getenv("DQREWRITE_BLESS");
    return bless && std::string_view(bless) == "1";
}

std::string replaced(const std::string& text, const Block& block, const std::vector<std::string>& lines) {
    std::vector<std::string> all = lines_of(text);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(block.line);
    const auto end = begin + static_cast<std::ptrdiff_t>(block.lines.size());
    all.insert(all.erase(begin, end), lines.begin(), lines.end());
    return joined(all);
}

// A document's prose.
std::string without_blocks(const std::string& markdown) {
    std::vector<std::string> lines = lines_of(markdown);
    for (const Block& block : blocks_of(markdown))
        std::fill_n(lines.begin() + static_cast<std::ptrdiff_t>(block.line), block.lines.size(), "");
    return joined(lines);
}

}  // namespace

TEST_CASE("the commands of the documents print what stands there") {
    const std::string document = GENERATE(as<std::string>(), "README.md", "docs/cli.md", "docs/authoring.md",
                                          "docs/rule_sets.md", "docs/graph_dump.md");
    const std::string text = read_file(top + document);
    const Workplace workplace;
    std::vector<std::pair<Block, std::vector<std::string>>> transcripts;
    for (const Block& block : blocks_of(text)) {
        const std::string first = block.lines.empty() ? "" : block.lines.front();
        if (first.starts_with("# ") && (first.ends_with(".rules") || first.ends_with(".ops")))
            workplace.write(first.substr(2), joined(block.lines));
        if (block.kind == "console") transcripts.emplace_back(block, transcript(workplace, block));
    }
    CHECK(!transcripts.empty());
    if (blessing()) {
        // From the last to the first, so that the lines of those before stay where they are.
        std::string now = text;
        for (auto each = transcripts.rbegin(); each != transcripts.rend(); ++each)
            now = replaced(now, each->first, each->second);
        write_file(top + document, now);
        return;
    }
    for (const auto& [block, printed] : transcripts) {
        INFO(document << ":" << block.line << "; if this is right, run once more with DQREWRITE_BLESS=1");
        CHECK(joined(printed) == joined(block.lines));
    }
}

TEST_CASE("README: the first two sh blocks are one command each, and what stands before them is text") {
    std::vector<Block> commands;
    for (const Block& block : blocks_of(read_file(top + "README.md"))) {
        if (commands.size() == 2) break;
        INFO("line " << block.line);
        if (block.kind == "sh")
            commands.push_back(block);
        else
            CHECK(block.kind == "text");
    }
    REQUIRE(commands.size() == 2);
    for (const Block& block : commands) {
        INFO("line " << block.line);
        REQUIRE(block.lines.size() == 1);
        const std::string& command = block.lines.front();
        CHECK(command.find(" && ") != std::string::npos);
        for (const char* word : {"sudo", "git clone", ";", "\\", "#"}) CHECK(command.find(word) == std::string::npos);
    }
}

TEST_CASE("README: the example of the library is the one that is built and run as a package") {
    std::vector<std::string> examples;
    for (const Block& block : blocks_of(read_file(top + "README.md")))
        if (block.kind == "cpp") examples.push_back(joined(block.lines));
    CHECK(examples == std::vector<std::string>{read_file(top + "tests/package/example.cpp")});
}

TEST_CASE("the links of the documents lead somewhere") {
    std::vector<std::string> documents{"README.md", "CONTRIBUTING.md"}, broken;
    size_t links = 0;
    for (const File& file : files_of({"docs"}, {".md"})) documents.push_back(file.path);
    for (const std::string& document : documents) {
        const std::string text = without_blocks(read_file(top + document));
        CHECK(!text.empty());
        for (size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
            std::string link = text.substr(at + 2, text.find(')', at) - at - 2);
            link.resize(std::min(link.find('#'), link.size()));
            if (link.empty() || link.find("://") != std::string::npos) continue;
            ++links;
            if (!fs::exists((fs::path(top + document).parent_path() / link)))
                broken.push_back(document + ": " + link);
        }
    }
    CHECK(links > 0);
    CHECK(broken == std::vector<std::string>{});
}
