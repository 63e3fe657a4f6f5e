// What parse() says of texts that no file of cases can hold: places of nodes, bytes, and the contract.
#include "tests/grammar/support.hpp"

#include "grammar/escapes.hpp"

#include <set>

using namespace dqrewrite;
using syntax::Kind;

namespace {

// The text of the spans of the nodes of a kind, in order, and of their words.
std::vector<std::string> texts_of(const std::string& text, Kind kind, bool of_words) {
    const Source source("a", text);
    Diagnostics diagnostics;
    const auto tree = parse(source, diagnostics);
    INFO(test::render_all(diagnostics));
    REQUIRE(tree);
    std::vector<std::string> texts;
    for (uint32_t i = 0; i < tree->size(); ++i) {
        const syntax::NodeId id{i};
        if (tree->kind(id) != kind) continue;
        texts.emplace_back(source.text(of_words ? tree->word_span(id) : tree->span(id)));
    }
    return texts;
}

struct Place {
    std::string text;
    Kind kind;
    std::vector<std::string> spans;
    std::vector<std::string> words;  // empty where the kind has none
};

const Place places[] = {
    {"define a = 1  define b = 2 ", Kind::define, {"define a = 1", "define b = 2"}, {"a", "b"}},
    {"define a = (b + c ) . d # e", Kind::field, {"(b + c ) . d"}, {"d"}},
    {"define a = (b + c ) . d # e", Kind::binary, {"(b + c )"}, {"+"}},
    {"define a = (b) + c - d", Kind::binary, {"(b) + c", "(b) + c - d"}, {"+", "-"}},
    {"define a = ((b))", Kind::name, {"((b))"}, {"b"}},
    {"define a = b is not  c ", Kind::is, {"b is not  c"}, {"is not"}},
    {"define a = b not # x\n in c", Kind::operator_, {"not # x\n in"}, {"not # x\n in"}},
    {"define a = f( x , k = 1 )", Kind::call_expression, {"f( x , k = 1 )"}, {}},
    {"define a = f( x , k = 1 )", Kind::keyword, {"k = 1"}, {"k"}},
    {"define a = b[ : c]", Kind::slice, {": c"}, {}},
    {"define a = b[ : c]", Kind::absent, {"", ""}, {}},
    {"define a = f\"x{ y }{{z\" ", Kind::format_string, {"f\"x{ y }{{z\""}, {}},
    {"define a = f\"x{ y }{{z\" ", Kind::string, {"x", "{{z"}, {"x", "{{z"}},
    {"define a = f\"x{ y }{{z\" ", Kind::name, {"y"}, {"y"}},
    {"pattern p = n: a . b( x ) | c", Kind::either, {"n: a . b( x ) | c"}, {}},
    {"pattern p = n: a . b( x ) | c", Kind::bind, {"n: a . b( x )"}, {"n"}},
    {"pattern p = n: a . b( x ) | c", Kind::call, {"a . b( x )"}, {}},
    {"pattern p = v *(x) as l", Kind::call, {"v *(x) as l"}, {"*"}},
    {"pattern p = ( x , )", Kind::tuple_pattern, {"( x , )"}, {}},
    {"ops a = b | (c - d ) ", Kind::op_difference, {"(c - d )"}, {}},
    {"ops a = b | (c - d ) ", Kind::op_union, {"b | (c - d )"}, {}},
    {"rule r { match x rewrite { let (a, b ) = c } } ", Kind::target, {"(a, b )"}, {}},
    {"rule r { match x rewrite { erase x # y\n } }", Kind::erase, {"erase x"}, {}},
    {"rule r { f(x) => x }", Kind::arrow_rule, {"rule r { f(x) => x }"}, {"r"}},
    {"pass p { sweep r over t }", Kind::sweep, {"sweep r over t"}, {"over t"}},
    {"pass p { expect r at  least 1 }", Kind::expect, {"expect r at  least 1"}, {"at  least 1"}},
    {"test \"t\" { run p on { x = f() return x } unchanged }",
     Kind::test,
     {"test \"t\" { run p on { x = f() return x } unchanged }"},
     {"\"t\""}},
};

struct Bytes {
    std::string text;
    std::string messages;
};

}  // namespace

TEST_CASE("nodes and words know their places") {
    for (const Place& place : places) {
        INFO(place.text << ", " << syntax::kind_name(place.kind));
        CHECK(texts_of(place.text, place.kind, false) == place.spans);
        if (!place.words.empty()) CHECK(texts_of(place.text, place.kind, true) == place.words);
    }
}

TEST_CASE("a node without a word has its own span as that of its word") {
    CHECK(texts_of("define a = [b]", Kind::list, true) == std::vector<std::string>{"[b]"});
}

TEST_CASE("children stand before their parent, inside of it, and in order") {
    for (const auto& path : test::rule_files("cases")) {
        INFO(path);
        const Source source = test::load(path);
        Diagnostics diagnostics;
        const auto tree = parse(source, diagnostics);
        REQUIRE(tree);
        std::set<uint32_t> seen;
        for (uint32_t i = 0; i < tree->size(); ++i) {
            const syntax::NodeId id{i};
            const Span span = tree->span(id);
            CHECK(span.begin <= span.end);
            CHECK(span.end <= source.text().size());
            CHECK((span.begin <= tree->word_span(id).begin && tree->word_span(id).end <= span.end));
            for (const syntax::NodeId child : tree->children(id)) {
                CHECK(static_cast<uint32_t>(child) < i);
                CHECK(seen.insert(static_cast<uint32_t>(child)).second);
                CHECK((span.begin <= tree->span(child).begin && tree->span(child).end <= span.end));
            }
        }
        CHECK(seen.size() + 1 == tree->size());
        CHECK(tree->root() == syntax::NodeId{static_cast<uint32_t>(tree->size() - 1)});
    }
}

