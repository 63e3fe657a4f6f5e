// See golden.hpp.
#include "tests/support/golden.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace dqrewrite::test {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    REQUIRE(file.flush().good());
}

void check_golden(const std::string& path, const std::string& text) {
    const char* bless = std::getenv("DQREWRITE_BLESS");
    if (bless && std::string_view(bless) == "1") {
        if (read_file(path) != text) write_file(path, text);
        return;
    }
    INFO("golden file " << path << "; if the new text is right, run once more with DQREWRITE_BLESS=1");
    CHECK(text == read_file(path));
}

}  // namespace dqrewrite::test
