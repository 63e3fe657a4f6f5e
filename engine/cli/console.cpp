#include "engine/cli/console.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

std::string rendered(const program::Program& program, const program::Location& location, Severity severity,
                     const std::string& message) {
    return render({severity, "", message, program.sources[location.file].get(), location.span, {}});
}

}  // namespace

void print_error(std::string_view message) {
    fmt::print(stderr, "dqrewrite: error: {}\n", printable_lines(message));
}

void print_note(std::string_view message) {
    fmt::print(stderr, "dqrewrite: note: {}\n", printable_lines(message));
}

void print(const Diagnostics& diagnostics) {
    for (const Diagnostic& diagnostic : diagnostics)
        fmt::print(stderr, "{}{}", diagnostic.source ? "" : "dqrewrite: ", render(diagnostic));
}

void print_error(std::string_view file, const DumpError& error) {
    if (error.line == 0) return print_error(fmt::format("{}: {}", file.empty() ? "\"\"" : file, error.message));
    fmt::print(stderr, "{}:{}:{}: error: {}\n{}", printable_lines(file), error.line, error.column,
               printable_lines(error.message), render_excerpt(error.excerpt, error.excerpt_column, 1));
}

void print_error(const program::Program& program, const RunError& error) {
    fmt::print(stderr, "{}", render(diagnostic_of(program, error)));
}

void print(const program::Program& program, const std::vector<RunWarning>& warnings) {
    for (const RunWarning& warning : warnings)
        fmt::print(stderr, "{}", rendered(program, warning.location, Severity::warning, warning.message));
}

bool standard_input_once(std::string_view command, const std::vector<std::string>& arguments) {
    if (std::ranges::count(arguments, "-") <= 1) return true;
    print_error(fmt::format("{}: only one argument can be standard input", command));
    return false;
}

int write_output(const std::string& path, const std::function<void(Output& output)>& write) {
    auto output = FileOutput::open(path);
    if (!output) return print_error(path, output.error()), cannot_be_done;
    write(**output);
    auto finished = (*output)->finish();
    if (!finished) return print_error(path, finished.error()), cannot_be_done;
    return done;
}

int write_output(const std::string& path, std::string_view text) {
    return write_output(path, [&](Output& output) { output.write(text); });
}

}  // namespace dqrewrite::cli
