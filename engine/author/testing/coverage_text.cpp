// How a Coverage reads.

#include "engine/author/testing/coverage.hpp"
#include "grammar/parse.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

using program::Program;
using syntax::Kind;

namespace {

std::string message_of(const Condition& condition) {
    if (condition.held == 0 && condition.declined == 0) return "no test comes here";
    switch (condition.kind) {
    case Condition::Kind::branch: return "no match of a test takes this branch";
    case Condition::Kind::if_:
    case Condition::Kind::filter:
        return condition.declined == 0 ? "true in every test; none goes the other way"
                                       : "false in every test; none goes this way";
    default:
        return condition.declined == 0 ? "holds in every test that comes here; none is declined by it"
                                       : "holds in no test; every one that comes here is declined";
    }
}

std::string counts(const Condition& condition) {
    return fmt::format("{:>6} {:>9} {}", condition.held, condition.declined, condition.covered() ? ' ' : '!');
}

constexpr size_t counts_width = 18;

// Lines of a file with what is counted at them, from top to bottom.
class Annotation {
public:
    Annotation(const Program& program, const Coverage& coverage, uint32_t file)
        : program_(program), source_(*program.sources[file]) {
        for (const Condition& each : coverage.conditions())
            if (each.location.file == file) conditions_.push_back(&each);
    }

    // Spans come in the order of the text.
    void print_rule(Span span, std::string& out) { print(span, false, out); }
    // A pattern of which rules make conditions: theirs are told apart by their names.
    void print_pattern(Span span, std::string& out) {
        if (has_one(span)) print(span, true, out);
    }
    // Whether a condition stands there.
    bool has_one(Span span) const {
        return next_ < conditions_.size() && conditions_[next_]->location.span.begin < span.end;
    }

private:
    void print(Span span, bool of_rules, std::string& out) {
        const uint32_t last = source_.locate(span.end).line;
        for (uint32_t number = source_.locate(span.begin).line; number <= last; ++number) line(number, of_rules, out);
    }

    void line(uint32_t number, bool of_rules, std::string& out) {
        const size_t begin = next_;
        while (next_ < conditions_.size() && position(*conditions_[next_]).line <= number) ++next_;
        const bool alone = next_ - begin == 1 && !of_rules;
        out += alone ? counts(*conditions_[begin]) : std::string(counts_width, ' ');
        out += fmt::format(" | {}\n", source_.line(number));
        for (size_t i = begin; i < next_ && !alone; ++i)
            out += fmt::format("{} | {:>{}} {}{}\n", counts(*conditions_[i]), '^', position(*conditions_[i]).column,
                               condition_name(conditions_[i]->kind),
                               of_rules ? fmt::format(", in {}", program_[conditions_[i]->rule].name) : "");
    }

    Position position(const Condition& condition) const { return source_.locate(condition.location.span.begin); }

    const Program& program_;
    const Source& source_;
    std::vector<const Condition*> conditions_;
    size_t next_ = 0;
};

// Of the file itself all rules are shown, of an import those that count.
std::string text_of_file(const Program& program, const Coverage& coverage, uint32_t file) {
    size_t covered = 0, all = 0;
    for (const Condition& each : coverage.conditions()) {
        if (each.location.file != file) continue;
        ++all;
        covered += each.covered();
    }
    if (all == 0) return "";
    const Source& source = *program.sources[file];
    std::string text =
        fmt::format("{}: {} of {} conditions decided\n  held  declined\n", source.name(), covered, all);
    Diagnostics diagnostics;
    auto tree = parse(source, diagnostics);
    if (!tree) return text;
    Annotation annotation(program, coverage, file);
    for (syntax::NodeId each : tree->children(tree->root())) {
        const Kind kind = tree->kind(each);
        const bool is_rule = kind == Kind::rule || kind == Kind::arrow_rule;
        if (is_rule && (file == 0 || annotation.has_one(tree->span(each))))
            annotation.print_rule(tree->span(each), text);
        if (kind == Kind::pattern) annotation.print_pattern(tree->span(each), text);
    }
    return text;
}

}  // namespace

std::string_view condition_name(Condition::Kind kind) {
    switch (kind) {
    case Condition::Kind::clause: return "clause";
    case Condition::Kind::op: return "op";
    case Condition::Kind::arguments: return "no other arguments";
    case Condition::Kind::literal: return "literal";
    case Condition::Kind::same: return "same value";
    case Condition::Kind::list: return "list";
    case Condition::Kind::branch: return "branch";
    case Condition::Kind::if_: return "if";
    case Condition::Kind::filter: return "for … if";
    }
    return "";
}

Diagnostics coverage_warnings(const Program& program, const Coverage& coverage) {
    Diagnostics out;
    for (const Condition& each : coverage.conditions()) {
        if (each.covered()) continue;
        out.push_back({Severity::warning,
                       "",
                       fmt::format("{}: {}", condition_name(each.kind), message_of(each)),
                       program.sources[each.location.file].get(),
                       each.location.span,
                       {}});
    }
    return out;
}

std::string coverage_text(const Program& program, const Coverage& coverage) {
    std::string text;
    for (uint32_t file = 0; file < program.sources.size(); ++file) {
        const std::string part = text_of_file(program, coverage, file);
        if (!part.empty()) text += (text.empty() ? "" : "\n") + part;
    }
    return text;
}

}  // namespace dqrewrite
