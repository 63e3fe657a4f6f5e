// Any bytes: a dump is refused with a message and a place, or comes back byte for byte; and what is written after
// every node was touched and copied can be read again and says the same.
#include "engine/dump/dump.hpp"

#include "engine/dump/json_value.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/describe.hpp"

#include <cstdio>
#include <cstdlib>

using namespace dqrewrite;

namespace {

void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "fuzz_dump: %s\n", what);
    std::abort();
}

std::string text_of(const Dump& dump) {
    TextOutput output;
    dump.write(output);
    return output.text();
}

// The arguments, target and meta of each node are set to what they are, and each node is copied.
void touch(Graph& graph) {
    std::vector<NodeId> nodes, operands;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) nodes.push_back(node);
    for (const NodeId node : nodes) {
        operands.clear();
        for (size_t i = 0; i < graph.operand_count(node); ++i) operands.push_back(graph.operand(node, i));
        const size_t which = index_of(node) % 4;
        if (which != 0) graph.set_arguments(node, {graph.args(node), graph.kwargs(node), operands});
        if (which != 1) graph.set_target(node, graph.target(node));
        if (which == 2) graph.set_meta(node, graph.meta(node));
        if (which == 3) graph.set_meta(node, graph.meta(node).empty() ? R"({"m": 1})" : "");
        if (nodes.size() < 1000) graph.clone(node, {Place::Side::after, node});
    }
}

void check_same(const Graph& a, const Graph& b) {
    require(a.size() == b.size(), "the number of nodes");
    NodeId m = b.first();
    for (NodeId n = a.first(); n != no_node; n = a.next(n), m = b.next(m)) {
        require(a.name(n) == b.name(m), "a name");
        require(a.opcode(n) == b.opcode(m), "an op");
        require(a.target_text(n) == b.target_text(m), "a target");
        require(a.own_impurity(n) == b.own_impurity(m), "an impurity");
        require(a.args(n).size() == b.args(m).size(), "the number of args");
        require(a.kwargs(n).size() == b.kwargs(m).size(), "the number of kwargs");
        require(a.operand_count(n) == b.operand_count(m), "the number of operands");
        for (size_t i = 0; i < a.operand_count(n); ++i) {
            require(a.name(a.operand(n, i)) == b.name(b.operand(m, i)), "an operand");
        }
        for (size_t i = 0; i < a.args(n).size(); ++i) {
            require(a.args(n)[i].kind == b.args(m)[i].kind, "the kind of an argument");
        }
    }
}

// Meta is not checked beyond brackets: whatever is in it must do no harm.
void walk_meta(const Graph& graph) {
    const std::string_view path[] = {"val", "shape"};
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        const std::string_view meta = graph.meta(node);
        if (const auto value = JsonValue(meta).member("val")) {
            for (JsonItems i(*value); i.next();) i.value().string();
        }
        if (const auto changed = set_member(meta, path, "[1]")) {
            require(remove_member(*changed, path).has_value(), "a member that was set cannot be removed");
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto dump = Dump::read(Input::from_string(text));
    if (!dump) {
        require(!dump.error().message.empty() && dump.error().line >= 1 && dump.error().column >= 1, "no message");
        return 0;
    }
    require(text_of(*dump) == text, "it does not come back");
    walk_meta(dump->module.graph);

    touch(dump->module.graph);
    for (Submodule& submodule : dump->module.submodules) touch(submodule.graph);
    const std::string touched = text_of(*dump);
    const auto again = Dump::read(Input::from_string(touched));
    if (!again) std::fprintf(stderr, "%s\n", test::describe(again.error()).c_str());
    require(again.has_value(), "what was written cannot be read");
    require(text_of(*again) == touched, "it does not come back after an edit");
    check_same(dump->module.graph, again->module.graph);
    for (size_t i = 0; i < dump->module.submodules.size(); ++i) {
        check_same(dump->module.submodules[i].graph, again->module.submodules[i].graph);
    }
    return 0;
}
