// What the command prints: messages to standard error, in one form.
//
// Exit statuses: done 0, the answer is no 1, it could not be done 2.
#pragma once

#include "engine/dump/error.hpp"
#include "engine/rewrite/rewriter.hpp"
#include "grammar/diagnostic.hpp"

#include <string>
#include <string_view>

namespace dqrewrite::cli {

inline constexpr int done = 0, answer_is_no = 1, cannot_be_done = 2;

// "dqrewrite: error: message"
void print_error(std::string_view message);
// "dqrewrite: note: message"
void print_note(std::string_view message);
void print(const Diagnostics& diagnostics);
// "file:line:column: error: message", and the line with a caret.
void print_error(std::string_view file, const DumpError& error);
void print_error(const program::Program& program, const RunError& error);
void print(const program::Program& program, const std::vector<RunWarning>& warnings);

}  // namespace dqrewrite::cli
