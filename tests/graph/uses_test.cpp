// What no graph of a test lives long enough for: stamps run out, and are numbered anew in the same order.
#include "tests/support/catch.hpp"

#include "engine/graph/uses.hpp"

#include <array>
#include <random>
#include <vector>

using namespace dqrewrite;

namespace {

constexpr uint32_t nodes = 12;

NodeId id(size_t node) {
    return NodeId{static_cast<uint32_t>(node)};
}

// Each node but the first uses one or two of those before it.
Uses made(uint32_t clock) {
    Uses uses(clock);
    uses.reserve(nodes, size_t{2} * nodes);
    uses.add(id(0), {});
    for (uint32_t node = 1; node < nodes; ++node) {
        const std::array operands = {id(node - 1), id(node / 2)};
        uses.add(id(node), std::span(operands).first(1 + node % 2));
    }
    return uses;
}

std::vector<std::vector<NodeId>> all_users(const Uses& uses) {
    std::vector<std::vector<NodeId>> all(nodes);
    for (uint32_t node = 0; node < nodes; ++node) uses.users(id(node), all[node]);
    return all;
}

}  // namespace

TEST_CASE("users stand in FX's order also where stamps have run out") {
    const uint32_t left = GENERATE(0U, 1U, nodes - 1, nodes, nodes + 1, 50U);
    Uses early = made(0), late = made(0xFFFFFFFF - left);
    CHECK(all_users(early) == all_users(late));
    std::mt19937 random(left);
    for (int edit = 0; edit < 100; ++edit) {
        const NodeId user = id(1 + random() % (nodes - 1));
        const NodeId old = early.operand(user, 0), fresh = id(random() % index_of(user));
        for (Uses* uses : {&early, &late}) {
            if (edit % 3 == 0)
                uses->assign_again({{user}});
            else
                uses->replace(user, old, fresh, [](size_t) {});
        }
        REQUIRE(all_users(early) == all_users(late));
    }
}
