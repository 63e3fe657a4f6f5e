// Texts that no one writes by hand: each is checked in bounded time and memory, and refused or accepted for a reason.
// No time is taken here: growth is counted by tests/bench/growth.py.
#include "engine/program/codes.hpp"
#include "engine/program/compile.hpp"
#include "tests/program/support.hpp"

#include <functional>

using namespace dqrewrite;

namespace {

// With sanitizers a tenth: they look for what is wrong at any size.
constexpr size_t many(size_t count) {
#ifdef __SANITIZE_ADDRESS__
    return count / 10;
#else
    return count;
#endif
}

std::string repeat(size_t count, const std::function<std::string(size_t)>& piece) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += piece(i);
    return text;
}

std::string number(size_t i) {
    return std::to_string(i);
}

// Checks, compiles all sweeps, and returns the codes of errors.
std::vector<std::string> errors_in(const std::string& text) {
    CheckedRules rules = test::check_text(text);
    if (rules.program)
        for (const program::Pass& pass : rules.program->passes)
            for (const program::Step& step : pass.steps)
                if (step.kind == program::Step::Kind::sweep) compile_rules(*rules.program, step.rules);
    std::vector<std::string> codes;
    for (const Diagnostic& diagnostic : rules.diagnostics)
        if (diagnostic.severity == Severity::error) codes.emplace_back(diagnostic.code);
    CHECK(codes.size() <= max_diagnostics + 1);
    return codes;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("100,000 rules that start at one op") {
    std::string rules = repeat(many(100'000), [](size_t i) {
        return "rule r" + number(i) + " { match n: aten.add.Tensor(x, " + number(i) +
               ")  rewrite { replace n with x } }\n";
    });
    rules += "pass P { sweep r0" + repeat(many(100'000) - 1, [](size_t i) { return ", r" + number(i + 1); }) + " }\n";
    CHECK(errors_in(rules) == Codes{});
}

TEST_CASE("10,000 rules that start at different ops below one op") {
    const char* ops[] = {"relu", "neg", "abs", "sin", "cos", "tan", "exp", "log", "sqrt", "rsqrt"};
    std::string rules = repeat(10'000, [&](size_t i) {
        return "rule r" + number(i) + " { match n: aten." + ops[i % 10] + ".default(aten." + ops[i / 10 % 10] +
               ".default(x))  where len(x.users) == " + number(i) + "  rewrite { replace n with x } }\n";
    });
    rules += "pass P { sweep r0" + repeat(9'999, [](size_t i) { return ", r" + number(i + 1); }) + " }\n";
    CHECK(errors_in(rules) == Codes{});
}

TEST_CASE("many rules that start anywhere beside many that do not") {
    std::string rules = "ops any_aten = {torch.ops, edge, backend}.aten.*\n";
    rules += repeat(
        1'000, [](size_t i) { return "rule r" + number(i) + " { match call_function(" + number(i) + ", ...) }\n"; });
    rules += "rule s { match n: any_aten(...)  rewrite { erase n } }\n";
    rules += "pass P { sweep s" + repeat(1'000, [](size_t i) { return ", r" + number(i); }) + " }\n";
    CHECK(errors_in(rules) == Codes{"too-large"});
}

TEST_CASE("ten megabytes of declarations") {
    CHECK(errors_in(repeat(many(200'000),
                           [](size_t i) {
                               return "define d" + number(i) + "(n) = len(n.users) > " + number(i % 100) + "\n";
                           }) +
                    "pass P { eliminate dead code }\n") == Codes{});
    CHECK(errors_in(repeat(many(200'000), [](size_t i) {
              return "ops o" + number(i) + " = aten.{relu, neg}.default\n";
          })) == Codes{});
}

TEST_CASE("a hundred thousand errors") {
    Codes codes = errors_in(repeat(
        many(100'000), [](size_t i) { return "ops o" + number(i) + " = aten.relux" + number(i) + ".default\n"; }));
    CHECK(codes.size() == max_diagnostics + 1);
    CHECK(codes.back() == "too-many-errors");
    codes = errors_in(repeat(many(100'000), [](size_t i) {
        return "define some_name" + number(i) + "(n) = sme_name" + number(i) + "(n)\n";
    }));
    CHECK(codes.size() == max_diagnostics + 1);
    codes = errors_in(repeat(many(100'000), [](size_t) { return std::string("define d = 1\n"); }));
    CHECK(codes.size() == max_diagnostics + 1);
}

TEST_CASE("errors do not hide behind warnings") {
    std::string text = repeat(1'000, [](size_t i) { return "pattern p" + number(i) + " = aten.relu.default(x)\n"; });
    CHECK(errors_in(text + "define wrong = nothing\n") == Codes{"unknown-name"});
}

TEST_CASE("braces that stand for too much") {
    std::string ten = "{a, b, c, d, e, f, g, h, i, j}";
    CHECK(errors_in("ops o = aten" + repeat(5, [&](size_t) { return "." + ten; }) + "\n").back() ==
          "too-many-errors");
    CHECK(errors_in("ops o = aten" + repeat(6, [&](size_t) { return "." + ten; }) + "\n") == Codes{"too-large"});
    CHECK(errors_in("ops o = aten" + repeat(1'000, [&](size_t) { return "." + ten; }) + "\n") == Codes{"too-large"});
    // Each brace holds two of the one before it.
    std::string nested = "aten.relu.default";
    for (int i = 0; i < 60; ++i) nested = "{" + nested + ", x}.{y, z}";
    CHECK(errors_in("ops o = " + nested + "\n").front() == "too-large");
}

TEST_CASE("wildcards that stand for too much") {
    std::string ops = repeat(3'000, [](size_t i) {
        return "ops o" + number(i) + " = {torch.ops, edge, backend}.aten.* - aten.relu.default\n";
    });
    CHECK(errors_in(ops) == Codes{"too-large"});
    std::string rules =
        "ops any_aten = aten.*\n" + repeat(10'000, [](size_t i) {
            return "rule r" + number(i) + " { match n: any_aten(...)  where len(n.args) == " + number(i) + " }\n";
        });
    CHECK(errors_in(rules) == Codes{"too-large"});
}

TEST_CASE("patterns that double at each level") {
    std::string text = "pattern p0(x) = aten.add.Tensor(x, x)\n";
    for (size_t i = 1; i < 40; ++i)
        text +=
            "pattern p" + number(i) + "(x) = aten.add.Tensor(p" + number(i - 1) + "(x), p" + number(i - 1) + "(x))\n";
    CHECK(errors_in(text) == Codes{"too-large"});
}

TEST_CASE("declarations that use each other") {
    auto chain = [](size_t count, const std::string& word, const std::string& parameter, const std::string& end) {
        return repeat(count,
                      [&](size_t i) {
                          return word + " d" + number(i) + parameter + " = d" + number(i + 1) + parameter + "\n";
                      }) +
               word + " d" + number(count) + parameter + " = " + end + "\n";
    };
    auto backwards = [](size_t count, const std::string& word, const std::string& parameter, const std::string& end) {
        return word + " d0" + parameter + " = " + end + "\n" + repeat(count, [&](size_t i) {
                   return word + " d" + number(i + 1) + parameter + " = d" + number(i) + parameter + "\n";
               });
    };
    CHECK(errors_in(chain(150, "define", "(n)", "n")) == Codes{});
    CHECK(errors_in(backwards(150, "define", "(n)", "n")) == Codes{});
    CHECK(errors_in(chain(many(30'000), "define", "(n)", "n")).front() == "too-deep");
    CHECK(errors_in(backwards(many(30'000), "define", "(n)", "n")).front() == "too-deep");
    CHECK(errors_in(chain(many(30'000), "pattern", "(n)", "aten.relu.default(n)")).front() == "too-deep");
    CHECK(errors_in(backwards(many(30'000), "pattern", "(n)", "aten.relu.default(n)")).front() == "too-deep");
    CHECK(errors_in(chain(many(30'000), "ops", "", "aten.relu.default")).front() == "too-deep");
    CHECK(errors_in(repeat(many(30'000),
                           [](size_t i) { return "pass p" + number(i) + " { run p" + number(i + 1) + " }\n"; }) +
                    "pass p" + number(many(30'000)) + " { eliminate dead code }\n")
              .front() == "too-deep");
}

TEST_CASE("deep expressions that use deep expressions") {
    std::string deep = repeat(190, [](size_t) { return std::string("("); }) + "n" +
                       repeat(190, [](size_t) { return std::string(" + 1)"); });
    std::string text = "define d0(n) = " + deep + "\n";
    for (size_t i = 1; i < 20; ++i) {
        std::string body = deep;
        body.replace(body.find('n'), 1, "d" + number(i - 1) + "(n)");
        text += "define d" + number(i) + "(n) = " + body + "\n";
    }
    CHECK(errors_in(text).front() == "too-deep");
}

TEST_CASE("many names in one place") {
    auto arguments = [](size_t count, const std::string& name) {
        return repeat(count, [&](size_t i) { return (i == 0 ? "" : ", ") + name + number(i); });
    };
    // In a list, twice; in alternatives; in lets; as clauses.
    CHECK(errors_in("rule r { match aten.cat.default([" + arguments(many(50'000), "x") + "], [" +
                    arguments(many(50'000), "x") + "]) }\n") == Codes{"literal-type"});
    CHECK(errors_in("rule r { match aten.cat.default([" + arguments(many(20'000), "x") + "] | [" +
                    arguments(many(20'000), "x") + "], 0) }\n") == Codes{});
    CHECK(errors_in("rule r { match aten.cat.default([" +
                    repeat(many(20'000), [](size_t i) { return "a" + number(i) + " | 1, "; }) +
                    "...]) }\npass P { sweep r }\n") == Codes{});
    CHECK(errors_in("rule r { match n: aten.relu.default(_)\n" +
                    repeat(many(100'000),
                           [](size_t i) {
                               return "let x" + number(i) + " = " + (i == 0 ? "n.users" : "x" + number(i - 1)) + "\n";
                           }) +
                    "}\n") == Codes{});
    CHECK(errors_in("rule r { match n: aten.relu.default(_)\n" +
                    repeat(many(50'000), [](size_t i) { return "where len(n.users) != " + number(i) + "\n"; }) +
                    "}\npass P { sweep r }\n") == Codes{});
}

TEST_CASE("long rows of alternatives, arguments, statements and nodes of tests") {
    CHECK(errors_in("rule r { match n: aten.relu.default(" +
                    repeat(many(50'000), [](size_t i) { return (i == 0 ? "" : " | ") + number(i); }) +
                    ")  rewrite { erase n } }\npass P { sweep r }\n") == Codes{});
    CHECK(errors_in("rule r { match n: aten.relu.default(x)  rewrite {\n" +
                    repeat(many(50'000),
                           [](size_t i) {
                               return "insert aten.neg.default(x) as y" + number(i) +
                                      " before n meta from n\nreplace n with y" + number(i) + "\n";
                           }) +
                    "} }\npass P { sweep r }\n") == Codes{});
    CHECK(errors_in(
              "pass P { eliminate dead code }\ntest \"t\" { run P on { x0 = placeholder()\n" +
              repeat(many(50'000),
                     [](size_t i) { return "x" + number(i + 1) + " = aten.relu.default(x" + number(i) + ")\n"; }) +
              "return x" + number(many(50'000)) + " } unchanged }\n") == Codes{});
}

TEST_CASE("ten megabytes of ops of one's own") {
    std::string lines = repeat(
        many(200'000), [](size_t i) { return "mine::op" + number(i) + "(Tensor self, int factor=1) -> Tensor\n"; });
    OpDeclarations declarations;
    CHECK(declarations.add(lines).empty());
    CHECK(declarations.is_packet("torch.ops.mine.op7777"));
    CHECK_FALSE(declarations.is_packet("torch.ops.mine.op"));
    CHECK(declarations.has_namespace("mine"));
    CHECK(declarations.namespaces() == std::vector<std::string_view>{"mine"});
}
