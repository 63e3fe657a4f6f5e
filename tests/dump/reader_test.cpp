// What a reader refuses, and in which words: errors/NAME.json is refused with what errors/NAME.err holds.
#include "tests/dump/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

using namespace dqrewrite;
using namespace dqrewrite::test;

TEST_CASE("each file of errors/ is refused with its own message") {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(test_path("dump/errors"))) {
        if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() >= 100);
    for (const std::string& file : files) {
        const std::string said = refusal(read_file(file));
        INFO(file);
        CHECK(said != "");
        check_golden(file.substr(0, file.size() - 4) + "err", said + "\n");
    }
}
