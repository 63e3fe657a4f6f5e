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
    for (const LoopReport& each : stats.loops) {
        const RulePlace place(*stats.program, each.location);
        loops.push_back(fmt::format(R"({{"file": {}, "line": {}, "rounds": {}}})", json_string(place.file()),
                                    place.at.line, each.rounds));
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
    for (const LoopReport& each : stats.loops) text += fmt::format("repeat   ended after {} rounds\n", each.rounds);
    text += fmt::format("seconds  compile {:.4f}, read {:.4f}, rewrite {:.4f}, dead code {:.4f}, write {:.4f}",
                        stats.compile, stats.read, stats.rewrite, stats.dead_code, stats.write);
    return text;
}

}  // namespace

void Stats::add(const Report& report) {
    graphs += 1;
    changed += report.changed;
    nodes_before += report.nodes_before;
    nodes_after += report.nodes_after;
    dead_code += report.dead_code_seconds;
    rewrite -= report.dead_code_seconds;
    loops.insert(loops.end(), report.loops.begin(), report.loops.end());
    for (const RuleReport& each : report.rules) {
        auto known = std::find_if(rules.begin(), rules.end(), [&](const auto& sum) { return sum.rule == each.rule; });
        if (known == rules.end()) known = rules.insert(known, RuleReport{each.rule});
        known->candidates += each.candidates;
        known->matches += each.matches;
        known->rewrites += each.rewrites;
    }
}

void Stats::print(std::string_view form) const {
    if (form == "json") fmt::print(stderr, "{}\n", as_json(*this));
    if (form == "text") fmt::print(stderr, "{}\n", as_text(*this));
}

}  // namespace dqrewrite::cli
