#include "tests/reference/trial.hpp"

#include <algorithm>
#include <stdexcept>

namespace dqrewrite::reference {

namespace {

constexpr size_t max_steps = 400'000;
constexpr uint64_t budget_of_a_trial = 10'000'000;

std::string run_compiled(const CheckedFile& file, Dump& dump, Outcome& outcome) {
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

std::string run_reference(const CheckedFile& file, const Trial& trial, const Dump& dump) {
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
    }
    size_t nodes = smaller.graph.nodes.size();
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

}  // namespace

std::string Trial::rules_text() const {
    std::string text(shared_declarations());
    for (const RuleText& rule : rules) text += rule.text();
    return text;
}

std::string Trial::to_text() const {
    return graph.dump() + "\n" + rules_text();
}

MadeTrial random_trial(uint64_t seed) {
    Random random(seed);
    CheckedFile shared{std::string(shared_declarations())};
    MadeTrial made;
    Trial& trial = made.trial;
    trial.graph = random_graph(random, *shared.files.declarations);
    Dump dump = read_dump(trial.graph.dump());
    OpTable table(*shared.files.declarations);
    state_ops(dump, table);
    Engine reader({}, *shared.files.declarations, table, dump.module.graph, max_steps);
    RuleMaker maker(random, dump.module.graph, reader, *shared.files.declarations);
    for (size_t i = 0; i < 6; ++i) trial.rules.push_back(maker.make("r" + std::to_string(i)));
    CheckedFile whole(trial.rules_text());
    if (whole.program) return made;
    std::vector<RuleText> all = std::exchange(trial.rules, {});
    for (const RuleText& rule : all) {
        CheckedFile alone(std::string(shared_declarations()) + rule.text());
        if (alone.program) {
            trial.rules.push_back(rule);
            continue;
        }
        ++made.refused;
        for (const Diagnostic& each : alone.diagnostics)
            if (each.severity == Severity::error) made.refusals += render(each);
    }
    return made;
}

Outcome run(const Trial& trial) {
    Outcome outcome;
    CheckedFile file(trial.rules_text());
    if (!file.program) throw std::runtime_error("the checker refuses the rules");
    Dump dump = read_dump(trial.graph.dump());
    try {
        outcome.compiled = run_compiled(file, dump, outcome);  // first: it says which ops are impure
        outcome.reference = run_reference(file, trial, dump);
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
