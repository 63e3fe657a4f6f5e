// What the parts of check_rule_sets() share. Private to this folder.
#pragma once

#include "engine/author/sets/witness.hpp"
#include "engine/rewrite/driver.hpp"
#include "grammar/diagnostic.hpp"

#include <set>

namespace dqrewrite::sets {

// A sweep that a pass of the file itself runs.
struct SweepPlace {
    program::PassId pass;
    const program::Step* step;
    bool repeated;  // inside of a `repeat`
};

struct Context {
    explicit Context(std::shared_ptr<const program::Program> checked)
        : program(std::move(checked)), demands(*program), lone(*program) {}

    void say(Severity severity, std::string_view code, const program::Location& location, std::string message,
             std::vector<DiagnosticNote> notes);
    DiagnosticNote note(const program::Location& location, std::string message) const {
        return {program->sources[location.file].get(), location.span, std::move(message)};
    }
    // Text below a heading of its own.
    static DiagnosticNote shown(std::string heading, const std::string& text);
    const std::string& name(program::RuleId rule) const { return (*program)[rule].name; }
    // The pass, compiled when first asked for.
    const Driver& driver(program::PassId pass);

    std::shared_ptr<const program::Program> program;
    Demands demands;
    LoneRules lone;
    Diagnostics diagnostics;
    std::map<program::PassId, Driver> drivers;
};

// The passes of the file itself.
std::vector<program::PassId> own_passes(const program::Program& program);
// The sweeps that a pass runs, where it runs them first, and once more where it runs them in a `repeat` later on.
std::vector<SweepPlace> sweeps_of(const program::Program& program, program::PassId pass);

// A graph at whose root each of these rules matches alone; the smallest that was found.
struct Meeting {
    std::optional<Witness> witness;
    bool contradicts = false;          // for certain there is none
    bool exhausted = false;            // a bound was reached
    std::vector<Undecided> undecided;  // where there is a graph that fits their patterns: what did not hold there
    std::optional<Conflict> conflict;
    size_t failed = 0;
};
Meeting meet(Context& context, std::span<const program::RuleId> rules);

// -- overlap.cpp
void report_overlap(Context& context, const SweepPlace& sweep, program::RuleId first, program::RuleId second);
// -- never.cpp
// Whether it matches nothing, for certain.
bool report_never(Context& context, program::RuleId rule);
// -- shadow.cpp
// Whether one of the earlier rules always beats it: that one is named that says the same, else the first.
bool report_shadow(Context& context, const SweepPlace& sweep, std::span<const program::RuleId> earlier,
                   program::RuleId rule);
// -- commuted.cpp
void report_commuted(Context& context, std::span<const program::RuleId> earlier, program::RuleId rule);
// -- cycles.cpp
void report_cycles(Context& context);

}  // namespace dqrewrite::sets
