// Texts that mean harm, or were hurt: each is refused in clear words or reads back as what was written.
#include "tests/dump/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <functional>
#include <random>

#include <fmt/format.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

std::string nested(size_t depth, const char* open, const char* close) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += open;
    text += "1";
    for (size_t i = 0; i < depth; ++i) text += close;
    return text;
}

std::string with_args(const std::string& args) {
    return dump_of(R"({"name": "x", "op": "placeholder", "target": "x", "args": )" + args + R"(, "kwargs": {}})");
}

std::string with_meta(const std::string& meta) {
    return dump_of(R"({"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}, "meta": )" + meta +
                   "}");
}

std::string with_note(const std::string& note) {
    return R"({"note": )" + note + R"(, "format": "fx-graph", "version": 1, "graph": {"nodes": []}})";
}

// A small dump with everything in it.
std::string rich_dump() {
    return read_file(test_path("dump/texts/values.json"));
}

// Either refused with a message and a place, or written as it was read.
void check_sane(const std::string& text, size_t& taken) {
    const auto dump = Dump::read(Input::from_string(text));
    if (dump) {
        ++taken;
        if (text_of(*dump) != text) FAIL_CHECK("comes back as something else: " << text);
        return;
    }
    const DumpError& error = dump.error();
    const bool placed = error.line >= 1 && error.column >= 1 && error.excerpt_column >= 1;
    if (error.message.empty() || !placed) FAIL_CHECK("no message or place for: " << text);
}

}  // namespace

TEST_CASE("nesting of 1,000 is read and written, of 1,001 refused, wherever it stands") {
    constexpr std::string_view too_deep = "brackets are nested more than 1000 levels deep, the most that is read";
    struct Row {
        std::function<std::string(const std::string&)> place;
        const char* open;
        const char* close;
        size_t each;    // levels that one pair of open and close is
        size_t around;  // levels around the text
    };
    for (const Row& row : std::vector<Row>{{with_args, "[", "]", 1, 4},
                                           {with_args, "[{\"tuple\": [", "]}]", 3, 4},
                                           {with_args, "[{\"dict\": [[0, ", "]]}]", 4, 4},
                                           {with_meta, "{\"a\":", "}", 1, 4},
                                           {with_meta, "{\"a\": [", "]}", 2, 4},
                                           {with_note, "[", "]", 1, 1},
                                           {with_note, "{\"a\": [", "]}", 2, 1}}) {
        const size_t depth = (1000 - row.around) / row.each;
        const std::string good = row.place(nested(depth, row.open, row.close));
        CHECK(round_trip(good) == good);
        for (const size_t more : {depth + 1, size_t{100000}}) {
            const auto dump = Dump::read(Input::from_string(row.place(nested(more, row.open, row.close))));
            REQUIRE_FALSE(dump);
            CHECK(dump.error().message == too_deep);
        }
    }
    for (const char* bracket : {"[", "{\"a\":", "{\"node\":", "[{"}) {
        std::string text;
        for (int i = 0; i < 100000; ++i) text += bracket;
        INFO(bracket);
        CHECK(refusal(text) != "");
        CHECK(refusal(with_args(text)) != "");
        CHECK(refusal(with_meta(text)) != "");
        CHECK(refusal(with_note(text)) != "");
    }
}

TEST_CASE("values of 1,000 levels are written anew") {
    const std::string args = nested(990, "[", "]");
    Dump dump = read_dump(with_args(args));
    Graph& graph = dump.module.graph;
    graph.clone(graph.first(), {});
    const std::string text = text_of(dump);
    CHECK(text.find("\"x_1\", \"op\": \"placeholder\", \"target\": \"x\", \"args\": " + args) != text.npos);
}

TEST_CASE("a dump that was cut off at any byte is refused at its end") {
    const std::string text = rich_dump();
    const size_t last = text.find_last_of('}');
    for (size_t size = 0; size <= last; ++size) {
        const auto dump = Dump::read(Input::from_string(std::string_view(text).substr(0, size)));
        if (dump) FAIL_CHECK("taken, cut off after " << size);
        if (!dump && dump.error().line == 0) FAIL_CHECK("no place, cut off after " << size);
    }
}

TEST_CASE("a dump with any one byte changed, put in or left out is refused or comes back") {
    const std::string text = rich_dump();
    size_t taken = 0;
    const std::string bytes{'"', '\\', '{', '}', '[',  ']',    ',',    ':',    ' ',    '\n',  '0',
                            '-', '.',  'e', 'x', '\0', '\x1f', '\x7f', '\x80', '\xC3', '\xFF'};
    for (size_t at = 0; at < text.size(); ++at) {
        std::string hurt = text;
        for (const char byte : bytes) {
            hurt[at] = byte;
            check_sane(hurt, taken);
        }
        hurt = text;
        hurt.erase(at, 1);
        check_sane(hurt, taken);
        hurt = text;
        hurt.insert(at, 1, bytes[at % bytes.size()]);
        check_sane(hurt, taken);
        hurt = text;
        hurt[at] = static_cast<char>(hurt[at] ^ 1 << at % 8);
        check_sane(hurt, taken);
    }
    CHECK(taken > 1000);
}

