#include "engine/author/testing/rule_by_example.hpp"

#include "engine/author/testing/draft.hpp"
#include "engine/author/testing/dump_declarations.hpp"
#include "engine/author/testing/rule_tests.hpp"
#include "engine/author/text/block_text.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/author/text/rule_words.hpp"
#include "engine/dump/error.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/program/check.hpp"
#include "engine/rewrite/argument_builder.hpp"
#include "grammar/escapes.hpp"
#include "grammar/format.hpp"
#include "grammar/parse.hpp"
#include "grammar/words.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <tsl/robin_map.h>

namespace dqrewrite {

namespace {

using Kind = Datum::Kind;

constexpr size_t deepest_value = 100;  // rule files nest no deeper than 200 in all

struct NoRule : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A value that stands in a pattern as it stands in a call; empty for all others.
std::string literal_of(const Datum& datum) {
    std::string text;
    switch (datum.kind) {
    case Kind::none: return "None";
    case Kind::boolean: return datum.boolean ? "True" : "False";
    case Kind::integer: return std::to_string(datum.integer);
    case Kind::real: append_real(text, datum.real); return text;
    case Kind::string: return quoted(datum.text_view());
    case Kind::dtype: return fmt::format("{}{}", is_dtype_word(datum.text_view()) ? "" : "torch.", datum.text_view());
    case Kind::memory_format:
    case Kind::layout: return fmt::format("torch.{}", datum.text_view());
    case Kind::big_integer: return std::string(datum.text_view());
    case Kind::symbolic: return fmt::format("sym({})", quoted(datum.text_view()));
    case Kind::device: return fmt::format("device({})", quoted(datum.text_view()));
    case Kind::slice:
    case Kind::complex:
        for (const Datum& part : datum.item_span()) {
            const bool is_part = part.kind == Kind::none || part.kind == Kind::boolean ||
                                 part.kind == Kind::integer || part.kind == Kind::real ||
                                 part.kind == Kind::big_integer || part.kind == Kind::symbolic;
            if (!is_part) return {};
            text += (text.empty() ? "" : ", ") + literal_of(part);
        }
        return fmt::format("{}({})", datum.kind == Kind::slice ? "slice" : "complex", text);
    default: return {};
    }
}

// A walk down from the root that writes the pattern and the nodes of its test at the same time.
class Example {
public:
    Example(const Graph& graph, NodeId root, size_t depth) : graph_(graph), root_(root) { measure(depth); }

    void make() {
        node(root_);
        Draft::Node output;
        output.opcode = Opcode::output;
        output.target = output.name = "output";
        output.args.push_back(make_node(NodeId{draft_index_.at(root_)}));
        push(std::move(output));
    }

    // The pattern of the root, with a name.
    std::string pattern() {
        std::string text;
        std::set<size_t> bound;
        for (const Token& token : tokens_) {
            if (token.variable == no_variable) {
                text += token.text;
                continue;
            }
            const bool first = bound.insert(token.variable).second;
            const bool named = variables_[token.variable].uses > 1;
            if (!first || (named && !token.is_head))
                text += variables_[token.variable].name;
            else if (token.is_head)
                text += named ? variables_[token.variable].name + ": " : "";
            else
                text += '_';
        }
        return text;
    }

    const std::vector<std::string>& conditions() const { return conditions_; }
    // Those that it calls.
    const std::set<std::string>& targets() const { return targets_; }
    const std::string& root_name() const { return variables_[variable_.at(root_)].name; }

    // The nodes of the test; `marked`: with the mark that the rule sets.
    std::string block(bool marked) {
        Draft draft = draft_;
        if (marked) draft.nodes[draft_index_.at(root_)].meta = "{\"matched\": true}";
        Module module;
        build(draft, module.graph);
        auto text = block_text(module.graph);
        if (!text) throw NoRule(text.error());
        return *text;
    }

private:
    static constexpr size_t no_variable = static_cast<size_t>(-1);

    struct Token {
        std::string text;
        size_t variable = no_variable;
        bool is_head = false;  // the pattern of the node follows
    };
    struct Variable {
        std::string name;
        size_t uses = 0;
    };

