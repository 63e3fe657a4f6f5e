// Where two texts of JSON part: a row a pair.

#include "tests/support/catch.hpp"

#include "engine/author/diff/json_diff.hpp"

using namespace dqrewrite;

namespace {

std::string changes(std::string_view before, std::string_view after) {
    std::string all;
    diff_json(before, after, "m", [&](const std::string& path, std::string_view a, std::string_view b) {
        (((((all += all.empty() ? "" : "; ") += path) += ": ") += a) += " -> ") += b;
    });
    return all;
}

std::string nested(size_t depth, std::string_view inner) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += "[";
    text += inner;
    for (size_t i = 0; i < depth; ++i) text += "]";
    return text;
}

}  // namespace

TEST_CASE("JSON is compared by what it says") {
    struct Row {
        std::string_view before, after, changes;
    };
    const auto row = GENERATE(values<Row>({
        {"1", "1", ""},
        {" 1 ", "1", ""},
        {"1", "2", "m: 1 -> 2"},
        {"1", "1.0", "m: 1 -> 1.0"},
        {"1.0", "1.00", ""},
        {"1e2", "100.0", ""},
        {"0.0", "-0.0", "m: 0.0 -> -0.0"},
        {"1", "true", "m: 1 -> true"},
        {"null", "false", "m: null -> false"},
        {"\"a\"", "\"\\u0061\"", ""},
        {"\"a\"", "\"b\"", "m: \"a\" -> \"b\""},
        {"{}", "[]", "m: {} -> []"},
        {"{\"a\": 1, \"b\": 2}", "{\"b\":2,\"a\":1}", ""},
        {"{\"a\": 1, \"b\": 2}", "{\"b\": 3, \"c\": 4}", "m.a: 1 -> ; m.b: 2 -> 3; m.c:  -> 4"},
        {"{\"\\u0061\": 1}", "{\"a\": 2}", "m.a: 1 -> 2"},
        {"{\"a b\": [0, {\"c\": 1}]}", "{\"a b\": [0, {\"c\": 2}]}", "m[\"a b\"][1].c: 1 -> 2"},
        {"{\"\": 1}", "{\"\": 2}", "m[\"\"]: 1 -> 2"},
        {"[1, 2]", "[1, 2, 3]", "m: [1, 2] -> [1, 2, 3]"},
        {"[1, 2]", "[2, 1]", "m[0]: 1 -> 2; m[1]: 2 -> 1"},
        // what is no JSON
        {"{\"a\" 1}", "{\"a\" 2}", "m: {\"a\" 1} -> {\"a\" 2}"},
        {"[1 2]", "[1 3]", "m: [1 2] -> [1 3]"},
        {"nonsense", "nothing", "m: nonsense -> nothing"},
        {"", "1", "m:  -> 1"},
        {"", "", ""},
    }));
    INFO(row.before << " and " << row.after);
    CHECK(changes(row.before, row.after) == row.changes);
}

TEST_CASE("what nests deep is compared as a whole, and still by what it says") {
    CHECK(changes(nested(20, "1"), nested(20, "2")).find("[0][0]: 1 -> 2") != std::string::npos);
    CHECK(changes(nested(900, "1"), nested(900, "2"))
              .ends_with("[0]: " + nested(900 - max_diff_depth, "1") + " -> " + nested(900 - max_diff_depth, "2")));
    CHECK(changes(nested(900, "[1,2]"), nested(900, "[1, 2]")) == "");
}

TEST_CASE("what is JSON throughout") {
    for (const char* good : {"1", " -1.5e3 ", "\"a\\u0041\"", "[]", "{}", "{\"a\": [1, {\"b\": null}, true]}"}) {
        INFO(good);
        CHECK(is_json(good));
    }
    for (const char* bad :
         {"", "nonsense", "01", "1x", "\"\\x\"", "[1 2]", "[1,]", "{\"a\" 1}", "{\"\\u00zz\": 1}", "[[nope]]"}) {
        INFO(bad);
        CHECK_FALSE(is_json(bad));
    }
    CHECK(is_json(nested(max_shown_depth, "1")));
    CHECK_FALSE(is_json(nested(max_shown_depth + 1, "1")));
}
