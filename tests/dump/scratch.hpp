// A directory of its own for a test, gone with it.
#pragma once

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace dqrewrite::test {

class Scratch {
public:
    Scratch() : directory_((std::filesystem::temp_directory_path() / "dqrewrite-test-XXXXXX").string()) {
        REQUIRE(mkdtemp(directory_.data()) != nullptr);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string path(const std::string& name) const { return directory_ + "/" + name; }
    // How many entries it has, the hidden ones counted.
    size_t entries() const {
        size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_)) ++count;
        return count;
    }

private:
    std::string directory_;
};

}  // namespace dqrewrite::test
