// Random edits, step by step on the engine's graph and on the slow model of FX: order, users, inputs, names, errors
// and what a live iteration visits must be the same.
#include "tests/graph/model.hpp"
#include "tests/graph/script.hpp"
#include "tests/graph/subject.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

class Pair {
public:
    explicit Pair(unsigned seed) : random_(seed) {}

    void build(int nodes) {
        for (int i = 0; i < nodes; ++i) {
            const auto opcode = static_cast<Opcode>(below(6));
            std::string name = candidate();
            while (model_.find(name) != -1) name += fmt::format("_{}", below(3));
            const auto inputs = some_nodes();
            REQUIRE(model_.read(opcode, name, inputs) == subject_.read(opcode, name, inputs));
            ids_ = i + 1;
        }
    }

    void edit() {
        const int a = live();
        const int b = live();
        const int user = any();
        const bool before = below(2) == 0;
        const int place = below(10) == 0 ? -1 : live();
        const int what = below(12);
        INFO("edit " << what << ", of " << a << ", " << b << ", " << user << ", place " << place);
        switch (what) {
        case 0:
        case 1: {
            const std::string name = candidate();
            const auto inputs = some_nodes();
            both([&](auto& g) { return g.create(name, before, place, inputs); }, 1);
            break;
        }
        case 2:
        case 3:
            if (a != -1) both([&](auto& g) { return g.clone(a, before, place); }, 1);
            break;
        case 4:
            if (a != -1) both([&](auto& g) { return g.move(a, before, place), 0; });
            break;
        case 5:
        case 6: both([&](auto& g) { return g.erase(user), 0; }); break;
        case 7:
            if (a != -1) {
                const auto inputs = some_nodes();
                both([&](auto& g) { return g.set(a, inputs), 0; });
            }
            break;
        case 8: {
            const int old = old_input(user);
            if (b != -1) both([&](auto& g) { return g.replace(old, b, user), 0; });
            break;
        }
        case 9:
            if (b != -1) both([&](auto& g) { return g.replace(any(), b, user), 0; });
            break;
        case 10:
            if (b != -1) both([&](auto& g) { return g.replace_all(user, b), 0; });
            break;
        default:
            if (below(8) == 0) {
                both([&](auto& g) { return g.eliminate_dead_code(), 0; });
            } else {
                both([&](auto& g) { return g.lint(), 0; });
            }
        }
    }

    void lint() {
        both([](auto& g) { return g.lint(), 0; });
    }

    // Whether something was erased.
    bool eliminate_dead_code() {
        const size_t before = model_.size();
        both([](auto& g) { return g.eliminate_dead_code(), 0; });
        return model_.size() != before;
    }

    // A live iteration, with edits on the way.
    void sweep() {
        const bool back = below(2) == 0;
        int node = model_.step(-1, back);
        REQUIRE(subject_.step(-1, back) == node);
        for (int left = 60; node != -1 && left > 0; --left) {
            if (below(3) == 0 && model_.users(node).empty()) both([&](auto& g) { return g.erase(node), 0; });
            if (below(2) == 0) edit();
            const int next = model_.step(node, back);
            REQUIRE(subject_.step(node, back) == next);
            node = next;
        }
    }

    void compare() {
        bool same = subject_.size() == model_.size();
        for (int node = 0; node < ids_; ++node) {
            same &= subject_.erased(node) == model_.erased(node);
            same &= subject_.inputs(node) == model_.inputs(node);
            same &= subject_.users(node) == model_.users(node);
            same &= subject_.name(node) == model_.name(node);
            if (!model_.erased(node)) same &= subject_.operands(node) == model_.operands(node);
        }
        same &= order(subject_, false) == order(model_, false) && order(subject_, true) == order(model_, true);
        if (!same) REQUIRE(described(subject_) == described(model_));
        REQUIRE(same);
        const std::string name = model_.name(any());
        REQUIRE(subject_.find(name) == model_.find(name));
    }

private:
    template <class Edit>
    void both(const Edit& edit, int new_nodes = 0) {
        const auto state = random_;  // an edit may draw: the same for both
        std::string errors[2];
        int results[2] = {};
        const auto attempt = [&](auto& graph, int which) {
            random_ = state;
            try {
                results[which] = edit(graph);
            } catch (const GraphError& error) {
                errors[which] = error.what();
            }
        };
        attempt(model_, 0);
        attempt(subject_, 1);
        REQUIRE(errors[1] == errors[0]);
        REQUIRE(results[1] == results[0]);
        if (errors[0].empty()) ids_ += new_nodes;
    }

    template <class G>
    static std::vector<int> order(const G& graph, bool back) {
        std::vector<int> nodes;
        for (int node = graph.step(-1, back); node != -1; node = graph.step(node, back)) nodes.push_back(node);
        return nodes;
    }

    int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
    int any() { return below(ids_); }
    // A node that is not erased; -1 where none was found.
    int live() {
        for (int attempt = 0; attempt < 20 && ids_ > 0; ++attempt) {
            if (const int node = any(); !model_.erased(node)) return node;
        }
        return -1;
    }
    int old_input(int user) {
        const auto inputs = model_.inputs(user);
        return inputs.empty() ? any() : inputs[static_cast<size_t>(below(static_cast<int>(inputs.size())))];
    }
    std::vector<int> some_nodes() {
        static constexpr int counts[] = {0, 1, 1, 1, 2, 2, 2, 3, 5, 40};
        std::vector<int> nodes;
        for (int left = counts[below(10)]; left > 0; --left) {
            if (const int node = live(); node != -1) nodes.push_back(node);
        }
        return nodes;
    }
    std::string candidate() {
        static const char* const names[] = {"a",   "b", "input", "impure", "a_1",    "b_7",
                                            "a.b", "_", "a_01",  "_1",     "x_90000"};
        return names[below(11)];
    }

    std::mt19937 random_;
    Model model_;
    Subject subject_;
    int ids_ = 0;
};

}  // namespace

TEST_CASE("random edits are those of the slow model") {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed);
        pair.build(static_cast<int>(seed % 15) + 1);
        pair.compare();
        for (int step = 0; step < 250; ++step) {
            INFO("step " << step);
            if (step % 25 == 24) {
                pair.sweep();
            } else {
                pair.edit();
            }
            pair.compare();
        }
    }
}

// A graph that is in order stays so through most edits, and then nothing is looked at: so lint after each, on graphs
// that few edits have put out of order.
TEST_CASE("whether a graph is in order is what the slow model says, after each of a few edits") {
    for (unsigned seed = 1; seed <= 20000; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed);
        pair.build(static_cast<int>(seed % 7) + 2);
        for (int step = 0; step < 6; ++step) {
            INFO("step " << step);
            pair.edit();
            pair.lint();
        }
    }
}

// What is dead is found among the nodes that nobody uses, and each edit says anew which these are.
TEST_CASE("dead code is what the slow model says, after each of a few edits") {
    int erased = 0;
    for (unsigned seed = 1; seed <= 6000; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed);
        pair.build(static_cast<int>(seed % 90) + 2);
        for (unsigned round = 0; round < 3; ++round) {
            INFO("round " << round);
            for (unsigned edits = seed % 5; edits > 0; --edits) pair.edit();
            erased += pair.eliminate_dead_code();
        }
        pair.compare();
    }
    CHECK(erased > 3000);
}
