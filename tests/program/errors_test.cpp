// Each file of tests/program/errors has beside it all that `dqrewrite check` says about it; each code is said
// about one of them.
#include "engine/program/codes.hpp"
#include "grammar/messages.hpp"
#include "tests/program/support.hpp"

#include <set>

using namespace dqrewrite;

namespace {

std::string errors_folder() {
    return test::program_folder() + "errors/";
}

}  // namespace

TEST_CASE("rule files that are wrong or look so, and what is said about them") {
    CHECK(test::rule_files("errors").size() >= 120);
    for (const auto& path : test::rule_files("errors")) {
        CheckedRules rules = test::check_file(path.string());
        auto golden = path;
        test::check_golden(golden.replace_extension(".err").string(),
                           test::render_all(rules.diagnostics, errors_folder()));
        INFO(path);
        CHECK_FALSE(rules.diagnostics.empty());
        CHECK(has_errors(rules.diagnostics) == !rules.program);
    }
}

TEST_CASE("what is said is in order, and once") {
    for (const auto& path : test::rule_files("errors")) {
        INFO(path);
        const Diagnostics diagnostics = test::check_file(path.string()).diagnostics;
        for (size_t i = 1; i < diagnostics.size(); ++i) {
            const Diagnostic& a = diagnostics[i - 1];
            const Diagnostic& b = diagnostics[i];
            if (a.source == b.source) CHECK(a.span.begin <= b.span.begin);
            CHECK_FALSE((a.source == b.source && a.span == b.span && a.code == b.code && a.message == b.message));
        }
    }
}

TEST_CASE("every code is said about a file, and explained") {
    // What no file alone can show: see load_test.cpp.
    std::set<std::string_view> said = {codes::unknown_rules, codes::too_many_imports};
    for (const auto& path : test::rule_files("errors"))
        for (const Diagnostic& diagnostic : test::check_file(path.string()).diagnostics) said.insert(diagnostic.code);
    std::set<std::string_view> explained;
    for (const CodeText& row : checker_codes()) {
        INFO(row.code);
        CHECK(explained.insert(row.code).second);
        CHECK_FALSE(row.text.empty());
        CHECK(said.count(row.code) == 1);
    }
    for (const CodeText& row : grammar::parser_codes()) explained.insert(row.code);
    for (std::string_view code : said) {
        INFO(code);
        CHECK(explained.count(code) == 1);
    }
}
