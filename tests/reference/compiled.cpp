#include "tests/reference/compiled.hpp"

#include "engine/rewrite/metadata_questions.hpp"
#include "tests/support/describe.hpp"

#include <stdexcept>

namespace dqrewrite::reference {

namespace {

// -- what the compiled engine found, as the reference engine's values

Object::Kind kind_of(Datum::Kind kind) {
    using D = Datum::Kind;
    using K = Object::Kind;
    switch (kind) {
    case D::big_integer: return K::big_integer;
    case D::complex: return K::complex;
    case D::string: return K::text;
    case D::list: return K::list;
    case D::tuple: return K::tuple;
    case D::dict: return K::dict;
    case D::set: return K::set;
    case D::slice: return K::slice;
    case D::dtype: return K::dtype;
    case D::device: return K::device;
    case D::memory_format: return K::memory_format;
    case D::layout: return K::layout;
    case D::symbolic: return K::symbolic;
    case D::opaque: return K::opaque;
    case D::gone_node: return K::gone_node;
    default: throw std::logic_error("a rule bound a name to what the reference engine leaves out");
    }
}

std::string_view type_word(program::Function type) {
    switch (type) {
    case program::Function::bool_: return "bool";
    case program::Function::int_: return "int";
    case program::Function::float_: return "float";
    case program::Function::str: return "str";
    case program::Function::list: return "list";
    case program::Function::tuple: return "tuple";
    case program::Function::set: return "set";
    case program::Function::slice: return "slice";
    case program::Function::complex: return "complex";
    case program::Function::sym: return "sym";
    default: return "dict";
    }
}

Object to_object(const Graph& graph, const Datum& datum) {
    switch (datum.kind) {
    case Datum::Kind::none: return {};
    case Datum::Kind::boolean: return make_boolean(datum.boolean);
    case Datum::Kind::integer: return make_integer(datum.integer);
    case Datum::Kind::real: return make_real(datum.real);
    case Datum::Kind::node: return reference::make_node(datum.node);
    case Datum::Kind::op: return make_text(graph.symbols().text(datum.symbol), Object::Kind::op);
    case Datum::Kind::type: return make_text(type_word(datum.function), Object::Kind::type);
    case Datum::Kind::record: {
        Object record = from_json(graph, datum.text_view());
        record.kind = Object::Kind::record;  // also where it would read as a value elsewhere
        return record;
    }
    default: break;
    }
    Object object = make_items(kind_of(datum.kind), {});
    bool has_items = is_container(datum) || datum.kind == Datum::Kind::complex || datum.kind == Datum::Kind::slice;
    if (!has_items) return make_text(datum.text_view(), object.kind);
    for (const Datum& item : datum.item_span()) object.items.push_back(to_object(graph, item));
    return object;
}

// Which variable holds a name at the end of a rule's clauses: its body reads it.
std::vector<std::pair<std::string, size_t>> variables_of(const program::Program& program, const program::Rule& rule) {
    std::vector<std::pair<std::string, size_t>> variables;
    for (program::StatementId id : rule.body) {
        const program::Statement& statement = program[id];
        bool remembers = statement.kind == program::Statement::Kind::remember;
        if (!remembers || program.tables[static_cast<size_t>(statement.table)].name != "seen") continue;
        const Value& key = program.constants[program[statement.operands[0]].constant];
        variables.emplace_back(key.text_view(), static_cast<size_t>(program[statement.operands[1]].variable));
    }
    return variables;
}

}  // namespace

CheckedFile::CheckedFile(const std::string& text)
    : files(load_rules_text("random.rules", text)), diagnostics(files.diagnostics) {
    if (!has_errors(diagnostics)) program = check(files, diagnostics);
}

Dump read_dump(const std::string& text, const program::Program* program) {
    const auto input = Input::from_string(text);
    auto dump = program ? read_for(*program, input) : Dump::read(input);
    if (!dump) throw std::runtime_error(test::describe(dump.error()));
    return std::move(*dump);
}

void state_ops(const Dump& dump, OpTable& table) {
    for (const DeclaredOp& op : dump.ops) table.state(op.target, op.schema, op.impure);
}

std::string describe(const Graph& graph, const Names& names) {
    std::string text;
    for (const auto& [name, value] : names)
        text += (text.empty() ? "" : ", ") + name + " = " + reference::describe(graph, value);
    return text;
}

CompiledRun::CompiledRun(const program::Program& program, Dump& dump, uint64_t budget)
    : program_(program), graph_(dump.module.graph), table_(*program.declarations),
      binding_(program, *dump.module.symbols, table_), tables_(program.tables.size()), budget_(budget),
      matcher_(program, graph_, binding_, arena_, budget_),
      evaluator_(program, graph_, binding_, arena_, tables_, budget_, matcher_) {
    state_ops(dump, table_);
    matcher_.set_evaluator(evaluator_);
}

std::string CompiledRun::solutions(const std::vector<program::RuleId>& rules, size_t& found) {
    program::MatchProgram compiled = program::compile_rules(program_, rules);
    std::string text;
    Arena::Mark start = arena_.mark();
    for (NodeId root = graph_.first(); root != no_node; root = graph_.next(root)) {
        arena_.release(start);
        auto rule = matcher_.match(compiled, root);
        if (!rule) continue;
        ++found;
        Names names;
        for (const auto& [name, variable] : variables_of(program_, program_[*rule]))
            names.emplace(name, to_object(graph_, matcher_.frame()[variable]));
        text += graph_.name(root) + ": " + program_[*rule].name + " {" + describe(graph_, names) + "}\n";
    }
    return text;
}

CompiledRun::Visits CompiledRun::visit_all(const program::MatchProgram& rules) {
    Visits visits;
    for (NodeId root = graph_.first(); root != no_node; root = graph_.next(root)) {
        if (!matcher_.may_start(rules, root)) continue;
        Arena::Mark mark = arena_.mark();
        ++visits.roots;
        visits.matches += matcher_.match(rules, root).has_value();
        arena_.release(mark);
    }
    return visits;
}

}  // namespace dqrewrite::reference
