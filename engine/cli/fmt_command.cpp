// dqrewrite fmt: rule files in the one canonical form.

#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/dump/input.hpp"
#include "grammar/format.hpp"
#include "grammar/parse.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

int format_one(const std::string& path, bool check) {
    auto input = open_input(path);
    if (!input) return print_error(path, input.error()), cannot_be_done;
    Source source(path, std::string((*input)->text()));
    Diagnostics diagnostics;
    auto tree = parse(source, diagnostics);
    print(diagnostics);
    if (!tree) return check ? answer_is_no : cannot_be_done;
    std::string text = format(source, *tree);
    if (path == "-") return write_output(path, text);
    if (text == source.text()) return done;
    if (!check) return write_output(path, text);
    fmt::print("{}\n", path);
    return answer_is_no;
}

}  // namespace

int format_files(const FormatOptions& options) {
    if (!standard_input_once("fmt", options.files)) return cannot_be_done;
    int status = done;
    for (const std::string& file : options.files) status = std::max(status, format_one(file, options.check));
    return status;
}

}  // namespace dqrewrite::cli
