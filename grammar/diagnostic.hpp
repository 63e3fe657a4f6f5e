// What is said about a rule file: data first, text only at the end.
//
// Parser, checker and engine add Diagnostics to a list and go on; only the command prints them, with
// render(). Codes are stable words ("unknown-op"): grammar/messages.hpp has those of the parser,
// engine/program/codes.hpp those of the checker.
// Tested by tests/grammar/diagnostic_test.cpp and by every negative case.
#pragma once

#include "grammar/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

// A note says what is no fault, and has no effect on any exit status.
enum class Severity { error, warning, note };

// A second place that a diagnostic refers to; `source` is null where there is only something to say.
struct DiagnosticNote {
    const Source* source = nullptr;
    Span span;
    std::string message;
};

struct Diagnostic {
    Severity severity = Severity::error;
    std::string_view code;  // of static storage
    std::string message;
    const Source* source = nullptr;
    Span span;
    std::vector<DiagnosticNote> notes;
};

using Diagnostics = std::vector<Diagnostic>;

// A code and what it means, for `check --explain`.
struct CodeText {
    std::string_view code;
    std::string_view text;
};

bool has_errors(const Diagnostics& diagnostics);

// By file (in order of first appearance in `diagnostics`), offset and severity; equal ones once.
void sort_and_deduplicate(Diagnostics& diagnostics);

// "file:line:column: error: message [code]", the line, a caret under it, then the notes in the same
// form; each line ends in "\n". Long lines are shown around the caret, at most 120 columns of them.
std::string render(const Diagnostic& diagnostic);

// The line with a caret under it, as render() shows it: two lines, indented by four.
std::string render_excerpt(std::string_view line, uint32_t column, uint32_t width);

// A message as it is printed: "?" stands for control characters, which a terminal would obey and which may come from
// a graph or a rule file, and for what is not UTF-8; a tab is a blank, ends of lines stay.
std::string printable_lines(std::string_view text);

}  // namespace dqrewrite
