// Where lines break.
#include "grammar/layout.hpp"
#include "tests/support/catch.hpp"

#include <initializer_list>
#include <string>

using namespace dqrewrite;

namespace {

// Words of a given width, in brackets.
Layout bracketed(std::initializer_list<size_t> widths, bool filled) {
    Layout layout;
    layout.open();
    layout.text("(");
    layout.indent();
    layout.seam();
    if (filled) layout.open_filled();
    bool is_first = true;
    for (const size_t width : widths) {
        if (!is_first) layout.text(",");
        if (!is_first) layout.space();
        is_first = false;
        layout.text(std::string(width, 'x'));
    }
    if (filled) layout.close();
    layout.dedent();
    layout.seam();
    layout.text(")");
    layout.close();
    return layout;
}

const std::string forty(40, 'x');

}  // namespace

TEST_CASE("a group stands on one line if it fits") {
    CHECK(bracketed({58, 58}, false).render() == "(" + std::string(58, 'x') + ", " + std::string(58, 'x') + ")\n");
    CHECK(bracketed({58, 59}, false).render() ==
          "(\n    " + std::string(58, 'x') + ",\n    " + std::string(59, 'x') + "\n)\n");
}

TEST_CASE("what sticks to a group has to fit as well") {
    Layout layout = bracketed({58, 58}, false);
    layout.text(";");
    CHECK(layout.render() == "(\n    " + std::string(58, 'x') + ",\n    " + std::string(58, 'x') + "\n);\n");
    Layout commented = bracketed({58, 58}, false);
    commented.comment("# but a comment does not", true);
    CHECK(commented.render() ==
          "(" + std::string(58, 'x') + ", " + std::string(58, 'x') + ")  # but a comment does not\n");
}

TEST_CASE("a filled group breaks where the next item does not fit") {
    CHECK(bracketed({40, 40, 40, 40}, true).render() ==
          "(\n    " + forty + ", " + forty + ",\n    " + forty + ", " + forty + "\n)\n");
    CHECK(bracketed({40, 40, 30}, true).render() == "(" + forty + ", " + forty + ", " + std::string(30, 'x') + ")\n");
}

TEST_CASE("what has to break breaks what is around it") {
    Layout layout;
    layout.open();
    layout.text("{");
    layout.indent();
    layout.space();
    layout.open();
    layout.text("a");
    layout.new_line();
    layout.text("b");
    layout.close();
    layout.dedent();
    layout.space();
    layout.text("}");
    layout.close();
    CHECK(layout.flat_width() >= Layout::endless);
    CHECK(layout.render() == "{\n    a\n    b\n}\n");
}

TEST_CASE("comments end their lines, and those of lines that follow each other are aligned") {
    Layout layout;
    layout.text("a");
    layout.comment("# one", true);
    layout.new_line();
    layout.text("long");
    layout.comment("# two", true);
    layout.comment("# more", false);
    layout.text(";");
    layout.new_line();
    layout.text("# of its own");
    layout.new_line();
    layout.text("\u00e9\u00e9");
    layout.comment("# three", true);
    layout.empty_line();
    layout.text("b");
    layout.comment("# four", true);
    CHECK(layout.render() == "a      # one\n"
                             "long;  # two # more\n"
                             "# of its own\n"
                             "\u00e9\u00e9  # three\n"
                             "\n"
                             "b  # four\n");
}

TEST_CASE("a comment breaks the groups around it only if it ends its line") {
    for (const bool ends_line : {true, false}) {
        Layout layout;
        layout.open();
        layout.text("(a");
        layout.comment("# c", ends_line);
        layout.space();
        layout.text("b)");
        layout.close();
        CHECK(layout.render() == (ends_line ? "(a  # c\nb)\n" : "(a b)  # c\n"));
    }
}

TEST_CASE("the width of a text is its code points") {
    CHECK(display_width("") == 0);
    CHECK(display_width("abc") == 3);
    CHECK(display_width("\u00e9\u65e5\U0001F600") == 3);
}

TEST_CASE("no text has no lines") {
    CHECK(Layout().render() == "");
}
