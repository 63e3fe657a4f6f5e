// An error of a dump as people read it: the message, and under it the excerpt with a caret.
//     3:14: expected "," or "}", found "x"
//       {"name" "x"}
//               ^
#pragma once

#include "engine/dump/error.hpp"

#include <string>

#include <fmt/format.h>

namespace dqrewrite::test {

inline std::string describe(const DumpError& error) {
    if (error.line == 0) return error.message;
    return fmt::format("{}:{}: {}\n  {}\n  {:>{}}", error.line, error.column, error.message, error.excerpt, '^',
                       error.excerpt_column);
}

}  // namespace dqrewrite::test
