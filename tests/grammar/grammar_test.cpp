// The grammar as a whole: no endless loops, no rule that nothing needs, and no text that is read twice.
#include "grammar/grammar.hpp"
#include "grammar/syntax.hpp"
#include "tests/grammar/rule_table.hpp"
#include "tests/grammar/support.hpp"

#include <map>

using namespace dqrewrite;

namespace peg = tao::pegtl;

namespace {

class Counts {
public:
    void attempt() { ++attempts_; }
    void match(std::string_view rule) { ++matches_[rule]; }

    size_t attempts() const { return attempts_; }
    bool matched(std::string_view rule) const { return matches_.contains(rule); }

private:
    size_t attempts_ = 0;
    std::map<std::string_view, size_t> matches_;
};

// Counts how often rules are tried, and which of them match.
template <typename Rule>
struct counting : peg::normal<Rule> {
    static constexpr bool enable = true;

    template <typename Input>
    static void start(const Input&, Counts& counts) {
        counts.attempt();
    }
    template <typename Input>
    static void success(const Input&, Counts& counts) {
        counts.match(peg::demangle<Rule>());
    }
};

bool read(const std::string& text, Counts& counts) {
    peg::memory_input<peg::tracking_mode::lazy> in(text, "");
    return peg::parse<grammar::file, peg::nothing, counting>(in, counts);
}

// Left recursion, which ends only where something was taken before it.
struct behind_a : peg::sor<peg::seq<peg::one<'a'>, behind_a>, peg::one<'b'>> {};
struct perhaps_behind_a : peg::sor<peg::seq<peg::opt<peg::one<'a'>>, perhaps_behind_a>, peg::one<'b'>> {};

// A text that nests a construct: head, `n` times opening, core, `n` times closing, tail.
struct Nesting {
    std::string head;
    std::string opening;
    std::string core;
    std::string closing;
    std::string tail;
    size_t most;  // openings that are not too deep

    std::string text(size_t n) const {
        std::string text = head;
        for (size_t i = 0; i < n; ++i) text += opening;
        text += core;
        for (size_t i = 0; i < n; ++i) text += closing;
        return text + tail;
    }
};

const std::string define = "define a = ";
const std::string pattern = "pattern a = ";
const std::string statement = "rule r { match x rewrite { ";

const Nesting nestings[] = {
    {define, "(", "1", ")", "", 200},
    {define, "(", "1", ",)", "", 200},
    {define, "(a, ", "1", ")", "", 200},
    {define, "(a + ", "1", ")", "", 200},
    {define, "(", "1", " is a)", "", 200},
    {define, "(", "1", " + a)", "", 200},
    {define, "(", "1", " == a)", "", 200},
    {define, "(", "1", " or a)", "", 200},
    {define, "(", "1", ").b", "", 200},
    {define, "(a and ", "1", " or b)", "", 200},
    {define, "[", "1", "]", "", 200},
    {define, "[*", "a", "]", "", 200},
    {define, "[a, ", "1", ", b]", "", 200},
    {define, "{", "1", "}", "", 200},
    {define, "{", "1", ": 2}", "", 200},
    {define, "{1: ", "2", "}", "", 200},
    {define, "{**", "a", "}", "", 200},
    {define, "f(", "1", ")", "", 200},
    {define, "f(a, ", "1", ", b)", "", 200},
    {define, "f(key=", "1", ")", "", 200},
    {define, "f(*", "a", ")", "", 200},
    {define, "f(**", "a", ")", "", 200},
    {define, "a.b(", "1", ").c", "", 200},
    {define, "x[", "1", "]", "", 200},
    {define, "x[:", "1", "]", "", 200},
    {define, "x[", "1", ":2:3]", "", 200},
    {define, "x[y is a:", "1", "]", "", 200},
    {define, "not ", "a", "", "", 200},
    {define, "-", "a", "", "", 200},
    {define, "a ** ", "b", "", "", 200},
    {define, "a ** -", "b", "", "", 100},
    {define, "a if b else ", "c", "", "", 200},
    {define, "(a if ", "b", " else c)", "", 199},
    {define, "(", "a", " if b else c)", "", 199},
    {define, "[x for x in ", "xs", "]", "", 200},
    {define, "[x for x in y if ", "z", "]", "", 200},
    {define, "[", "x", " for x in y]", "", 200},
    {define, "{", "x", ": y for x in y}", "", 200},
    {define, "all(", "x", " for x in y)", "", 200},
    {define, "(walk n from ", "x", " by n.users)", "", 200},
    {define, "(walk n from x by ", "n", " while n is b at most 5)", "", 200},
    {define, "f\"{", "1", "}\"", "", 200},
    {define, "f'a{", "1", "}b'", "", 200},
    {pattern, "(", "x", ")", "", 200},
    {pattern, "(", "x", " | y)", "", 200},
    {pattern, "(y | ", "x", ")", "", 200},
    {pattern, "(", "x", ",)", "", 200},
    {pattern, "(y, ", "x", ")", "", 200},
    {pattern, "[", "x", "]", "", 200},
    {pattern, "[y, ", "x", ", *rest]", "", 200},
    {pattern, "f(", "x", ")", "", 200},
    {pattern, "n: f(", "x", ", ...)", "", 200},
    {pattern, "f(key=", "x", ")", "", 200},
    {pattern, "f*(", "x", ") as list", "", 200},
    {pattern, "f?(", "x", ")", "", 200},
    {pattern, "a.{b, c}.d(", "x", ")", "", 200},
    {pattern, "a.{", "b", "}", "", 200},
    {"ops a = ", "(", "x", ")", "", 200},
    {"ops a = ", "(", "x", " - y)", "", 200},
    {"ops a = ", "b.{c, ", "x", "}.d", "", 200},
    {"define a = b is ", "f(", "x", ")", "", 200},
    {"rule r { ", "f(", "x", ")", " => x }", 199},
    {statement, "if c { ", "", "}", "}}", 198},
    {statement, "if c { let a = b ", "", "}", "}}", 198},
    {statement, "let a = b if c { ", "", "}", "}}", 198},
    {statement, "if c { } else { ", "", "}", "}}", 198},
    {statement, "if c { } else ", "{ }", "", "}}", 198},
    {statement, "for u in n { ", "", "}", "}}", 198},
    {statement, "for u in n if c { ", "", "}", "}}", 198},
    {"rule r { match x rewrite { for ", "(a, ", "b", ")", " in x { } }}", 198},
    {"rule r { match x rewrite { clone x as a", "[a", "[1]", "]", " after x }}", 197},
    {"rule r { match x rewrite { insert a", "[a", "[1]", "]", "() as b after x }}", 197},
    {"pass p { ", "if changed { ", "", "}", "}", 199},
    {"pass p { ", "in submodules { ", "", "}", "}", 199},
    {"pass p { ", "repeat at most 2 { ", "", "}", "}", 199},
    {"pass p { ", "requires x in submodules { ", "", "}", "}", 199},
};

}  // namespace

