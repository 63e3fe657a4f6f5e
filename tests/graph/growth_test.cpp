// Sizes at which anything quadratic would not come to an end: 10^5 steps, each of which would be 10^5.
#include "tests/graph/subject.hpp"
#include "tests/support/catch.hpp"

#include "engine/graph/names.hpp"

#include <algorithm>

using namespace dqrewrite;
using dqrewrite::test::Subject;

namespace {

constexpr int many = 100000;

std::string text_of(const Names& names, Name name) {
    std::string text;
    names.append(name, text);
    return text;
}

}  // namespace

TEST_CASE("each of many users of a node gets its own copy") {
    Subject graph;
    const int x = graph.read(Opcode::placeholder, "x", {});
    const int dq = graph.read(Opcode::call_function, "dq", {x});
    std::vector<int> users;
    for (int i = 0; i < many; ++i) users.push_back(graph.read(Opcode::call_function, "u_" + std::to_string(i), {dq}));
    for (const int user : users) graph.replace(dq, graph.clone(dq, false, dq), user);
    CHECK(graph.users(dq).empty());
    CHECK(graph.users(x).size() == many + 1);
    CHECK(graph.name(graph.step(dq, false)) == "dq_100000");
    graph.eliminate_dead_code();
    CHECK(graph.size() == 1);
}

TEST_CASE("a node of many inputs gets them replaced one by one") {
    Subject graph;
    const int x = graph.read(Opcode::placeholder, "x", {});
    std::vector<int> inputs;
    for (int i = 0; i < many; ++i) inputs.push_back(graph.read(Opcode::call_function, "i_" + std::to_string(i), {x}));
    const int cat = graph.read(Opcode::call_function, "cat", inputs);
    const int other = graph.read(Opcode::call_function, "other", inputs);
    for (const int input : inputs) graph.replace(input, x, cat);
    CHECK(graph.inputs(cat) == std::vector<int>{x});
    CHECK(graph.users(x).back() == cat);
    CHECK(graph.inputs(other) == inputs);
}

TEST_CASE("all uses of a node are replaced, to and fro") {
    Subject graph;
    const int a = graph.read(Opcode::placeholder, "a", {});
    const int b = graph.read(Opcode::placeholder, "b", {});
    std::vector<int> users;
    for (int i = 0; i < many; ++i) {
        users.push_back(graph.read(Opcode::call_function, "u_" + std::to_string(i), {a, b, a}));
    }
    for (int round = 0; round < 3; ++round) {
        graph.replace_all(a, b);
        graph.replace_all(b, a);
    }
    CHECK(graph.users(a) == users);
    CHECK(graph.users(b).empty());
}

TEST_CASE("a chain is erased from the end") {
    Subject graph;
    int last = graph.read(Opcode::placeholder, "x", {});
    for (int i = 0; i < many; ++i) last = graph.read(Opcode::call_function, "c_" + std::to_string(i), {last});
    graph.eliminate_dead_code();
    CHECK(graph.size() == 1);
}

// FX itself is quadratic here: the count is set back again and again, and the search for a free number begins there.
TEST_CASE("numbers that are set back") {
    Names names;
    uint32_t node = 0;
    for (int i = 0; i < many; ++i) names.keep("x_" + std::to_string(i), NodeId{node++});
    names.keep("x", NodeId{node++});
    for (int i = 0; i < many; ++i) {
        // 7, in more and more digits: taken as it is, and the count is 7 again.
        if (i < 1000) names.keep("x_" + std::string(static_cast<size_t>(i) + 1, '0') + "7", NodeId{node++});
        const int start = i * 37 % many;
        const std::string candidate = i % 2 == 0 ? "x" : "x_" + std::to_string(start);
        CHECK(text_of(names, names.create(candidate, NodeId{node++})) == "x_" + std::to_string(many + i));
    }
}

TEST_CASE("large numbers that are set back") {
    Names names;
    uint32_t node = 0;
    const std::string base = "x_1000000000000000";
    names.keep("x", NodeId{node++});
    for (int i = 0; i < 20000; ++i) names.keep(base + std::to_string(100000 + i), NodeId{node++});
    for (int i = 0; i < 2000; ++i) {
        const std::string zeros(static_cast<size_t>(i) + 1, '0');
        names.keep("x_" + zeros + "1000000000000000100000", NodeId{node++});
        CHECK(text_of(names, names.create("x", NodeId{node++})) == base + std::to_string(120000 + i));
    }
}

TEST_CASE("sparse numbers in any order") {
    std::vector<uint32_t> numbers;
    for (uint32_t i = 0; i < many; ++i) numbers.push_back(i * 42949U + 5);
    for (const bool descending : {false, true}) {
        if (descending) std::reverse(numbers.begin(), numbers.end());
        Names names;
        for (uint32_t i = 0; i < many; ++i) names.keep("x_" + std::to_string(numbers[i]), NodeId{i});
        for (uint32_t i = 0; i < many; i += 97) {
            CHECK(names.bearer("x_" + std::to_string(numbers[i])) == NodeId{i});
            CHECK(names.bearer("x_" + std::to_string(numbers[i] + 1)) == no_node);
        }
    }
}

TEST_CASE("the same large number on many bases") {
    Names names;
    for (uint32_t i = 0; i < many; ++i) names.keep("x" + std::to_string(i) + "_4000000000", NodeId{i});
    for (uint32_t i = 0; i < many; i += 97) {
        CHECK(names.bearer("x" + std::to_string(i) + "_4000000000") == NodeId{i});
    }
}
