// The canonical form of a rule file: `dqrewrite fmt`.
//
// Blanks and line breaks depend on the tree and on the comments alone, except that one empty line between
// declarations, clauses, statements and steps stays one. Brackets that only group stay where they are written,
// once. A comment stays at the end of its line, or on a line of its own before what follows it. The canonical
// form of a canonical form is itself, and has the same tree.
// Limits: those of parse(). Tested by tests/grammar/format_test.cpp over all cases, and tests/grammar/formats.
#pragma once

#include "grammar/syntax.hpp"

#include <string>

namespace dqrewrite {

// `tree` is what parse() made of `source`.
std::string format(const Source& source, const syntax::Tree& tree);

}  // namespace dqrewrite
