// Paths through JSON text, and cutting and splicing it.
#include "engine/dump/json_value.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

using namespace dqrewrite;

namespace {

using Path = std::vector<std::string_view>;

std::string set(std::string_view object, const Path& path, std::string_view json) {
    return set_member(object, path, json).value_or("(refused)");
}

std::string removed(std::string_view object, const Path& path) {
    return remove_member(object, path).value_or("(refused)");
}

// The value at a path, or what stopped.
std::string at(std::string_view text, const Path& path) {
    JsonValue value(text);
    for (const std::string_view key : path) {
        const auto next = value.member(key);
        if (!next) return "(none)";
        value = *next;
    }
    return value.text().empty() ? "(no end)" : std::string(value.text());
}

}  // namespace

TEST_CASE("a member is found by its key") {
    const std::string_view text =
        R"( {"a": 1, "b\"]": [1, "]}", {"c": 2}], "c" : {"d":{"e": "x\\"}}, "f\u0067": null, "a": 3, "": 0} )";
    struct Row {
        Path path;
        std::string_view expected;
    };
    for (const Row& row : std::vector<Row>{{{}, text.substr(1, text.size() - 2)},
                                           {{"a"}, "1"},
                                           {{"b\"]"}, R"([1, "]}", {"c": 2}])"},
                                           {{"c"}, R"({"d":{"e": "x\\"}})"},
                                           {{"c", "d"}, R"({"e": "x\\"})"},
                                           {{"c", "d", "e"}, R"("x\\")"},
                                           {{"fg"}, "null"},
                                           {{""}, "0"},
                                           {{"d"}, "(none)"},
                                           {{"a", "b"}, "(none)"},
                                           {{"b"}, "(none)"}}) {
        CHECK(at(text, row.path) == row.expected);
    }
    CHECK(find_member(R"({"k": [1]})", "k") == "[1]");
    CHECK_FALSE(find_member(R"({"k": [1]})", "j"));
    CHECK_FALSE(find_member(R"({"k": [1)", "k"));
}

TEST_CASE("values are read by their kind, and only by it") {
    CHECK(JsonValue("null").kind() == JsonKind::null);
    CHECK(JsonValue(" true").boolean() == true);
    CHECK(JsonValue("false,").boolean() == false);
    CHECK_FALSE(JsonValue("falsehood").boolean());
    CHECK_FALSE(JsonValue("1").boolean());
    CHECK(JsonValue("-12]").integer() == -12);
    CHECK_FALSE(JsonValue("1.0").integer());
    CHECK_FALSE(JsonValue("9223372036854775808").integer());
    CHECK_FALSE(JsonValue("012").integer());
    CHECK(JsonValue(R"("a\n\u00e4")").string() == "a\n\xC3\xA4");
    CHECK(JsonValue(R"("a\n")").raw_string() == R"(a\n)");
    CHECK_FALSE(JsonValue(R"("\ud800")").string());
    CHECK_FALSE(JsonValue("\"open").string());
    CHECK_FALSE(JsonValue("7").string());
    CHECK(JsonValue("[ ]").empty());
    CHECK(JsonValue("{}").empty());
    CHECK_FALSE(JsonValue("[0]").empty());
    CHECK_FALSE(JsonValue("[}").empty());
    for (const std::string_view bad : {"", "x", "]", "nul", ":", "\x01", "'a'"}) {
        INFO(bad);
        CHECK(JsonValue(bad).kind() == JsonKind::bad);
    }
}

