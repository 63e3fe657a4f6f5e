// What is usual in the layout of a node is read by looking at many tokens at once, the rest one by one: what comes of
// it, and what is said of it, must be the same. A reader looks ahead no farther than to the end of a window, so a
// text is read once as it is and once more with a window that ends within a node.
#include "tests/dump/listing.hpp"
#include "tests/dump/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/dump/json_scan.hpp"
#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

constexpr size_t window = JsonScan::Options{}.window;

// White space for the place `at` of a text, so that a window ends `behind` bytes behind it.
std::string spaces(size_t at, size_t behind) {
    return std::string(window - at - behind, ' ');
}

std::string with(std::string_view text, size_t at, std::string_view inserted) {
    return std::string(text).insert(at, inserted);
}

// What is read, or what is said, `shift` columns to the right on its line.
std::string outcome(std::string_view text, size_t shift = 0) {
    const auto dump = Dump::read(Input::from_string(text));
    if (dump) return listing(dump->module.graph);
    const DumpError& error = dump.error();
    return fmt::format("{}:{}: {}", error.line, error.column - shift, error.message);
}

std::vector<std::string> tokens_of(std::string_view text) {
    std::vector<std::string> tokens;
    for (size_t at = 0; at < text.size();) {
        size_t end = at + 1;
        if (text[at] == '"') {
            end = text.find('"', end) + 1;
        } else if (!ends_scalar(text[at])) {
            while (!ends_scalar(text[end])) ++end;
        }
        if (!is_json_space(text[at])) tokens.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return tokens;
}

std::string joined(const std::vector<std::string>& tokens) {
    std::string text;
    for (const std::string& token : tokens) text += token;
    return text;
}

constexpr std::string_view first = R"({"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}})";
constexpr std::string_view node =
    R"({"name": "y_1", "op": "call_function", "target": "torch.ops.aten.add.Tensor", )"
    R"("args": [{"node": "x"}, {"dtype": "int8"}, -1, 0.5], "kwargs": {}, "meta": {"a": 1}})";

std::string dump_with(std::string_view second) {
    return dump_of(std::string(first).append(",\n").append(second));
}

// The same with a window that ends behind each "{" of the second node: it is read one token at a time from there.
void check_windows(std::string_view second) {
    const std::string text = dump_with(second);
    const std::string expected = outcome(text);
    const size_t start = text.find('\n', text.find(first)) + 1;
    for (size_t brace = second.find('{'); brace != second.npos; brace = second.find('{', brace + 1)) {
        const std::string inserted = spaces(start, brace + 1);
        INFO(second << ", " << brace);
        CHECK(outcome(with(text, start, inserted), expected.starts_with("3:") ? inserted.size() : 0) == expected);
    }
}

}  // namespace

TEST_CASE("a node is the same wherever a window ends in it") {
    for (const std::string_view name : {"node_a_line", "values", "escapes"}) {
        const std::string text = read_file(test_path(fmt::format("dump/texts/{}.json", name)));
        const std::string expected = outcome(text);
        size_t tried = 0;
        for (size_t start = text.find("\n{"); start != text.npos; start = text.find("\n{", start + 1)) {
            const size_t length = text.find('\n', start + 1) - start;
            for (size_t behind = 1; behind < length; ++behind, ++tried) {
                INFO(name << ", line at " << start << ", " << behind);
                CHECK(outcome(with(text, start + 1, spaces(start + 1, behind))) == expected);
            }
        }
        CHECK(tried > 100);
    }
}

TEST_CASE("what is refused is refused wherever a window ends in its line") {
    size_t tried = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test_path("dump/errors"))) {
        if (entry.path().extension() != ".json") continue;
        const std::string text = read_file(entry.path().string());
        const auto dump = Dump::read(Input::from_string(text));
        REQUIRE_FALSE(dump);
        const uint64_t line = dump.error().line;
        if (line < 2) continue;
        size_t start = 0;
        for (uint64_t i = 1; i < line; ++i) start = text.find('\n', start) + 1;
        const size_t length = std::min(text.find('\n', start), text.size()) - start;
        for (size_t behind = 1 + line % 5; behind < std::min<size_t>(length, 300); behind += 5, ++tried) {
            INFO(entry.path().filename() << ", " << behind);
            const std::string inserted = spaces(start, behind);
            CHECK(outcome(with(text, start, inserted), inserted.size()) == outcome(text));
        }
    }
    CHECK(tried > 1000);
}

