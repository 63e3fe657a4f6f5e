// The library's header over the engine: names are looked up, errors become values, the rest is theirs.
//
// In this namespace `Graph` is the header's and `dqrewrite::Graph` the engine's; so with Value, Opcode, Report,
// RuleReport, LoopReport, Diagnostic and Severity.

#include "engine/dump/token_reader.hpp"
#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"
#include "engine/program/shipped.hpp"
#include "engine/rewrite/apply.hpp"
#include "engine/rewrite/metadata_questions.hpp"

#include <deque>
#include <unordered_map>

#include <fmt/format.h>

#include "engine/dqrewrite_values.hpp"  // last: behind the engine's own names

namespace dqrewrite::v1 {

struct GraphState {
    Dump dump;
    bool built = true;  // node by node; else it was read
    bool discarded = false;
    std::deque<Nodes> nodes;                                  // the graph's own, then those of the submodules
    std::unordered_map<std::string, size_t> submodule_index;  // by path
    std::unordered_map<std::string, size_t> op_index;         // by target; of ops that were declared here

    GraphState() { nodes.emplace_back(*this, 0); }

    dqrewrite::Graph& graph(size_t index) {
        return index == 0 ? dump.module.graph : dump.module.submodules[index - 1].graph;
    }
    void add_nodes_of_submodules() {
        for (const Submodule& submodule : dump.module.submodules) {
            submodule_index.emplace(submodule.path, nodes.size());
            nodes.emplace_back(*this, nodes.size());
        }
    }
    // Views stay valid: their graphs have no nodes any more.
    void discard() {
        discarded = true;
        submodule_index.clear();
        Dump empty;
        for (size_t i = 1; i < nodes.size(); ++i)
            empty.module.submodules.push_back({"", dqrewrite::Graph(*empty.module.symbols)});
        dump = std::move(empty);
    }
};

struct RulesState {
    std::shared_ptr<const program::Program> program;
    std::vector<std::shared_ptr<const Source>> sources;
    std::vector<Diagnostic> warnings;
    std::vector<std::string> passes;
};

struct PassState {
    std::shared_ptr<const RulesState> rules;
    std::string name;
    Driver driver;
};

namespace {

constexpr std::string_view discarded_message = "the graph was discarded: a run failed on it";

// -- errors

Error failure(std::string message, std::string code = {}) {
    Error error;
    error.diagnostics.emplace_back();
    error.diagnostics.back().message = std::move(message);
    error.diagnostics.back().code = std::move(code);
    return error;
}

// Calls `work`; what it throws becomes an Error.
template <class Work>
auto guarded(Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return failure("out of memory");
    } catch (const std::exception& error) {
        return failure(error.what());
    }
}

// Fills the members by which notes and diagnostics name a place.
template <class Placed>
void place(Placed& placed, const Source* source, Span span) {
    if (source == nullptr) return;
    const Position from = source->locate(span.begin);
    const Position to = source->locate(span.end);
    placed.file = source->name();
    placed.line = from.line;
    placed.column = from.column;
    placed.excerpt = source->line(from.line);
    placed.excerpt_column = from.column;
    placed.excerpt_width = to.line == from.line ? std::max(to.column - from.column, 1U) : 1;
}

Diagnostic make_diagnostic(const dqrewrite::Diagnostic& from) {
    Diagnostic diagnostic;
    diagnostic.severity = from.severity == dqrewrite::Severity::error ? Severity::error : Severity::warning;
    diagnostic.code = from.code;
    diagnostic.message = from.message;
    place(diagnostic, from.source, from.span);
    for (const DiagnosticNote& note : from.notes) {
        diagnostic.notes.emplace_back();
        diagnostic.notes.back().message = note.message;
        place(diagnostic.notes.back(), note.source, note.span);
    }
    return diagnostic;
}

Diagnostic make_diagnostic(const program::Program& program, Severity severity, const program::Location& location,
                           std::string message) {
    Diagnostic diagnostic;
    diagnostic.severity = severity;
    diagnostic.message = std::move(message);
    place(diagnostic, program.sources[location.file].get(), location.span);
    return diagnostic;
}

Error make_error(const std::string& file, const DumpError& from) {
    Error error = failure(from.message);
    Diagnostic& diagnostic = error.diagnostics.back();
    diagnostic.file = file;
    diagnostic.line = from.line;
    diagnostic.column = from.column;
    diagnostic.excerpt = from.excerpt;
    diagnostic.excerpt_column = from.excerpt_column;
    diagnostic.excerpt_width = from.line == 0 ? 0 : 1;
    return error;
}

// The heading and the excerpt of a note or a diagnostic, as the command prints them.
template <class Placed>
std::string text_of(const Placed& placed, std::string_view kind, std::string_view code) {
    std::string text;
    if (placed.line != 0)
        text = fmt::format("{}:{}:{}: ", placed.file, placed.line, placed.column);
    else if (!placed.file.empty())
        text = fmt::format("{}: ", placed.file);
    text += fmt::format("{}: {}", kind, placed.message);
    if (!code.empty()) text += fmt::format(" [{}]", code);
    text += '\n';
    if (placed.line != 0) text += render_excerpt(placed.excerpt, placed.excerpt_column, placed.excerpt_width);
    return text;
}

// -- rules

std::vector<std::string> own_passes(const program::Program& program) {
    std::vector<std::string> names;
    for (const program::Pass& pass : program.passes)
        if (pass.own) names.push_back(pass.name);
    return names;
}

Result<Rules> checked(RuleFiles files) {
    CheckedRules rules = check_rules(std::move(files));
    std::vector<Diagnostic> said;
    for (const auto& each : rules.diagnostics) said.push_back(make_diagnostic(each));
    if (!rules.program) return Error{std::move(said)};
    std::vector<std::string> passes = own_passes(*rules.program);
    return Rules(std::make_shared<const RulesState>(
        RulesState{std::move(rules.program), std::move(rules.sources), std::move(said), std::move(passes)}));
}

// -- runs

Report make_report(const program::Program& program, const dqrewrite::Report& from) {
    Report report{from.nodes_before, from.nodes_after, from.changed, {}, {}, {}};
    for (const auto& rule : from.rules)
        report.rules.push_back({program[rule.rule].name, rule.candidates, rule.matches, rule.rewrites});
    for (const auto& loop : from.loops) {
        const Source& source = *program.sources[loop.location.file];
        report.loops.push_back({source.name(), source.locate(loop.location.span.begin).line, loop.rounds,
                                fmt::format("round {} changed nothing", loop.rounds)});
    }
    for (const RunWarning& warning : from.warnings)
        report.warnings.push_back(make_diagnostic(program, Severity::warning, warning.location, warning.message));
    return report;
}

// -- nodes

std::string kept_meta(std::string_view meta) {
    if (meta.empty()) return {};
    const auto input = Input::from_string(meta);  // with the bytes behind its end that a TokenReader may look at
    constexpr size_t depth = 5;                   // of meta in a submodule's node
    TokenReader tokens(input->text(), depth);
    try {
        const char* open = tokens.next();
        tokens.check(open, '{', "an object");
        tokens.pass_value(open);
        if (!tokens.at_end(tokens.next())) throw BadNode("meta is no JSON object: something stands behind it");
    } catch (const ReadFailure& failure) {
        throw BadNode(fmt::format("meta is no JSON object: {}", failure.message));
    }
    return std::string(trim_json(meta));
}

Impurity impurity_of(const std::optional<bool>& impure) {
    return !impure ? Impurity::unsaid : *impure ? Impurity::impure : Impurity::pure;
}

// The engine's id, or no_node where the graph has no such node (any more).
NodeId known(const dqrewrite::Graph& graph, Node node) {
    const NodeId id{static_cast<uint32_t>(node)};
    return index_of(id) < graph.id_count() && !graph.erased(id) ? id : no_node;
}

std::vector<Node> as_nodes(const std::vector<NodeId>& ids) {
    std::vector<Node> nodes;
    nodes.reserve(ids.size());
    for (const NodeId id : ids) nodes.push_back(Node{static_cast<uint32_t>(id)});
    return nodes;
}

}  // namespace

