// Each file of tests/grammar/cases has its tree beside it.
#include "tests/grammar/support.hpp"

using namespace dqrewrite;

TEST_CASE("rule files and their trees") {
    for (const auto& path : test::rule_files("cases")) {
        auto golden = path;
        test::check_golden(golden.replace_extension(".tree").string(), test::tree_or_messages(test::load(path)));
    }
}

TEST_CASE("every case is a rule file") {
    for (const auto& path : test::rule_files("cases")) {
        INFO(path);
        const Source source = test::load(path);
        Diagnostics diagnostics;
        CHECK(parse(source, diagnostics));
        CHECK(test::render_all(diagnostics) == "");
    }
}

TEST_CASE("every kind of node stands in a tree") {
    std::vector<int> count(static_cast<size_t>(syntax::Kind::at_most) + 1);
    for (const auto& path : test::rule_files("cases")) {
        const Source source = test::load(path);
        Diagnostics diagnostics;
        const auto tree = parse(source, diagnostics);
        REQUIRE(tree);
        for (uint32_t id = 0; id < tree->size(); ++id) ++count[static_cast<size_t>(tree->kind(syntax::NodeId{id}))];
    }
    for (size_t kind = 0; kind < count.size(); ++kind) {
        INFO(syntax::kind_name(static_cast<syntax::Kind>(kind)));
        CHECK(count[kind] > 0);
    }
}
