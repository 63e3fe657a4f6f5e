// Many steps on large graphs give the right result; that they also take no more than they should is what
// tests/bench/growth.py counts.
#include "tests/graph/subject.hpp"
#include "tests/support/catch.hpp"

#include "engine/graph/names.hpp"

#include <fmt/format.h>

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
    for (int i = 0; i < many; ++i) users.push_back(graph.read(Opcode::call_function, fmt::format("u_{}", i), {dq}));
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
    for (int i = 0; i < many; ++i) inputs.push_back(graph.read(Opcode::call_function, fmt::format("i_{}", i), {x}));
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
        users.push_back(graph.read(Opcode::call_function, fmt::format("u_{}", i), {a, b, a}));
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
    for (int i = 0; i < many; ++i) last = graph.read(Opcode::call_function, fmt::format("c_{}", i), {last});
    graph.eliminate_dead_code();
    CHECK(graph.size() == 1);
}

// FX goes over all nodes each time. Here neither the order of all is checked nor all that is unused looked for.
TEST_CASE("dead code is cleared away after each of many edits") {
    Subject graph;
    std::vector<int> chain = {graph.read(Opcode::placeholder, "x", {})};
    for (int i = 0; i < many; ++i)
        chain.push_back(graph.read(Opcode::call_function, fmt::format("c_{}", i), {chain.back()}));
    graph.read(Opcode::output, "output", {chain.back()});
    for (size_t i = 1; i + 1 < chain.size(); ++i) {
        const int user = chain[i + 1];
        const int copy = graph.clone(chain[i], true, user);      // whose operand stands far before that place
        const int copy_of_copy = graph.clone(copy, true, copy);  // before what may be wrong itself
        graph.replace(chain[i], copy, user);
        graph.replace(chain[i - 1], copy_of_copy, copy);
        graph.eliminate_dead_code();
        REQUIRE(graph.erased(chain[i]));
        chain[i] = copy;
    }
    CHECK(graph.size() == 2U * many + 1);
    graph.lint();
}

// FX itself is quadratic in the next two: the count is set back again and again (x_0123 is a name of its own, and
// sets the count of x to 123), and the search for a free number begins there.
TEST_CASE("counts that are set back") {
    struct Row {
        const char* title;
        std::string digits;  // in front of the numbers, which have six
        int count;
    };
    const Row rows[] = {{"plain numbers", "1", many}, {"beyond 64 bits", "1000000000000000", many / 4}};
    for (const Row& row : rows) {
        for (const bool descending : {false, true}) {
            INFO(row.title << (descending ? ", descending" : ", ascending"));
            Names names;
            uint32_t node = 0;
            const auto number = [&](int i) { return row.digits + std::to_string(100000 + i); };
            names.keep("x", NodeId{node++});
            for (int i = 0; i < row.count; ++i) names.keep(fmt::format("x_{}", number(i)), NodeId{node++});
            bool same = true;
            for (int i = 0; i < row.count / 2; ++i) {
                names.keep(fmt::format("x_0{}", number(descending ? row.count - 1 - 2 * i : 2 * i)), NodeId{node++});
                const Name made = names.create(i % 2 == 0 ? "x" : fmt::format("x_{}", number(i)), NodeId{node++});
                same &= text_of(names, made) == fmt::format("x_{}", number(row.count + i));
            }
            CHECK(same);
        }
    }
}

TEST_CASE("sparse numbers in any order") {
    std::vector<uint32_t> numbers;
    for (uint32_t i = 0; i < many; ++i) numbers.push_back(i * 42949U + 5);
    for (const bool descending : {false, true}) {
        if (descending) std::reverse(numbers.begin(), numbers.end());
        Names names;
        for (uint32_t i = 0; i < many; ++i) names.keep(fmt::format("x_{}", numbers[i]), NodeId{i});
        for (uint32_t i = 0; i < many; i += 97) {
            CHECK(names.bearer(fmt::format("x_{}", numbers[i])) == NodeId{i});
            CHECK(names.bearer(fmt::format("x_{}", numbers[i] + 1)) == no_node);
        }
    }
}

TEST_CASE("the same large number on many bases") {
    Names names;
    for (uint32_t i = 0; i < many; ++i) names.keep(fmt::format("x{}_4000000000", i), NodeId{i});
    for (uint32_t i = 0; i < many; i += 97) {
        CHECK(names.bearer(fmt::format("x{}_4000000000", i)) == NodeId{i});
    }
}
