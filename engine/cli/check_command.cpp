// dqrewrite check: everything about rule files that can be known without a graph.

#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"
#include "grammar/messages.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

int explain(const std::string& code) {
    std::vector<std::string> codes;
    for (const auto& known : code_explanations()) {
        if (known.code == code) return fmt::print("{}: {}\n", known.code, known.text), done;
        codes.emplace_back(known.code);
    }
    for (const auto& known : grammar::code_texts()) {
        if (known.code == code) return fmt::print("{}: {}\n", known.code, known.text), done;
        codes.emplace_back(known.code);
    }
    print_error(fmt::format("there is no code \"{}\"{}; the codes are: {}", code, suggestion(code, codes),
                            fmt::join(codes, ", ")));
    return cannot_be_done;
}

}  // namespace

int check(const CheckOptions& options) {
    if (!options.explain.empty()) return explain(options.explain);
    int status = done;
    for (const std::string& file : options.files) {
        Diagnostics diagnostics;
        RuleFiles files = load_rules(file, diagnostics);
        CheckedRules rules = check_rules(std::move(files), std::move(diagnostics));
        print(rules.diagnostics);
        bool found = !rules.program || (options.strict && !rules.diagnostics.empty());
        int own = rules.unreadable ? cannot_be_done : found ? answer_is_no : done;
        if (own == done) {
            const program::Program& program = *rules.program;
            fmt::print("{}: {} rule{}, {} pass{}, {} test{}\n", file, program.rules.size(),
                       program.rules.size() == 1 ? "" : "s", program.passes.size(),
                       program.passes.size() == 1 ? "" : "es", program.tests.size(),
                       program.tests.size() == 1 ? "" : "s");
        }
        status = std::max(status, own);
    }
    return status;
}

}  // namespace dqrewrite::cli
