// Golden files: a text that a test made is compared with a file that stands beside the tests, whole.
//
// DQREWRITE_BLESS=1 in the environment writes the file anew instead; look at what git says then.
#pragma once

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>

namespace dqrewrite::test {

// All bytes of the file; empty where there is none.
std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view text);
void check_golden(const std::string& path, const std::string& text);

}  // namespace dqrewrite::test