TEST_CASE("a token that is missing, twice or another one is taken or refused alike by both ways to read a node") {
    const std::vector<std::string> tokens = tokens_of(node);
    REQUIRE(tokens.size() > 40);
    for (size_t i = 1; i < tokens.size(); ++i) {
        std::vector<std::string> changed = tokens;
        changed.erase(changed.begin() + static_cast<ptrdiff_t>(i));
        check_windows(joined(changed));
        changed.insert(changed.begin() + static_cast<ptrdiff_t>(i), 2, tokens[i]);
        check_windows(joined(changed));
        for (const char* other : {"{", "]", ",", ":", "\"\\q\"", "\"meta\"", "\"int\"", "1"}) {
            changed = tokens;
            changed[i] = other;
            check_windows(joined(changed));
        }
    }
}

TEST_CASE("the order of keys, white space and escapes change nothing of a node") {
    const std::string expected = outcome(dump_with(node));
    REQUIRE(
        expected.find("y_1 = call_function torch.ops.aten.add.Tensor(%x, dtype:int8, -1, ~0.5) meta {\"a\": 1}\n") !=
        expected.npos);
    std::vector<std::string_view> members = {R"("name": "y_1")",
                                             R"("op": "call_function")",
                                             R"("target": "torch.ops.aten.add.Tensor")",
                                             R"("args": [{"node": "x"}, {"dtype": "int8"}, -1, 0.5])",
                                             R"("kwargs": {})",
                                             R"("meta": {"a": 1})"};
    std::sort(members.begin(), members.end());
    do {
        CHECK(outcome(dump_with(fmt::format("{{{}}}", fmt::join(members, ", ")))) == expected);
    } while (std::next_permutation(members.begin(), members.end()));

    const size_t meta = node.find("{\"a\"");
    for (size_t at = 0; at < meta; ++at) {
        const bool between = ends_scalar(node[at]) || node[at] == '"';
        const bool in_string = std::count(node.begin(), node.begin() + static_cast<ptrdiff_t>(at), '"') % 2 != 0;
        if (between && !in_string) {
            for (const char* space : {" ", "\n", "\r\n\t"})
                CHECK(outcome(dump_with(with(node, at, space))) == expected);
        }
        if (in_string && node[at] != '"') {
            const std::string escape = fmt::format("\\u{:04x}", static_cast<unsigned>(node[at]));
            CHECK(outcome(dump_with(std::string(node).replace(at, 1, escape))) == expected);
        }
    }
}

TEST_CASE("an edit changes the arguments alone, whatever the order of keys, white space and text before them") {
    constexpr std::string_view args = R"([{"node": "x"}, {"dtype": "int8"}, -1, 0.5])";
    constexpr std::string_view changed = R"([{"node": "z"}, {"dtype": "int8"}, -1, 0.5])";
    constexpr std::string_view nodes =
        R"({"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},)"
        "\n"
        R"({"name": "z", "op": "placeholder", "target": "z", "args": [], "kwargs": {}},)"
        "\n";
    const auto edited = [&](std::string_view last) {
        Dump dump = read_dump(dump_of(std::string(nodes).append(last)));
        Graph& graph = dump.module.graph;
        graph.replace_input(graph.last(), graph.find("x"), graph.find("z"));
        return text_of(dump);
    };
    const auto expected = [&](std::string text) {
        return dump_of(std::string(nodes) + text.replace(text.find(args), args.size(), changed));
    };
    std::vector<std::string_view> members = {
        R"("name": "y_1")", R"("op": "call_function")",
        R"("target": "f")", R"("args": [{"node": "x"}, {"dtype": "int8"}, -1, 0.5])",
        R"("kwargs": {})",  R"("meta": {"args": [1]})"};
    std::sort(members.begin(), members.end());
    do {
        const std::string text = fmt::format("{{{}}}", fmt::join(members, ", "));
        CHECK(edited(text) == expected(text));
    } while (std::next_permutation(members.begin(), members.end()));

    for (size_t at = 1; at <= node.size(); ++at) {
        const bool in_string = std::count(node.begin(), node.begin() + static_cast<ptrdiff_t>(at), '"') % 2 != 0;
        const bool in_arguments = at > node.find(args) && at < node.find(args) + args.size();
        const bool in_kwargs = at == node.find("{}") + 1;
        const bool in_scalar = !ends_scalar(node[at - 1]) && !ends_scalar(node[at]) && node[at - 1] != '"';
        if (in_string || in_kwargs || in_scalar || at == node.size()) continue;
        const std::string text = with(node, at, " \t");
        INFO(text);
        CHECK(edited(text) == (in_arguments ? expected(std::string(node)) : expected(text)));
    }
    for (const char* name : {R"(\", \"args\": [)", R"(a\\)", R"(\u0022)", "]}", ""}) {
        const std::string text =
            fmt::format(R"({{"name": "y{}", "op": "call_function", "target": "f{}", "args": {}, "kwargs": {{}}}})",
                        name, name, args);
        CHECK(edited(text) == expected(text));
    }
}