TEST_CASE("no rule of the grammar can loop for ever") {
    CHECK(test::endless_rules(test::file_rule()).empty());
}

TEST_CASE("rules that can loop for ever are found") {
    using a = peg::one<'a'>;
    CHECK(test::endless_rules(test::rule_table<peg::star<peg::opt<a>, a>>::rule).empty());
    CHECK_FALSE(test::endless_rules(test::rule_table<peg::star<peg::opt<a>>>::rule).empty());
    CHECK_FALSE(test::endless_rules(test::rule_table<peg::plus<grammar::same_line>>::rule).empty());
    CHECK_FALSE(test::endless_rules(test::rule_table<peg::star<peg::sor<a, peg::at<a>>>>::rule).empty());
    CHECK(test::endless_rules(test::rule_table<behind_a>::rule).empty());
    CHECK_FALSE(test::endless_rules(test::rule_table<perhaps_behind_a>::rule).empty());
}

TEST_CASE("every rule of the grammar matches somewhere in the cases, or in the errors where it is there for them") {
    Counts counts;
    for (const auto& path : test::rule_files("cases")) {
        INFO(path);
        CHECK(read(test::read_file(path.string()), counts));
    }
    for (const auto& path : test::rule_files("errors")) {
        INFO(path);
        read(test::read_file(path.string()), counts);
    }
    const auto rules = test::all_rules(test::file_rule());
    CHECK(rules.size() > 400);
    for (const test::GrammarRule* rule : rules) {
        INFO(rule->name);
        CHECK((rule->only_refuses || rule->name.find("dqrewrite::grammar::") != 0 || counts.matched(rule->name)));
    }
}

TEST_CASE("each level of nesting costs the same number of attempts") {
    const size_t samples[] = {1, 2, 3, 4, 5, 8, 16, 32, 64, 99, 100, 128, 197, 198, 199, 200};
    for (const Nesting& nesting : nestings) {
        INFO(nesting.text(2));
        std::map<size_t, size_t> attempts;
        for (const size_t n : samples) {
            if (n > nesting.most) continue;
            Counts counts;
            REQUIRE(read(nesting.text(n), counts));
            attempts[n] = counts.attempts();
        }
        const size_t step = attempts[3] - attempts[2];
        CHECK(step < 4000);
        for (const auto& [n, count] : attempts) CHECK(count == attempts[1] + (n - 1) * step);
    }
}

TEST_CASE("nesting is read to its limit, and is an error beyond it") {
    for (const Nesting& nesting : nestings) {
        INFO(nesting.text(1));
        CHECK(test::tree_or_messages(nesting.text(nesting.most)).substr(0, 5) == "(file");
        CHECK(test::tree_or_messages(nesting.text(nesting.most + 1))
                  .find("error: nested deeper than 200 levels [too-deep]") != std::string::npos);
    }
}
