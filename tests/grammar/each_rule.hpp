// Visits each rule of a PEGTL grammar once. tao::pegtl::visit does the same with lists of types, which takes the
// compiler a minute for a grammar of this size.
#pragma once

#include <tao/pegtl.hpp>

#include <set>
#include <string_view>

namespace dqrewrite::test {

template <template <typename> class Visit, typename Rule, typename Result>
void visit_each_rule(Result& result, std::set<std::string_view>& seen);

template <template <typename> class Visit, typename Result, typename... Rules>
void visit_each_of(tao::pegtl::type_list<Rules...>, Result& result, std::set<std::string_view>& seen) {
    (visit_each_rule<Visit, Rules>(result, seen), ...);
}

template <template <typename> class Visit, typename Rule, typename Result>
void visit_each_rule(Result& result, std::set<std::string_view>& seen) {
    if (!seen.insert(tao::pegtl::demangle<Rule>()).second) return;
    Visit<Rule>::visit(result);
    visit_each_of<Visit>(typename Rule::subs_t(), result, seen);
}

// Calls Visit<Rule>::visit(result) for Root and each rule below it.
template <template <typename> class Visit, typename Root, typename Result>
void for_each_rule(Result& result) {
    std::set<std::string_view> seen;
    visit_each_rule<Visit, Root>(result, seen);
}

}  // namespace dqrewrite::test
