#include "tests/dump/support.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"

namespace dqrewrite::test {

std::string text_of(const Dump& dump) {
    TextOutput output;
    dump.write(output);
    return output.text();
}

Dump read_dump(std::string_view text) {
    auto dump = Dump::read(Input::from_string(text));
    if (!dump) FAIL(describe(dump.error()));
    return std::move(*dump);
}

std::string refusal(std::string_view text) {
    const auto dump = Dump::read(Input::from_string(text));
    return dump ? "" : describe(dump.error());
}

std::string round_trip(std::string_view text) {
    const auto dump = Dump::read(Input::from_string(text));
    return dump ? text_of(*dump) : describe(dump.error());
}

std::string dump_of(std::string_view nodes) {
    return std::string("{\"format\": \"fx-graph\", \"version\": 1, \"graph\": {\"nodes\": [\n").append(nodes) +
           "\n]}}\n";
}

std::string test_path(std::string_view path) {
    return std::string(DQREWRITE_SOURCE_DIR "/tests/").append(path);
}

}  // namespace dqrewrite::test
