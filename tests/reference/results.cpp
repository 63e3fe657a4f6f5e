#include "tests/reference/results.hpp"

#include "engine/dump/output.hpp"
#include "engine/rewrite/apply.hpp"
#include "tests/reference/random_rule.hpp"

#include <algorithm>

namespace dqrewrite::reference {

namespace {

uint32_t line_of(const CheckedFile& file, Span span) {
    return file.files.files[0].source->locate(span.begin).line;
}

std::string dump_text(const Dump& dump) {
    TextOutput output;
    dump.write(output);
    return output.text();
}

void report_rule(RunResult& result, const std::string& rule, size_t matches, size_t rewrites) {
    result.matches += matches;
    result.rewrites += rewrites;
    if (matches > 0)
        result.report +=
            rule + ": " + std::to_string(matches) + " matches, " + std::to_string(rewrites) + " rewrites\n";
}

void report_warning(RunResult& result, uint32_t line, const std::string& message) {
    result.report += "warning in line " + std::to_string(line) + ": " + message + "\n";
}

}  // namespace

std::string RunResult::to_text() const {
    if (!ending) return report + dump;
    std::string why = ending->message.empty() ? "no value" : ending->message;
    return "ended in line " + std::to_string(ending->line) + ": " + why + "\n";
}

RunResult run_compiled(const CheckedFile& file, std::string_view pass, const std::string& text) {
    const program::Program& program = *file.program;
    auto declared = std::ranges::find(program.passes, pass, &program::Pass::name);
    Driver driver(file.program, static_cast<program::PassId>(declared - program.passes.begin()));
    Dump dump = read_dump(text, &program);
    auto report = apply(driver, dump);
    RunResult result;
    if (!report) {
        uint32_t line = line_of(file, report.error().location.span);
        auto shared = std::ranges::count(shared_declarations(), '\n');
        result.ending = {line, report.error().what(), line <= static_cast<uint32_t>(shared)};
        return result;
    }
    for (const program::Rule& rule : program.rules)
        for (const RuleReport& each : report->rules)
            if (program[each.rule].name == rule.name) report_rule(result, rule.name, each.matches, each.rewrites);
    for (const RunWarning& each : report->warnings)
        report_warning(result, line_of(file, each.location.span), each.message);
    result.changed = report->changed;
    result.dump = dump_text(dump);
    return result;
}

RunResult run_reference(const CheckedFile& file, std::string_view pass, const std::string& text, size_t steps) {
    Dump dump = read_dump(text);
    OpTable table(*file.files.declarations);
    state_ops(dump, table);
    Pass run({&file.files.files[0].tree}, *file.files.declarations, table, dump.module, steps);
    Pass::Result made = run.run(pass);
    RunResult result;
    auto line = [&](Syntax at) { return line_of(file, at.tree->span(at.id)); };
    if (made.ended) {
        result.ending = {line(made.ended->at), made.ended->message};
        return result;
    }
    for (const program::Rule& rule : file.program->rules)
        report_rule(result, rule.name, made.rules[rule.name].matches, made.rules[rule.name].rewrites);
    for (const Warning& each : made.warnings) report_warning(result, line(each.at), each.message);
    result.changed = made.changed;
    result.dump = dump_text(dump);
    return result;
}

bool agree(const RunResult& compiled, const RunResult& reference) {
    if (compiled.ending.has_value() != reference.ending.has_value()) return false;
    if (!compiled.ending)
        return compiled.report == reference.report && compiled.dump == reference.dump &&
               compiled.changed == reference.changed;
    const Ending &a = *compiled.ending, &b = *reference.ending;
    if (b.message.empty()) return a.line == b.line || a.in_define;
    return a.line == b.line && a.message == b.message;
}

}  // namespace dqrewrite::reference
