#include "tests/bench/many_rules.hpp"

#include <fstream>
#include <string_view>

#include <fmt/format.h>

namespace dqrewrite::bench {

namespace {

// `{aten.bench_7.default, aten.bench_8.default}`, or the one op alone.
std::string op_set(std::string_view sort, size_t first, size_t count) {
    if (count == 1) return fmt::format("bench.{}_{}.default", sort, first);
    std::string set = "bench.{";
    for (size_t i = 0; i < count; ++i) set += fmt::format("{}{}_{}.default", i == 0 ? "" : ", ", sort, first + i);
    return set + '}';
}

bool differs_in_root(Kind kind, size_t op) {
    return kind == Kind::roots || (kind == Kind::mix && op / 100 % 2 == 0);
}

std::string schema(const std::string& op, std::string_view arguments) {
    return fmt::format("bench::{}({}) -> Tensor\n", op, arguments);
}

std::string many_ops() {
    std::string text = schema("inner", "Tensor x") + schema("other", "Tensor x") + schema("done", "Tensor x") +
                       schema("outer", "Tensor x, int k");
    for (size_t op = 0; op < op_count; ++op)
        text += schema(fmt::format("root_{}", op), "Tensor x") + schema(fmt::format("part_{}", op), "Tensor x");
    return text;
}

}  // namespace

std::string write_many_rules(const std::string& directory, Kind kind, size_t rules) {
    const size_t each = op_count / rules;
    std::string text = "import \"many.ops\"\n";
    for (size_t rule = 0; rule < rules; ++rule) {
        text += differs_in_root(kind, rule * each)
                    ? fmt::format("rule r{} {{ {}(bench.inner.default(x)) => bench.done.default(x) }}\n", rule,
                                  op_set("root", rule * each, each))
                    : fmt::format("rule r{} {{ bench.outer.default({}(x), 1) => bench.done.default(x) }}\n", rule,
                                  op_set("part", rule * each, each));
    }
    text += "pass Many { sweep ";
    for (size_t rule = 0; rule < rules; ++rule) text += fmt::format("{}r{}", rule == 0 ? "" : ", ", rule);
    text += " }\n";
    std::ofstream(directory + "/many.ops") << many_ops();
    std::ofstream(directory + "/many.rules") << text;
    return directory + "/many.rules";
}

// Pairs stand between the first node and the output; the first of every ten fits.
size_t many_matches(size_t nodes) {
    return ((nodes - 2) / 2 + 9) / 10;
}

std::string many_ops_dump(Kind kind, size_t nodes) {
    std::string text = R"({"format": "fx-graph", "version": 1, "graph": {"nodes": [)"
                       "\n"
                       R"({"name": "n_0", "op": "placeholder", "target": "x", "args": [], "kwargs": {}})";
    for (size_t i = 1; i + 1 < nodes; ++i) {
        // Pairs of an inner op and an outer one; in one of ten pairs they fit together.
        const size_t pair = (i - 1) / 2;
        const bool fits = pair % 10 == 0;
        const size_t op = pair * 7919 % op_count;
        const bool by_root = differs_in_root(kind, op);
        std::string target = "outer";
        if (i % 2 == 1) target = by_root ? (fits ? "inner" : "other") : fmt::format("part_{}", op);
        if (i % 2 == 0 && by_root) target = fmt::format("root_{}", op);
        const std::string more = i % 2 == 0 && !by_root ? (fits ? ", 1" : ", 2") : "";
        text += fmt::format(
            ",\n"
            R"({{"name": "n_{}", "op": "call_function", "target": "torch.ops.bench.{}.default", "args": [{{"node": "n_{}"}}{}], "kwargs": {{}}}})",
            i, target, i - 1, more);
    }
    return text +
           fmt::format(",\n"
                       R"({{"name": "output", "op": "output", "target": "output", "args": [{{"node": "n_{}"}}], )"
                       R"("kwargs": {{}}}})"
                       "\n]}}}}\n",
                       nodes - 2);
}

}  // namespace dqrewrite::bench
