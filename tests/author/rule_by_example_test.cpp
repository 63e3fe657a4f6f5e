// Rules that are written from a graph match in that graph, at the node that they were written for.

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/testing/rule_by_example.hpp"
#include "engine/dump/dump.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/program/check.hpp"
#include "engine/rewrite/apply.hpp"

#include <algorithm>

using namespace dqrewrite;

namespace {

Dump read(const std::string& text) {
    auto dump = Dump::read(Input::from_string(text));
    REQUIRE(dump);
    return std::move(*dump);
}

// Whether the rule sets its mark at `root` of the graph itself.
bool marks(const std::string& rules, const std::string& text, NodeId root) {
    const CheckedRules checked = check_rules(load_rules_text("example.rules", rules));
    REQUIRE(checked.program);
    REQUIRE_FALSE(has_errors(checked.diagnostics));
    Dump dump = read(text);
    const auto report = apply(Driver(checked.program, program::PassId{0}), dump);
    REQUIRE(report);
    const auto mark = find_member(dump.module.graph.meta(root), "matched");
    return mark && *mark == "true";
}

// Every node of a graph at several depths. The refusals, each once.
std::vector<std::string> check_all(const std::string& text, size_t& written) {
    const Dump dump = read(text);
    const Graph& graph = dump.module.graph;
    std::vector<std::string> refusals;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        for (const size_t depth : {1, 2, 4}) {
            INFO(graph.name(node) << " " << depth);
            const auto rules = rule_by_example(graph, node, depth, {"a graph", dump.ops});
            if (!rules) {
                const std::string why = rules.error().substr(rules.error().find("\": ") + 3);
                if (std::find(refusals.begin(), refusals.end(), why) == refusals.end()) refusals.push_back(why);
                continue;
            }
            ++written;
            INFO(rules->rules);
            CHECK(marks(rules->rules, text, node));
        }
    }
    return refusals;
}

}  // namespace

TEST_CASE("for every node of the corpus there is a rule, and it matches there") {
    size_t written = 0;
    for (const char* name :
         {"cond.x86", "dyn_attention.xnn-pc", "impure_kinds", "mutating.xnn-pc.full", "sub_dead_code"}) {
        INFO(name);
        const std::string path = std::string(DQREWRITE_SOURCE_DIR "/tests/corpus/") + name + ".before.json";
        for (const std::string& why : check_all(test::read_file(path), written))
            CHECK(why == "it is the output, and a rule begins with what is computed");
    }
    CHECK(written > 500);
}

TEST_CASE("values for which patterns have no literal match anything, or are a condition") {
    size_t written = 0;
    const std::string text = test::read_file(DQREWRITE_SOURCE_DIR "/tests/author/fx_text/values.json");
    std::string all;
    for (const std::string& why : check_all(text, written)) all += why + "\n";
    CHECK(written > 20);
    CHECK(all == "\"open\" is no node kind, ops or pattern [unknown-name]\n"
                 "it is the output, and a rule begins with what is computed\n");
}
