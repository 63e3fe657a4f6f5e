#include "tests/bench/by_hand.hpp"

#include "engine/dump/json_value.hpp"

#include <algorithm>
#include <array>

namespace dqrewrite::bench {

namespace {

constexpr std::string_view decomposed = "torch.ops.quantized_decomposed.";

class ByHand {
public:
    explicit ByHand(Module& module) : module_(module), graph_(module.graph) {
        const auto named = [&](std::string_view name) {
            return module.symbols->find(std::string(decomposed).append(name));
        };
        for (const std::string_view kind : {"per_tensor.default", "per_tensor.tensor", "per_channel.default"}) {
            quantize_[filled_] = named(std::string("quantize_").append(kind));
            dequantize_[filled_++] = named(std::string("dequantize_").append(kind));
        }
        choose_ = named("choose_qparams.tensor");
        getitem_ = module.symbols->find("operator.getitem");
        size_t shape = 0;
        for (const std::string_view name : {"sym_size", "sym_size.default", "sym_numel", "sym_numel.default"})
            shape_query_[shape++] = module.symbols->find(std::string("torch.ops.aten.").append(name));
    }

    size_t run() {
        size_t copies = 0;
        for (NodeId node = graph_.first(); node != no_node; node = graph_.step(node))
            if (is_call(node, dequantize_)) copies += duplicate(node);
        eliminate_dead_code(module_, [](Symbol) { return false; });  // of these ops none is impure
        return copies;
    }

private:
    template <size_t N>
    bool is_call(NodeId node, const std::array<Symbol, N>& targets) const {
        if (node == no_node || graph_.opcode(node) != Opcode::call_function) return false;
        const Symbol target = graph_.target(node);
        return target != no_symbol && std::find(targets.begin(), targets.end(), target) != targets.end();
    }

    // The node that stands at a place in the arguments; none where something else does.
    NodeId argument(NodeId node, size_t place) const {
        const auto args = graph_.args(node);
        if (place >= args.size() || args[place].kind != Value::Kind::operand) return no_node;
        return graph_.operand(node, args[place].operand);
    }

    bool has_scale_of_run_time(NodeId dq) const {
        const NodeId q = argument(dq, 0);
        if (!is_call(q, quantize_)) return false;
        const NodeId scale = argument(q, 1);
        return is_call(scale, std::array{getitem_}) && is_call(argument(scale, 0), std::array{choose_});
    }

    static bool is_annotated(std::string_view meta) {
        const auto annotation = JsonValue(meta).member("quantization_annotation");
        if (!annotation) return false;
        const auto inputs = annotation->member("input_qspec_map");
        if (inputs && (inputs->kind() == JsonKind::array || inputs->kind() == JsonKind::object) && !inputs->empty())
            return true;
        const auto output = annotation->member("output_qspec");
        return output && output->kind() != JsonKind::null;
    }

    size_t duplicate(NodeId dq) {
        users_.clear();
        graph_.users(dq, users_);
        std::erase_if(users_, [&](NodeId user) { return is_call(user, shape_query_); });
        if (users_.size() < 2 || has_scale_of_run_time(dq)) return 0;
        size_t copies = 0;
        for (const NodeId user : users_) {
            if (!is_annotated(graph_.meta(user))) continue;
            graph_.replace_input(user, dq, graph_.clone(dq, {Place::Side::after, dq}));
            ++copies;
        }
        return copies;
    }

    Module& module_;
    Graph& graph_;
    std::array<Symbol, 3> quantize_{}, dequantize_{};
    std::array<Symbol, 4> shape_query_{};
    Symbol choose_{}, getitem_{};
    size_t filled_ = 0;
    std::vector<NodeId> users_;
};

}  // namespace

size_t duplicate_by_hand(Module& module) {
    return ByHand(module).run();
}

}  // namespace dqrewrite::bench
