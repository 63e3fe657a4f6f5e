// Texts that are meant to exhaust stack, memory or time.
#include "tests/grammar/support.hpp"

#include <array>

using namespace dqrewrite;

namespace {

std::string repeated(std::string_view piece, size_t bytes) {
    std::string text;
    text.reserve(bytes + piece.size());
    while (text.size() < bytes) text += piece;
    return text;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("millions of bytes of nesting are refused at the first level too many") {
    struct Row {
        std::string head;
        std::string piece;
        std::string message;
    };
    const Row rows[] = {
        {"define a = ", "(", "1:212"},
        {"define a = ", "[", "1:212"},
        {"define a = ", "{", "1:212"},
        {"define a = ", "not ", "1:812"},
        {"define a = ", "-", "1:212"},
        {"define a = ", "f(", "1:413"},
        {"define a = ", "x[", "1:413"},
        {"define a = ", "1**", "1:613"},
        {"define a = ", "1 if x else ", "1:2419"},
        {"define a = ", "f\"{", "1:614"},
        {"define a = ", "[x for x in ", "1:2412"},
        {"define a = ", "{1:", "1:612"},
        {"pattern a = ", "(", "1:213"},
        {"pattern a = ", "f*(", "1:615"},
        {"ops a = ", "(", "1:209"},
        {"ops a = ", "b.{", "1:611"},
        {"rule a { match x rewrite { ", "if x { ", "1:1419"},
        {"rule a { match x rewrite { ", "if x { } else ", "1:2805"},
        {"pass a { ", "if changed { ", "1:2608"},
    };
    for (const Row& row : rows) {
        INFO(row.head << row.piece);
        CHECK(first_line(test::tree_or_messages(row.head + repeated(row.piece, 3'000'000))) ==
              "a.rules:" + row.message + ": error: nested deeper than 200 levels [too-deep]");
    }
}

TEST_CASE("a long row of operators would be a deep tree") {
    struct Row {
        std::string head;
        std::string piece;
        size_t most;  // pieces that are read
    };
    const Row rows[] = {
        {"define a = b", ".c", 997}, {"define a = b", "()", 997}, {"define a = b", "[0]", 997},
        {"define a = b", "+c", 997}, {"define a = b", "*c", 997}, {"ops a = b", "|c", 996},
        {"ops a = b", "-c", 996},
    };
    for (const Row& row : rows) {
        INFO(row.head << row.piece);
        const std::string good = row.head + repeated(row.piece, row.most * row.piece.size());
        CHECK(test::tree_or_messages(good).substr(0, 5) == "(file");
        for (const std::string& bad : {good + row.piece, row.head + repeated(row.piece, 1'000'000)}) {
            CHECK(
                first_line(test::tree_or_messages(bad))
                    .find(
                        ": error: too many operators, calls or fields in a row: the syntax tree is deeper than 1000 "
                        "nodes [too-deep]") != std::string::npos);
        }
    }
}

TEST_CASE("long rows of what is flat are read") {
    const std::array<std::string, 10> texts = {
        "define a = [" + repeated("1, ", 100'000) + "]",
        "define a = b" + repeated(" and b", 100'000),
        "define a = b" + repeated(" < b", 100'000),
        "define a = {" + repeated("b: 1, ", 100'000) + "}",
        "define a = f\"" + repeated("x{y}", 100'000) + "\"",
        "define a = \"" + repeated("\\n", 100'000) + "\"",
        "pattern a = b" + repeated(" | b", 100'000),
        "ops a = {" + repeated("b.c, ", 100'000) + "d}",
        repeated("rule r { f(x) => x }\n", 100'000),
        repeated("# comment\n\n", 100'000) + repeated(" ", 100'000),
    };
    for (const std::string& text : texts) {
        INFO(text.substr(0, 30));
        CHECK(test::tree_or_messages(text).substr(0, 5) == "(file");
    }
}

TEST_CASE("long texts that end too early are refused") {
    const std::array<std::string, 6> texts = {
        "define a = \"" + repeated("x", 3'000'000),
        "define " + repeated("x", 3'000'000),
        repeated("x", 3'000'000),
        "define a = 1" + repeated(" ", 3'000'000) + "?",
        "define a = " + repeated("9", 3'000'000) + "x",
        repeated("\n", 3'000'000) + "?",
    };
    for (const std::string& text : texts) {
        INFO(text.substr(0, 30));
        const std::string messages = test::tree_or_messages(text);
        CHECK(messages.find(": error: ") != std::string::npos);
        CHECK(messages.size() < 1000);
    }
}

TEST_CASE("of a text that is nothing but errors the first ones are told") {
    for (const std::string_view piece : {"rule r {\n", "define f(n) = \n\n", "\n\n\npass P { sweep }"}) {
        INFO(piece);
        const Source source("f.rules", repeated(piece, 4'000'000));
        Diagnostics diagnostics;
        CHECK_FALSE(parse(source, diagnostics));
        CHECK(diagnostics.size() == max_syntax_errors);
    }
}

TEST_CASE("a file above the limit is not read at all") {
    const std::string text(max_rule_file + 1, '(');
    CHECK(first_line(test::tree_or_messages(text)) ==
          "a.rules:1:1: error: 67108865 bytes are too many for a rule file: the limit is 67108864 [too-large]");
    std::string longest(max_rule_file, ' ');
    longest[0] = '\xff';
    CHECK(first_line(test::tree_or_messages(longest)) == "a.rules:1:1: error: this is not UTF-8 [bad-text]");
}

TEST_CASE("a file of too many parts is refused where they are too many") {
    const std::string text = "ops a = b" + repeated(".c", 8'100'000);
    CHECK(first_line(test::tree_or_messages(text)) ==
          "a.rules:1:8000007: error: a rule file has at most 4000000 words, numbers and signs [too-large]");
}
