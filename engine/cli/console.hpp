// What the command prints, reads and writes: messages to standard error, in one form, and results to files.
//
// Exit statuses: done 0, the answer is no 1, it could not be done 2.
#pragma once

#include "engine/dump/error.hpp"
#include "engine/dump/output.hpp"
#include "engine/rewrite/rewriter.hpp"
#include "grammar/diagnostic.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::cli {

inline constexpr int done = 0, answer_is_no = 1, cannot_be_done = 2;

// "dqrewrite: error: message"
void print_error(std::string_view message);
// "dqrewrite: note: message"
void print_note(std::string_view message);
// Those that have no place are said like print_error().
void print(const Diagnostics& diagnostics);
// "file:line:column: error: message", and the line with a caret.
void print_error(std::string_view file, const DumpError& error);
void print_error(const program::Program& program, const RunError& error);
void print(const program::Program& program, const std::vector<RunWarning>& warnings);

// Standard input can be read once: false, and a message, where more than one of these arguments is "-".
bool standard_input_once(std::string_view command, const std::vector<std::string>& arguments);

// Writes a file, or standard output where the path is "-"; the exit status, and a message where it cannot be done.
int write_output(const std::string& path, const std::function<void(Output& output)>& write);
int write_output(const std::string& path, std::string_view text);

}  // namespace dqrewrite::cli
