// What the tests of dumps share: reading a text, writing it, and the small dumps that most cases start from.
#pragma once

#include "engine/dump/dump.hpp"

#include <string>
#include <string_view>

namespace dqrewrite::test {

// The text that a dump is written as.
std::string text_of(const Dump& dump);

// The dump of `text`; the test fails where it is refused.
Dump read_dump(std::string_view text);

// What a reader says of `text`, as describe() puts it; empty where it takes it.
std::string refusal(std::string_view text);

// The text as it comes back from a reader and writer, or what the reader says of it.
std::string round_trip(std::string_view text);

// A dump of the node objects, one a line.
std::string dump_of(std::string_view nodes);

// A file below tests/, by its path there.
std::string test_path(std::string_view path);

}  // namespace dqrewrite::test
