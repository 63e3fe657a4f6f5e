// dqrewrite check: everything about rule files that can be known without a graph.

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/order.hpp"
#include "engine/author/sets/rule_sets.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/rules_argument.hpp"
#include "engine/program/check.hpp"
#include "engine/program/codes.hpp"
#include "grammar/messages.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>

namespace dqrewrite::cli {

namespace {

int explain(const std::string& code) {
    std::map<std::string, std::string_view> known;  // some are of the grammar and the checker both
    for (const auto rows : {checker_codes(), rule_set_codes(), grammar::parser_codes()})
        for (const CodeText& each : rows) known.emplace(each.code, each.text);
    if (auto found = known.find(code); found != known.end()) return fmt::print("{}: {}\n", code, found->second), done;
    std::vector<std::string> codes;
    for (const auto& [each, text] : known) codes.push_back(each);
    print_error(fmt::format("there is no code \"{}\"{}; the codes are: {}", code, suggestion(code, codes),
                            fmt::join(codes, ", ")));
    return cannot_be_done;
}

// Says what it makes of the order of rules on each graph; the worst status.
int try_orders(const CheckOptions& options, const std::string& file,
               const std::shared_ptr<const program::Program>& program) {
    int status = done;
    size_t orders = 0, differences = 0;
    for (const std::string& path : options.graphs) {
        auto input = open_input(path);
        auto report = input ? check_order(program, *input, path) : tl::unexpected(input.error());
        if (!report) {
            print_error(path, report.error());
            status = cannot_be_done;
            continue;
        }
        print(report->differences);
        orders += report->orders;
        differences += report->differences.size();
        if (has_errors(report->differences))
            status = cannot_be_done;
        else if (options.strict && !report->differences.empty())
            status = std::max(status, answer_is_no);
        if (!report->complete)
            fmt::print("{}: on {} only the first {} other orders were tried\n", file, path, max_orders);
    }
    if (status == cannot_be_done) return status;
    fmt::print("{}: {} of rules tried on {}, {} of them with another result\n", file, counted(orders, "other order"),
               counted(options.graphs.size(), "graph"), differences);
    return status;
}

bool has_warnings(const Diagnostics& diagnostics) {
    return std::ranges::any_of(diagnostics, [](const auto& each) { return each.severity == Severity::warning; });
}

}  // namespace

int check(const CheckOptions& options) {
    if (!options.explain.empty()) return explain(options.explain);
    std::vector<std::string> read = options.files;
    read.insert(read.end(), options.graphs.begin(), options.graphs.end());
    if (!standard_input_once("check", read)) return cannot_be_done;
    int status = done;
    for (const std::string& file : options.files) {
        CheckedRules rules = check_rules(load_rules_argument(file));
        if (rules.program)
            for (Diagnostic& each : check_rule_sets(rules.program, {.overlaps = options.overlaps}))
                rules.diagnostics.push_back(std::move(each));
        print(rules.diagnostics);
        bool found = !rules.program || (options.strict && has_warnings(rules.diagnostics));
        int own = rules.unreadable ? cannot_be_done : found ? answer_is_no : done;
        if (own == done) {
            const program::Program& program = *rules.program;
            fmt::print("{}: {}, {}, {}\n", file, counted(program.rules.size(), "rule"),
                       counted(program.passes.size(), "pass"), counted(program.tests.size(), "test"));
        }
        if (rules.program && !options.graphs.empty()) own = std::max(own, try_orders(options, file, rules.program));
        status = std::max(status, own);
    }
    return status;
}

}  // namespace dqrewrite::cli
