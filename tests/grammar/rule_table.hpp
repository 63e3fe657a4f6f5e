// The rules of a PEGTL grammar as data: what the compiler would instantiate as functions, one for each rule, takes it
// half a minute for a grammar of this size, and tao::pegtl::visit and tao::pegtl::analyze do just that.
#pragma once

#include "grammar/grammar.hpp"
#include "grammar/message_table.hpp"

#include <tao/pegtl/contrib/analyze_traits.hpp>

#include <string_view>
#include <type_traits>
#include <vector>

namespace tao::pegtl {

// What the analysis needs to know of the two rules that are not made of PEGTL's own.
template <typename Name>
struct analyze_traits<Name, dqrewrite::grammar::same_line> : analyze_opt_traits<> {};
template <typename Name, dqrewrite::grammar::Text... Words>
struct analyze_traits<Name, dqrewrite::grammar::one_of_words<Words...>> : analyze_any_traits<> {};

}  // namespace tao::pegtl

namespace dqrewrite::test {

struct GrammarRule {
    // Whether it takes something where it matches: always, not always, where one of its steps or where all of
    // them do.
    using Takes = tao::pegtl::internal::analyze_type;

    std::string_view name;            // as the compiler spells it
    const GrammarRule* const* parts;  // what it is made of, up to a null
    Takes takes;                      // …
    const GrammarRule* const* steps;  // … and these, in order, up to a null; of a loop itself is the last
    bool only_refuses;                // it never matches: what it stands for is an error
    const grammar::Message* message;  // of a `need`
};

// The rule and all that it is made of, each once.
std::vector<const GrammarRule*> all_rules(const GrammarRule& root);
// Those that may come back to themselves before anything was taken, or to one that may.
std::vector<std::string_view> endless_rules(const GrammarRule& root);

// The rule of a whole file.
const GrammarRule& file_rule();

// -- how a table comes of a rule

template <typename Rule>
constexpr bool only_refuses = std::is_base_of_v<tao::pegtl::failure, Rule>;
template <typename Rule>
constexpr bool only_refuses<grammar::need<Rule>> = only_refuses<Rule>;
template <typename Sign, typename Complaint>
constexpr bool only_refuses<grammar::refuse<Sign, Complaint>> = true;

template <typename Rule>
constexpr const grammar::Message* message_of = nullptr;
template <typename Rule>
constexpr const grammar::Message* message_of<grammar::need<Rule>> = &grammar::message<Rule>;

template <typename Rule>
struct rule_table {
    using traits = tao::pegtl::analyze_traits<Rule, typename Rule::rule_t>;
    static const GrammarRule rule;
};

template <typename Rules>
struct rule_row;
template <typename... Rules>
struct rule_row<tao::pegtl::type_list<Rules...>> {
    static const GrammarRule* const rules[];
};

template <typename... Rules>
constinit const GrammarRule* const rule_row<tao::pegtl::type_list<Rules...>>::rules[] = {&rule_table<Rules>::rule...,
                                                                                         nullptr};
template <typename Rule>
constinit const GrammarRule rule_table<Rule>::rule = {tao::pegtl::demangle<Rule>(),
                                                      rule_row<typename Rule::subs_t>::rules,
                                                      traits::type_v,
                                                      rule_row<typename traits::subs_t>::rules,
                                                      test::only_refuses<Rule>,
                                                      message_of<Rule>};

}  // namespace dqrewrite::test