TEST_CASE("bytes that are no text of a rule file") {
    const Bytes rows[] = {
        {"define a = \xff\n",
         "a.rules:1:12: error: this is not UTF-8 [bad-text]\n    define a = ?\n               ^\n"},
        {"# \xc3\x28\n", "a.rules:1:3: error: this is not UTF-8 [bad-text]\n    # ?(\n      ^\n"},
        {"# \xe2\x82", "a.rules:1:3: error: this is not UTF-8 [bad-text]\n    # ?\n      ^\n"},
        {"# \xc0\x80", "a.rules:1:3: error: this is not UTF-8 [bad-text]\n    # ?\n      ^\n"},
        {"# \xed\xa0\x80", "a.rules:1:3: error: this is not UTF-8 [bad-text]\n    # \xed\xa0\x80\n      ^\n"},
        {"# \xf4\x90\x80\x80", "a.rules:1:3: error: this is not UTF-8 [bad-text]\n    # \xf4\x90\x80\x80\n      ^\n"},
        {std::string("define a\0 = 1\n", 14),
         "a.rules:1:9: error: a rule file has no NUL characters [bad-text]\n    define a? = 1\n            ^\n"},
        {"define a = 1\f\n",
         "a.rules:1:13: error: expected a declaration, found the control character 0x0c [syntax]\n"
         "    define a = 1?\n                ^\n"},
    };
    for (const Bytes& row : rows) CHECK(test::tree_or_messages(row.text) == row.messages);
}

TEST_CASE("a string is written as it is read") {
    constexpr std::string_view text = "a\"\\'\n\r\t\b\x1f\x7f\u00e9";
    CHECK(quoted(text) == "\"a\\\"\\\\'\\n\\r\\t\\x08\\x1f\\x7f\u00e9\"");
    CHECK(decode_literal(quoted(text)) == text);
}

TEST_CASE("bytes that are") {
    const std::string tree = "(file\n  (define a (params) (list 1 \"\u00e9\u65e5\U0001F600\")))\n";
    const std::string texts[] = {
        "define a = [1, '\u00e9\u65e5\U0001F600']",
        "\xef\xbb\xbf"
        "define a = [1, '\u00e9\u65e5\U0001F600']\n",                        // a byte order mark
        "define a = [\r\n1,\r\n'\u00e9\u65e5\U0001F600']\r\n# end\r\n",      // lines as on Windows
        "\tdefine\ta\t=\t[\t1\t,\t'\u00e9\u65e5\U0001F600'\t]\t# \u00e9\n",  // tabs
        "define a = [1, '\u00e9\u65e5\U0001F600'] # \u0080\u07ff\u0800\uffff\U00010000\U0010ffff\ud7ff\ue000",
    };
    for (const std::string& text : texts) CHECK(test::tree_or_messages(text) == tree);
}

TEST_CASE("CRLF is one line break in messages, too") {
    CHECK(test::tree_or_messages("define a = 1\r\ndefine b = [\r\n  1\r\n") ==
          "a.rules:3:4: error: expected \",\" or \"]\" after \"1\", found the end of the file [syntax]\n"
          "      1\n"
          "       ^\n"
          "a.rules:2:12: note: this \"[\" is open\n"
          "    define b = [\n"
          "               ^\n");
    CHECK(test::tree_or_messages("define a = \"x\r\n") ==
          "a.rules:1:14: error: a string ends on the line where it begins [syntax]\n"
          "    define a = \"x\n"
          "                 ^\n");
}

TEST_CASE("diagnostics are added to those that are there") {
    const Source source("a", "rule");
    Diagnostics diagnostics(1);
    CHECK_FALSE(parse(source, diagnostics));
    CHECK(diagnostics.size() == 2);
}

TEST_CASE("an empty text has a file without declarations, which is the same as any other one") {
    const Source empty("a", "");
    const Source comment("b", "# nothing\n");
    const Source other("c", "define a = 1");
    Diagnostics diagnostics;
    const auto a = parse(empty, diagnostics);
    const auto b = parse(comment, diagnostics);
    const auto c = parse(other, diagnostics);
    REQUIRE((a && b && c));
    CHECK(a->size() == 1);
    CHECK(same_tree(*a, *b));
    CHECK_FALSE(same_tree(*a, *c));
    CHECK(same_tree(syntax::Tree(), syntax::Tree()));
    CHECK_FALSE(same_tree(*a, syntax::Tree()));
}

TEST_CASE("trees differ by kind, word and children, not by place") {
    const auto tree_of = [](const std::string& text) {
        const Source source("a", text);
        Diagnostics diagnostics;
        return parse(source, diagnostics).value();
    };
    const auto tree = tree_of("define a = f(b, 1)");
    CHECK(same_tree(tree, tree_of("define   a = # x\n f( b, (1), )")));
    CHECK_FALSE(same_tree(tree, tree_of("define c = f(b, 1)")));
    CHECK_FALSE(same_tree(tree, tree_of("define a = f(b, 2)")));
    CHECK_FALSE(same_tree(tree, tree_of("define a = f(b, 1, 1)")));
    CHECK_FALSE(same_tree(tree, tree_of("define a = f(b, 1.0)")));
    CHECK_FALSE(same_tree(tree, tree_of("define a = f(1, b)")));
}
