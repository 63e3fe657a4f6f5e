// Writes a dump to measure on: make_dump SHAPE META NODES [LINES]. With LINES so many dumps, one a line each.
// Prints how many nodes there are, and how many the pass must leave.
#include "tests/bench/made_dump.hpp"

#include <charconv>
#include <cstring>

using namespace dqrewrite::bench;

namespace {

size_t number_of(std::string_view word) {
    size_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

}  // namespace

int main(int argc, char** argv) {
    const auto shape = argc > 3 ? shape_of(argv[1]) : std::nullopt;
    const auto meta = argc > 3 ? meta_of(argv[2]) : std::nullopt;
    if (!shape || !meta) {
        std::fputs("make_dump chain|star|fan slim|full NODES [LINES] > FILE\n", stderr);
        return 2;
    }
    const size_t lines = argc > 4 ? number_of(argv[4]) : 0;
    MadeCounts counts = make_dump(*shape, *meta, number_of(argv[3]), lines != 0, stdout).counts;
    for (size_t line = 1; line < lines; ++line) make_dump(*shape, *meta, number_of(argv[3]), true, stdout);
    std::fprintf(stderr, "%zu %zu\n", counts.nodes, counts.nodes_after);
}
