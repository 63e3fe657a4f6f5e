// The rule files that ship, and those that tests run: without a warning, in their canonical form, which has the same
// tree.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include "engine/program/check.hpp"
#include "grammar/format.hpp"
#include "grammar/parse.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

using namespace dqrewrite;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> rule_files(const std::vector<fs::path>& folders) {
    std::vector<fs::path> files;
    for (const fs::path& folder : folders)
        for (const fs::directory_entry& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".rules") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void check_format(const std::string& text, bool is_canonical) {
    const Source source("written", text);
    Diagnostics diagnostics;
    auto tree = parse(source, diagnostics);
    REQUIRE(tree);
    const Source formatted("formatted", format(source, *tree));
    if (is_canonical) CHECK(formatted.text() == text);
    auto again = parse(formatted, diagnostics);
    REQUIRE(again);
    CHECK(syntax::same_tree(*tree, *again));
    CHECK(format(formatted, *again) == formatted.text());
}

std::string said(const Diagnostics& diagnostics) {
    std::string text;
    for (const Diagnostic& each : diagnostics) text += render(each);
    return text;
}

}  // namespace

TEST_CASE("shipped rule files have no warnings, and are in their canonical form") {
    const std::string top = DQREWRITE_SOURCE_DIR;
    std::vector<fs::path> files = rule_files({top + "/rules", top + "/rules/library", top + "/tests/rules"});
    CHECK(files.size() >= 70);
    for (const fs::path& file : files) {
        INFO(file);
        CheckedRules rules = check_rules(load_rules(file.string()));
        CHECK(said(rules.diagnostics) == "");
        CHECK(rules.program);
        check_format(test::read_file(file.string()), true);
    }
}

// Passes that were carried over on paper before there was a parser. Functions of the host and retracing are left out
// of the language for now, and here the lines that have them.
TEST_CASE("the examples of the design beside the project") {
    const char* corpus = std::getenv("DQREWRITE_CORPUS");
    const fs::path folder = corpus && *corpus ? fs::path(corpus).parent_path() / "examples" : fs::path();
    if (folder.empty() || !fs::exists(folder)) return;
    std::vector<fs::path> files = rule_files({folder});
    CHECK(files.size() >= 25);
    for (const fs::path& file : files) {
        std::vector<std::string> lines, host;  // host: "name("
        std::istringstream written(test::read_file(file.string()));
        for (std::string line; std::getline(written, line);) {
            if (line.starts_with("extern "))
                host.push_back(line.substr(7, line.find('(') - 6));
            else
                lines.push_back(line);
        }
        std::string text;
        for (std::string& line : lines) {
            if (size_t at = line.find("retrace"); at != std::string::npos && at < line.find('#')) line.erase(at, 7);
            bool asks_host = std::ranges::any_of(
                host, [&](const std::string& call) { return line.find(call) != std::string::npos; });
            if (!asks_host) text += line + "\n";
        }
        INFO(file << "\n" << text);
        check_format(text, false);
        // Under its own name, so that imports are found beside it.
        const test::Scratch scratch;
        for (const fs::path& each : files) fs::copy_file(each, scratch.folder() / each.filename());
        const std::string copy = scratch.path(file.filename().string());
        test::write_file(copy, text);
        CheckedRules rules = check_rules(load_rules(copy));
        INFO(said(rules.diagnostics));
        CHECK(rules.program);
    }
}
