// Dumps that are taken: what is read from them, and that they come back byte for byte.
#include "tests/dump/listing.hpp"
#include "tests/dump/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"
#include "tests/support/golden.hpp"

#include "engine/dump/json_value.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

std::vector<std::string> files_below(const std::string& directory, std::string_view ending) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (entry.path().string().ends_with(ending)) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// Everything that a dump holds, as text.
std::string contents(const Dump& dump) {
    std::string text;
    for (const DeclaredOp& op : dump.ops) {
        text += fmt::format("op {}: {}{}\n", op.target, op.schema, op.impure ? " impure" : "");
    }
    text += listing(dump.module.graph);
    for (const Submodule& submodule : dump.module.submodules) {
        text += fmt::format("submodule {}\n{}", submodule.path, listing(submodule.graph));
    }
    return text;
}

}  // namespace

TEST_CASE("each file of texts/ comes back as it was, and holds what the golden file says") {
    const auto files = files_below(test_path("dump/texts"), ".json");
    REQUIRE(files.size() >= 15);
    for (const std::string& file : files) {
        INFO(file);
        const std::string text = read_file(file);
        CHECK(round_trip(text) == text);
        check_golden(file.substr(0, file.size() - 4) + "txt", contents(read_dump(text)));
    }
}

TEST_CASE("a dump that was not read is written with one node a line, and reads back as the same") {
    for (const std::string& file : files_below(test_path("dump/texts"), ".json")) {
        INFO(file);
        const Dump dump = read_dump(read_file(file));
        Dump fresh;
        fresh.ops = dump.ops;
        const auto copy = [](const Graph& from, Graph& to) {
            for (NodeId node = from.first(); node != no_node; node = from.next(node)) {
                std::vector<NodeId> operands;
                for (size_t i = 0; i < from.operand_count(node); ++i) operands.push_back(from.operand(node, i));
                Graph::NewNode made;
                made.opcode = from.opcode(node);
                made.target = to.symbols().intern(from.target_text(node));
                const std::string name = from.name(node);
                made.name = name;
                made.arguments = {from.args(node), from.kwargs(node), operands};
                made.meta = from.meta(node);
                made.impurity = from.own_impurity(node);
                to.append(made);
            }
        };
        copy(dump.module.graph, fresh.module.graph);
        for (const Submodule& submodule : dump.module.submodules) {
            fresh.module.submodules.push_back({submodule.path, Graph(*fresh.module.symbols)});
            copy(submodule.graph, fresh.module.submodules.back().graph);
        }
        const std::string text = text_of(fresh);
        CHECK(round_trip(text) == text);
        check_golden(file.substr(0, file.size() - 4) + "fresh", text);
    }
}

TEST_CASE("a part of an input is read as a dump of its own, with lines counted from where it starts") {
    const std::string good = R"({"format":"fx-graph","version":1,"graph":{"nodes":[]}})";
    const std::string bad = R"({"format":"fx-graph","version":1,"graph":{"nodes":[]}])";
    const auto input = Input::from_string(good + "\n" + bad + "\n" + good);
    const std::string_view text = input->text();
    const auto first = Dump::read(input, text.substr(0, good.size()), 1);
    REQUIRE(first);
    CHECK(text_of(*first) == good);
    const auto second = Dump::read(input, text.substr(good.size() + 1, bad.size()), 2);
    REQUIRE_FALSE(second);
    CHECK(describe(second.error()) == "2:54: expected \",\" or \"}\", found \"]\"\n"
                                      "  {\"format\":\"fx-graph\",\"version\":1,\"graph\":{\"nodes\":[]}]\n"
                                      "                                                       ^");
    const auto third = Dump::read(input, text.substr(good.size() + bad.size() + 2), 3);
    REQUIRE(third);
    CHECK(text_of(*third) == good);
    const auto half = Dump::read(input, text.substr(0, good.size() - 1), 7);
    REQUIRE_FALSE(half);
    CHECK(half.error().message == "expected \",\" or \"}\", found the end");
    CHECK(half.error().line == 7);
    CHECK(half.error().column == good.size());
}

TEST_CASE("a dump outlives what it was read from") {
    auto input = Input::from_string(read_file(test_path("dump/texts/values.json")));
    auto read = Dump::read(input);
    REQUIRE(read);
    Dump dump = std::move(*read);
    input.reset();
    read = tl::unexpected(DumpError());
    Dump moved;
    moved = std::move(dump);
    CHECK(text_of(moved) == read_file(test_path("dump/texts/values.json")));
}

TEST_CASE("the graphs of tests/corpus, and of DQREWRITE_CORPUS where it is set, come back byte for byte") {
    auto files = files_below(test_path("corpus"), ".json");
    REQUIRE(files.size() >= 12);
    std::vector<std::string> lines;
    if (const char* corpus = std::getenv("DQREWRITE_CORPUS"); corpus && *corpus) {
        for (std::string& file : files_below(corpus, ".json")) files.push_back(std::move(file));
        for (const std::string& file : files_below(corpus, ".ndjson")) {
            std::istringstream stream(read_file(file));
            for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
        }
    }
    for (const std::string& file : files) {
        const std::string text = read_file(file);
        if (round_trip(text) != text) FAIL_CHECK(file << ": " << round_trip(text).substr(0, 300));
    }
    // A line has a dump as "before", and one as "after" where the pass gave one.
    for (const std::string& line : lines) {
        for (const std::string_view key : {"before", "after"}) {
            const size_t start = line.find(fmt::format("\"{}\":", key));
            if (start == line.npos) continue;
            const JsonValue value(std::string_view(line).substr(start + key.size() + 3));
            const std::string_view text = value.text();
            if (round_trip(text) != text) FAIL_CHECK(line.substr(0, 300) << ": " << round_trip(text).substr(0, 300));
        }
    }
}