    // How many calls a node is away from the root: those that are nearer than `depth` are part of the pattern.
    void measure(size_t depth) {
        std::vector<NodeId> layer{root_}, inputs;
        for (size_t step = 0; step < depth && !layer.empty(); ++step) {
            inputs.clear();
            for (const NodeId node : layer)
                if (inside_.insert(node).second) graph_.inputs(node, inputs);
            layer.swap(inputs);
        }
    }

    bool is_matched(NodeId node) const {
        return node == root_ || (inside_.count(node) && graph_.opcode(node) != Opcode::placeholder);
    }

    void say(std::string text) { tokens_.push_back({std::move(text)}); }

    size_t new_variable(std::string_view wanted, std::string_view otherwise) {
        std::string name(wanted);
        for (size_t number = 1; !is_name(name) || !names_.insert(name).second; ++number)
            name = fmt::format("{}_{}", is_name(wanted) ? wanted : otherwise, number);
        variables_.push_back({name});
        return variables_.size() - 1;
    }

    size_t variable_of(NodeId node) {
        const auto known = variable_.find(node);
        if (known != variable_.end()) return known->second;
        const size_t fresh = new_variable(graph_.name(node), "node");
        variable_.emplace(node, fresh);
        return fresh;
    }

    uint32_t push(Draft::Node node) {
        draft_.nodes.push_back(std::move(node));
        draft_.order.push_back(static_cast<uint32_t>(draft_.nodes.size() - 1));
        return draft_.order.back();
    }

    Datum push_placeholder(const std::string& name) {
        Draft::Node node;
        node.opcode = Opcode::placeholder;
        node.target = node.name = name;
        return make_node(NodeId{push(std::move(node))});
    }

    // A node where it is used.
    Datum node(NodeId id) {
        const size_t variable = variable_of(id);
        ++variables_[variable].uses;
        const bool known = draft_index_.count(id) != 0, matched = is_matched(id);
        tokens_.push_back({"", variable, matched && !known});
        if (known) return make_node(NodeId{draft_index_.at(id)});
        if (!matched) {
            const Datum made = push_placeholder(variables_[variable].name);
            draft_index_.emplace(id, static_cast<uint32_t>(index_of(made.node)));
            return made;
        }
        if (id == root_) ++variables_[variable].uses;  // by the rewrite
        Draft::Node copy;
        copy.opcode = graph_.opcode(id);
        copy.target = graph_.target_text(id);
        copy.name = variables_[variable].name;
        call(id, variable, copy);
        const uint32_t index = push(std::move(copy));
        draft_index_.emplace(id, index);
        return make_node(NodeId{index});
    }

    void call(NodeId id, size_t variable, Draft::Node& copy) {
        const std::string_view target = graph_.target_text(id);
        switch (graph_.opcode(id)) {
        case Opcode::call_function:
            targets_.emplace(target);
            say(short_target(target));
            break;
        case Opcode::get_attr: return say(fmt::format("get_attr({})", quoted(target)));
        case Opcode::placeholder: return say("placeholder(...)");
        default:
            say(std::string(opcode_name(graph_.opcode(id))));
            ++variables_[variable].uses;
            conditions_.push_back(fmt::format("{}.target == {}", variables_[variable].name, quoted(target)));
        }
        std::string_view separator = "(";
        for (const Value& argument : graph_.args(id)) {
            say(std::string(separator));
            copy.args.push_back(value(from_value(graph_, id, argument, arena_), 0));
            separator = ", ";
        }
        for (const Keyword& keyword : graph_.kwargs(id)) {
            if (!is_word(keyword.name)) throw NoRule(fmt::format("an argument is called {}", quoted(keyword.name)));
            say(fmt::format("{}{}=", separator, keyword.name));
            copy.kwargs.emplace_back(keyword.name, value(from_value(graph_, id, keyword.value, arena_), 0));
            separator = ", ";
        }
        say(separator == "(" ? "()" : ")");
    }

    Datum value(const Datum& datum, size_t depth) {
        if (depth > deepest_value) throw NoRule("arguments are nested too deep for a rule file");
        if (datum.kind == Kind::node) return node(datum.node);
        if (is_sequence(datum)) return sequence(datum, depth);
        if (std::string literal = literal_of(datum); !literal.empty()) {
            say(std::move(literal));
            return datum;
        }
        const size_t variable = new_variable("", "value");
        ++variables_[variable].uses;
        tokens_.push_back({"", variable});
        return push_placeholder(variables_[variable].name);
    }

