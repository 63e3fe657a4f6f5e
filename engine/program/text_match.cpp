// The text form of a compiled matcher.

#include "engine/program/text.hpp"

#include <map>

#include <fmt/format.h>

namespace dqrewrite::program {

namespace {

std::string step_name(StepId id) {
    return id == none_of<StepId> ? "-" : fmt::format("{}", static_cast<uint32_t>(id));
}

std::string register_name(Register r) {
    return fmt::format("r{}", static_cast<uint32_t>(r));
}

std::string rest_text(const MatchProgram::Rest& rest) {
    std::string out =
        rest.positions == static_cast<uint32_t>(-1) ? "any positions" : fmt::format("{} positions", rest.positions);
    for (std::string_view name : rest.names) out += fmt::format(", {}", name);
    return out;
}

std::string step_text(const Program& program, const MatchProgram& matcher, const MatchStep& step) {
    using Kind = MatchStep::Kind;
    std::string a = register_name(step.a), b = register_name(step.b), c = register_name(step.c);
    auto set = [&] { return fmt::format("ops{}", static_cast<uint32_t>(step.op_set)); };
    auto expression = [&] { return text_form(program, static_cast<ExpressionId>(step.index), {}); };
    switch (step.kind) {
    case Kind::is_node: return a + " is a node";
    case Kind::is_opcode: return fmt::format("{} is {}", a, opcode_name(step.opcode));
    case Kind::is_call: return fmt::format("{} calls {}", a, set());
    case Kind::which_op: return fmt::format("{} calls by table {}", a, step.index);
    case Kind::argument: return fmt::format("{} = argument {} of {}", b, step.index, a);
    case Kind::call_argument: return fmt::format("{} = argument {} of {}, calls {}", b, step.index, a, set());
    case Kind::named_argument: return fmt::format("{} = argument {} of {}", b, matcher.texts[step.index], a);
    case Kind::target: return fmt::format("{} = target of {}", b, a);
    case Kind::rest_is_default: return fmt::format("{} has no more than {}", a, rest_text(matcher.rests[step.index]));
    case Kind::rest: return fmt::format("{} = arguments from {} of {}", b, step.index, a);
    case Kind::is_list: return fmt::format("{} is a list of {}", a, step.index);
    case Kind::is_tuple: return fmt::format("{} is a tuple of {}", a, step.index);
    case Kind::is_long_list: return fmt::format("{} is a list of at least {}", a, step.index);
    case Kind::is_long_tuple: return fmt::format("{} is a tuple of at least {}", a, step.index);
    case Kind::item: return fmt::format("{} = item {} of {}", b, step.index, a);
    case Kind::items_from: return fmt::format("{} = items from {} of {}", b, step.index, a);
    case Kind::is_constant: return fmt::format("{} is {}", a, text_form(program.constants[step.index]));
    case Kind::is_same: return fmt::format("{} is the same as {}", a, b);
    case Kind::is_variable: return fmt::format("{} is the same as %{}", a, step.index);
    case Kind::chain:
        return fmt::format("{} = end, {} = nodes of {} {} along {}", b, c,
                           step.at_most_one ? "at most one of" : "any number of", set(), a);
    case Kind::copy: return fmt::format("{} = {}", b, a);
    case Kind::bind: return fmt::format("%{} = {}", step.index, a);
    case Kind::evaluate: return fmt::format("{} = {}", b, expression());
    case Kind::has_users: return fmt::format("%{} has {} users", step.index, static_cast<uint32_t>(step.b));
    case Kind::let: return fmt::format("let target {} = {}", static_cast<uint32_t>(step.b), expression());
    case Kind::matches:
    case Kind::matches_not:
        return fmt::format("%{} is {}{}", static_cast<uint32_t>(step.b), step.kind == Kind::matches ? "" : "not ",
                           text_form(program, static_cast<PatternId>(step.index), {}));
    case Kind::try_not: return fmt::format("{} = open alternatives, not", c);
    case Kind::found: return fmt::format("found, back to {}", a);
    case Kind::has_at_least:
        return fmt::format("%{} is a row of at least {}: where {}", static_cast<uint32_t>(step.b),
                           static_cast<uint32_t>(step.c), expression());
    case Kind::where: return "where " + expression();
    case Kind::unless: return "unless " + expression();
    case Kind::pass: return "pass";
    case Kind::accept: return fmt::format("accept {}", step.index);
    }
    return {};
}

std::string start_text(std::string_view where, const MatchProgram::Start& start) {
    const std::string users = start.least_users == 0 ? "" : fmt::format(" with {} users", start.least_users);
    return fmt::format("start {}{} {}\n", where, users, step_name(start.step));
}

}  // namespace

std::string text_form(const Program& program, const MatchProgram& matcher) {
    std::string out = fmt::format("{} registers, {} variables\n", matcher.registers, matcher.variables);
    for (size_t op = 0; op < matcher.by_op.size(); ++op)
        if (matcher.by_op[op].step != matcher.other_call.step)
            out += start_text(program.ops[op].target, matcher.by_op[op]);
    if (matcher.other_call.step != none_of<StepId>) out += start_text("other call_function", matcher.other_call);
    for (size_t opcode = 0; opcode < matcher.by_opcode.size(); ++opcode)
        if (opcode != static_cast<size_t>(Opcode::call_function) && matcher.by_opcode[opcode].step != none_of<StepId>)
            out += start_text(opcode_name(static_cast<Opcode>(opcode)), matcher.by_opcode[opcode]);
    for (size_t i = 0; i < matcher.tables.size(); ++i) {
        out += fmt::format("table {}\n", i);
        const std::map<uint32_t, StepId> rows(matcher.tables[i].begin(), matcher.tables[i].end());
        for (const auto& [op, step] : rows)
            out += fmt::format("    {} {}\n", program.ops[op].target, step_name(step));
    }
    for (size_t i = 0; i < matcher.steps.size(); ++i) {
        const MatchStep& step = matcher.steps[i];
        out += fmt::format("{:>4}  {}", i, step_text(program, matcher, step));
        if (step.next != none_of<StepId>) out += fmt::format("  -> {}", step_name(step.next));
        if (step.otherwise != none_of<StepId>) out += fmt::format("  else {}", step_name(step.otherwise));
        out += '\n';
    }
    return out;
}

}  // namespace dqrewrite::program
