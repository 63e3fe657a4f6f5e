#include "engine/rewrite/firings.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr size_t shown_nodes = 6;
constexpr size_t longest_row = 32;

}  // namespace

void Firings::begin_round(uint64_t round, uint64_t bound) {
    if (round + last_rounds <= bound) return;
    if (rounds_.empty() && (round == 1 || round + last_rounds == bound + 1)) kept_.clear();
    rounds_.push_back(round);
}

void Firings::end_round(uint64_t round, uint64_t bound) {
    if (round + last_rounds > bound) rounds_.pop_back();
}

std::vector<RunNote> Firings::notes(const program::Program& program, uint64_t round) const {
    std::vector<RunNote> notes;
    std::vector<program::RuleId> rules;
    for (const Firing& each : kept_)
        if (each.round == round && std::ranges::find(rules, each.rule) == rules.end()) rules.push_back(each.rule);
    for (program::RuleId rule : rules) {
        size_t count = 0;
        std::string nodes;
        for (const Firing& each : kept_) {
            if (each.round != round || each.rule != rule) continue;
            if (count++ < shown_nodes) nodes += (count == 1 ? "" : ", ") + each.graph->name(each.root);
        }
        if (count > shown_nodes) nodes += ", …";
        notes.push_back(
            {program[rule].location, fmt::format("in round {} \"{}\" rewrote {} node{}: {}", round,
                                                 program[rule].name, count, count == 1 ? "" : "s", nodes)});
    }
    std::vector<uint32_t> sequence;
    for (const Firing& each : kept_) sequence.push_back(static_cast<uint32_t>(each.rule));
    size_t period = shortest_period(sequence, longest_row);
    if (period == 0) return notes;
    std::string row;
    for (size_t i = kept_.size() - period; i < kept_.size(); ++i)
        row += fmt::format("{}\"{}\" at {}", row.empty() ? "" : ", then ", program[kept_[i].rule].name,
                           kept_[i].graph->name(kept_[i].root));
    notes.push_back({std::nullopt, fmt::format("what goes round, as it was last: {}", row)});
    return notes;
}

size_t shortest_period(std::span<const uint32_t> sequence, size_t longest) {
    for (size_t period = 1; period <= longest && 2 * period <= sequence.size(); ++period) {
        auto tail = sequence.last(std::max(2 * period, sequence.size() / 2));
        if (std::ranges::equal(tail.subspan(period), tail.first(tail.size() - period))) return period;
    }
    return 0;
}

}  // namespace dqrewrite
