#include "tests/bench/made_dump.hpp"

#include <unordered_map>

#include <fmt/format.h>

namespace dqrewrite::bench {

namespace {

constexpr std::string_view decomposed = "torch.ops.quantized_decomposed.";
constexpr std::string_view range = R"(-128, 127, {"dtype": "int8"})";
constexpr size_t flush_at = size_t{1} << 20;

struct OpSchema {
    std::string_view target, schema;
};
constexpr OpSchema schemas[] = {
    {"torch.ops.aten.add.Tensor", "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor"},
    {"torch.ops.aten.cat.default", "aten::cat(Tensor[] tensors, int dim=0) -> Tensor"},
    {"torch.ops.aten.relu.default", "aten::relu(Tensor self) -> Tensor"},
    {"torch.ops.aten.tanh.default", "aten::tanh(Tensor self) -> Tensor"}};

class Maker {
public:
    Maker(Meta meta, bool one_line, std::FILE* file)
        : meta_(meta), separator_(one_line ? ", " : ",\n"), file_(file) {}

    MadeDump make(Shape shape, size_t nodes) {
        text_ = R"({"format": "fx-graph", "version": 1, "producer": "tests/bench", "ops": {)";
        for (const OpSchema& op : schemas)
            text_ += fmt::format(R"({}"{}": {{"schema": "{}"}})", &op == schemas ? "" : ", ", op.target, op.schema);
        text_ += R"(}, "graph": {"nodes": [)";
        if (separator_.ends_with('\n')) text_ += '\n';
        const std::string x = node("x", "placeholder", "x", "");
        const std::string last = shape == Shape::chain  ? chain(x, nodes)
                                 : shape == Shape::star ? star(x, nodes)
                                                        : fan(x, nodes);
        node("output", "output", "output", fmt::format(R"({{"tuple": [{}]}})", use(last)));
        text_ += separator_.ends_with('\n') ? "\n]}}\n" : "]}}\n";
        flush();
        return {{made_, made_ + copies_ - dead_}, std::move(text_)};
    }

private:
    static std::string use(std::string_view name) { return fmt::format(R"({{"node": "{}"}})", name); }

    std::string call(std::string_view target, std::string_view base, std::string_view args, bool annotated = false) {
        return node(base, "call_function", target, args, annotated);
    }

    std::string decomposed_call(std::string_view op, std::string_view base, const std::string& args) {
        return call(fmt::format("{}{}", decomposed, op), base, args);
    }

    std::string node(std::string_view base, std::string_view op, std::string_view target, std::string_view args,
                     bool annotated = false) {
        const size_t number = bases_[base]++;
        std::string name = number == 0 ? std::string(base) : fmt::format("{}_{}", base, number);
        fmt::format_to(std::back_inserter(text_),
                       R"({}{{"name": "{}", "op": "{}", "target": "{}", "args": [{}], "kwargs": {{}})",
                       made_ == 0 ? "" : separator_, name, op, target, args);
        if (op != "output") append_meta(base, annotated);
        text_ += '}';
        ++made_;
        if (file_ && text_.size() > flush_at) flush();
        return name;
    }

    void append_meta(std::string_view base, bool annotated) {
        text_ += R"(, "meta": {"val": {"shape": [1, 64, 56, 56], "dtype": "float32", "device": "cpu"})";
        if (annotated) {
            fmt::format_to(
                std::back_inserter(text_),
                R"(, "quantization_annotation": {{"input_qspec_map": [[{{"node": "add_{}"}}, {{"kind": "QuantizationSpec", "dtype": {{"dtype": "int8"}}, "quant_min": -128, "quant_max": 127, "qscheme": "per_tensor_affine", "ch_axis": null, "is_dynamic": false}}]], "output_qspec": null, "allow_implicit_sharing": true, "_annotated": true}})",
                made_ / 5);
        }
        if (meta_ == Meta::full) append_stacks(base);
        text_ += '}';
    }