TEST_CASE("arrays and objects are walked, and what is no good ends in failed()") {
    struct Row {
        std::string_view text;
        std::string_view expected;
    };
    const auto walk = [](std::string_view text) {
        std::string seen;
        const JsonValue value(text);
        if (value.kind() == JsonKind::object) {
            JsonMembers members(value);
            while (members.next()) seen.append(members.raw_key()).append("=").append(members.value().text()) += ' ';
            return seen + (members.failed() ? "failed" : "end");
        }
        JsonItems items(value);
        while (items.next()) seen.append(items.value().text()) += ' ';
        return seen + (items.failed() ? "failed" : "end");
    };
    for (const Row& row : std::vector<Row>{{"[]", "end"},
                                           {"[ ]", "end"},
                                           {"[1, [2, 3] , \"]\",{}]", "1 [2, 3] \"]\" {} end"},
                                           {"[1, 2] 3", "1 2 end"},
                                           {"{}", "end"},
                                           {R"({"a":1 , "b" : {"c": [2]}})", "a=1 b={\"c\": [2]} end"},
                                           {"", "failed"},
                                           {"7", "failed"},
                                           {"[", "failed"},
                                           {"[1", "1 failed"},
                                           {"[1,", "1 failed"},
                                           {"[1,]", "1 failed"},
                                           {"[,1]", "failed"},
                                           {"[1 2]", "1 failed"},
                                           {"[1}", "1 failed"},
                                           {"[[1]", "[1] failed"},
                                           {"[[1", " failed"},
                                           {"[\"a", " failed"},
                                           {"[\"a\\", " failed"},
                                           {"{\"a\"", "failed"},
                                           {"{\"a\" 1}", "failed"},
                                           {"{\"a\":}", "failed"},
                                           {"{\"a\":1", "a=1 failed"},
                                           {"{\"a\":1,}", "a=1 failed"},
                                           {"{a:1}", "failed"},
                                           {"{\"a", "failed"}}) {
        INFO(row.text);
        CHECK(walk(row.text) == row.expected);
    }
}

TEST_CASE("a member is set, and no other byte changes") {
    struct Row {
        std::string_view object;
        Path path;
        std::string_view expected;  // with the value NEW
    };
    for (const Row& row : std::vector<Row>{
             {R"({"a": 1, "b" :2})", {"a"}, R"({"a": NEW, "b" :2})"},
             {R"( {"a": 1, "b" :[2 ]} )", {"b"}, R"( {"a": 1, "b" :NEW} )"},
             {R"({"a": {"b": {"c":1}, "d": 2}})", {"a", "b", "c"}, R"({"a": {"b": {"c":NEW}, "d": 2}})"},
             {R"({"a": 1, "b": 2})", {"c"}, R"({"a": 1, "b": 2, "c": NEW})"},
             {R"({"a":1,"b":2})", {"c"}, R"({"a":1,"b":2,"c":NEW})"},
             {R"({"a":1})", {"c"}, R"({"a":1, "c":NEW})"},
             {R"({ "a": 1 })", {"c"}, R"({ "a": 1, "c": NEW })"},
             {"{\n  \"a\": 1\n}", {"c"}, "{\n  \"a\": 1,\n  \"c\": NEW\n}"},
             {"{\n  \"a\": {\n    \"b\": 1,\n    \"c\": 2\n  }\n}",
              {"a", "d"},
              "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": 2,\n    \"d\": NEW\n  }\n}"},
             {R"({"a":1,"b":{"c":2}})", {"b", "d"}, R"({"a":1,"b":{"c":2,"d":NEW}})"},
             {R"({"a":1,"b":2})", {"c", "d", "e"}, R"({"a":1,"b":2,"c":{"d":{"e":NEW}}})"},
             {R"({"a": {}})", {"a", "b"}, R"({"a": {"b": NEW}})"},
             {R"({"a":1,"b":{ }})", {"b", "c"}, R"({"a":1,"b":{"c":NEW}})"},
             {"{}", {"a"}, R"({"a": NEW})"},
             {"", {"a", "b"}, R"({"a": {"b": NEW}})"},
             {"{}", {"a\"\n"}, R"({"a\"\n": NEW})"},
             {R"({"a\u0062": 1})", {"ab"}, R"({"a\u0062": NEW})"},
             {R"({"a": 1})", {}, "NEW"},
             {R"({"a": 1})", {"a", "b"}, "(refused)"},
             {R"([1])", {"a"}, "(refused)"},
             {R"({"a" 1})", {"a"}, "(refused)"},
             {R"({"a": 1)", {"b"}, "(refused)"},
             {R"({"a": {"b" 1}})", {"a", "c"}, "(refused)"},
         }) {
        INFO(row.object);
        CHECK(set(row.object, row.path, "NEW") == row.expected);
    }
}

