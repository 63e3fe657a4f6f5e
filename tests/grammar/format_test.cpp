// The canonical form: files of tests/grammar/formats have it beside them; for all others it is the same tree
// with the same comments, and its own canonical form.
#include "grammar/comments.hpp"
#include "grammar/format.hpp"
#include "tests/grammar/support.hpp"

#include <random>

using namespace dqrewrite;

namespace {

std::string format_or_messages(const Source& source) {
    Diagnostics diagnostics;
    const auto tree = parse(source, diagnostics);
    return tree ? format(source, *tree) : test::render_all(diagnostics);
}

std::string all_comments(const Source& source, const syntax::Tree& tree) {
    std::string text;
    for (const Comment& comment : find_comments(source, tree)) text += std::string(source.text(comment.span)) + "\n";
    return text;
}

// What must hold of the canonical form of any rule file.
void check_format(const Source& source, const syntax::Tree& tree) {
    INFO(source.text());
    const Source formatted("formatted", format(source, tree));
    INFO(formatted.text());
    Diagnostics diagnostics;
    const auto formatted_tree = parse(formatted, diagnostics);
    INFO(test::render_all(diagnostics));
    REQUIRE(formatted_tree);
    CHECK(same_tree(tree, *formatted_tree));
    const std::string comments = all_comments(formatted, *formatted_tree);
    for (const Comment& comment : find_comments(source, tree)) {
        CHECK(comments.find(source.text(comment.span)) != std::string::npos);
    }
    CHECK(format(formatted, *formatted_tree) == formatted.text());
}

// The text with blanks at a few places replaced by others, and by comments.
std::string with_other_blanks(std::string text, std::mt19937& random) {
    const std::string others[] = {" ", "\n", "\n\n\n", "\t ", " # c\n", "\n# c\n", " # c\n# d\n\n"};
    const auto below = [&](size_t limit) { return static_cast<size_t>(random()) % limit; };
    for (size_t edits = 1 + below(4); edits > 0; --edits) {
        const size_t at = text.find(' ', below(text.size() + 1));
        if (at != std::string::npos) text.replace(at, 1, others[below(std::size(others))]);
    }
    return text;
}

}  // namespace

TEST_CASE("rule files and their canonical forms") {
    for (const auto& path : test::rule_files("formats")) {
        auto golden = path;
        test::check_golden(golden.replace_extension(".formatted").string(), format_or_messages(test::load(path)));
    }
}

TEST_CASE("the canonical form has the same tree and the same comments, and is its own canonical form") {
    for (const std::string folder : {"cases", "formats"}) {
        for (const auto& path : test::rule_files(folder)) {
            const Source source = test::load(path);
            Diagnostics diagnostics;
            const auto tree = parse(source, diagnostics);
            REQUIRE(tree);
            check_format(source, *tree);
        }
    }
}

TEST_CASE("so it is wherever comments and line breaks stand") {
    std::mt19937 random(1);
    size_t checked = 0;
    for (const std::string folder : {"cases", "formats"}) {
        for (const auto& path : test::rule_files(folder)) {
            const std::string text = test::read_file(path.string());
            for (int i = 0; i < 30; ++i) {
                const Source source("changed", with_other_blanks(text, random));
                Diagnostics diagnostics;
                const auto tree = parse(source, diagnostics);
                if (!tree) continue;  // a line break before a bracket, or in a string
                check_format(source, *tree);
                ++checked;
            }
        }
    }
    CHECK(checked > 1000);
}

TEST_CASE("the canonical form does not depend on how a file was written") {
    const std::string texts[] = {
        "define a = f(1, 2)\nrule r { match n: f(x) rewrite { erase n } }",
        "define   a=f ( 1,2, )rule r{match n:f(x)rewrite{erase n}}",
        "\r\n\r\ndefine a =\r\n    f(\r\n  1,\r\n  2\r\n)\r\nrule\tr\n{\nmatch\nn\n:\nf(x)\nrewrite\n{\n\nerase "
        "n\n\n}\n}\n\n\n",
    };
    for (const std::string& text : texts) {
        CHECK(format_or_messages(Source("a", text)) == "define a = f(1, 2)\n"
                                                       "rule r {\n"
                                                       "    match n: f(x)\n"
                                                       "    rewrite { erase n }\n"
                                                       "}\n");
    }
}

TEST_CASE("a file of nothing, of blanks, and of comments") {
    CHECK(format_or_messages(Source("a", "")) == "");
    CHECK(format_or_messages(Source("a", "\n \t\n")) == "");
    CHECK(format_or_messages(Source("a", "\n\n# a \n\n\n  # b\n\n")) == "# a\n\n# b\n");
}

TEST_CASE("the deepest trees and the longest rows can be formatted") {
    const auto nested = [](const std::string& opening, const std::string& core, const std::string& closing,
                           size_t n) {
        std::string text = "define a = ";
        for (size_t i = 0; i < n; ++i) text += opening;
        text += core;
        for (size_t i = 0; i < n; ++i) text += closing;
        return text;
    };
    const std::string texts[] = {
        nested("(", "1", ")", 200),
        nested("f(x, key=", "1", ")", 200),
        nested("[x for x in y if ", "z", "]", 200),
        nested("", "b", ".c", 997),
        nested("", "b", "[0]", 997),
        nested("", "b", " + c", 997),
        nested("", "b", " and c", 5000),
        nested("[", "1", ", 2]", 200),
        nested("", "[", "1, ", 5000) + "]",
    };
    for (const std::string& text : texts) {
        const Source source("a", text);
        Diagnostics diagnostics;
        const auto tree = parse(source, diagnostics);
        REQUIRE(tree);
        check_format(source, *tree);
    }
}
