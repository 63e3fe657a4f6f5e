#include "tests/grammar/rule_table.hpp"

#include <algorithm>
#include <set>

namespace dqrewrite::test {

const GrammarRule& file_rule() {
    return rule_table<grammar::file>::rule;
}

std::vector<const GrammarRule*> all_rules(const GrammarRule& root) {
    std::vector<const GrammarRule*> rules{&root};
    std::set<const GrammarRule*> seen{&root};
    for (size_t i = 0; i < rules.size(); ++i)
        for (const auto* row : {rules[i]->parts, rules[i]->steps})
            for (; *row; ++row)
                if (seen.insert(*row).second) rules.push_back(*row);
    return rules;
}

namespace {

using Takes = GrammarRule::Takes;
using Rules = std::set<const GrammarRule*>;

// The least set that holds each rule of which `belongs` says that it does, given the set so far.
template <typename Belongs>
Rules least_set(const std::vector<const GrammarRule*>& rules, const Belongs& belongs) {
    Rules set;
    for (size_t size = 1; set.size() != size;) {
        size = set.size();
        for (const GrammarRule* rule : rules)
            if (!set.contains(rule) && belongs(*rule, set)) set.insert(rule);
    }
    return set;
}

bool takes_always(const GrammarRule& rule, const Rules& taking) {
    const auto* end = rule.steps;
    while (*end) ++end;
    const auto takes = [&](const GrammarRule* step) { return taking.contains(step); };
    switch (rule.takes) {
    case Takes::any: return true;
    case Takes::opt: return false;
    case Takes::seq: return std::any_of(rule.steps, end, takes);
    case Takes::sor: return std::all_of(rule.steps, end, takes);
    }
    return false;
}

// All that can be tried before something was taken comes to an end.
bool ends(const GrammarRule& rule, const Rules& ending, const Rules& taking) {
    for (const auto* step = rule.steps; *step; ++step) {
        if (!ending.contains(*step)) return false;
        if (rule.takes != Takes::sor && taking.contains(*step)) break;
    }
    return true;
}

}  // namespace

std::vector<std::string_view> endless_rules(const GrammarRule& root) {
    const auto rules = all_rules(root);
    const Rules taking = least_set(rules, takes_always);
    const Rules ending =
        least_set(rules, [&](const GrammarRule& rule, const Rules& set) { return ends(rule, set, taking); });
    std::vector<std::string_view> names;
    for (const GrammarRule* rule : rules)
        if (!ending.contains(rule)) names.push_back(rule->name);
    return names;
}

}  // namespace dqrewrite::test