    // What an exporter tells of where a node comes from: about 1.1 kB.
    void append_stacks(std::string_view base) {
        const size_t layer = made_ / 24, line = 30 + made_ % 700;
        text_ += R"(, "stack_trace": ")";
        for (const std::string_view file : {"encoder", "attention", "feed_forward", "block"}) {
            fmt::format_to(
                std::back_inserter(text_),
                R"(  File \"/opt/venv/lib/python3.11/site-packages/models/{}.py\", line {}, in forward\n    hidden = self.layers[{}](hidden, mask, positions, cache=cache)\n)",
                file, line, layer);
        }
        fmt::format_to(
            std::back_inserter(text_),
            R"(", "nn_module_stack": {{"L__self__": ["", "models.encoder.Encoder"], "L__self___layers_{0}": ["layers.{0}", "models.block.Block"], "L__self___layers_{0}_attention": ["layers.{0}.attention", "models.attention.Attention"], "L__self___layers_{0}_feed_forward": ["layers.{0}.feed_forward", "models.feed_forward.FeedForward"]}}, "source_fn_stack": [["{1}_{2}", "{1}"]], "torch_fn": ["{1}_1", "builtin_function_or_method.{1}"])",
            layer, base, made_);
    }

    std::string quantized(std::string_view input) {
        const std::string numbers = fmt::format("0.0{}, {}, {}", 1 + made_ % 9973, made_ % 31, range);
        const std::string q = decomposed_call("quantize_per_tensor.default", "quantize_per_tensor_default",
                                              use(input) + ", " + numbers);
        return decomposed_call("dequantize_per_tensor.default", "dequantize_per_tensor_default",
                               use(q) + ", " + numbers);
    }

    std::string quantized_at_run_time(std::string_view input) {
        const std::string params = decomposed_call("choose_qparams.tensor", "choose_qparams_tensor",
                                                   use(input) + R"(, -128, 127, 1e-05, {"dtype": "int8"})");
        const std::string scale = call("operator.getitem", "getitem", use(params) + ", 0");
        const std::string zero = call("operator.getitem", "getitem", use(params) + ", 1");
        const std::string numbers = fmt::format("{}, {}, {}", use(scale), use(zero), range);
        const std::string q =
            decomposed_call("quantize_per_tensor.tensor", "quantize_per_tensor_tensor", use(input) + ", " + numbers);
        return decomposed_call("dequantize_per_tensor.tensor", "dequantize_per_tensor_tensor",
                               use(q) + ", " + numbers);
    }

    std::string chain(std::string last, size_t nodes) {
        for (size_t block = 0; made_ + 1 < nodes; ++block) {
            const bool at_run_time = block % 10 == 9;
            const std::string dq = at_run_time ? quantized_at_run_time(last) : quantized(last);
            const std::string relu = call("torch.ops.aten.relu.default", "relu_default", use(dq), true);
            const std::string tanh = call("torch.ops.aten.tanh.default", "tanh_default", use(dq), true);
            last = call("torch.ops.aten.add.Tensor", "add_tensor", use(relu) + ", " + use(tanh));
            if (at_run_time) continue;
            copies_ += 2;
            dead_ += 1;
        }
        return last;
    }

    std::string star(std::string last, size_t nodes) {
        const std::string dq = quantized(last);
        while (made_ + 1 < nodes) {
            last = call("torch.ops.aten.add.Tensor", "add_tensor", use(dq) + ", " + use(last), true);
            ++copies_;
        }
        dead_ = 1;
        return last;
    }

    std::string fan(std::string last, size_t nodes) {
        std::string all;
        while (made_ + 2 < nodes) {
            const std::string dq = quantized(last);
            last = call("torch.ops.aten.relu.default", "relu_default", use(dq), true);
            all += use(dq) + ", ";
            copies_ += 2;
            dead_ += 1;
        }
        return call("torch.ops.aten.cat.default", "cat_default", fmt::format("[{}{}], 1", all, use(last)), true);
    }

    void flush() {
        if (!file_) return;
        std::fwrite(text_.data(), 1, text_.size(), file_);
        text_.clear();
    }

    Meta meta_;
    std::string_view separator_;
    std::FILE* file_;
    std::string text_;
    std::unordered_map<std::string_view, size_t> bases_;
    size_t made_ = 0;
    size_t copies_ = 0;
    size_t dead_ = 0;
};

}  // namespace

std::optional<Shape> shape_of(std::string_view word) {
    if (word == "chain") return Shape::chain;
    if (word == "star") return Shape::star;
    if (word == "fan") return Shape::fan;
    return {};
}

std::optional<Meta> meta_of(std::string_view word) {
    if (word == "slim") return Meta::slim;
    if (word == "full") return Meta::full;
    return {};
}

MadeDump make_dump(Shape shape, Meta meta, size_t nodes, bool one_line, std::FILE* file) {
    return Maker(meta, one_line, file).make(shape, nodes);
}

}  // namespace dqrewrite::bench
