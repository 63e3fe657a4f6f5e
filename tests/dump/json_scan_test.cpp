// Tokens: simdjson's windows against a slow scan of the whole text, faults, and what is cut where.
#include "engine/dump/json_scan.hpp"

#include "engine/dump/input.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <vector>

#include <fmt/format.h>

using namespace dqrewrite;

namespace {

// Every token with its end, and the fault, as text.
std::string tokens(std::string_view text, JsonScan::Options options) {
    const auto input = Input::from_string(text);
    JsonScan scan(input->text(), options);
    const char* start = input->text().data();
    std::string out;
    for (const char* token = scan.next(); !scan.at_end(token); token = scan.next()) {
        out += fmt::format("{}-{} ", token - start, scan.token_end() - start);
    }
    CHECK(scan.at_end(scan.next()));
    CHECK(scan.at_end(scan.peek()));
    if (scan.fault().at) out += fmt::format("fault at {}: {}", scan.fault().at - start, scan.fault().message);
    return out;
}

std::string slow_tokens(std::string_view text, size_t window = size_t{1} << 20) {
    JsonScan::Options options;
    options.window = window;
    options.slow = true;
    return tokens(text, options);
}

std::string quick_tokens(std::string_view text, size_t window) {
    JsonScan::Options options;
    options.window = window;
    return tokens(text, options);
}

}  // namespace

TEST_CASE("tokens of a small text") {
    CHECK(slow_tokens(R"({"a": [1, true], "b\"": "x" })") ==
          "0-1 1-4 4-5 6-7 7-8 8-9 10-14 14-15 15-16 17-22 22-23 24-27 28-29 ");
    CHECK(slow_tokens("") == "");
    CHECK(slow_tokens(" \r\n\t") == "");
}

TEST_CASE("faults are found, and only what comes before them is given") {
    struct Row {
        std::string_view text;
        std::string_view expected;
    };
    for (const Row& row : std::vector<Row>{
             {"[1, \"ab", "0-1 1-2 2-3 fault at 4: this string is not closed"},
             {"[1, \"a\nb\"]", "0-1 1-2 2-3 fault at 4: this string is not closed at the end of its line"},
             {"[1, \"a\tb\"]",
              "0-1 1-2 2-3 fault at 6: a control character in a string; JSON wants an escape in its place"},
             {"[\"\xFF\"]", "0-1 fault at 2: this byte is not UTF-8"},
             {"[1\xFF]", "0-1 1-2 fault at 2: this byte is not UTF-8"},
             {"[\"\\\"]", "0-1 fault at 1: this string is not closed"},
             {"[\"\xE2\x82", "0-1 fault at 2: this byte is not UTF-8"},
         }) {
        INFO(row.text);
        CHECK(slow_tokens(row.text) == row.expected);
        for (const size_t window : {4, 5, 6, 7, 1000}) CHECK(quick_tokens(row.text, window) == row.expected);
    }
}

TEST_CASE("windows of any size give what the slow scan gives") {
    // Texts of pieces that are tokens or parts of strings, in any order, and perhaps a fault.
    const std::vector<std::string> pieces = {
        "{", "}", "[", "]", ":", ",", " ", "\n", "\r\n", "\t", "\"\"", "\"a b\"", "\"}, {\"",
        "\"\xC3\xA4\xF0\x9F\x98\x80\"", "12", "-1.5e3", "true", "null", "nul", "},", "}, ", "},\n",
        "\"" + std::string(50, 'x') + "\"", std::string(40, '7'), std::string(40, ' '),
        // With backslashes. A quote that is put in could bring them outside of strings, where the two differ.
        "\"\\\"\"", "\"\\\\\"", "\"" + std::string(32, '\\') + "\""};
    const size_t plain = pieces.size() - 3;
    const std::vector<std::string> faults = {"\"", "\x01", "\xFF", "\"a\nb\"", "\"\x1f\"", "\xC3", "\"\xE2\x82\""};
    std::mt19937 random(20);
    size_t faulty = 0;
    for (int round = 0; round < 6000; ++round) {
        const bool with_fault = round % 2 == 0;
        std::string text;
        const size_t count = random() % 40;
        for (size_t i = 0; i < count; ++i) text += pieces[random() % (with_fault ? plain : pieces.size())];
        if (with_fault) text.insert(random() % (text.size() + 1), faults[random() % faults.size()]);
        const std::string expected = slow_tokens(text);
        faulty += expected.find("fault") != expected.npos;
        for (const size_t window : {size_t{1} + random() % 70, size_t{1} << 20}) {
            const bool same = quick_tokens(text, window) == expected && slow_tokens(text, window) == expected;
            if (same) continue;
            INFO(text << "\nwindow " << window);
            CHECK(quick_tokens(text, window) == expected);
            CHECK(slow_tokens(text, window) == expected);
        }
    }
    CHECK(faulty > 2000);
}

TEST_CASE("a string that is longer than a window is one token, in linear time") {
    std::string text =
        "[\"" + std::string(size_t{1} << 22, 'x') + "\", \"" + std::string(size_t{1} << 21, '\\') + "\", 1]";
    const std::string expected = slow_tokens(text);
    CHECK(expected.find("fault") == expected.npos);
    CHECK(quick_tokens(text, 64) == expected);
    CHECK(quick_tokens(text, 1 << 16) == expected);
    text.resize(text.size() - 10);
    CHECK(quick_tokens(text, 1 << 16) == slow_tokens(text));
}

TEST_CASE("a string that is longer than the largest window is a fault that says so") {
    JsonScan::Options options;
    options.window = 64;
    options.largest_window = 1000;
    const std::string text = "[1, \"" + std::string(2000, 'x') + "\", 2]";
    CHECK(tokens(text, options) == "0-1 1-2 2-3 fault at 4: this string is longer than 1 GiB, the most that is read");
    CHECK(tokens("[1, \"" + std::string(900, 'x'), options) == "0-1 1-2 2-3 fault at 4: this string is not closed");
    CHECK(tokens("[" + std::string(2000, '7') + "]", options) ==
          "0-1 fault at 1: this number is longer than 1 GiB, the most that is read");
}

TEST_CASE("the content of a string is what stands between its quotes, whatever follows") {
    for (const std::string_view text : {"\"ab\"", "\"ab\" ", "\"ab\"\r\n\t :", "\"ab\"x", "\"ab\"\"c\"", "\"ab\"7"}) {
        const auto input = Input::from_string(text);
        JsonScan scan(input->text());
        const char* token = scan.next();
        CHECK(scan.string_content(token) == "ab");
    }
}
