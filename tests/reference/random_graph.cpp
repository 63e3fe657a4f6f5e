#include "tests/reference/random_graph.hpp"

#include "engine/ops/schema.hpp"

#include <algorithm>

namespace dqrewrite::reference {

namespace {

// The target, and how often it is taken beside the others.
struct Candidate {
    const char* target;
    unsigned weight;
};

constexpr Candidate candidates[] = {
    {"torch.ops.aten.relu.default", 9},
    {"torch.ops.aten.neg.default", 6},
    {"torch.ops.aten.add.Tensor", 9},
    {"torch.ops.aten.sub.Tensor", 3},
    {"torch.ops.aten.mul.Tensor", 6},
    {"torch.ops.aten.cat.default", 6},
    {"torch.ops.aten.linear.default", 4},
    {"torch.ops.aten.conv2d.default", 4},
    {"torch.ops.aten.clamp.default", 5},
    {"torch.ops.aten.hardtanh.default", 4},
    {"torch.ops.aten.view_copy.default", 7},
    {"torch.ops.aten.permute.default", 5},
    {"torch.ops.aten.sum.dim_IntList", 3},
    {"torch.ops.aten.to.dtype", 4},
    {"torch.ops.aten._to_copy.default", 3},
    {"torch.ops.aten.addmm.default", 3},
    {"torch.ops.aten.slice.Tensor", 3},
    {"torch.ops.aten.sym_size", 2},
    {"torch.ops.aten.sym_size.int", 2},
    {"torch.ops.quantized_decomposed.quantize_per_tensor.default", 5},
    {"torch.ops.quantized_decomposed.dequantize_per_tensor.default", 9},
    {"operator.getitem", 4},
    {"operator.add", 2},
    {"executorch.exir.dialects.edge._ops.aten.relu.default", 2},
    {"mylib.unheard_of", 2},
};

class Maker {
public:
    Maker(Random& random, const OpDeclarations& declarations) : random_(random), declarations_(declarations) {}

    GraphText make() {
        size_t inputs = 1 + random_.below(3), calls = 4 + random_.below(12);
        for (size_t i = 0; i < inputs; ++i)
            put("x" + std::to_string(i), "placeholder", "x" + std::to_string(i), "", "");
        for (size_t i = 0; i < calls; ++i) {
            if (random_.chance(12))
                other_node(i);
            else
                call(i);
        }
        std::string outputs = node();
        if (random_.chance(50)) outputs += ", " + node();
        put("output", "output", "output", R"({"tuple": [)" + outputs + "]}", "");
        graph_.ops = "{}";
        if (random_.chance(5))
            graph_.ops =
                R"({"torch.ops.aten.relu.default": {"schema": "aten::relu(Tensor self, int mode=1) -> Tensor"}})";
        return std::move(graph_);
    }

private:
    std::string quote(const std::string& text) { return "\"" + text + "\""; }
    std::string node_json(const std::string& name) { return R"({"node": )" + quote(name) + "}"; }
    std::string node() {
        size_t count = graph_.names.size();
        size_t back = random_.chance(60) ? random_.below(std::min<size_t>(count, 3)) : random_.below(count);
        return node_json(graph_.names[count - 1 - back]);
    }

    void put(const std::string& name, const std::string& op, const std::string& target, const std::string& args,
             const std::string& kwargs) {
        std::string meta = random_.chance(45) ? ", \"meta\": " + this->meta() : "";
        graph_.nodes.push_back(R"({"name": )" + quote(name) + R"(, "op": )" + quote(op) + R"(, "target": )" +
                               quote(target) + R"(, "args": [)" + args + R"(], "kwargs": {)" + kwargs + "}" + meta +
                               "}");
        graph_.names.push_back(name);
    }

    void other_node(size_t index) {
        std::string number = std::to_string(index);
        switch (random_.below(3)) {
        case 0: return put("attr_" + number, "get_attr", random_.pick({"weight", "block", "block.weight"}), "", "");
        case 1:
            return put("view_" + number, "call_method",
                       random_.pick({"view", "torch.ops.aten.relu.default", "torch.ops.aten.view_copy.default"}),
                       node() + ", [-1, 2]", "");
        default: return put("block_" + number, "call_module", "block", node(), R"("flag": true)");
        }
    }

    void call(size_t index) {
        if (!calls_.empty() && random_.chance(12)) {  // once more the same
            const Call again = random_.pick(calls_);
            return put("again_" + std::to_string(index), "call_function", again.target, again.args, again.kwargs);
        }
        unsigned sum = 0;
        for (const Candidate& each : candidates) sum += each.weight;
        size_t at = random_.below(sum), chosen = 0;
        while (at >= candidates[chosen].weight) at -= candidates[chosen++].weight;
        Call made{candidates[chosen].target, "", ""};
        fill(made);
        size_t dot = made.target.find_last_of('.'), before = made.target.find_last_of('.', dot - 1);
        std::string word = made.target.substr(before + 1, dot - before - 1);
        calls_.push_back(made);
        put(word + "_" + std::to_string(index), "call_function", made.target, made.args, made.kwargs);
    }

    struct Call {
        std::string target, args, kwargs;
    };

    void argument(Call& call, const std::string& value) { call.args += (call.args.empty() ? "" : ", ") + value; }
    void keyword(Call& call, const std::string& name, const std::string& value) {
        call.kwargs += (call.kwargs.empty() ? "" : ", ") + quote(name) + ": " + value;
    }

