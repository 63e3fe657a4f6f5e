// Explanations as text: each finding like a message of a compiler, with the line of the rule and carets.

#include "engine/author/explain/explain_print.hpp"

#include "engine/author/explain/probe.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/author/text/rule_place.hpp"
#include "grammar/diagnostic.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

namespace dqrewrite {

using program::Clause;
using program::Location;
using program::RuleId;

namespace {

constexpr size_t most_notes = 12;  // of an attempt; JSON has all

class Printer {
public:
    Printer(const program::Program& program, program::PassId pass) : program_(program), pass_(pass) {}

    std::string print(const NodeExplanation& explanation);
    std::string print(const GraphExplanation& explanation);

private:
    const std::string& name(RuleId rule) const { return program_[rule].name; }
    std::string place(const Location& location) const { return RulePlace(program_, location).text(); }

    void visit(const Visit& visit);
    std::string attempts(const Visit& visit);
    void attempt(const Attempt& attempt);
    void finding(const Finding& finding, std::string_view kind);
    void excerpt(const Location& location);
    void starts(const Starts& starts);
    void funnel(const Funnel& funnel);
    void misses(const Attempt& attempt);
    void nearest(const Funnel::Miss& miss);
    std::string clause_text(const Clause& clause) const;

    const program::Program& program_;
    program::PassId pass_;
    std::string out_;
    size_t notes_ = 0;             // that the attempt at hand may still have
    std::set<std::string> shown_;  // values that the attempt at hand has shown already
};

std::string_view word_of(Clause::Kind kind) {
    switch (kind) {
    case Clause::Kind::match: return "match";
    case Clause::Kind::let: return "let";
    case Clause::Kind::where: return "where";
    case Clause::Kind::unless: return "unless";
    }
    return {};
}

// -- findings

// The line of the rules with carets below; of what goes over several lines the first.
void Printer::excerpt(const Location& location) {
    const Source& source = *program_.sources[location.file];
    const Position from = source.locate(location.span.begin), to = source.locate(location.span.end);
    const std::string_view line = source.line(from.line);
    const uint32_t width = to.line == from.line ? to.column - from.column : static_cast<uint32_t>(line.size());
    out_ += render_excerpt(line, from.column, width);
}

// "file:line:column: miss: expected …, found …" and the line; then the same for what it is due to.
void Printer::finding(const Finding& finding, std::string_view kind) {
    const RulePlace where(program_, finding.location);
    out_ += fmt::format("{}:{}: {}: ", where.text(), where.at.column, kind);
    out_ += finding.note;
    if (!finding.expected.empty())
        out_ +=
            fmt::format("{}expected {}, found {}", finding.note.empty() ? "" : ": ", finding.expected, finding.found);
    shown_.insert(finding.found);
    out_ += '\n';
    excerpt(finding.location);
    for (const Finding::Value& value : finding.values) {
        if (!shown_.insert(value.text).second) continue;
        // A node's line begins with its name already.
        bool named = value.text.starts_with(value.name + " = ");
        out_ += named ? fmt::format("      {}\n", value.text) : fmt::format("      {}: {}\n", value.name, value.text);
    }
    for (const Finding& within : finding.within) {
        if (notes_ == 0) return;
        --notes_;
        this->finding(within, "note");
    }
}

void Printer::attempt(const Attempt& attempt) {
    const program::Rule& rule = program_[attempt.rule];
    switch (attempt.outcome) {
    case Attempt::Outcome::cannot_start: return;
    case Attempt::Outcome::too_long:
        out_ += fmt::format("{} was not explained: that would take too long\n", rule.name);
        return;
    case Attempt::Outcome::matched:
        if (!attempt.taken_by)
            out_ += fmt::format("{} matches\n", rule.name);
        else if (*attempt.taken_by != attempt.rule)
            out_ += fmt::format("{} matches too, but {} comes before it in the sweep\n", rule.name,
                                name(*attempt.taken_by));
        else
            out_ += fmt::format("{} matches, and {}\n", rule.name,
                                attempt.edits.empty() ? "has changed nothing" : "has made these edits:");
        for (const PlannedEdit& edit : attempt.edits) out_ += edit_text(program_, edit);
        for (const Finding& each : attempt.declined) finding(each, "not done");
        return;
    case Attempt::Outcome::missed:
        out_ +=
            fmt::format("{} does not match: {} of {} clauses hold\n", rule.name, attempt.clause, rule.clauses.size());
        misses(attempt);
    }
}

// Of alternatives that got equally far each.
void Printer::misses(const Attempt& attempt) {
    bool first = true;
    for (const Finding& miss : attempt.misses) {
        if (!first) out_ += "or\n";
        first = false;
        finding(miss, "miss");
    }
}

// -- a node

std::string Printer::attempts(const Visit& visit) {
    std::string before = std::exchange(out_, {});
    out_ += fmt::format("  {}\n", visit.node);
    if (visit.user_count == 0)
        out_ += "  nothing uses it\n";
    else
        out_ += fmt::format("  used by {}{}\n", fmt::join(visit.users, ", "),
                            visit.users.size() < visit.user_count
                                ? fmt::format(" and {} more", visit.user_count - visit.users.size())
                                : "");
    std::string_view separator = "\n";
    for (const Attempt& attempt : visit.attempts) {
        if (attempt.outcome == Attempt::Outcome::cannot_start) continue;
        out_ += separator;
        shown_ = {visit.node};
        notes_ = most_notes;
        this->attempt(attempt);
    }
    return std::exchange(out_, std::move(before));
}

void Printer::visit(const Visit& visit) {
    out_ += fmt::format("sweep {}, {}\n{}", visit.sweep, place(visit.location), attempts(visit));
}

void Printer::starts(const Starts& starts) {
    std::string more =
        starts.count > starts.ops.size() ? fmt::format(" and {} more", starts.count - starts.ops.size()) : "";
    out_ += fmt::format("it starts at {}{}\n", fmt::join(starts.ops, ", "), more);
    if (!starts.nearest.empty())
        out_ += fmt::format("         nearest: {}, where {} is there\n", starts.nearest, starts.nearest_to);
}

std::string Printer::print(const NodeExplanation& explanation) {
    const Visit* last = nullptr;
    std::string last_text;
    for (const Visit& visit : explanation.visits) {
        std::string text = attempts(visit);
        if (last && text == last_text) {
            out_ += fmt::format("sweep {}, {}: the same\n", visit.sweep, place(visit.location));
        } else {
            if (last) out_ += '\n';
            this->visit(visit);
        }
        last = &visit;
        last_text = std::move(text);
    }
    if (explanation.more_visits) out_ += fmt::format("and {} sweeps more\n", explanation.more_visits);
    if (explanation.visits.empty()) {
        out_ += fmt::format("{}\nno rule of {} was tried there\n", explanation.line, program_[pass_].name);
        for (const Starts& each : explanation.starts) {
            out_ += fmt::format("{}, {}\n         ", name(each.rule), place(program_[each.rule].location));
            starts(each);
        }
    }
    if (explanation.erased) {
        out_ += explanation.visits.empty() ? "" : "\n";
        out_ +=
            fmt::format("{} is gone after the run\n{}", explanation.name, edit_text(program_, *explanation.erased));
    }
    return out_;
}

// -- a graph

std::string Printer::clause_text(const Clause& clause) const {
    std::string text = source_text(program_, clause.location);
    std::string_view word = word_of(clause.kind);
    if (text.starts_with(word)) text.erase(0, word.size());
    text.erase(0, text.find_first_not_of(' '));
    return fmt::format("{:<6} {}", word, text);
}

void Printer::funnel(const Funnel& funnel) {
    const program::Rule& rule = program_[funnel.rule];
    out_ += fmt::format("{}, {}\n", rule.name, place(rule.location));
    if (funnel.starts) {
        out_ += fmt::format("{:>8} candidates: ", 0);
        return starts(*funnel.starts);
    }
    out_ += fmt::format("{:>8} {}\n", funnel.candidates, plural(funnel.candidates, "candidate"));
    for (size_t i = 0; i < rule.clauses.size(); ++i) {
        const RulePlace where(program_, rule.clauses[i].location);
        out_ += fmt::format("{:>8} {:>4}: {}\n", funnel.left[i], where.at.line, clause_text(rule.clauses[i]));
    }
    out_ += fmt::format("{:>8} {}, {}{}\n", funnel.matches, plural(funnel.matches, "match"),
                        counted(funnel.rewrites, "rewrite"),
                        funnel.taken ? fmt::format("; {} went to a rule before it", funnel.taken) : "");
    for (const Funnel::Miss& miss : funnel.idle) nearest(miss);
    for (const Funnel::Miss& miss : funnel.nearest) nearest(miss);
}

void Printer::nearest(const Funnel::Miss& miss) {
    out_ += fmt::format("\n  {}{}{}\n", miss.node, miss.graph.empty() ? "" : "   in ", miss.graph);
    shown_ = {miss.node};
    notes_ = most_notes;
    misses(miss.attempt);
    for (const Finding& each : miss.attempt.declined) finding(each, "not done");
}

std::string Printer::print(const GraphExplanation& explanation) {
    for (const Funnel& each : explanation.funnels) {
        if (!out_.empty()) out_ += '\n';
        funnel(each);
    }
    if (explanation.cut_short) out_ += "\nnot all nodes were looked at: that would take too long\n";
    return out_;
}

}  // namespace

std::string explanation_text(const program::Program& program, program::PassId pass,
                             const NodeExplanation& explanation) {
    return Printer(program, pass).print(explanation);
}

std::string explanation_text(const program::Program& program, program::PassId pass,
                             const GraphExplanation& explanation) {
    return Printer(program, pass).print(explanation);
}

}  // namespace dqrewrite
