#include "engine/author/sets/codes.hpp"

namespace dqrewrite {

namespace {

constexpr CodeText explanations[] = {
    {codes::overlap,
     "Two rules of a sweep match at one node, as the graph shows; the first of them is taken. That may well be "
     "meant: "
     "the more special rule stands first. If it is not, change their order, or add a `where` to one of them."},
    {codes::may_overlap,
     "The patterns of two rules of a sweep fit one node. Whether both rules match there hangs on a condition that no "
     "check can decide without a graph: metadata, tables, arithmetic, values of the graph."},
    {codes::shadowed_rule, "Wherever this rule matches, an earlier one of the sweep matches too, and is taken. Put "
                           "the special rule first."},
    {codes::same_rule,
     "This rule matches where an earlier one of the sweep does and rewrites it in the same way. Delete one of them."},
    {codes::commuted_rule,
     "This rule is an earlier one of the sweep but for the order of two operands, and the op commutes in them. A "
     "pattern "
     "matches operands as they stand, so both rules are needed for both orders; but one rule says it as well: "
     "match aten.add.Tensor(x, aten.neg.default(y)) | aten.add.Tensor(aten.neg.default(y), x). Which ops commute is "
     "said by the files of ops."},
    {codes::never_matches, "Two demands of the rule contradict each other, so no node meets both."},
    {codes::fires_for_ever,
     "What the rules make is what they match, and the pass comes back to it: a `repeat`, or a sweep that visits what "
     "was inserted behind the node at hand. The run ends with an error at the bound of the repeat, or at its budget. "
     "Let the rule ask for what it changes, so that it does not match its own result."},
    {codes::order_dependent, "Two rules of a sweep match at one node of the graph, and it makes a difference which "
                             "of them stands first. That "
                             "may well be meant; `check --order-dependence` says where it matters."},
};

}  // namespace

std::span<const CodeText> rule_set_codes() {
    return explanations;
}

}  // namespace dqrewrite