    Datum sequence(const Datum& datum, size_t depth) {
        const bool list = datum.kind == Kind::list;
        Datum* items = arena_.data(datum.size);
        say(list ? "[" : "(");
        for (size_t i = 0; i < datum.size; ++i) {
            if (i > 0) say(", ");
            items[i] = value(datum.items[i], depth + 1);
        }
        say(list ? "]" : datum.size == 1 ? ",)" : ")");
        return make_items(datum.kind, {items, datum.size});
    }

    const Graph& graph_;
    NodeId root_;
    std::set<NodeId> inside_;
    Arena arena_;
    Draft draft_;
    std::vector<Token> tokens_;
    std::vector<Variable> variables_;
    std::vector<std::string> conditions_;
    std::set<std::string> names_, targets_;
    tsl::robin_map<NodeId, size_t> variable_;
    tsl::robin_map<NodeId, uint32_t> draft_index_;
};

std::string canonical(const std::string& text) {
    const Source source("example.rules", text);
    Diagnostics diagnostics;
    const auto tree = parse(source, diagnostics);
    if (!tree) throw NoRule(diagnostics.empty() ? "it does not parse" : diagnostics.front().message);
    return format(source, *tree);
}

// What is promised of the text, tried.
void try_out(const RuleByExample& example, std::string_view import) {
    const CheckedRules rules =
        check_rules(load_rules_text("example.rules", example.rules, {{std::string(import), example.declarations}}));
    for (const Diagnostic& each : rules.diagnostics)
        if (each.severity == Severity::error) throw NoRule(fmt::format("{} [{}]", each.message, each.code));
    for (const RuleTestResult& result : run_rule_tests(rules.program))
        if (!result.passed) throw NoRule("its own test would fail: " + result.message);
}

RuleByExample write(const Graph& graph, NodeId root, size_t depth, const ExampleSource& source) {
    Example example(graph, root, depth);
    example.make();
    RuleByExample made{{}, dump_declarations(example.targets(), source.ops)};
    if (!made.declarations.empty() && source.import.empty())
        throw NoRule(
            fmt::format("only the dump knows {}; --ops FILE.ops writes what it says of it, for the rule to import",
                        printable(made.declarations.substr(0, made.declarations.find_first_of("(;\n")), 200)));
    const std::string name = "above_" + example.root_name();
    const std::string place = printable(fmt::format("{} in {}", graph.name(root), source.name), 200);
    std::string text = fmt::format(
        "# A rule by example: {}, {} deep.\n"
        "# To generalise it, put a name or _ for what may be any value, and a set of ops for what may be any\n"
        "# of them; then the rewrite that is wanted in place of the mark.\n",
        place, counted(depth, "call"));
    if (!made.declarations.empty()) text += fmt::format("import {}\n\n", quoted(source.import));
    text += fmt::format("rule {} {{\n    match {}\n", name, example.pattern());
    for (const std::string& condition : example.conditions()) text += fmt::format("    where {}\n", condition);
    text += fmt::format("    rewrite {{\n        set {}.meta.matched = True\n    }}\n}}\n\n", example.root_name());
    text += fmt::format("pass MarkMatches {{\n    sweep {}\n    expect {} at least 1\n}}\n\n", name, name);
    text += fmt::format("test {} {{\n    run MarkMatches on {}\n    becomes {}\n}}\n", quoted(place),
                        example.block(false), example.block(true));
    made.rules = canonical(text);
    return made;
}

}  // namespace

tl::expected<RuleByExample, std::string> rule_by_example(const Graph& graph, NodeId root, size_t depth,
                                                         const ExampleSource& source) {
    const auto refused = [&](std::string_view why) {
        return tl::unexpected(
            fmt::format("no rule can be written for what stands above \"{}\": {}", printable(graph.name(root)), why));
    };
    if (graph.opcode(root) == Opcode::output)
        return refused("it is the output, and a rule begins with what is computed");
    try {
        RuleByExample made = write(graph, root, depth, source);
        try_out(made, source.import);
        return made;
    } catch (const NoRule& error) {
        return refused(error.what());
    } catch (const GraphError& error) {
        return refused(error.what());
    } catch (const ArgumentError& error) {
        return refused(error.what());
    }
}

}  // namespace dqrewrite
