// Explanations as JSON.

#include "engine/author/explain/explain_print.hpp"

#include "engine/author/explain/probe.hpp"
#include "engine/author/text/json_object.hpp"
#include "engine/author/text/rule_place.hpp"

#include <fmt/format.h>

namespace dqrewrite {

using program::Location;

namespace {

class JsonPrinter {
public:
    explicit JsonPrinter(const program::Program& program) : program_(program) {}

    void add_place(JsonObject& object, const Location& location) const {
        const RulePlace place(program_, location);
        object.text("file", place.file());
        object.number("line", place.at.line);
        object.number("column", place.at.column);
    }

    // As deep as findings lie within findings.
    void append(std::string& out, const Finding& finding) const {
        JsonObject object(out);
        add_place(object, finding.location);
        if (!finding.note.empty()) object.text("note", finding.note);
        object.text("expected", finding.expected);
        object.text("found", finding.found);
        JsonObject values(object.key("values"));
        for (const Finding::Value& value : finding.values) values.text(value.name, value.text);
        values.close();
        append_all(object, "within", finding.within);
        object.close();
    }

    void append(std::string& out, const Attempt& attempt) const {
        static constexpr std::string_view outcomes[] = {"missed", "matched", "cannot_start", "too_long"};
        const program::Rule& rule = program_[attempt.rule];
        JsonObject object(out);
        object.text("rule", rule.name);
        object.text("outcome", outcomes[static_cast<size_t>(attempt.outcome)]);
        object.number("clauses_held",
                      attempt.outcome == Attempt::Outcome::matched ? rule.clauses.size() : attempt.clause);
        object.number("clauses", rule.clauses.size());
        append_all(object, "misses", attempt.misses);
        if (attempt.taken_by) object.text("taken_by", program_[*attempt.taken_by].name);
        object.array("edits", attempt.edits, [&](std::string& text, const PlannedEdit& edit) {
            append_json_string(text, edit_text(program_, edit));
        });
        append_all(object, "declined", attempt.declined);
        object.close();
    }

    void append(std::string& out, const Visit& visit) const {
        JsonObject object(out);
        object.number("sweep", visit.sweep);
        add_place(object, visit.location);
        object.text("node", visit.node);
        object.texts("users", visit.users);
        object.number("user_count", visit.user_count);
        append_all(object, "attempts", visit.attempts);
        object.close();
    }

    void append(std::string& out, const Starts& starts) const {
        JsonObject object(out);
        object.text("rule", program_[starts.rule].name);
        object.texts("ops", starts.ops);
        object.number("count", starts.count);
        object.text("nearest", starts.nearest);
        object.text("nearest_to", starts.nearest_to);
        object.close();
    }

    void append(std::string& out, const Funnel::Miss& miss) const {
        JsonObject object(out);
        object.text("node", miss.node);
        object.text("graph", miss.graph);
        object.number("sweep", miss.sweep);
        append(object.key("attempt"), miss.attempt);
        object.close();
    }

    void append(std::string& out, const Funnel& funnel) const {
        const program::Rule& rule = program_[funnel.rule];
        JsonObject object(out);
        object.text("rule", rule.name);
        add_place(object, rule.location);
        object.number("candidates", funnel.candidates);
        size_t clause = 0;
        object.array("clauses", rule.clauses, [&](std::string& text, const program::Clause& each) {
            JsonObject row(text);
            add_place(row, each.location);
            row.text("text", source_text(program_, each.location));
            row.number("left", funnel.left[clause++]);
            row.close();
        });
        object.number("matches", funnel.matches);
        object.number("taken_by_others", funnel.taken);
        object.number("rewrites", funnel.rewrites);
        append_all(object, "nearest", funnel.nearest);
        append_all(object, "idle", funnel.idle);
        if (funnel.starts) append(object.key("starts"), *funnel.starts);
        object.close();
    }

    template <class Items>
    void append_all(JsonObject& object, std::string_view name, const Items& items) const {
        object.array(name, items, [this](std::string& text, const auto& item) { append(text, item); });
    }

private:
    const program::Program& program_;
};

}  // namespace

std::string explanation_json(const program::Program& program, program::PassId pass,
                             const NodeExplanation& explanation) {
    JsonPrinter printer(program);
    std::string out;
    JsonObject object(out);
    object.text("pass", program[pass].name);
    object.text("node", explanation.name);
    printer.append_all(object, "visits", explanation.visits);
    object.number("more_visits", explanation.more_visits);
    if (explanation.visits.empty()) printer.append_all(object, "starts", explanation.starts);
    if (explanation.erased) object.text("erased", edit_text(program, *explanation.erased));
    object.close();
    return out + "\n";
}

std::string explanation_json(const program::Program& program, program::PassId pass,
                             const GraphExplanation& explanation) {
    JsonPrinter printer(program);
    std::string out;
    JsonObject object(out);
    object.text("pass", program[pass].name);
    object.number("sweeps", explanation.sweeps);
    object.raw("complete", explanation.cut_short ? "false" : "true");
    printer.append_all(object, "rules", explanation.funnels);
    object.close();
    return out + "\n";
}

}  // namespace dqrewrite
