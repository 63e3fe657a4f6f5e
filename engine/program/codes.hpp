// The codes of what loader and checker say, one row a code, and spelling suggestions.
//
// A code is a stable word; `dqrewrite check --explain CODE` prints its explanation. The parser's own codes are
// in grammar/messages.hpp.
// Tested by tests/program: every code is hit by a negative case.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

namespace codes {

inline constexpr std::string_view
    cannot_read = "cannot-read", unknown_rules = "unknown-rules", unknown_import = "unknown-import",
    import_cycle = "import-cycle", too_many_imports = "too-many-imports", bad_declaration = "bad-declaration",
    duplicate_name = "duplicate-name", reserved_name = "reserved-name", recursive = "recursive",
    unknown_op = "unknown-op", unknown_name = "unknown-name", unknown_function = "unknown-function",
    unknown_rule = "unknown-rule", unknown_pass = "unknown-pass", unknown_argument = "unknown-argument",
    too_many_arguments = "too-many-arguments", repeated_argument = "repeated-argument",
    argument_count = "argument-count", needs_brackets = "needs-brackets", misplaced_rest = "misplaced-rest",
    binding = "binding", partial_binding = "partial-binding", unused_name = "unused-name",
    shadowed_name = "shadowed-name", no_meta_policy = "no-meta-policy", not_a_call = "not-a-call",
    not_settable = "not-settable", one_op = "one-op", one_root = "one-root", bad_bound = "bad-bound", bad_graph = "bad-graph",
    too_many_diagnostics = "too-many-errors", too_large = "too-large", not_supported = "not-supported";

}  // namespace codes

struct CodeExplanation {
    std::string_view code;
    std::string_view text;
};
std::span<const CodeExplanation> code_explanations();

// `, did you mean "relu"?` where one of the candidates is near enough to be meant, else empty. Linear in the
// candidates; the nearest wins, the first of equals.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

}  // namespace dqrewrite