TEST_CASE("long names, strings, numbers and white space are read") {
    const std::string large(3000000, 'n');
    const std::string text =
        dump_of(fmt::format(R"({{"name": "{3}", "op": "placeholder", "target": "{0}", "args": ["{0}", {1}], {2} )"
                            R"("kwargs": {{}}, "meta": {{"{0}": "{0}"}}}})",
                            large, std::string(500000, '1'), std::string(2000000, ' '), std::string(65536, 'n')));
    CHECK(round_trip(text) == text);
    Dump dump = read_dump(text);
    dump.module.graph.clone(dump.module.graph.first(), {});
    const std::string twice = text_of(dump);
    CHECK(round_trip(twice) == twice);
    CHECK(refusal(with_args("[" + std::string(1000000, '9') + "e9]")) != "");
}

TEST_CASE("names of nodes have at most 64 KiB before the number at their end, and that has at most 4,300 digits") {
    const auto named = [](const std::string& name) {
        return dump_of(R"({"op": "placeholder", "name": ")" + name +
                       R"(", "target": "x", "args": [], "kwargs": {}})");
    };
    const std::string longest(65536, 'n');
    for (const std::string& name : {longest, longest + "_4294967294", "n_" + std::string(4300, '1')})
        CHECK(round_trip(named(name)) == named(name));
    for (const auto& [name, message] : std::vector<std::pair<std::string, std::string>>{
             {longest + "n", "a name has 65537 bytes, more than the 65536 that the name of a node may have"},
             {longest + "_4294967295",
              "a name has 65547 bytes, more than the 65536 that the name of a node may have"},
             {"n_" + std::string(4301, '1'), "a name's number has more than 4300 digits"}}) {
        const auto dump = Dump::read(Input::from_string(named(name)));
        REQUIRE_FALSE(dump);
        CHECK(dump.error().message == message);
        CHECK(dump.error().column == 31);
    }
}

TEST_CASE("many keys, keywords and ops are read in time that grows with them alone") {
    std::string keywords, ops, notes;
    for (int i = 0; i < 200000; ++i) {
        keywords += fmt::format("{}\"k{}\": {}", i ? ", " : "", i, i);
        ops += fmt::format("{}\"op{}\": {{}}", i ? ", " : "", i);
        notes += fmt::format("\"note{}\": {}, ", i, i);
    }
    const std::string text =
        "{" + notes + R"("format": "fx-graph", "version": 1, "ops": {)" + ops + R"(}, "graph": {"nodes": [{)" +
        notes + R"("name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {)" + keywords + "}}]}}";
    CHECK(round_trip(text) == text);
}

TEST_CASE("bytes of no sense at all are refused") {
    std::mt19937 random(3);
    size_t taken = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text(random() % 200, '\0');
        for (char& byte : text) byte = static_cast<char>(random());
        check_sane(text, taken);
    }
    CHECK(taken == 0);
}

TEST_CASE("pieces of dumps in any order are refused or come back") {
    const std::vector<std::string> pieces = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "null",
        "1",
        "1e5",
        "\"format\": \"fx-graph\", \"version\": 1",
        "\"graph\": {\"nodes\": [",
        "]}",
        "\"name\": \"x\"",
        "\"op\": \"output\"",
        "\"target\": \"t\"",
        "\"args\": []",
        "\"kwargs\": {}",
        "\"meta\": {",
        "{\"node\": \"x\"}",
        "\"submodules\": {\"a\": {\"nodes\": []}}",
        "\"ops\": {",
        dump_of(""),
        R"({"name": "y", "op": "placeholder", "target": "y", "args": [], "kwargs": {}})"};
    std::mt19937 random(5);
    size_t taken = 0;
    const std::string text = rich_dump();
    for (int round = 0; round < 20000; ++round) {
        std::string made = round % 2 == 0 ? "" : text;
        const size_t count = 1 + random() % 12;
        for (size_t i = 0; i < count; ++i) {
            const std::string& piece = pieces[random() % pieces.size()];
            if (made.empty() || round % 2 == 0) {
                made += piece;
            } else {
                made.replace(random() % made.size(), random() % 8, piece);
            }
        }
        check_sane(made, taken);
    }
    CHECK(taken > 0);
}