    void fill(Call& call) {
        auto declared = declarations_.find(call.target);
        ValueStore store;
        auto schema = declared ? parse_schema(declared->schema, store) : std::nullopt;
        if (!schema) {
            argument(call, node());
            if (random_.chance(70)) argument(call, random_.pick({"0", "1", "2"}));
            if (random_.chance(15)) keyword(call, "flag", scalar());
            return;
        }
        bool by_keyword = false;
        for (const SchemaArgument& formal : schema->arguments) {
            by_keyword |= formal.keyword_only || random_.chance(12);
            bool left_out = formal.has_default ? random_.chance(50) : random_.chance(1);
            if (left_out) {
                by_keyword = true;
                continue;
            }
            bool by_default = formal.has_default && random_.chance(35);
            std::string value = by_default ? json(formal.default_value) : this->value(std::string(formal.type));
            if (by_keyword)
                keyword(call, std::string(formal.name), value);
            else
                argument(call, value);
            if (!by_keyword && random_.chance(1)) keyword(call, std::string(formal.name), scalar());  // given twice
        }
        if (random_.chance(2)) argument(call, scalar());
        if (random_.chance(2)) keyword(call, "unheard_of", scalar());
    }

    // A default of a schema.
    std::string json(const Value& value) {
        switch (value.kind) {
        case Value::Kind::boolean: return value.boolean ? "true" : "false";
        case Value::Kind::integer: return std::to_string(value.integer);
        case Value::Kind::real: return value.as_text ? std::string(value.text_view()) : std::to_string(value.real);
        case Value::Kind::list: {
            std::string text;
            for (const Value& item : value.item_span()) text += (text.empty() ? "" : ", ") + json(item);
            return "[" + text + "]";
        }
        default: return "null";
        }
    }

    std::string scalar() {
        return random_.pick({"0",
                             "1",
                             "1",
                             "2",
                             "-1",
                             "0.0",
                             "1.0",
                             "0.5",
                             "true",
                             "false",
                             "null",
                             R"("text")",
                             R"({"float": "nan"})",
                             "-0.0",
                             "-0.0",
                             R"({"dtype": "int8"})",
                             R"({"sym": "s0"})",
                             R"({"int": "99999999999999999999"})",
                             R"({"slice": [null, 1, null]})",
                             R"({"complex": [1.0, 0.0]})",
                             R"({"complex": [0, 2.5]})"});
    }

    std::string integers() {
        return random_.pick({"[1, 2]", "[2, 1]", "[0, 1]", "[-1]", "[1, 2, 3]", "[]", "[1.0, 2]", "[true, 2]",
                             R"([[1, 2], {"tuple": [1]}])", R"({"tuple": [1, 2]})"});
    }

    std::string value(std::string type) {
        if (type.starts_with("Tensor") && type.ends_with("[]")) {
            std::string text = "[" + node();
            for (size_t more = random_.below(3); more > 0; --more)
                text += ", " + (random_.chance(30) ? last() : node());
            return text + "]";
        }
        if (type.starts_with("Tensor")) return random_.chance(20) && type.ends_with("?") ? "null" : node();
        if (type.find('[') != std::string::npos) return random_.chance(8) ? "[" + node() + ", 2]" : integers();
        if (type.starts_with("bool")) return random_.pick({"true", "false"});
        if (type.starts_with("ScalarType")) return random_.pick({R"({"dtype": "int8"})", R"({"dtype": "float32"})"});
        if (type.starts_with("float")) return random_.pick({"0.5", "1.0", "0.1"});
        if (type.starts_with("MemoryFormat")) return R"({"memory_format": "contiguous_format"})";
        if (type.starts_with("Device")) return R"({"device": "cpu"})";
        if (type.starts_with("Layout")) return R"({"layout": "strided"})";
        if (random_.chance(5)) return node();
        return type.starts_with("Scalar") && random_.chance(40) ? scalar()
                                                                : random_.pick({"0", "1", "2", "-1", "127"});
    }
    std::string last() { return node_json(graph_.names.back()); }

    std::string meta() {
        std::string text;
        auto put = [&](const std::string& key, const std::string& value) {
            text += (text.empty() ? "" : ", ") + quote(key) + ": " + value;
        };
        if (random_.chance(50)) put("tag", random_.pick({"1", "2", "1.0", "null", R"("on")", "[1, 2]", "{}"}));
        if (random_.chance(50))
            put("note", R"({"map": [[)" + (graph_.names.empty() ? "null" : node()) +
                            R"(, 1], [{"node": "gone"}, null]], "spec": )" +
                            random_.pick({R"({"dtype": "int8"})", "null", R"({"kind": "fixed", "dtype": "int8"})"}) +
                            "}");
        if (random_.chance(40))
            put("val", R"({"shape": [1, )" + random_.pick({"2", "3"}) + R"(], "dtype": "float32"})");
        return "{" + text + "}";
    }

    Random& random_;
    const OpDeclarations& declarations_;
    GraphText graph_;
    std::vector<Call> calls_;
};

}  // namespace

std::string GraphText::dump() const {
    std::string text = R"({"format": "fx-graph", "version": 1, "ops": )" + ops + R"(, "graph": {"nodes": [)";
    for (size_t i = 0; i < nodes.size(); ++i) text += (i == 0 ? "\n" : ",\n") + nodes[i];
    text += "\n]}";
    if (!submodule.empty()) text += ", \"submodules\": {\"block\": {\"nodes\": [";
    for (size_t i = 0; i < submodule.size(); ++i) text += (i == 0 ? "\n" : ",\n") + submodule[i];
    return text + (submodule.empty() ? "}\n" : "\n]}}}\n");
}

GraphText random_graph(Random& random, const OpDeclarations& declarations) {
    GraphText graph = Maker(random, declarations).make();
    if (random.chance(15)) graph.submodule = Maker(random, declarations).make().nodes;
    return graph;
}

}  // namespace dqrewrite::reference
