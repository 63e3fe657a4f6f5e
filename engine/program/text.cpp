// Declarations and statements, and what all of it is made of: expressions, patterns, constants.

#include "engine/program/text.hpp"
#include "engine/program/words.hpp"
#include "grammar/escapes.hpp"

#include <fmt/format.h>

namespace dqrewrite::program {

namespace {

// Prints what belongs to one frame.
class Printer {
public:
    Printer(const Program& program, std::span<const std::string> variables)
        : program_(program), variables_(variables) {}

    std::string name(VariableId id) const {
        auto index = static_cast<size_t>(id);
        return fmt::format("{}%{}", index < variables_.size() ? variables_[index] : "", index);
    }

    static std::string constant(const Value& value) {
        switch (value.kind) {
        case Value::Kind::none: return "None";
        case Value::Kind::boolean: return value.boolean ? "True" : "False";
        case Value::Kind::integer: return fmt::format("{}", value.integer);
        case Value::Kind::real: return real(value.real);
        case Value::Kind::string: return quoted(value.text_view());
        case Value::Kind::dtype: return fmt::format("dtype {}", value.text_view());
        case Value::Kind::memory_format: return fmt::format("memory_format {}", value.text_view());
        case Value::Kind::layout: return fmt::format("layout {}", value.text_view());
        case Value::Kind::symbolic: return fmt::format("sym({})", quoted(value.text_view()));
        case Value::Kind::device: return fmt::format("device({})", quoted(value.text_view()));
        case Value::Kind::slice: return items("slice", value);
        case Value::Kind::complex: return items("complex", value);
        default: return std::string(value.text_view());
        }
    }

    static std::string items(std::string_view name, const Value& value) {
        std::string out;
        for (const Value& item : value.item_span()) out += (out.empty() ? "" : ", ") + constant(item);
        return fmt::format("{}({})", name, out);
    }

    std::string expression(ExpressionId id) const;
    std::string plain(const Expression& e) const;
    std::string pattern(PatternId id) const;
    std::string target(uint32_t index, bool top = true) const;
    void statements(const std::vector<StatementId>& ids, int depth, std::string& out) const;
    std::string clause(const Clause& clause) const;
    void steps(const std::vector<Step>& steps, int depth, std::string& out) const;
    void graph(const TestGraph& graph, size_t indent, std::string& out) const;

private:
    static std::string real(double value) {
        std::string text = fmt::format("{}", value);
        return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
    }
    std::string table(TableId id) const {
        return fmt::format("{}#{}", program_.tables[static_cast<size_t>(id)].name, static_cast<uint32_t>(id));
    }
    std::string row(const std::vector<ExpressionId>& ids, std::string_view between = ", ", size_t from = 0) const {
        std::string out;
        for (size_t i = from; i < ids.size(); ++i)
            out += (i == from ? "" : std::string(between)) + expression(ids[i]);
        return out;
    }
    std::string loops(const Expression& e) const {
        std::string out;
        for (const auto& loop : e.loops) {
            out += fmt::format(" for {} in {}", target(loop.target), expression(loop.iterable));
            for (ExpressionId filter : loop.filters) out += " if " + expression(filter);
        }
        return out;
    }
    std::string compare(const Expression& e) const {
        std::string out = expression(e.children[0]);
        for (size_t i = 0; i < e.operators.size(); ++i)
            out += fmt::format(" {} {}", word_of(e.operators[i]), expression(e.children[i + 1]));
        return "(" + out + ")";
    }
    std::string slice(const Expression& e) const {
        auto part = [&](size_t i) {
            const Expression& each = program_[e.children[i]];
            bool absent = each.kind == Expression::Kind::constant &&
                          program_.constants[each.constant].kind == Value::Kind::none;
            return absent ? std::string() : expression(e.children[i]);
        };
        return part(0) + ":" + part(1) + (part(2).empty() ? "" : ":" + part(2));
    }
    std::string arguments(const Pattern& pattern) const;
    std::string statement(const Statement& s) const;
    std::string meta(const Statement& s) const;
    std::string place(const Statement& s) const {
        std::string out;
        if (s.result != no_variable)
            out = " as " + name(s.result);
        else if (s.result_key != no_expression)
            out = fmt::format(" as {}[{}]", table(s.table), expression(s.result_key));
        return fmt::format("{} {} {}", out, s.side == Place::Side::before ? "before" : "after", expression(s.place));
    }
    std::string step(const Step& s) const;