TEST_CASE("args that read as those of a node before, or nearly so, are the same as without that node") {
    constexpr std::string_view all[] = {
        "[]",
        "[ ]",
        R"([{"node": "x"}])",
        R"([{"node": "z"}])",
        R"([{"node": "\u0078"}])",
        R"([{"node": "unknown"}])",
        R"([{"node":"x"} ])",
        R"([{"node": "x"}, {"node": "z"}])",
        R"([{"node": "z"}, {"node": "x"}])",
        R"([{"node": "x"}, {"dtype": "x"}])",
        R"([{"dtype": "x"}, {"node": "x"}])",
        R"([{"node": "x"}, 1, {"node": "x"}])",
        R"([{"node": "x"}, 1, {"node": "z"}])",
        R"([{"node": "x"}, [{"node": "z"}], 1])",
        R"([[{"node": "x"}], 1])",
        R"([{"node": "x"}, 0.02, -1, {"dtype": "int8"}])",
        R"([{"node": "z"}, 0.02, -1, {"dtype": "int8"}])",
        R"([{"node": "z"}, 0.02, -1, {"dtype": "int9"}])",
        R"([{"node": "z"}, 0.02, -1, {"dtype": "int8"}, 1])",
        R"([{"node": "x"}, {"node": "z"}, 0.02, -1, {"dtype": "int8"}])",
        R"([{"node": "x"}, {"node": "z"}, 0.02, -1, {"dtype": "int8"})",
        R"([{"node": "x"}, "a", [[1, null], {"tuple": []}], "\n"])",
        R"([{"node": "z"}, "a", [[1, null], {"tuple": []}], "\n"])",
        R"([{"node": "z"}, "a", [[1, null], {"tuple": []}], "\q"])",
        R"([{"node": "x"}, 1,])",
        R"([{"node": "x"}, 1 2])",
        R"([{"node": "x"} 1])",
        R"([{"node": "x")",
    };
    const auto dump_of_two = [](std::string_view before, std::string_view args) {
        constexpr std::string_view form =
            R"({{"name": "{}", "op": "{}", "target": "f", "args": {}, "kwargs": {{}}}})";
        std::string nodes;
        for (const char* name : {"x", "z"}) nodes += fmt::format(form, name, "placeholder", "[]") + ",\n";
        nodes += fmt::format(form, "a", "call_function", before) + ",\n";
        return dump_of(nodes + fmt::format(form, "b", "call_function", args));
    };
    const auto last_line = [](const std::string& text) { return text.substr(text.rfind('\n', text.size() - 2) + 1); };
    const auto check = [&](std::string_view before, std::string_view args) {
        const std::string expected = last_line(outcome(dump_of_two("[0]", args)));
        INFO(before << ", " << args);
        CHECK(last_line(outcome(dump_of_two(before, args))) == expected);
    };
    for (const std::string_view before : all) {
        if (!Dump::read(Input::from_string(dump_of_two(before, "[]")))) continue;
        for (const std::string_view args : all) check(before, args);
    }
    // What was read is found by a hash, which takes some numbers of operands for others.
    std::string operands;
    for (int i = 0; i < 200; ++i) {
        operands += R"({"node": "x"}, )";
        check(R"([{"node": "x"}, 1])", fmt::format("[{}1]", operands));
    }
}
