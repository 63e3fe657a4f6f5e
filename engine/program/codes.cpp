#include "engine/program/codes.hpp"

#include "grammar/suggest.hpp"

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr CodeText explanations[] = {
    {codes::cannot_read, "A rule file could not be opened or read."},
    {codes::unknown_rules,
     "--rules took a word that is no shipped rule file. A file's name ends in .rules or has a \"/\" in it."},
    {codes::unknown_import,
     "An import is looked up beside the importing file, then among the files that ship with dqrewrite."},
    {codes::import_cycle,
     "A file imports itself, directly or through the files that it imports. Put what both need into a third file."},
    {codes::too_many_imports,
     "The files of one set of rules have at most 1000 imports in all; those after them are not followed."},
    {codes::bad_declaration,
     "A file of ops has one op a line: an operator's schema as PyTorch prints it, or the qualified name of a Python "
     "function; then, after a \";\", the flags \"impure\" and \"commutes\". \"#\" begins a comment. An op may be "
     "declared again in the same way, not in another, and what ships keeps its schema."},
    {codes::duplicate_name,
     "Two declarations bear the same name. Names of ops, patterns, defines, rules and passes are one row, and the "
     "tables that `remember` fills may not bear one of them. Two tests with one title are a warning."},
    {codes::reserved_name,
     "A word that the language uses itself (a kind of node, a function, a namespace of ops) cannot be declared."},
    {codes::recursive, "An ops, pattern, define or pass refers to itself, directly or through others. None of them "
                       "may: every run ends."},
    {codes::unknown_op,
     "No op of this name is declared. Names are PyTorch's: aten.add.Tensor (torch.ops. may be left out), "
     "edge.aten.add.Tensor; a Python function is named as FX prints it: operator.getitem, torch.cat, "
     "torch._C._nn.linear. Ops of one's own are declared in a file of ops: import \"mylib.ops\"."},
    {codes::packet_for_overload,
     "aten.add is a packet of overloads, and graphs call one of them: aten.add.Tensor. A packet is taken without a "
     "warning where one of its overloads stands beside it in the same set, or is taken from it: "
     "aten.add - aten.add.Tensor is the packet alone."},
    {codes::wildcard, "\"*\" stands for all ops whose names begin with what is before it. It is the last part of a "
                      "name, hits at least "
                      "one op, and stands only in an `ops` declaration."},
    {codes::unknown_name, "The name is bound by no pattern, let, loop or declaration that can be seen from here."},
    {codes::unknown_function, "There is no function, method or define of this name."},
    {codes::unknown_rule, "A pass names a rule that is declared neither in this file nor in one that it imports."},
    {codes::unknown_pass, "There is no pass of this name in this file or in one that it imports."},
    {codes::binding, "`e is P` binds new names only where it is a whole `where` or an operand of its `and`: "
                     "elsewhere it may not have "
                     "been tried."},
    {codes::partial_binding,
     "The name is bound by some alternatives of a pattern and not by others, so it may have no value."},
    {codes::unused_name,
     "A name is bound and never read. Leave it out, or write _ for a value that may be anything."},
    {codes::unused_declaration, "Nothing in a file that has a pass uses this ops, pattern, define or rule of it."},
    {codes::shadowed_name,
     "A new name hides another one of the same spelling. `let`, `for` and `as` bind nothing anew, as there is no "
     "assignment; in a comprehension it is a warning. So it is where a word after `is` names a set or a kind and a "
     "value as well."},
    {codes::unknown_argument, "An argument is given by a name that the op's schema does not have."},
    {codes::too_many_arguments, "More arguments are given by position than the op's schema has."},
    {codes::missing_argument, "An argument without default is not given. In a pattern without `...`, what is not "
                              "mentioned must be absent or at "
                              "its default, so no valid call matches."},
    {codes::repeated_argument,
     "One argument is given twice: by position and by name, or twice by name. So it is with a rule of a sweep, a "
     "table that is shared, a key of metadata."},
    {codes::argument_count,
     "A function, define or pattern is used with a number of arguments that it does not take."},
    {codes::literal_type, "A literal stands for an argument or field that never has a value of its type."},
    {codes::needs_brackets, "A pattern of a call is written with brackets: relu(...) matches any call of relu."},
    {codes::misplaced_rest, "\"...\" and \"*rest\" stand last among the arguments, and once."},
    {codes::one_op, "Here one op is needed, and the name stands for several."},
    {codes::not_a_callee,
     "A new node is a call of an op, a get_attr, or a call of a value that is an op, such as n.target."},
    {codes::tensor_field, "n.shape, n.dtype and n.device are arguments of the call n. What its tensor has stands in "
                          "n.meta.val; the argument "
                          "is also called n.arg.shape."},
    {codes::kind_argument,
     "In a pattern, placeholder, call_method and call_module have the arguments of the node in their brackets: the "
     "default of an input, and what a call is given. Names and targets are asked for in a `where`."},
    {codes::constant_condition,
     "A condition is true or false on every run, as far as literals, counts and the ops of patterns decide that."},
    {codes::never_equal,
     "The two sides of a comparison are never equal: they are values of different types, or an op and a packet."},
    {codes::no_order,
     "The two sides of a comparison are of types that have no order: in a condition it never holds, in a "
     "rewrite it is an error."},
    {codes::repeated_where, "A rule asks for the same thing twice."},
    {codes::out_of_range, "A list or tuple never has an item of this index."},
    {codes::one_root,
     "A rule has one `match`, its first clause. Everything else is reached from it: by arguments, users, walk, is."},
    {codes::no_statements, "A rule that is swept has no `rewrite`, or an empty one. Such a rule is good for "
                           "`expect`, which counts it, and it "
                           "keeps the rules that stand behind it in a sweep from the nodes that it matches."},
    {codes::not_a_node, "A node is needed here, and the value is never one."},
    {codes::not_iterable,
     "Something with items is needed here (a list, a tuple, a set, a dict), and the value has none."},
    {codes::not_settable, "Only n.args, n.kwargs, n.target, n.meta.KEY and arguments of n can be set."},
    {codes::plain_text,
     "A text of `warn` or `fail` has a name in braces, and prints the braces: f\"…{n}…\" prints what "
     "the name is bound to."},
    {codes::no_meta_policy,
     "An insert says nothing of metadata: say `meta from n`, `meta from n only {…}`, `meta from n except {…}` or "
     "`meta none`."},
    {codes::erase_with_users, "A node is erased while another node certainly still reads it."},
    {codes::erased_node, "A node is read or changed after it was certainly erased. It may only be compared."},
    {codes::shared_table,
     "A table that `in submodules sharing …` names is one for all graphs. Nodes belong to one graph, and "
     "are not kept in it; their names and numbers may be. The attributes of submodules, by which "
     "`in submodules over …` goes, belong to one graph, too."},
    {codes::bad_bound, "A bound is a whole number from 1 to 1000000."},
    {codes::bad_graph, "The graph of a test is no valid graph."},
    {codes::too_many_diagnostics, "Only the first 100 errors and the first 100 warnings that are found are shown; "
                                  "the last line counts the other places."},
    {codes::too_large, "The rules are larger than any that are written by hand: a limit that keeps memory bounded."},
    {codes::too_deep,
     "Brackets, blocks and operators nest to a limit, and so do declarations that use each other: a limit that keeps "
     "the stack bounded."},
};

}  // namespace

std::span<const CodeText> checker_codes() {
    return explanations;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    std::vector<std::string_view> views(candidates.begin(), candidates.end());
    std::string_view nearest = closest(word, views);
    return nearest.empty() ? "" : fmt::format(", did you mean \"{}\"?", nearest);
}

Diagnostic not_shown(size_t errors, size_t warnings) {
    auto count = [](size_t number, std::string_view what) {
        return number == 0 ? "" : fmt::format("{} more {}{}", number, what, number == 1 ? "" : "s");
    };
    std::string message =
        fmt::format("{}{}{} {} not shown", count(errors, "error"), errors * warnings > 0 ? " and " : "",
                    count(warnings, "warning"), errors + warnings == 1 ? "is" : "are");
    return {errors > 0 ? Severity::error : Severity::warning,
            codes::too_many_diagnostics,
            std::move(message),
            nullptr,
            {},
            {}};
}

}  // namespace dqrewrite