const char* version() {
    return DQREWRITE_VERSION;
}

std::string Diagnostic::text() const {
    std::string all = text_of(*this, severity == Severity::error ? "error" : "warning", code);
    for (const Note& note : notes) all += text_of(note, "note", {});
    return all;
}

std::string Error::text() const {
    std::string all;
    for (const Diagnostic& diagnostic : diagnostics) all += diagnostic.text();
    return all;
}

// -- Nodes

size_t Nodes::size() const {
    return state_->graph(index_).size();
}

std::vector<Node> Nodes::in_order() const {
    const auto& graph = state_->graph(index_);
    std::vector<NodeId> ids;
    ids.reserve(graph.size());
    for (NodeId id = graph.first(); id != no_node; id = graph.next(id)) ids.push_back(id);
    return as_nodes(ids);
}

bool Nodes::contains(Node node) const {
    return known(state_->graph(index_), node) != no_node;
}

std::optional<Node> Nodes::find(std::string_view name) const {
    const NodeId id = state_->graph(index_).find(name);
    if (id == no_node) return {};
    return Node{static_cast<uint32_t>(id)};
}

std::string Nodes::name(Node node) const {
    const auto& graph = state_->graph(index_);
    const NodeId id = known(graph, node);
    return id == no_node ? std::string() : graph.name(id);
}

