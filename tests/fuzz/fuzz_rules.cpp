// Any bytes: a rule file is refused with a message and a place, or it has a canonical form that says the same and is
// its own; if it passes the checker, its passes compile and its tests run.
#include "engine/author/testing/rule_tests.hpp"
#include "engine/program/check.hpp"
#include "engine/program/text.hpp"
#include "grammar/format.hpp"
#include "grammar/parse.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdio>
#include <cstdlib>

using namespace dqrewrite;

namespace {

void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "fuzz_rules: %s\n", what);
    std::abort();
}

void require_messages(const Diagnostics& diagnostics) {
    require(!diagnostics.empty(), "refused without a message");
    for (const Diagnostic& each : diagnostics) require(!render(each).empty(), "an empty message");
}

void check_format(const Source& source, const syntax::Tree& tree) {
    const Source formatted("formatted", format(source, tree));
    Diagnostics diagnostics;
    const auto again = parse(formatted, diagnostics);
    require(again.has_value(), "the canonical form cannot be read");
    require(same_tree(tree, *again), "the canonical form says something else");
    require(format(formatted, *again) == formatted.text(), "the canonical form has another canonical form");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Source source("fuzz.rules", text);
    Diagnostics diagnostics;
    const auto tree = parse(source, diagnostics);
    if (!tree) return require_messages(diagnostics), 0;
    check_format(source, *tree);

    const CheckedRules rules = check_rules(load_rules_text("fuzz.rules", text));
    if (!rules.program) return require_messages(rules.diagnostics), 0;
    require(!text_form(*rules.program).empty() || rules.program->rules.empty(), "no text form");
    run_rule_tests(rules.program);
    return 0;
}
