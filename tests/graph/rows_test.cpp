// The rows that torch printed (rows/*.txt, made by rows.py), on the engine; those about edits on the slow model too.
#include "tests/graph/model.hpp"
#include "tests/graph/script.hpp"
#include "tests/graph/subject.hpp"
#include "tests/support/catch.hpp"

#include "engine/graph/names.hpp"

#include <fstream>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in(DQREWRITE_SOURCE_DIR "/tests/graph/rows/" + file);
    REQUIRE(in);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
        text.replace(at, what.size(), by);
    }
    return text;
}

// \n, \s, and {9*4300} for 4300 nines.
std::string unescaped(std::string text) {
    for (size_t open = 0; (open = text.find('{')) != std::string::npos;) {
        const size_t close = text.find('}', open);
        const std::string run(std::stoul(text.substr(open + 3)), text[open + 1]);
        text.replace(open, close + 1 - open, run);
    }
    return replaced(replaced(std::move(text), "\\n", "\n"), "\\s", " ");
}

// "candidate -> result"
std::pair<std::string, std::string> sides(const std::string& row) {
    const size_t arrow = row.rfind(" -> ");
    REQUIRE(arrow != std::string::npos);
    return {row.substr(0, arrow), unescaped(row.substr(arrow + 4))};
}

std::string text_of(const Names& names, Name name) {
    std::string text;
    names.append(name, text);
    return text;
}

template <class Candidate>  // text, or a name of the table
std::string created(Names& names, const Candidate& candidate, NodeId node) {
    try {
        return text_of(names, names.create(candidate, node));
    } catch (const GraphError&) {
        return "error";
    }
}

}  // namespace

TEST_CASE("names are those of torch") {
    Names names;
    uint32_t node = 0;
    std::string title;
    size_t count = 0;
    for (const std::string& line : lines_of("names.txt")) {
        if (line.starts_with("case ")) {
            names = Names();
            title = line;
        } else if (line.starts_with("load ")) {
            names.keep(unescaped(line.substr(5)), NodeId{node});
            CHECK(names.bearer(unescaped(line.substr(5))) == NodeId{node});
        } else if (line.starts_with("create ")) {
            INFO(title << ": " << line);
            const auto [candidate, expected] = sides(line.substr(7));
            CHECK(created(names, unescaped(candidate), NodeId{node}) == expected);
            if (expected != "error") CHECK(names.bearer(expected) == NodeId{node});
            ++count;
        }
        ++node;
    }
    CHECK(count > 1000);
}

// A copy's candidate is a name of the table: it gives what the text of that name gives.
TEST_CASE("a name as candidate gives what its text gives") {
    Names names;
    Names copies;
    uint32_t node = 0;
    for (const std::string& line : lines_of("names.txt")) {
        if (line.starts_with("case ")) {
            names = Names();
            copies = Names();
        } else if (line.starts_with("create ")) {
            const auto [candidate, expected] = sides(line.substr(7));
            if (expected == "error") continue;
            INFO(line);
            const Name given = names.create(unescaped(candidate), NodeId{node});
            const Name other = copies.create(unescaped(candidate), NodeId{node});
            ++node;
            CHECK(created(names, given, NodeId{node}) == created(copies, text_of(copies, other), NodeId{node}));
            ++node;
        }
    }
}

TEST_CASE("a node is named after its target as in torch") {
    for (const std::string& line : lines_of("targets.txt")) {
        if (line.starts_with("#")) continue;
        INFO(line);
        const auto [row, expected] = sides(line);
        const size_t space = row.find(' ');
        Opcode opcode = Opcode::placeholder;
        while (opcode_name(opcode) != row.substr(0, space))
            opcode = static_cast<Opcode>(static_cast<int>(opcode) + 1);
        Names names;
        CHECK(created(names, target_to_name(opcode, row.substr(space + 1)), NodeId{0}) == expected);
    }
}

TEMPLATE_TEST_CASE("edits have the effect that they have in torch", "", Subject, Model) {
    size_t count = 0;
    std::string title;
    std::unique_ptr<Script<TestType>> script;
    std::string expected;
    bool in_result = false;
    std::vector<std::string> lines = lines_of("edits.txt");
    lines.emplace_back();
    for (const std::string& line : lines) {
        if (line.starts_with("case ")) {
            title = line;
            script = std::make_unique<Script<TestType>>();
            expected.clear();
        } else if (line == "gives") {
            in_result = true;
        } else if (in_result && line.empty()) {
            INFO(title);
            CHECK(script->result() == expected);
            in_result = false;
            ++count;
        } else if (in_result) {
            expected += line.substr(4) + "\n";
        } else if (script) {
            script->line(line);
        }
    }
    CHECK(count > 40);
}