std::optional<Opcode> Nodes::opcode(Node node) const {
    const auto& graph = state_->graph(index_);
    const NodeId id = known(graph, node);
    if (id == no_node) return {};
    return static_cast<Opcode>(graph.opcode(id));
}

std::string_view Nodes::target(Node node) const {
    const auto& graph = state_->graph(index_);
    const NodeId id = known(graph, node);
    return id == no_node ? std::string_view() : graph.target_text(id);
}

std::string_view Nodes::meta(Node node) const {
    const auto& graph = state_->graph(index_);
    const NodeId id = known(graph, node);
    return id == no_node ? std::string_view() : graph.meta(id);
}

std::vector<Node> Nodes::inputs(Node node) const {
    const auto& graph = state_->graph(index_);
    std::vector<NodeId> ids;
    if (const NodeId id = known(graph, node); id != no_node) graph.inputs(id, ids);
    return as_nodes(ids);
}

std::vector<Node> Nodes::users(Node node) const {
    const auto& graph = state_->graph(index_);
    std::vector<NodeId> ids;
    if (const NodeId id = known(graph, node); id != no_node) graph.users(id, ids);
    return as_nodes(ids);
}

Result<NodeInfo> Nodes::get(Node node) const {
    return guarded([&]() -> Result<NodeInfo> {
        const auto& graph = state_->graph(index_);
        const NodeId id = known(graph, node);
        if (id == no_node)
            return failure(fmt::format("the graph has no node of the id {}", static_cast<uint32_t>(node)));
        NodeInfo info;
        info.name = graph.name(id);
        info.opcode = static_cast<Opcode>(graph.opcode(id));
        info.target = graph.target_text(id);
        for (const auto& arg : graph.args(id)) info.args.push_back(read_value(graph, id, arg));
        for (const Keyword& keyword : graph.kwargs(id))
            info.kwargs.emplace_back(keyword.name, read_value(graph, id, keyword.value));
        info.meta = graph.meta(id);
        if (graph.own_impurity(id) != Impurity::unsaid) info.impure = graph.own_impurity(id) == Impurity::impure;
        return info;
    });
}

Result<Node> Nodes::add(const NodeInfo& info) {
    return guarded([&]() -> Result<Node> {
        if (state_->discarded) return failure(std::string(discarded_message));
        if (!state_->built) return failure("nodes are added to a graph that is built, not to one that was read");
        if (static_cast<uint8_t>(info.opcode) > static_cast<uint8_t>(Opcode::output))
            return failure("there is no such opcode");
        auto& graph = state_->graph(index_);
        check_text(info.name, "the name");
        check_text(info.target, "the target");
        const std::string meta = kept_meta(info.meta);
        ArgumentWriter writer(graph);
        dqrewrite::Graph::NewNode node;
        node.opcode = static_cast<dqrewrite::Opcode>(info.opcode);
        node.target = graph.symbols().intern(info.target);
        node.name = info.name;
        node.arguments = writer.write(info);
        node.meta = graph.store().copy(meta);
        node.impurity = impurity_of(info.impure);
        return Node{static_cast<uint32_t>(graph.append(node))};
    });
}

