// Where in its file a piece of a rule begins, as messages and reports name it.
//
// Tested by what is printed with it.
#pragma once

#include "engine/program/program.hpp"

#include <string>

#include <fmt/format.h>

namespace dqrewrite {

struct RulePlace {
    RulePlace(const program::Program& program, const program::Location& location)
        : source(*program.sources[location.file]), at(source.locate(location.span.begin)) {}

    const std::string& file() const { return source.name(); }
    // "my.rules:3"
    std::string text() const { return fmt::format("{}:{}", file(), at.line); }

    const Source& source;
    Position at;
};

}  // namespace dqrewrite
