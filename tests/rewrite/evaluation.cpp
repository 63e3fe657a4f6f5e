#include "tests/rewrite/evaluation.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"

#include <cctype>

#include <fmt/format.h>

namespace dqrewrite::test {

namespace {

Dump read_dump(std::string_view text) {
    auto dump = Dump::read(Input::from_string(text));
    INFO(text);
    if (!dump) FAIL(describe(dump.error()));
    return std::move(*dump);
}

std::shared_ptr<const program::Program> check_text(const std::string& text) {
    CheckedRules checked = check_rules(load_rules_text("test.rules", text));
    std::string errors;
    for (const Diagnostic& each : checked.diagnostics)
        if (each.severity == Severity::error) errors += render(each);
    INFO(errors);
    REQUIRE(checked.program);
    return checked.program;
}

// The nodes of the graph whose names stand in the text as words.
std::string names_in(std::string_view text, const Graph& graph) {
    auto in_word = [&](size_t at) {
        return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_');
    };
    std::string names;
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        std::string name = graph.name(node);
        bool found = false;
        for (size_t at = text.find(name); at != text.npos && !found; at = text.find(name, at + 1))
            found = !(at > 0 && in_word(at - 1)) && !in_word(at + name.size());
        if (found) names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

}  // namespace

Evaluation::Evaluation(std::string_view dump, const std::vector<std::string>& expressions,
                       std::string_view declarations, uint64_t budget)
    : count_(expressions.size()), budget_limit_(budget), dump_(read_dump(dump)) {
    for (NodeId node = graph().first(); node != no_node; node = graph().next(node)) nodes_[graph().name(node)] = node;
    std::string text(declarations);
    for (size_t i = 0; i < count_; ++i)
        text += fmt::format("define case_{}({}) = {}\n", i, names_in(expressions[i], graph()), expressions[i]);
    program_ = check_text(text);
    table_ = std::make_unique<OpTable>(*program_->declarations);
    for (const DeclaredOp& op : dump_.ops) table_->state(op.target, op.schema, op.impure);
    binding_ = std::make_unique<Binding>(*program_, *dump_.module.symbols, *table_);
    tables_ = std::make_unique<Tables>(program_->tables.size());
    budget_ = std::make_unique<Budget>(budget);
    matcher_ = std::make_unique<Matcher>(*program_, graph(), *binding_, arena_, *budget_);
    evaluator_ = std::make_unique<Evaluator>(*program_, graph(), *binding_, arena_, *tables_, *budget_, *matcher_);
    matcher_->set_evaluator(*evaluator_);
}

const program::Define& Evaluation::definition(size_t expression) const {
    std::string name = fmt::format("case_{}", expression);
    for (const program::Define& each : program_->defines)
        if (each.name == name) return each;
    FAIL("no define " << name);
    return program_->defines.front();
}

std::vector<Datum> Evaluation::frame(const program::Define& definition) {
    std::vector<Datum> frame(definition.variables.size());
    for (size_t i = 0; i < definition.parameters; ++i) frame[i] = make_node(nodes_.at(definition.variables[i]));
    return frame;
}

std::string Evaluation::operator()(size_t expression) {
    const program::Define& definition = this->definition(expression);
    std::vector<Datum> variables = frame(definition);
    Datum value;
    if (evaluator_->evaluate(definition.body, variables.data(), value)) return to_repr(graph(), value);
    Evaluator::Failure failure = evaluator_->failure();
    std::string_view at = program_->sources[failure.location.file]->text(failure.location.span);
    return fmt::format("! {} [{}]", failure.message, at);
}

std::string node_json(std::string_view name, std::string_view op, std::string_view target, std::string_view args,
                      std::string_view kwargs, std::string_view meta) {
    return fmt::format(R"({{"name": "{}", "op": "{}", "target": "{}", "args": {}, "kwargs": {}{}}})", name, op,
                       target, args, kwargs, meta.empty() ? std::string() : fmt::format(R"(, "meta": {})", meta));
}

std::string dump_json(const std::vector<std::string>& nodes, std::string_view ops) {
    return fmt::format(R"({{"format": "fx-graph", "version": 1, "ops": {}, "graph": {{"nodes": [{}]}}}})", ops,
                       fmt::join(nodes, ", "));
}

}  // namespace dqrewrite::test
