#include "engine/cli/stats.hpp"

#include "engine/author/text/counted.hpp"
#include "engine/author/text/rule_place.hpp"
#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

std::string as_json(const Stats& stats) {
    std::vector<std::string> rules, loops;
    for (const RuleReport& each : stats.rules)
        rules.push_back(fmt::format(R"({{"rule": {}, "candidates": {}, "matches": {}, "rewrites": {}}})",
                                    json_string((*stats.program)[each.rule].name), each.candidates, each.matches,
                                    each.rewrites));
    for (const Stats::Loop& each : stats.loops) {
        const RulePlace place(*stats.program, each.location);
        loops.push_back(fmt::format(R"({{"file": {}, "line": {}, "rounds": {}, "times": {}, "most": {}}})",
                                    json_string(place.file()), place.at.line, each.rounds, each.times, each.most));
    }
    return fmt::format(
        R"({{"graphs": {}, "changed": {}, "failed": {}, "nodes": {{"in": {}, "out": {}}}, "rules": [{}], "loops": [{}], )"
        R"("seconds": {{"read": {:.6f}, "compile": {:.6f}, "rewrite": {:.6f}, "dead_code": {:.6f}, "write": {:.6f}}}}})",
        stats.graphs, stats.changed, stats.failed, stats.nodes_before, stats.nodes_after, fmt::join(rules, ", "),
        fmt::join(loops, ", "), stats.read, stats.compile, stats.rewrite, stats.dead_code, stats.write);
}

std::string as_text(const Stats& stats) {
    std::string text = fmt::format("graphs   {} ({} changed, {} failed)\nnodes    {} -> {}\n", stats.graphs,
                                   stats.changed, stats.failed, stats.nodes_before, stats.nodes_after);
    for (const RuleReport& each : stats.rules)
        text += fmt::format("rule     {}: {}, {}, {}\n", (*stats.program)[each.rule].name,
                            counted(each.candidates, "candidate"), counted(each.matches, "match"),
                            counted(each.rewrites, "rewrite"));
    for (const Stats::Loop& each : stats.loops) {
        text += fmt::format("repeat   {}: {}", RulePlace(*stats.program, each.location).text(),
                            counted(each.rounds, "round"));
        if (each.times > 1) text += fmt::format(" in {} runs, at most {} in one", each.times, each.most);
        text += '\n';
    }
    text += fmt::format("seconds  compile {:.4f}, read {:.4f}, rewrite {:.4f}, dead code {:.4f}, write {:.4f}",
                        stats.compile, stats.read, stats.rewrite, stats.dead_code, stats.write);
    return text;
}

}  // namespace

void Stats::add(const Report& report) {
    if (form_.empty()) return;
    graphs += 1;
    changed += report.changed;
    nodes_before += report.nodes_before;
    nodes_after += report.nodes_after;
    dead_code += report.dead_code_seconds;
    rewrite -= report.dead_code_seconds;
    for (const RuleReport& each : report.rules) add(each);
    for (const LoopReport& each : report.loops) add(each);
}

void Stats::add(const RuleReport& report) {
    const auto rule = static_cast<size_t>(report.rule);
    if (place_of_rule_.empty()) place_of_rule_.assign(program->rules.size(), SIZE_MAX);
    if (place_of_rule_[rule] == SIZE_MAX) {
        place_of_rule_[rule] = rules.size();
        rules.push_back({report.rule});
    }
    RuleReport& sum = rules[place_of_rule_[rule]];
    sum.candidates += report.candidates;
    sum.matches += report.matches;
    sum.rewrites += report.rewrites;
}

void Stats::add(const LoopReport& report) {
    const auto [place, is_new] =
        place_of_loop_.try_emplace({report.location.file, report.location.span.begin}, loops.size());
    if (is_new) loops.push_back({report.location});
    Loop& sum = loops[place->second];
    sum.times += 1;
    sum.rounds += report.rounds;
    sum.most = std::max(sum.most, report.rounds);
}

void Stats::print() const {
    if (form_ == "json") fmt::print(stderr, "{}\n", as_json(*this));
    if (form_ == "text") fmt::print(stderr, "{}\n", as_text(*this));
}

}  // namespace dqrewrite::cli
