// Each file of tests/grammar/errors has beside it all that is said about it, and each message of the table of
// the grammar is said about one of them.
#include "tests/grammar/rule_table.hpp"
#include "tests/grammar/support.hpp"

#include <set>

using namespace dqrewrite;

TEST_CASE("texts that are no rule files, and what is said about them") {
    for (const auto& path : test::rule_files("errors")) {
        auto golden = path;
        test::check_golden(golden.replace_extension(".err").string(), test::tree_or_messages(test::load(path)));
    }
}

TEST_CASE("one error is said about each, and nothing else comes of it") {
    for (const auto& path : test::rule_files("errors")) {
        INFO(path);
        const Source source = test::load(path);
        Diagnostics diagnostics;
        CHECK_FALSE(parse(source, diagnostics));
        REQUIRE(diagnostics.size() == 1);
        CHECK(diagnostics[0].severity == Severity::error);
        CHECK(diagnostics[0].source == &source);
        CHECK(diagnostics[0].span.begin <= diagnostics[0].span.end);
        CHECK(diagnostics[0].span.end <= source.text().size());
    }
}

TEST_CASE("every message of the table is said") {
    std::string said;
    for (const auto& path : test::rule_files("errors")) said += test::tree_or_messages(test::load(path));
    std::set<std::string> texts;
    for (const test::GrammarRule* rule : test::all_rules(test::file_rule())) {
        if (!rule->message) continue;
        const bool expects = rule->message->form == grammar::Message::Form::expected;
        texts.insert((expects ? "error: expected " : "error: ") + std::string(rule->message->text));
    }
    CHECK(texts.size() > 60);
    for (const std::string& text : texts) {
        INFO(text);
        CHECK(said.find(text) != std::string::npos);
    }
}

TEST_CASE("every code of the parser is explained") {
    std::set<std::string_view> codes;
    for (const CodeText& row : grammar::parser_codes()) {
        codes.insert(row.code);
        CHECK_FALSE(row.text.empty());
    }
    for (const auto& path : test::rule_files("errors")) {
        const Source source = test::load(path);
        Diagnostics diagnostics;
        parse(source, diagnostics);
        REQUIRE(diagnostics.size() == 1);
        CHECK(codes.count(diagnostics[0].code) == 1);
    }
}