// -- Graph

Graph::Graph() : state_(std::make_unique<GraphState>()) {}
Graph::Graph(std::unique_ptr<GraphState> state) : state_(std::move(state)) {}
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;
Graph::~Graph() = default;

namespace {

// For the runs of these rules, if there are any.
Result<Graph> read_graph(std::shared_ptr<const Input> input, const std::string& name, const Rules* rules) {
    auto dump = rules ? read_for(*rules->state().program, std::move(input)) : Dump::read(std::move(input));
    if (!dump) return make_error(name, dump.error());
    auto state = std::make_unique<GraphState>();
    state->dump = std::move(*dump);
    state->built = false;
    state->add_nodes_of_submodules();
    return Graph(std::move(state));
}

Result<Graph> read_file(const std::string& path, const Rules* rules) {
    return guarded([&]() -> Result<Graph> {
        auto input = open_input(path);
        if (!input) return make_error(path, input.error());
        return read_graph(std::move(*input), path, rules);
    });
}

Result<Graph> read_text(std::string_view text, const std::string& name, const Rules* rules) {
    return guarded([&] { return read_graph(Input::from_string(text), name, rules); });
}

}  // namespace

Result<Graph> Graph::read(const std::string& path) {
    return read_file(path, nullptr);
}
Result<Graph> Graph::read(const std::string& path, const Rules& rules) {
    return read_file(path, &rules);
}
Result<Graph> Graph::parse(std::string_view text, const std::string& name) {
    return read_text(text, name, nullptr);
}
Result<Graph> Graph::parse(std::string_view text, const Rules& rules, const std::string& name) {
    return read_text(text, name, &rules);
}

Result<std::string> Graph::text() const {
    return guarded([&]() -> Result<std::string> {
        if (state_->discarded) return failure(std::string(discarded_message));
        TextOutput output;
        state_->dump.write(output);
        return output.text();
    });
}

Result<void> Graph::write(const std::string& path) const {
    return guarded([&]() -> Result<void> {
        if (state_->discarded) return failure(std::string(discarded_message));
        auto output = FileOutput::open(path);
        if (!output) return make_error(path, output.error());
        state_->dump.write(**output);
        if (auto finished = (*output)->finish(); !finished) return make_error(path, finished.error());
        return {};
    });
}

Nodes& Graph::nodes() {
    return state_->nodes.front();
}
const Nodes& Graph::nodes() const {
    return state_->nodes.front();
}

std::vector<std::string> Graph::submodules() const {
    std::vector<std::string> paths;
    if (state_->discarded) return paths;
    for (const Submodule& submodule : state_->dump.module.submodules) paths.push_back(submodule.path);
    return paths;
}

Nodes* Graph::submodule(std::string_view path) {
    const auto found = state_->submodule_index.find(std::string(path));
    return found == state_->submodule_index.end() ? nullptr : &state_->nodes[found->second];
}

const Nodes* Graph::submodule(std::string_view path) const {
    return const_cast<Graph*>(this)->submodule(path);
}

Result<Nodes*> Graph::add_submodule(const std::string& path) {
    return guarded([&]() -> Result<Nodes*> {
        if (state_->discarded) return failure(std::string(discarded_message));
        if (!state_->built) return failure("submodules are added to a graph that is built, not to one that was read");
        if (path.empty()) return failure("the path of the submodule is empty");
        check_text(path, "the path of the submodule");
        if (state_->submodule_index.contains(path)) return failure(fmt::format("there is a submodule \"{}\"", path));
        auto& module = state_->dump.module;
        module.submodules.push_back({path, dqrewrite::Graph(*module.symbols)});
        state_->submodule_index.emplace(path, state_->nodes.size());
        return &state_->nodes.emplace_back(*state_, state_->nodes.size());
    });
}

