// Every construct of the language stands in a rule file whose tests run: a construct that was lost would break one.
//
// The files are those that ship, the examples of docs/language.md (their tests are run by rule_tests_test.cpp and
// documentation_test.cpp) and tests/author/constructs.rules, which is run here and holds what the others do not use.

#include "tests/author/documents.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include "engine/author/testing/rule_tests.hpp"
#include "engine/program/check.hpp"
#include "engine/program/shipped.hpp"
#include "engine/program/words.hpp"

#include <set>

using namespace dqrewrite;

namespace {

constexpr const char* own_file = DQREWRITE_SOURCE_DIR "/tests/author/constructs.rules";

// What a file uses: kinds of nodes, with the word where that tells constructs apart, and the words in brackets.
struct Used {
    std::set<std::string> kinds;
    std::set<std::string> words;

    void add(const syntax::Tree& tree, syntax::NodeId node) {
        const std::string kind(syntax::kind_name(tree.kind(node)));
        kinds.insert(kind);
        std::string word(tree.word(node));
        words.insert(word);
        // "over T" and "at least 2" are told apart by all but the last word.
        if (kind == "expect" || word.find("over ") != std::string::npos) word.resize(word.find_last_of(' '));
        for (std::string_view told : {"sweep", "policy", "place", "call", "is", "binary", "operator", "expect"})
            if (kind == told) kinds.insert(kind + " " + word);
        for (syntax::NodeId child : tree.children(node)) add(tree, child);
    }
    void add(const RuleFiles& files) {
        for (const RuleFile& file : files.files) add(file.tree, file.tree.root());
    }
};

Used everything() {
    Used used;
    for (const std::string& name : shipped_rule_names()) used.add(load_rules(name));
    used.add(load_rules(own_file));
    const std::string page = test::read_file(DQREWRITE_SOURCE_DIR "/docs/language.md");
    for (const std::string& block : test::rules_of(page)) used.add(load_rules_text("page", block));
    return used;
}

}  // namespace

TEST_CASE("the constructs that no other rule file uses work as their tests say") {
    test::check_tests(check_rules(load_rules(own_file)));
}

TEST_CASE("every construct is used by a rule file whose tests run") {
    const Used used = everything();
    std::set<std::string> missing;
    for (uint8_t i = 0; i <= static_cast<uint8_t>(syntax::Kind::at_most); ++i) {
        const std::string kind(syntax::kind_name(static_cast<syntax::Kind>(i)));
        if (!used.kinds.contains(kind)) missing.insert(kind);
    }
    for (const program::FunctionWord& each : program::function_words()) {
        const std::string word(each.word.substr(each.word.find('.') + 1));
        if (!used.words.contains(word)) missing.insert(word + "()");
    }
    for (const program::MethodWord& each : program::method_words())
        if (!used.words.contains(std::string(each.word))) missing.insert("." + std::string(each.word) + "()");
    for (const program::FieldWord& each : program::field_words())
        if (!used.words.contains(std::string(each.word))) missing.insert("." + std::string(each.word));
    for (const char* each : {"sweep backward",
                             "sweep over",
                             "sweep backward over",
                             "policy none",
                             "policy from",
                             "policy from only",
                             "policy from except",
                             "place before",
                             "place after",
                             "call *",
                             "call ?",
                             "is is",
                             "is is not",
                             "binary +",
                             "binary -",
                             "binary *",
                             "binary /",
                             "binary //",
                             "binary %",
                             "binary **",
                             "operator ==",
                             "operator !=",
                             "operator <",
                             "operator <=",
                             "operator >",
                             "operator >=",
                             "operator in",
                             "operator not in",
                             "expect exactly",
                             "expect at least",
                             "expect at most"})
        if (!used.kinds.contains(each)) missing.insert(each);
    CHECK(missing == std::set<std::string>());
}
