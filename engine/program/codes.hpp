// The codes of what loader and checker say, one row a code, and spelling suggestions.
//
// A code is a stable word; `dqrewrite check --explain CODE` prints its explanation. The parser's own codes are
// in grammar/messages.hpp.
// Tested by tests/program: every code is hit by a negative case.
#pragma once

#include "grammar/diagnostic.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

namespace codes {

inline constexpr std::string_view
    // files
    cannot_read = "cannot-read",
    unknown_rules = "unknown-rules", unknown_import = "unknown-import", import_cycle = "import-cycle",
    too_many_imports = "too-many-imports", bad_declaration = "bad-declaration",
    // names
    duplicate_name = "duplicate-name", reserved_name = "reserved-name", recursive = "recursive",
    unknown_op = "unknown-op", packet_for_overload = "packet-for-overload", wildcard = "wildcard",
    unknown_name = "unknown-name", unknown_function = "unknown-function", unknown_rule = "unknown-rule",
    unknown_pass = "unknown-pass", binding = "binding", partial_binding = "partial-binding",
    unused_name = "unused-name", unused_declaration = "unused-declaration", shadowed_name = "shadowed-name",
    // calls
    unknown_argument = "unknown-argument", too_many_arguments = "too-many-arguments",
    missing_argument = "missing-argument", repeated_argument = "repeated-argument", argument_count = "argument-count",
    literal_type = "literal-type", needs_brackets = "needs-brackets", misplaced_rest = "misplaced-rest",
    one_op = "one-op", not_a_callee = "not-a-callee", tensor_field = "tensor-field", kind_argument = "kind-argument",
    // what never or always holds
    constant_condition = "constant-condition", never_equal = "never-equal", no_order = "no-order",
    repeated_where = "repeated-where", out_of_range = "out-of-range",
    // rewriting
    one_root = "one-root", no_statements = "no-statements", not_a_node = "not-a-node", not_iterable = "not-iterable",
    not_settable = "not-settable", plain_text = "plain-text", no_meta_policy = "no-meta-policy",
    erase_with_users = "erase-with-users", erased_node = "erased-node",
    // passes and tests
    bad_bound = "bad-bound", shared_table = "shared-table", bad_graph = "bad-graph",
    // limits
    too_many_diagnostics = "too-many-errors", too_large = "too-large", too_deep = "too-deep";

}  // namespace codes

std::span<const CodeText> checker_codes();

// `, did you mean "relu"?` where one of the candidates is near enough to be meant, else empty. Linear in the
// candidates; the nearest wins, the first of equals.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// The last thing that is said where there is too much to say; one of the two is not 0.
Diagnostic not_shown(size_t errors, size_t warnings);

}  // namespace dqrewrite
