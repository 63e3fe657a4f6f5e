#include "tests/reference/trial.hpp"

#include <algorithm>
#include <stdexcept>

namespace dqrewrite::reference {

namespace {

constexpr size_t max_steps = 400'000;
constexpr uint64_t budget_of_a_trial = 10'000'000;

std::string match_compiled(const CheckedFile& file, Dump& dump, Outcome& outcome) {
    CompiledRun run(*file.program, dump, budget_of_a_trial);
    std::string text;
    std::vector<program::RuleId> all;
    for (size_t i = 0; i < file.program->rules.size(); ++i) {
        all.push_back(static_cast<program::RuleId>(i));
        outcome.matches.push_back(0);
        text += run.solutions({all.back()}, outcome.matches.back());
    }
    size_t swept = 0;
    return text + "all in one sweep:\n" + run.solutions(all, swept);
}

std::string match_reference(const CheckedFile& file, const Trial& trial, const Dump& dump) {
    const Graph& graph = dump.module.graph;
    OpTable table(*file.files.declarations);
    state_ops(dump, table);
    std::string text;
    std::map<NodeId, std::string> first;
    for (const RuleText& rule : trial.rules) {
        Engine engine({&file.files.files[0].tree}, *file.files.declarations, table, graph, max_steps);
        for (NodeId root = graph.first(); root != no_node; root = graph.next(root)) {
            auto names = engine.match(rule.name, root);
            if (!names) continue;
            std::erase_if(*names, [&](const auto& each) {
                return std::find(rule.names.begin(), rule.names.end(), each.first) == rule.names.end();
            });
            std::string line = graph.name(root) + ": " + rule.name + " {" + describe(graph, *names) + "}\n";
            text += line;
            first.emplace(root, line);
        }
    }
    text += "all in one sweep:\n";
    for (NodeId root = graph.first(); root != no_node; root = graph.next(root))
        if (auto found = first.find(root); found != first.end()) text += found->second;
    return text;
}

// The trial without one of its parts, or nothing where there are no more such parts.
std::optional<Trial> without(const Trial& trial, size_t part) {
    Trial smaller = trial;
    if (part < trial.rules.size()) {
        smaller.rules.erase(smaller.rules.begin() + static_cast<long>(part));
        return smaller;
    }
    part -= trial.rules.size();
    for (RuleText& rule : smaller.rules) {
        if (part < rule.clauses.size()) {
            rule.clauses.erase(rule.clauses.begin() + static_cast<long>(part));
            return smaller;
        }
        part -= rule.clauses.size();
        if (part < rule.names.size()) {
            rule.names.erase(rule.names.begin() + static_cast<long>(part));
            return smaller;
        }
        part -= rule.names.size();
        if (part < rule.statements.size()) {
            rule.statements.erase(rule.statements.begin() + static_cast<long>(part));
            return smaller;
        }
        part -= rule.statements.size();
    }
    size_t nodes = smaller.graph.nodes.size();
    if (part == nodes && !smaller.graph.submodule.empty()) {
        smaller.graph.submodule.clear();
        return smaller;
    }
    if (part >= nodes) return {};
    smaller.graph.nodes.erase(smaller.graph.nodes.begin() + static_cast<long>(nodes - 1 - part));
    return smaller;
}

bool still_differs(const Trial& trial) {
    try {
        return !trial.rules.empty() && !run(trial).agree();
    } catch (const std::runtime_error&) {
        return false;  // no dump or no rule file any more
    }
}

std::string errors_of(const CheckedFile& file) {
    std::string text;
    for (const Diagnostic& each : file.diagnostics)
        if (each.severity == Severity::error) text += render(each);
    return text;
}

size_t lines_of(std::string_view text) {
    return static_cast<size_t>(std::ranges::count(text, '\n'));
}

// Those in whose lines there is an error. Returns how many.
size_t leave_out_refused(Trial& trial, const CheckedFile& file) {
    size_t line = 1 + lines_of(shared_declarations());
    size_t left_out = std::erase_if(trial.rules, [&](const RuleText& rule) {
        size_t begin = line;
        line += lines_of(rule.text());
        return std::ranges::any_of(file.diagnostics, [&](const Diagnostic& each) {
            size_t at = each.source->locate(each.span.begin).line;
            return each.severity == Severity::error && at >= begin && at < line;
        });
    });
    if (left_out == 0) throw std::runtime_error("the checker refuses what all rules use\n" + errors_of(file));
    return left_out;
}

}  // namespace

std::string Trial::rules_text() const {
    std::string text(shared_declarations());
    std::string names;
    for (const RuleText& rule : rules) {
        text += rule.text();
        names += (names.empty() ? "" : ", ") + rule.name;
    }
    if (rules.empty() || steps_of_all.empty()) return text;
    std::string steps = steps_of_all;
    if (size_t at = steps.find("RULES"); at != steps.npos) steps.replace(at, 5, names);
    return text + "pass of_all { " + steps + " }\n";
}

Trial Trial::without_rewrites() const {
    Trial matching = *this;
    matching.steps_of_all.clear();
    std::erase_if(matching.rules, [](const RuleText& rule) {
        return std::ranges::any_of(rule.clauses,
                                   [](const std::string& clause) { return clause.find("kept") != clause.npos; });
    });
    for (RuleText& rule : matching.rules) {
        rule.statements.clear();
        rule.result.clear();
        rule.steps.clear();
    }
    return matching;
}

std::string Trial::to_text() const {
    return graph.dump() + "\n" + rules_text();
}

MadeTrial random_trial(uint64_t seed) {
    Random random(seed);
    static const CheckedFile shared{std::string(shared_declarations())};
    MadeTrial made;
    Trial& trial = made.trial;
    trial.graph = random_graph(random, *shared.files.declarations);
    Dump dump = read_dump(trial.graph.dump());
    OpTable table(*shared.files.declarations);
    state_ops(dump, table);
    Engine reader({}, *shared.files.declarations, table, dump.module.graph, max_steps);
    RuleMaker maker(random, dump.module.graph, reader, *shared.files.declarations);
    for (size_t i = 0; i < 6; ++i) trial.rules.push_back(maker.make("r" + std::to_string(i)));
    trial.steps_of_all = maker.steps_of_all();
    while (true) {
        made.file = std::make_shared<CheckedFile>(trial.rules_text());
        if (made.file->program) return made;
        made.refusals += errors_of(*made.file);
        made.refused += leave_out_refused(trial, *made.file);
    }
}

namespace {

// Whether the compiled engine, which alone has a budget for a run, spent it before a bound at which the other
// stopped: rounds that make ever more come there. Any other ending has to be the same.
bool spent_before_the_bound(const RunResult& compiled, const RunResult& reference) {
    return compiled.ending && compiled.ending->message.starts_with("the run has spent its budget") &&
           reference.ending && reference.ending->message.starts_with("the repeat still changed the graph");
}

// Both engines' passes; what differs goes into both texts.
void run_passes(const CheckedFile& file, const Trial& trial, Outcome& outcome) {
    std::vector<std::string> passes;
    for (const RuleText& rule : trial.rules) passes.push_back("of_" + rule.name);
    if (trial.rules.size() > 1) passes.push_back("of_all");
    const std::string dump = trial.graph.dump();
    for (const std::string& pass : passes) {
        RunResult reference;
        try {
            reference = run_reference(file, pass, dump, max_steps);
        } catch (const TooSlow&) {
            ++outcome.endless;
            continue;
        }
        RunResult compiled = run_compiled(file, pass, dump);
        if (spent_before_the_bound(compiled, reference)) {
            ++outcome.endless;
            continue;
        }
        outcome.runs.push_back(std::move(compiled));
        if (agree(outcome.runs.back(), reference)) continue;
        outcome.compiled += "pass " + pass + "\n" + outcome.runs.back().to_text();
        outcome.reference += "pass " + pass + "\n" + reference.to_text();
    }
}

}  // namespace

Outcome run(const Trial& trial) {
    CheckedFile file(trial.rules_text());
    if (!file.program) throw std::runtime_error("the checker refuses the rules\n" + errors_of(file));
    return run(trial, file);
}

Outcome run(const Trial& trial, const CheckedFile& file) {
    Outcome outcome;
    Dump dump = read_dump(trial.graph.dump());
    try {
        outcome.compiled = match_compiled(file, dump, outcome);  // first: it says which ops are impure
        outcome.reference = match_reference(file, trial, dump);
        run_passes(file, trial, outcome);
    } catch (const TooSlow&) {
        outcome.too_slow = true;
    } catch (const BudgetSpent&) {
        outcome.too_slow = true;
    }
    return outcome;
}

Trial minimized(Trial trial) {
    for (size_t part = 0; auto smaller = without(trial, part);) {
        if (!still_differs(*smaller)) {
            ++part;
            continue;
        }
        trial = std::move(*smaller);
        part = 0;
    }
    return trial;
}

}  // namespace dqrewrite::reference
