// What a file names of the headers that a build may precompile, it includes, or a file of the project does that it
// includes: with a precompiled header the compiler does not notice. CMakeLists.txt and tests/support/precompiled.hpp
// have the lists.
#include "tests/house/house.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

using namespace dqrewrite::test;

namespace {

struct Named {
    std::string_view name;
    std::string_view header;
};

// Of <algorithm> what is used most.
constexpr Named named[] = {
    {"std::any_of", "algorithm"},
    {"std::all_of", "algorithm"},
    {"std::none_of", "algorithm"},
    {"std::find", "algorithm"},
    {"std::find_if", "algorithm"},
    {"std::count_if", "algorithm"},
    {"std::copy", "algorithm"},
    {"std::equal", "algorithm"},
    {"std::fill", "algorithm"},
    {"std::sort", "algorithm"},
    {"std::stable_sort", "algorithm"},
    {"std::lower_bound", "algorithm"},
    {"std::upper_bound", "algorithm"},
    {"std::reverse", "algorithm"},
    {"std::unique", "algorithm"},
    {"std::min", "algorithm"},
    {"std::max", "algorithm"},
    {"std::array", "array"},
    {"std::from_chars", "charconv"},
    {"std::to_chars", "charconv"},
    {"std::deque", "deque"},
    {"std::filesystem", "filesystem"},
    {"std::ifstream", "fstream"},
    {"std::ofstream", "fstream"},
    {"std::function", "functional"},
    {"std::map", "map"},
    {"std::make_shared", "memory"},
    {"std::make_unique", "memory"},
    {"std::shared_ptr", "memory"},
    {"std::unique_ptr", "memory"},
    {"std::nullopt", "optional"},
    {"std::optional", "optional"},
    {"std::views", "ranges"},
    {"std::set", "set"},
    {"std::span", "span"},
    {"std::istringstream", "sstream"},
    {"std::ostringstream", "sstream"},
    {"std::string", "string"},
    {"std::to_string", "string"},
    {"std::string_view", "string_view"},
    {"std::unordered_map", "unordered_map"},
    {"std::vector", "vector"},
    {"fmt::format", "fmt/format.h"},
    {"fmt::memory_buffer", "fmt/format.h"},
    {"tl::expected", "tl/expected.hpp"},
    {"tl::unexpected", "tl/expected.hpp"},
    {"tsl::robin_map", "tsl/robin_map.h"},
    {"TEST_CASE", "tests/support/catch.hpp"},
    {"no_node", "engine/graph/node_id.hpp"},
    {"GraphError", "engine/graph/node_id.hpp"},
    {"const Graph&", "engine/graph/graph.hpp"},
};

// The quote is for names that are text, as above.
bool is_part_of_a_name(char c) {
    return c == '_' || c == '"' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// Whether the line, without its comment, says `name` and not only a longer one.
bool says(std::string_view line, std::string_view name) {
    line = line.substr(0, line.find("//"));
    for (size_t at = line.find(name); at != line.npos; at = line.find(name, at + 1)) {
        const size_t end = at + name.size();
        if ((at == 0 || !is_part_of_a_name(line[at - 1])) && (end == line.size() || !is_part_of_a_name(line[end])))
            return true;
    }
    return false;
}

using Includes = std::map<std::string, std::set<std::string>>;

// What each file includes, itself or by another file of the project.
Includes includes_of(const std::vector<File>& files) {
    Includes direct;
    for (const File& file : files) {
        std::set<std::string>& includes = direct[file.path];
        for (const std::string& line : file.lines) {
            if (!line.starts_with("#include ")) continue;
            const std::string name = line.substr(10, line.find_last_of(">\"") - 10);
            includes.insert(name == "dqrewrite/dqrewrite.hpp" ? "engine/dqrewrite.hpp" : name);
        }
    }
    Includes all = direct;
    for (auto& [path, reached] : all) {
        std::vector<std::string> open(reached.begin(), reached.end());
        while (!open.empty()) {
            const auto next = direct.find(open.back());
            open.pop_back();
            if (next == direct.end()) continue;
            for (const std::string& name : next->second)
                if (reached.insert(name).second) open.push_back(name);
        }
    }
    return all;
}

}  // namespace

TEST_CASE("what a file names, it includes") {
    const std::vector<File> files = files_of({"grammar", "engine", "tests"}, {".hpp", ".cpp"});
    const Includes includes = includes_of(files);
    std::vector<std::string> missing;
    size_t names = 0;
    for (const File& file : files) {
        for (const auto& [name, header] : named) {
            const auto line = std::find_if(file.lines.begin(), file.lines.end(),
                                           [&](const std::string& text) { return says(text, name); });
            if (line == file.lines.end()) continue;
            ++names;
            if (file.path != header && !includes.at(file.path).contains(std::string(header)))
                missing.push_back(file.path + ": " + std::string(name) + " without " + std::string(header));
        }
    }
    CHECK(missing == std::vector<std::string>{});
    CHECK(names > 1000);
}
