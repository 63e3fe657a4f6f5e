#include "engine/program/codes.hpp"

#include "grammar/suggest.hpp"

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr CodeExplanation explanations[] = {
    {codes::cannot_read, "A rule file could not be opened or read."},
    {codes::unknown_rules, "--rules took a word that is no shipped rule file. A file's name ends in .rules or has a \"/\" in it."},
    {codes::unknown_import, "An import is looked up beside the importing file, then among the files that ship with dqrewrite."},
    {codes::import_cycle, "A file imports itself, directly or through the files that it imports. Put what both need into a third file."},
    {codes::too_many_imports, "One rule file may import at most 1000 others, all levels counted."},
    {codes::bad_declaration,
     "A file of ops has one op a line: an operator's schema as PyTorch prints it, or the qualified name of a Python "
     "function; then, after a \";\", the flag \"impure\". \"#\" begins a comment."},
    {codes::duplicate_name, "Two declarations bear the same name. Names of ops, patterns, defines, rules and passes are one row."},
    {codes::reserved_name, "A word that the language uses itself (a node kind, a function, a statement) cannot be declared."},
    {codes::recursive, "An ops, pattern, define or pass refers to itself, directly or through others. None of them may: every run ends."},
    {codes::unknown_op,
     "No op of this name is declared. Names are PyTorch's: aten.add.Tensor (torch.ops. may be left out), edge.aten.add.Tensor, "
     "operator.getitem. Ops of one's own are declared in a file of ops: import \"mylib.ops\"."},
    {codes::unknown_name, "The name is bound by no pattern, let, loop or declaration that can be seen from here."},
    {codes::unknown_function, "There is no function or define of this name."},
    {codes::unknown_rule, "A pass names a rule that is declared neither in this file nor in one that it imports."},
    {codes::unknown_pass, "There is no pass of this name in this file or in one that it imports."},
    {codes::unknown_argument, "An argument is given by a name that the op's schema does not have."},
    {codes::too_many_arguments, "More arguments are given by position than the op's schema has."},
    {codes::repeated_argument, "One argument is given twice: by position and by name, or twice by name."},
    {codes::argument_count, "A function or define is called with a number of arguments that it does not take."},
    {codes::needs_brackets, "A pattern of a call is written with brackets: relu(...) matches any call of relu."},
    {codes::misplaced_rest, "\"...\" and \"*rest\" stand last among the arguments, and once."},
    {codes::binding,
     "`e is P` binds new names only where it is a whole `where` or an operand of its `and`: elsewhere it may not have been tried."},
    {codes::partial_binding, "The name is bound by some alternatives of a pattern and not by others, so it may have no value."},
    {codes::unused_name, "A name is bound and never read. Leave it out, or write _ for a value that may be anything."},
    {codes::shadowed_name, "A new name hides another one of the same spelling."},
    {codes::no_meta_policy, "An insert says nothing of metadata: say `meta from n`, `meta from n only {…}`, `meta from n except {…}` or `meta none`."},
    {codes::not_a_call, "Here a call of an op is expected."},
    {codes::not_settable, "Only n.args, n.kwargs, n.target, n.meta.KEY and arguments of n can be set."},
    {codes::one_op, "Here one op is needed, and the name stands for several."},
    {codes::one_root, "A rule has one `match`, its first clause. Everything else is reached from it: by arguments, users, walk, is."},
    {codes::bad_bound, "A bound is a whole number from 1 to 1000000."},
    {codes::bad_graph, "The graph of a test is no valid graph."},
    {codes::too_many_diagnostics, "Only the first 100 errors and warnings of a run are shown."},
    {codes::too_large, "The rules are larger than any that are written by hand: a limit that keeps memory bounded."},
    {codes::not_supported, "The construct is reserved for a later version."},
};

}  // namespace

std::span<const CodeExplanation> code_explanations() { return explanations; }

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    std::vector<std::string_view> views(candidates.begin(), candidates.end());
    std::string_view nearest = closest(word, views);
    return nearest.empty() ? "" : fmt::format(", did you mean \"{}\"?", nearest);
}

}  // namespace dqrewrite
