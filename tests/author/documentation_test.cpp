// Every block marked `rules` in the documentation is a rule file without errors, and its tests pass.

#include "tests/author/documents.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/testing/rule_tests.hpp"
#include "engine/program/check.hpp"

using namespace dqrewrite;

TEST_CASE("the examples of the documentation hold") {
    for (const char* page : {"/docs/language.md", "/docs/from_python.md", "/docs/graph_dump.md", "/README.md"}) {
        std::vector<std::string> blocks = test::rules_of(test::read_file(DQREWRITE_SOURCE_DIR + std::string(page)));
        if (std::string_view(page) == "/docs/language.md") CHECK(blocks.size() >= 5);
        for (const std::string& block : blocks) {
            INFO(page << "\n" << block);
            test::check_tests(check_rules(load_rules_text("example.rules", block)));
        }
    }
}