Result<void> Graph::declare_op(const std::string& target, const std::string& schema, bool impure) {
    return guarded([&]() -> Result<void> {
        if (state_->discarded) return failure(std::string(discarded_message));
        if (!state_->built) return failure("ops are declared of a graph that is built, not of one that was read");
        check_text(target, "the target");
        check_text(schema, "the schema");
        Module& module = state_->dump.module;
        ValueStore scratch;
        if (!schema.empty() && !parse_schema(schema, scratch))
            return failure(fmt::format("\"{}\" is no schema of an operator", schema));
        const DeclaredOp op{module.symbols->text(module.symbols->intern(target)), module.graph.store().copy(schema),
                            impure};
        const auto [known, fresh] = state_->op_index.try_emplace(target, state_->dump.ops.size());
        if (fresh)
            state_->dump.ops.push_back(op);
        else
            state_->dump.ops[known->second] = op;
        return {};
    });
}

// -- Rules

Result<Rules> Rules::load(const std::string& path) {
    return guarded([&] { return checked(load_rules(is_rule_file(path) ? path : "./" + path)); });
}

Result<Rules> Rules::shipped(const std::string& name) {
    return guarded([&]() -> Result<Rules> {
        const std::vector<std::string> names = shipped_rule_names();
        if (std::find(names.begin(), names.end(), name) == names.end())
            return failure(fmt::format("there are no shipped rules called \"{}\"{}; there are: {}", name,
                                       suggestion(name, names), fmt::join(names, ", ")),
                           std::string(codes::unknown_rules));
        return checked(load_rules(name, ShippedTests::left_out));
    });
}

Result<Rules> Rules::parse(const std::string& text, const std::string& name) {
    return guarded([&] { return checked(load_rules_text(name, text)); });
}

const std::vector<Diagnostic>& Rules::warnings() const {
    return state_->warnings;
}
const std::vector<std::string>& Rules::passes() const {
    return state_->passes;
}

Result<Pass> Rules::pass(const std::string& name) const {
    return guarded([&]() -> Result<Pass> {
        const program::Program& program = *state_->program;
        const auto& own = state_->passes;
        if (name.empty() && own.size() != 1)
            return failure(own.empty() ? fmt::format("{} has no pass of its own", program.sources[0]->name())
                                       : fmt::format("{} has several passes, name one: {}",
                                                     program.sources[0]->name(), fmt::join(own, ", ")),
                           std::string(codes::unknown_pass));
        const std::string& wanted = name.empty() ? own.front() : name;
        std::vector<std::string> all;
        for (const program::Pass& pass : program.passes) all.push_back(pass.name);
        const auto found = std::find(all.begin(), all.end(), wanted);
        if (found == all.end())
            return failure(
                fmt::format("{} has no pass \"{}\"{}", program.sources[0]->name(), wanted, suggestion(wanted, all)),
                std::string(codes::unknown_pass));
        const auto id = static_cast<program::PassId>(found - all.begin());
        return Pass(std::make_shared<const PassState>(PassState{state_, wanted, Driver(state_->program, id)}));
    });
}

Result<Report> Rules::run(Graph& graph, const std::string& name) const {
    const auto chosen = pass(name);
    if (!chosen) return chosen.error();
    return chosen->run(graph);
}

// -- Pass

const std::string& Pass::name() const {
    return state_->name;
}

Result<Report> Pass::run(Graph& graph) const {
    GraphState& state = graph.state();
    if (state.discarded) return failure(std::string(discarded_message));
    auto result = guarded([&]() -> Result<Report> {
        const program::Program& program = *state_->rules->program;
        auto report = apply(state_->driver, state.dump);
        if (report) return make_report(program, *report);
        return Error{{make_diagnostic(diagnostic_of(program, report.error()))}};
    });
    if (result) return result;
    return guarded([&] {
        state.discard();
        return result;
    });
}

}  // namespace dqrewrite::v1