    const Program& program_;
    std::span<const std::string> variables_;
};

std::string set_name(OpSetId id) {
    return fmt::format("ops{}", static_cast<uint32_t>(id));
}

// -- expressions

std::string Printer::expression(ExpressionId id) const {
    const Expression& e = program_[id];
    return e.question == no_question ? plain(e) : fmt::format("ask{}({})", e.question, plain(e));
}

std::string Printer::plain(const Expression& e) const {
    using Kind = Expression::Kind;
    auto part = [&](size_t i) { return expression(e.children[i]); };
    switch (e.kind) {
    case Kind::constant: return constant(program_.constants[e.constant]);
    case Kind::variable: return name(e.variable);
    case Kind::op: return program_[e.op].target;
    case Kind::type: return fmt::format("type {}", word_of(e.function));
    case Kind::list: return "[" + row(e.children) + "]";
    case Kind::tuple: return "(" + row(e.children) + (e.children.size() == 1 ? ",)" : ")");
    case Kind::set: return "{" + row(e.children) + "}";
    case Kind::dict: {
        std::string out;
        for (size_t i = 0; i < e.children.size(); ++i) {
            bool spread = program_[e.children[i]].kind == Kind::double_star;
            out += (i == 0 ? "" : ", ") + part(i) + (spread ? "" : ": " + part(i + 1));
            if (!spread) ++i;
        }
        return "{" + out + "}";
    }
    case Kind::star: return "*" + part(0);
    case Kind::double_star: return "**" + part(0);
    case Kind::keyword: return e.text + "=" + part(0);
    case Kind::list_comprehension: return "[" + part(0) + loops(e) + "]";
    case Kind::set_comprehension: return "{" + part(0) + loops(e) + "}";
    case Kind::dict_comprehension: return "{" + part(0) + ": " + part(1) + loops(e) + "}";
    case Kind::generator: return "(" + part(0) + loops(e) + ")";
    case Kind::attribute: return part(0) + "." + e.text;
    case Kind::subscript: return part(0) + "[" + part(1) + "]";
    case Kind::slice: return slice(e);
    case Kind::call: return fmt::format("{}({})", word_of(e.function), row(e.children));
    case Kind::method: return fmt::format("{}.{}({})", part(0), word_of(e.method), row(e.children, ", ", 1));
    case Kind::define: return fmt::format("{}({})", program_[e.define].name, row(e.children));
    case Kind::not_: return "(not " + part(0) + ")";
    case Kind::negate: return "(-" + part(0) + ")";
    case Kind::and_: return "(" + row(e.children, " and ") + ")";
    case Kind::or_: return "(" + row(e.children, " or ") + ")";
    case Kind::binary:
    case Kind::compare: return compare(e);
    case Kind::is: return "(" + part(0) + " is " + pattern(e.pattern) + ")";
    case Kind::is_not: return "(" + part(0) + " is not " + pattern(e.pattern) + ")";
    case Kind::conditional: return fmt::format("({} if {} else {})", part(0), part(1), part(2));
    case Kind::walk:
        return fmt::format("(walk {} from {} by {} while {}{})", name(e.variable), part(0), part(1), part(2),
                           e.bound == 0xFFFFFFFF ? "" : fmt::format(" at most {}", e.bound));
    case Kind::format: return "f(" + row(e.children) + ")";
    case Kind::table: return table(e.table);
    }
    return {};
}

std::string Printer::target(uint32_t index, bool top) const {
    const Target& target = program_.targets[index];
    if (target.variable != no_variable) return name(target.variable);
    std::string out;
    for (uint32_t part : target.parts) out += (out.empty() ? "" : ", ") + this->target(part, false);
    return top ? out : "(" + out + ")";
}

// -- patterns

std::string Printer::arguments(const Pattern& pattern) const {
    std::string out;
    for (const Pattern::Argument& each : pattern.arguments) {
        if (!out.empty()) out += ", ";
        if (each.kind == Pattern::Argument::Kind::named_rest)
            out += "*" + name(each.variable);
        else if (each.kind == Pattern::Argument::Kind::named)
            out += each.name + "=" + this->pattern(each.pattern);
        else
            out += this->pattern(each.pattern);
    }
    if (pattern.open) out += out.empty() ? "..." : ", ...";
    return out;
}

std::string Printer::pattern(PatternId id) const {
    const Pattern& p = program_[id];
    switch (p.kind) {
    case Pattern::Kind::anything: return "_";
    case Pattern::Kind::node: return "node(" + arguments(p) + ")";
    case Pattern::Kind::opcode: return fmt::format("{}({})", opcode_name(p.opcode), arguments(p));
    case Pattern::Kind::call: return fmt::format("{}({})", set_name(p.op_set), arguments(p));
    case Pattern::Kind::any_call: return set_name(p.op_set);
    case Pattern::Kind::chain:
        return fmt::format("{}{}({}){}", set_name(p.op_set), p.at_most_one ? "?" : "*", pattern(p.children[0]),
                           p.variable == no_variable ? "" : " as " + name(p.variable));
    case Pattern::Kind::list: return "[" + arguments(p) + "]";
    case Pattern::Kind::tuple: return "(" + arguments(p) + ",)";
    case Pattern::Kind::literal: return constant(program_.constants[p.constant]);
    case Pattern::Kind::same:
        return "=" + name(p.variable) + (p.children.empty() ? "" : ": " + pattern(p.children[0]));
    case Pattern::Kind::bind: return name(p.variable) + ": " + pattern(p.children[0]);
    case Pattern::Kind::either: {
        std::string out;
        for (PatternId each : p.children) out += (out.empty() ? "" : " | ") + pattern(each);
        return "(" + out + ")";
    }
    }
    return {};
}

std::string Printer::clause(const Clause& clause) const {
    switch (clause.kind) {
    case Clause::Kind::match: return "match " + pattern(clause.pattern);
    case Clause::Kind::let: return fmt::format("let {} = {}", target(clause.target), expression(clause.expression));
    case Clause::Kind::unless: return "unless " + expression(clause.expression);
    case Clause::Kind::where: break;
    }
    std::string out = "where " + expression(clause.expression);
    return clause.pattern == no_pattern ? out : out + " is " + pattern(clause.pattern);
}

// -- statements

std::string Printer::meta(const Statement& s) const {
    if (s.meta.policy == MetaPolicy::none) return " meta none";
    std::string out = " meta from " + expression(s.meta.node);
    if (s.meta.policy == MetaPolicy::from) return out;
    std::string keys;
    for (const std::string& key : s.meta.keys) keys += (keys.empty() ? "" : ", ") + quoted(key);
    return fmt::format("{} {} {{{}}}", out, s.meta.policy == MetaPolicy::from_only ? "only" : "except", keys);
}

std::string Printer::statement(const Statement& s) const {
    using Kind = Statement::Kind;
    auto operand = [&](size_t i) { return expression(s.operands[i]); };
    auto path = [&] {
        std::string out = operand(0) + ".meta";
        for (const std::string& key : s.path) out += "[" + quoted(key) + "]";
        return out;
    };
    switch (s.kind) {
    case Kind::clone: return "clone " + operand(0) + place(s);
    case Kind::insert: {
        std::string callee = s.opcode != Opcode::call_function ? std::string(opcode_name(s.opcode))
                             : s.op != none_of<OpId>           ? program_[s.op].target
                                                               : "value " + operand(0);
        return fmt::format("insert {}({}){}{}", callee, row(s.arguments), place(s), meta(s));
    }
    case Kind::replace:
        return fmt::format("replace {} with {}{}", operand(0), operand(1),
                           s.operands.size() > 2 ? " in " + operand(2) : "");
    case Kind::set_field: {
        std::string_view field = s.field == Field::args ? "args" : s.field == Field::kwargs ? "kwargs" : "target";
        return fmt::format("set {}.{} = {}", operand(0), s.field == Field::none ? "arg " + s.text : field,
                           operand(1));
    }
    case Kind::set_meta_path: return fmt::format("set {} = {}", path(), operand(1));
    case Kind::set_meta_from: return "set " + operand(0) + meta(s);
    case Kind::delete_meta: return "delete " + path();
    case Kind::move: return "move " + operand(0) + place(s);
    case Kind::erase: return "erase " + operand(0);
    case Kind::remember: return fmt::format("remember {}[{}] = {}", table(s.table), operand(0), operand(1));
    case Kind::eliminate_dead_code: return "eliminate dead code";
    case Kind::fail: return "fail " + operand(0);
    case Kind::warn: return "warn " + operand(0);
    case Kind::let: return fmt::format("let {} = {}", target(s.target), operand(0));
    case Kind::if_: return "if " + operand(0);
    case Kind::for_:
        return fmt::format("for {} in {}{}", target(s.target), operand(0),
                           s.operands.size() > 1 ? " if " + operand(1) : "");
    }
    return {};
}

void Printer::statements(const std::vector<StatementId>& ids, int depth, std::string& out) const {
    for (StatementId id : ids) {
        const Statement& s = program_[id];
        out += fmt::format("{:{}}{}\n", "", depth * 4, statement(s));
        statements(s.body, depth + 1, out);
        if (s.otherwise.empty()) continue;
        out += fmt::format("{:{}}else\n", "", depth * 4);
        statements(s.otherwise, depth + 1, out);
    }
}

// -- passes and tests

std::string Printer::step(const Step& s) const {
    using Kind = Step::Kind;
    auto rules = [&] {
        std::string out;
        for (RuleId rule : s.rules) out += (out.empty() ? "" : ", ") + program_[rule].name;
        return out;
    };
    auto demanded = [&] {
        Printer own(program_, s.variables);
        return s.pattern != no_pattern ? "no " + own.pattern(s.pattern) : own.expression(s.expression);
    };
    switch (s.kind) {
    case Kind::sweep: {
        std::string mode = s.mode == Step::Mode::snapshot  ? " over snapshot"
                           : s.mode == Step::Mode::targets ? " over targets"
                           : s.mode == Step::Mode::table   ? " over " + table(s.table)
                                                           : "";
        return "sweep " + rules() + (s.is_backward ? " backward" : "") + mode;
    }
    case Kind::repeat: return fmt::format("repeat at most {}", s.bound);
    case Kind::in_submodules: {
        std::string head = "in submodules";
        if (s.table != none_of<TableId>) head += " over " + table(s.table);
        for (TableId id : s.shared) head += (id == s.shared.front() ? " sharing " : ", ") + table(id);
        return head;
    }
    case Kind::if_: return "if " + demanded();
    case Kind::eliminate_dead_code: return "eliminate dead code";
    case Kind::run: return "run " + program_[s.pass].name;
    case Kind::requires_: return "requires " + demanded();
    case Kind::ensures: return "ensures " + demanded();
    case Kind::expect:
        return fmt::format("expect {} {} {}", rules(),
                           s.count == Step::Count::exactly    ? "exactly"
                           : s.count == Step::Count::at_least ? "at least"
                                                              : "at most",
                           s.bound);
    }
    return {};
}

void Printer::steps(const std::vector<Step>& steps, int depth, std::string& out) const {
    for (const Step& each : steps) {
        out += fmt::format("{:{}}{}\n", "", depth * 4, step(each));
        this->steps(each.steps, depth + 1, out);
        if (each.otherwise.empty()) continue;
        out += fmt::format("{:{}}else\n", "", depth * 4);
        this->steps(each.otherwise, depth + 1, out);
    }
}

void Printer::graph(const TestGraph& graph, size_t indent, std::string& out) const {
    const std::string margin(indent, ' ');
    for (const TestGraph::Node& node : graph.nodes) {
        std::string target = node.opcode == Opcode::call_function
                                 ? node.target
                                 : fmt::format("{} {}", opcode_name(node.opcode), quoted(node.target));
        out += fmt::format("{}{} = {}({})", margin, name(node.variable), target, row(node.arguments));
        for (size_t i = 0; i < node.meta_keys.size(); ++i)
            out += fmt::format("{}{}: {}", i == 0 ? " meta " : ", ", quoted(node.meta_keys[i]),
                               expression(node.meta_values[i]));
        out += '\n';
    }
    out += fmt::format("{}return {}\n", margin, expression(graph.result));
    for (const TestSubmodule& each : graph.submodules) {
        out += fmt::format("{}submodule {}\n", margin, quoted(each.path));
        Printer(program_, each.graph.variables).graph(each.graph, indent + 4, out);
    }
}

void append_test(const Program& program, const Test& test, std::string& out) {
    out += fmt::format("test {}\n    run {}\n    before\n", quoted(test.title), program[test.pass].name);
    Printer(program, test.before.variables).graph(test.before, 8, out);
    switch (test.outcome) {
    case Test::Outcome::unchanged: out += "    unchanged\n"; break;
    case Test::Outcome::fails: out += fmt::format("    fails {}\n", quoted(test.message)); break;
    case Test::Outcome::becomes:
        out += "    becomes\n";
        Printer(program, test.after.variables).graph(test.after, 8, out);
    }
}

}  // namespace

std::string text_form(const Value& constant) {
    return Printer::constant(constant);
}

std::string text_form(const Program& program, ExpressionId id, std::span<const std::string> variables) {
    return Printer(program, variables).expression(id);
}

std::string text_form(const Program& program, PatternId id, std::span<const std::string> variables) {
    return Printer(program, variables).pattern(id);
}

std::string text_form(const Program& program) {
    std::string out;
    for (size_t i = 0; i < program.op_sets.size(); ++i) {
        out += set_name(static_cast<OpSetId>(i)) + "\n";
        for (OpId op : program.op_sets[i]) out += "    " + program[op].target + "\n";
    }
    for (const Define& define : program.defines) {
        Printer printer(program, define.variables);
        std::string parameters;
        for (uint32_t i = 0; i < define.parameters; ++i)
            parameters += (i == 0 ? "" : ", ") + printer.name(static_cast<VariableId>(i));
        out += fmt::format("define {}({}) = {}\n", define.name, parameters, printer.expression(define.body));
    }
    for (const Rule& rule : program.rules) {
        Printer printer(program, rule.variables);
        out += fmt::format("rule {}\n", rule.name);
        for (const Clause& clause : rule.clauses) out += "    " + printer.clause(clause) + "\n";
        out += "    rewrite\n";
        printer.statements(rule.body, 2, out);
    }
    for (const Pass& pass : program.passes) {
        out += fmt::format("pass {}{}\n", pass.name, pass.own ? "" : " (imported)");
        Printer(program, {}).steps(pass.steps, 1, out);
    }
    if (!program.question_keys.empty())
        out += fmt::format("keys that are asked for: {}\n", fmt::join(program.question_keys, ", "));
    for (const Test& test : program.tests) append_test(program, test, out);
    return out;
}

}  // namespace dqrewrite::program
