// The comments of a rule file, which are no part of its tree, in the order of their places.
// For grammar/format.cpp, and tested through it; and for who replaces a piece of a file.
#pragma once

#include "grammar/syntax.hpp"

#include <vector>

namespace dqrewrite {

struct Comment {
    Span span;             // from "#", without blanks at the end
    bool on_its_own_line;  // nothing but blanks before it
};

std::vector<Comment> find_comments(const Source& source, const syntax::Tree& tree);

// Whether there is an empty line in the text between two offsets with nothing but blanks and comments between
// them, before the first comment.
bool has_empty_line(std::string_view text, uint32_t from, uint32_t to);

}  // namespace dqrewrite
