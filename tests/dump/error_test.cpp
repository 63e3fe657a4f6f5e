// Places in a text: lines, columns and excerpts.
#include "engine/dump/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"

#include <vector>

using namespace dqrewrite;
using test::describe;

namespace {

struct Row {
    std::string text;
    size_t offset;
    std::string expected;  // what describe() makes of a message "m"
};

}  // namespace

TEST_CASE("a place is a line, a column in characters, and a caret under the line") {
    const std::vector<Row> rows = {
        {"", 0, "1:1: m\n  \n  ^"},
        {"abc", 0, "1:1: m\n  abc\n  ^"},
        {"abc", 2, "1:3: m\n  abc\n    ^"},
        {"abc", 3, "1:4: m\n  abc\n     ^"},
        {"abc\n", 3, "1:4: m\n  abc\n     ^"},
        {"abc\n", 4, "2:1: m\n  \n  ^"},
        {"a\nbc\nd", 3, "2:2: m\n  bc\n   ^"},
        {"a\r\nbc\r\nd", 4, "2:2: m\n  bc\n   ^"},
        {"a\r\nbc\r\nd", 5, "2:3: m\n  bc\n    ^"},
        {"\ta\tb", 3, "1:4: m\n   a b\n     ^"},
        {"\xC3\xA4\xF0\x9F\x98\x80x", 6, "1:3: m\n  \xC3\xA4\xF0\x9F\x98\x80x\n    ^"},
        {"a\xFF\x01z", 3, "1:4: m\n  a\xEF\xBF\xBD\xEF\xBF\xBDz\n     ^"},
        {"a\xE2\x82", 1, "1:2: m\n  a\xEF\xBF\xBD\xEF\xBF\xBD\n   ^"},
    };
    for (const Row& row : rows) {
        INFO(row.text << " at " << row.offset);
        CHECK(describe(error_at(row.text, row.text.data() + row.offset, 1, "m")) == row.expected);
    }
}

TEST_CASE("a long line is cut to about 100 columns around the place") {
    const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
    const DumpError middle = error_at(line, line.data() + 500, 1, "m");
    CHECK(middle.column == 501);
    CHECK(middle.excerpt == "..." + std::string(60, 'a') + "X" + std::string(39, 'b') + "...");
    CHECK(middle.excerpt_column == 64);
    const DumpError start = error_at(line, line.data(), 1, "m");
    CHECK(start.excerpt == std::string(100, 'a') + "...");
    CHECK(start.excerpt_column == 1);
    const DumpError end = error_at(line, line.data() + line.size(), 1, "m");
    CHECK(end.excerpt == "..." + std::string(60, 'b'));
    CHECK(end.excerpt_column == 64);
    CHECK(end.column == 1002);
}

TEST_CASE("lines are counted from the first line of a part") {
    const std::string text = "a\nb";
    CHECK(error_at(text, text.data() + 2, 41, "m").line == 42);
    CHECK(line_of(text, text.data(), 41) == 41);
}

TEST_CASE("text within a message is cut and made safe to print") {
    CHECK(printable("abc") == "abc");
    CHECK(printable("a\nb\x7f") == "a\xEF\xBF\xBD"
                                   "b\xEF\xBF\xBD");
    CHECK(printable(std::string(70, 'x')) == std::string(60, 'x') + "...");
    CHECK(printable("\xC3\xA4\xC3\xA4\xC3\xA4", 2) == "\xC3\xA4\xC3\xA4...");
}
