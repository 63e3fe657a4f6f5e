// What is true of every source: which way includes run, what the generic part never says, who may print, that a
// file opens with its contract, names tests that are there and does not grow without end.
#include "tests/house/house.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

#include <fmt/format.h>

using namespace dqrewrite::test;

namespace {

constexpr size_t longest_file = 600;
constexpr std::string_view path_characters = "abcdefghijklmnopqrstuvwxyz0123456789_/.*";

namespace fs = std::filesystem;

using Folders = std::vector<std::string>;

// What a run of a pass is made of.
const Folders run_folders = {"grammar",     "engine/graph",   "engine/ops",
                             "engine/dump", "engine/program", "engine/rewrite"};

Folders run_and(const Folders& others) {
    Folders all = run_folders;
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

const std::string author = "engine/author/";

// The house, bottom first, and what each part may include beside itself. `engine` is the library's header, which
// lies above the folders.
const std::map<std::string, Folders> may_include = {
    {"grammar", {}},
    {"engine/graph", {}},
    {"engine/ops", {"engine/graph"}},
    {"engine/dump", {"engine/graph"}},
    {"engine/program", {"grammar", "engine/graph", "engine/ops", "engine/dump"}},
    {"engine/rewrite", {"grammar", "engine/graph", "engine/ops", "engine/dump", "engine/program"}},
    {author + "text", run_folders},
    {author + "plan", run_and({author + "text"})},
    {author + "diff", run_and({author + "text"})},
    {author + "show", run_and({author + "text", author + "diff"})},
    {author + "explain", run_and({author + "text", author + "plan"})},
    {author + "testing", run_and({author + "text", author + "plan", author + "explain"})},
    {author + "sets", run_and({author + "text"})},
    {"engine/cli", run_and({author + "text", author + "plan", author + "diff", author + "show", author + "explain",
                            author + "testing", author + "sets"})},
    {"engine", run_folders},
};

std::string folder_of(const std::string& path) {
    return path.substr(0, std::min(path.rfind('/'), path.size()));
}

bool is_among(const std::string& word, const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string lower_case(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// "path:line: text" of each line of which `holds` says so.
template <class Predicate>
std::vector<std::string> lines_where(const std::vector<File>& files, Predicate holds) {
    std::vector<std::string> found;
    for (const File& file : files) {
        for (size_t i = 0; i < file.lines.size(); ++i) {
            if (holds(file, file.lines[i]))
                found.push_back(fmt::format("{}:{}: {}", file.path, i + 1, file.lines[i]));
        }
    }
    return found;
}

const std::vector<File>& engine_sources() {
    static const std::vector<File> files = files_of({"grammar", "engine"}, {".hpp", ".cpp"});
    return files;
}

using Lines = std::vector<std::string>;

// "tests/dump", "tests/cli/cases/run_*.txt": whether there is such a file or folder.
bool is_there(const std::string& path) {
    const fs::path whole = fs::path(DQREWRITE_SOURCE_DIR) / path;
    const size_t star = path.find('*');
    if (star == std::string::npos) return fs::exists(whole);
    const std::string beginning = fs::path(path.substr(0, star)).filename().string();
    return std::any_of(fs::directory_iterator(whole.parent_path()), fs::directory_iterator(),
                       [&](const auto& each) { return each.path().filename().string().starts_with(beginning); });
}

}  // namespace

TEST_CASE("includes run one way through the house") {
    const std::string start = "#include \"";
    size_t includes = 0;
    CHECK(lines_where(engine_sources(), [&](const File& file, const std::string& line) {
              if (!line.starts_with(start)) return false;
              ++includes;
              const std::string from = folder_of(file.path);
              const std::string to = folder_of(line.substr(start.size(), line.rfind('"') - start.size()));
              const auto allowed = may_include.find(from);
              return allowed == may_include.end() || (to != from && !is_among(to, allowed->second));
          }) == Lines{});
    CHECK(includes > 100);
}

TEST_CASE("grammar/ and engine/ know nothing of what the rules are about") {
    const std::vector<File> files = files_of({"grammar", "engine"}, {""});
    CHECK(files.size() > engine_sources().size());
    CHECK(lines_where(files, [](const File&, const std::string& line) {
              const std::string text = lower_case(line);
              for (const char* word : {"quantis", "quantiz", "dequant", "qparam"})
                  if (text.find(word) != std::string::npos) return true;
              return false;
          }) == Lines{});
}

TEST_CASE("only the command prints, reads the environment or ends the process") {
    CHECK(lines_where(engine_sources(), [](const File& file, const std::string& line) {
              if (file.path.starts_with("engine/cli/")) return false;
              for (const char* word : {"fmt::print", "std::cout", "std::cerr", "std::clog", " printf(", "fprintf(",
                                       "getenv", "std::exit", "std::abort", "std::terminate"})
                  if (line.find(word) != std::string::npos) return true;
              return false;
          }) == Lines{});
}

TEST_CASE("every file opens with what it is for") {
    Lines without;
    for (const File& file : files_of({"grammar", "engine", "tests", "rules", "python", "cmake"},
                                     {".hpp", ".cpp", ".rules", ".py", ".cmake"})) {
        if (file.path.starts_with("tests/") && file.path.ends_with(".rules")) continue;  // cases: data
        const std::string first = file.lines.empty() ? "" : file.lines.front();
        bool opens = first.starts_with("// ") || first.starts_with("# ") || first.starts_with("\"\"\"") ||
                     first.starts_with("#!/");
        // The contract of a header is that of its source, which says so by including it first.
        const std::string header = file.path.substr(0, file.path.rfind('.')) + ".hpp";
        if (file.path.ends_with(".cpp")) opens |= first == "#include \"" + header + "\"";
        if (!opens) without.push_back(file.path + ": " + first);
    }
    CHECK(without == Lines{});
}

TEST_CASE("the tests that a file names are there") {
    Lines gone;
    for (const File& file : files_of({"grammar", "engine", "rules", "python"}, {".hpp", ".cpp", ".py", ".rules"})) {
        for (const std::string& line : file.lines) {
            for (size_t at = line.find("tests/"); at != std::string::npos; at = line.find("tests/", at + 1)) {
                std::string path = line.substr(at, line.find_first_not_of(path_characters, at) - at);
                while (path.ends_with('.')) path.pop_back();
                if (!is_there(path)) gone.push_back(file.path + ": " + path);
            }
        }
    }
    CHECK(gone == Lines{});
}

TEST_CASE("no file grows without end") {
    Lines too_long;
    for (const File& file : files_of({"grammar", "engine", "tests", "python", "cmake"},
                                     {".hpp", ".cpp", ".py", ".cmake", "CMakeLists.txt"})) {
        if (file.lines.size() > longest_file)
            too_long.push_back(fmt::format("{}: {} lines", file.path, file.lines.size()));
    }
    CHECK(too_long == Lines{});
}

TEST_CASE("nothing is left to do later") {
    const std::string marks[] = {std::string("TO") + "DO", std::string("FIX") + "ME"};
    CHECK(lines_where(files_of({"grammar", "engine", "tests", "rules", "python", "cmake"},
                               {".hpp", ".cpp", ".rules", ".py", ".cmake", "CMakeLists.txt"}),
                      [&](const File&, const std::string& line) {
                          return std::any_of(std::begin(marks), std::end(marks), [&](const std::string& mark) {
                              return line.find(mark) != std::string::npos;
                          });
                      }) == Lines{});
}
