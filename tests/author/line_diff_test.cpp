// Lines that stay, go and come; the shortest such list, against one that is found by trying all.

#include "tests/support/catch.hpp"

#include "engine/author/text/line_diff.hpp"

#include <algorithm>
#include <random>

using namespace dqrewrite;

namespace {

using Lines = std::vector<std::string>;

std::string text_of(const Lines& first, const Lines& second) {
    std::string text;
    for (const DiffLine& line : line_diff(first, second)) (text += line.mark) += line.text;
    return text;
}

size_t common(const Lines& a, const Lines& b, size_t i = 0, size_t j = 0) {
    if (i == a.size() || j == b.size()) return 0;
    if (a[i] == b[j]) return 1 + common(a, b, i + 1, j + 1);
    return std::max(common(a, b, i + 1, j), common(a, b, i, j + 1));
}

}  // namespace

TEST_CASE("what stays, goes and comes") {
    CHECK(text_of({}, {}) == "");
    CHECK(text_of({"a", "b"}, {"a", "b"}) == " a b");
    CHECK(text_of({"a", "b", "c"}, {"a", "x", "c"}) == " a-b+x c");
    CHECK(text_of({"a", "b", "c", "d"}, {"b", "x", "c", "d", "e"}) == "-a b+x c d+e");
    CHECK(text_of({}, {"a"}) == "+a");
    CHECK(text_of({"a"}, {}) == "-a");
}

TEST_CASE("a diff gives both texts back, and is as short as can be") {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        Lines texts[2];
        for (Lines& text : texts)
            for (size_t i = random() % 8; i > 0; --i)
                text.push_back(std::string(1, static_cast<char>('a' + random() % 3)));
        Lines first, second;
        size_t both = 0;
        for (const DiffLine& line : line_diff(texts[0], texts[1])) {
            if (line.mark != '+') first.emplace_back(line.text);
            if (line.mark != '-') second.emplace_back(line.text);
            both += line.mark == ' ';
        }
        REQUIRE(first == texts[0]);
        REQUIRE(second == texts[1]);
        REQUIRE(both == common(texts[0], texts[1]));
    }
}

TEST_CASE("texts that are too long for the table are one after the other, but for their ends") {
    Lines first{"same"}, second{"same"};
    for (int i = 0; i < 3000; ++i)
        first.push_back("a" + std::to_string(i)), second.push_back("b" + std::to_string(i));
    first.push_back("end"), second.push_back("end");
    std::vector<DiffLine> lines = line_diff(first, second);
    REQUIRE(lines.size() == 6002);
    CHECK(lines[0] == DiffLine{' ', "same"});
    CHECK(lines[3000] == DiffLine{'-', "a2999"});
    CHECK(lines[3001] == DiffLine{'+', "b0"});
    CHECK(lines[6001] == DiffLine{' ', "end"});
}
