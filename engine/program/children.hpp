// Going over what stands directly in an expression or a pattern.
//
// Of an expression what its loops go over, then its children; not the bodies of defines, nor the pattern of an `is`.
#pragma once

#include "engine/program/program.hpp"

#include <algorithm>

namespace dqrewrite::program {

// Whether a test holds of one of them; those after it are not asked.
template <class Test>
bool any_child(const Expression& expression, const Test& test) {
    return std::ranges::any_of(expression.loops,
                               [&](const Expression::Loop& loop) {
                                   return test(loop.iterable) || std::ranges::any_of(loop.filters, test);
                               }) ||
           std::ranges::any_of(expression.children, test);
}
template <class Test>
bool any_child(const Pattern& pattern, const Test& test) {
    return std::ranges::any_of(pattern.children, test) ||
           std::ranges::any_of(pattern.arguments, [&](const Pattern::Argument& each) {
               return each.pattern != no_pattern && test(each.pattern);
           });
}

template <class Part, class Visit>
void for_each_child(const Part& part, const Visit& visit) {
    any_child(part, [&](auto id) {
        visit(id);
        return false;
    });
}

}  // namespace dqrewrite::program