TEST_CASE("a member is removed with one of its commas") {
    struct Row {
        std::string_view object;
        Path path;
        std::string_view expected;
    };
    for (const Row& row : std::vector<Row>{
             {R"({"a": 1, "b": 2, "c": 3})", {"a"}, R"({"b": 2, "c": 3})"},
             {R"({"a": 1, "b": 2, "c": 3})", {"b"}, R"({"a": 1, "c": 3})"},
             {R"({"a": 1, "b": 2, "c": 3})", {"c"}, R"({"a": 1, "b": 2})"},
             {R"({ "a" : 1 , "b":2 })", {"a"}, R"({ "b":2 })"},
             {R"({ "a" : 1 , "b":2 })", {"b"}, R"({ "a" : 1 })"},
             {R"({"a": 1})", {"a"}, "{}"},
             {"{\n  \"a\": 1\n}", {"a"}, "{\n  \n}"},
             {R"({"a": {"b": 1, "c": 2}})", {"a", "b"}, R"({"a": {"c": 2}})"},
             {R"({"a": 1})", {"b"}, R"({"a": 1})"},
             {R"({"a": {"c": 1}})", {"a", "b"}, R"({"a": {"c": 1}})"},
             {R"({"a": 1})", {"b", "c"}, R"({"a": 1})"},
             {"", {"a"}, ""},
             {R"({"a": 1})", {"a", "b"}, "(refused)"},
             {R"({"a": 1)", {"a"}, "(refused)"},
             {"[]", {"a"}, "(refused)"},
             {"{}", {}, "(refused)"},
         }) {
        INFO(row.object);
        CHECK(removed(row.object, row.path) == row.expected);
    }
}

TEST_CASE("members of another object are set as one after the other would be") {
    const std::vector<std::string> objects = {"",
                                              " ",
                                              "{}",
                                              "{ }",
                                              "{\n}",
                                              R"({"a": 1})",
                                              R"({"a":1,"b":2})",
                                              "{\n  \"b\": {},\n  \"c\": [1]\n}",
                                              "{ \"d\": 0 }",
                                              R"({"\u0061": 1, "a": 2})",
                                              R"({"a": 1, "a": 2})",
                                              R"({"e": "}"})",
                                              "[]",
                                              R"({"a": 1)",
                                              R"({"a" 1})"};
    const std::vector<std::string> others = {"{}", R"({"a": 5})", R"({"c":7 , "a": "x"})",
                                             "{\n \"b\": null,\n \"d\": 2.5, \"f\": {\"g\": 1}}",
                                             R"({"\u0061": 3, "é": 4})"};
    for (const std::string& object : objects) {
        for (const std::string& other : others) {
            std::optional<std::string> expected = object;
            for (JsonMembers i{JsonValue(other)}; expected && i.next();) {
                const std::string key = *decode_string(i.raw_key());
                const std::string_view path[] = {key};
                expected = set_member(*expected, path, i.value().text());
            }
            INFO(object << " with " << other);
            if (object.find('{') == object.npos && object.find('[') == object.npos) expected = other;
            if (other != "{}")
                CHECK(set_members(object, other).value_or("(refused)") == expected.value_or("(refused)"));
        }
    }
    CHECK(set_members(R"({ "a": 1 })", "{}") == R"({ "a": 1 })");
    CHECK(set_members(R"({"b": 1})", R"({"a": 1, "a": 2})") == R"({"b": 1, "a": 1})");
}

TEST_CASE("no text at all makes it read beyond its end, or never end") {
    // Each text is copied to its own block, so that a sanitizer sees a byte too many.
    const std::string alphabet = "{}[]\",:\\ 1nt\xFF\n\"{}";
    std::mt19937 random(4);
    size_t members = 0;
    for (int round = 0; round < 60000; ++round) {
        const size_t size = random() % 50;
        const auto block = std::make_unique<char[]>(size);
        for (size_t i = 0; i < size; ++i) block[i] = alphabet[random() % alphabet.size()];
        if (size > 4 && round % 2 == 0) std::copy_n("{\"1\":", 5, block.get());
        const std::string_view text(block.get(), size);
        const Path path = {"1", "1"};
        members += set_member(text, path, "2").has_value();
        members += remove_member(text, path).has_value();
        members += find_member(text, "1").has_value();
        for (JsonItems i{JsonValue(text)}; i.next();) members += i.value().integer().has_value();
        members += JsonValue(text).string().has_value();
        members += JsonValue(text).empty() + style_of(text, JsonStyle()).comma.size() % 2;
    }
    CHECK(members > 1000);
    const std::string deep(1000000, '[');
    CHECK(JsonValue(deep).text().empty());
    CHECK_FALSE(find_member("{\"a\": " + deep, "a"));
    CHECK(find_member("{\"a\": " + deep + std::string(deep.size(), ']') + "}", "a")->size() == 2 * deep.size());
}
