// Offsets to lines and columns, and lines to their text.
#include "grammar/source.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace dqrewrite;

namespace {

struct Place {
    std::string text;
    uint32_t offset;
    uint32_t line;
    uint32_t column;
};

struct Line {
    std::string text;
    uint32_t number;
    std::string content;
};

}  // namespace

TEST_CASE("offset to line and column") {
    const Place places[] = {
        {"", 0, 1, 1},
        {"", 7, 1, 1},
        {"ab", 0, 1, 1},
        {"ab", 1, 1, 2},
        {"ab", 2, 1, 3},      // the end of the text
        {"ab", 9, 1, 3},      // past it
        {"ab\ncd", 2, 1, 3},  // a line break is behind its line
        {"ab\ncd", 3, 2, 1},
        {"ab\ncd", 5, 2, 3},
        {"ab\n", 3, 2, 1},  // the empty line at the end
        {"\n\n\n", 2, 3, 1},
        {"ab\r\ncd", 2, 1, 3},  // "\r" and "\n" are one line break
        {"ab\r\ncd", 3, 1, 3},
        {"ab\r\ncd", 4, 2, 1},
        {"a\rb\nc", 2, 1, 3},  // "\r" alone is a character
        {"\tab", 1, 1, 2},     // a tab is one column
        {"\t\tab", 3, 1, 4},
        {"\u00e9ab", 2, 1, 2},        // and so is a character of two,
        {"\u65e5\u672cab", 6, 1, 3},  // of three
        {"\U0001F600ab", 4, 1, 2},    // and of four bytes
        {"\u00e9\n\u00e9x", 5, 2, 2},
    };
    for (const Place& place : places) {
        INFO('"' << place.text << "\" at " << place.offset);
        const Position position = Source("a", place.text).locate(place.offset);
        CHECK(position.line == place.line);
        CHECK(position.column == place.column);
    }
}

TEST_CASE("the text of a line") {
    const Line lines[] = {
        {"", 1, ""},
        {"", 0, ""},
        {"", 2, ""},
        {"ab", 1, "ab"},
        {"ab\ncd\n", 1, "ab"},
        {"ab\ncd\n", 2, "cd"},
        {"ab\ncd\n", 3, ""},
        {"ab\ncd\n", 4, ""},
        {"ab\r\ncd", 1, "ab"},
        {"ab\r\ncd", 2, "cd"},
        {"ab\r\r\ncd", 1, "ab\r"},
        {"ab\r", 1, "ab\r"},
    };
    for (const Line& line : lines) {
        INFO('"' << line.text << "\", line " << line.number);
        CHECK(Source("a", line.text).line(line.number) == line.content);
    }
}

TEST_CASE("name and text of a source, and of a span") {
    const Source source("dir/a.rules", "rule x");
    CHECK(source.name() == "dir/a.rules");
    CHECK(source.text() == "rule x");
    CHECK(source.text({5, 6}) == "x");
    CHECK(source.text({6, 6}) == "");
}

TEST_CASE("each offset of a text has a place that rises with it") {
    const std::string text = "a\tb\u00e9\r\n\n  x\r\n\u65e5";
    const Source source("a", text);
    Position last{1, 1};
    for (uint32_t offset = 0; offset <= text.size(); ++offset) {
        const Position here = source.locate(offset);
        CHECK((here.line > last.line || (here.line == last.line && here.column >= last.column)));
        last = here;
    }
    CHECK(last.line == 4);
    CHECK(last.column == 2);
}
