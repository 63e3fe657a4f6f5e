#include "engine/author/testing/test_graph.hpp"

#include "engine/dump/json_text.hpp"
#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/matcher.hpp"
#include "engine/rewrite/metadata.hpp"
#include "engine/rewrite/rewriter.hpp"

#include <fmt/format.h>

namespace dqrewrite {

using program::Expression;
using program::ExpressionId;
using program::Program;
using program::TestGraph;

namespace {

class GraphBuilder {
public:
    GraphBuilder(const Program& program, const TestGraph& from, Graph& graph, OpTable& table, Budget& budget)
        : program_(program), from_(from), graph_(graph), binding_(program, graph.symbols(), table),
          tables_(program.tables.size()), budget_(budget), matcher_(program, graph_, binding_, arena_, budget_),
          evaluator_(program, graph_, binding_, arena_, tables_, budget_, matcher_), frame_(from.variables.size()) {
        matcher_.set_evaluator(evaluator_);
    }

    void build() {
        for (const TestGraph::Node& node : from_.nodes) add(node);
        ArgumentBuilder arguments(graph_);
        arguments.add(value(from_.result));
        append(Opcode::output, "output", "output", arguments, "", program_[from_.result].location);
    }

private:
    void add(const TestGraph::Node& node) {
        ArgumentBuilder arguments(graph_);
        for (ExpressionId id : node.arguments) {
            const Expression& argument = program_[id];
            if (argument.kind == Expression::Kind::keyword)
                arguments.add(argument.text, value(argument.children[0]));
            else if (argument.kind == Expression::Kind::star)
                for (const Datum& item : value(argument.children[0]).item_span()) arguments.add(item);
            else
                arguments.add(value(id));
        }
        NodeId made = append(node.opcode, node.target, node.name, arguments, meta(node), node.location);
        frame_[static_cast<size_t>(node.variable)] = make_node(made);
    }

    NodeId append(Opcode opcode, std::string_view target, std::string_view name, ArgumentBuilder& arguments,
                  std::string_view meta, const program::Location& location) {
        budget_.spend(arguments.weight(), location);
        Graph::NewNode node;
        node.opcode = opcode;
        node.target = graph_.symbols().intern(target);
        node.name = name;
        node.arguments = arguments.arguments();
        node.meta = graph_.store().copy(meta);
        const NodeId made = graph_.append(node);
        if (graph_.has_long_names()) budget_.spend(graph_.size_of_operand_names(made) / text_per_step, location);
        return made;
    }

    std::string meta(const TestGraph::Node& node) {
        std::string text;
        for (size_t i = 0; i < node.meta_keys.size(); ++i) {
            std::string json;
            TypeForm form = node.meta_keys[i] == "val" ? TypeForm::text : TypeForm::object;
            try {
                if (!to_json(graph_, value(node.meta_values[i]), json, form, budget_.left() * metadata_per_step))
                    throw RunError(node.location, fmt::format("meta \"{}\" has no JSON form", node.meta_keys[i]));
            } catch (const JsonTooLong&) {
                throw BudgetSpent{node.location};
            }
            budget_.spend(json.size() / metadata_per_step, node.location);
            text += text.empty() ? "{" : ", ";
            append_json_string(text, node.meta_keys[i]);
            text.append(": ").append(json);
        }
        return text.empty() ? text : text + "}";
    }

    Datum value(ExpressionId expression) {
        Datum result;
        if (evaluator_.evaluate(expression, frame_.data(), result)) return result;
        throw RunError(evaluator_.failure().location, evaluator_.failure().message);
    }

    const Program& program_;
    const TestGraph& from_;
    Graph& graph_;
    Binding binding_;
    Arena arena_;
    Tables tables_;
    Budget& budget_;
    Matcher matcher_;
    Evaluator evaluator_;
    std::vector<Datum> frame_;
};

}  // namespace

void build_test_graph(const Program& program, const TestGraph& from, Module& module, OpTable& table) {
    uint64_t nodes = from.nodes.size();
    for (const program::TestSubmodule& each : from.submodules) nodes += each.graph.nodes.size();
    const uint64_t steps = budget_base + budget_per_node * nodes;
    Budget budget(steps);
    try {
        GraphBuilder(program, from, module.graph, table, budget).build();
        for (const program::TestSubmodule& each : from.submodules) {
            module.submodules.push_back({each.path, Graph(*module.symbols)});
            GraphBuilder(program, each.graph, module.submodules.back().graph, table, budget).build();
        }
    } catch (const BudgetSpent& spent) {
        throw RunError(spent.location, fmt::format("it takes more than the {} steps that it may", steps));
    }
}

}  // namespace dqrewrite
