// Schemas as people write them: what is said of each, and where; what PyTorch prints is never refused.
#include "engine/ops/op_table.hpp"
#include "engine/ops/schema.hpp"
#include "engine/ops/schema_check.hpp"
#include "tests/support/golden.hpp"

#include <string>

using namespace dqrewrite;

namespace {

// "«what is wrong»: why", or "-".
std::string said(std::string_view text) {
    const auto problem = schema_problem(text);
    if (!problem) return "-";
    return "«" + std::string(text.substr(problem->begin, problem->end - problem->begin)) + "»: " + problem->message;
}

}  // namespace

TEST_CASE("what is wrong with a schema, and where") {
    const std::pair<const char*, const char*> rows[] = {
        {"a::f(Tensor x)", "«»: expected \"->\" and what the op returns, such as -> Tensor"},
        {"a::f(Tensor x) - Tensor", "«- Tensor»: expected \"->\" and what the op returns, found \"- Tensor\""},
        {"a::f(Tensor x) ->", "«»: expected a type, found the end of the line"},
        {"a::f(Tensor x) -> Tensor, Tensor",
         "«, Tensor»: a schema ends with what the op returns; several are written (Tensor, Tensor)"},
        {"a::f(Tensor x) -> Tensor out now",
         "«now»: a schema ends with what the op returns; several are written (Tensor, Tensor)"},
        {"a::f(Tensor x) -> (Tensor", "«»: expected \",\" or \")\", found the end of the line"},
        {"a::f(Tensor x -> Tensor", "«->»: expected \",\" or \")\", found \"->\""},
        {"a::f(Tensor x Tensor y) -> Tensor", "«Tensor»: expected \",\" or \")\", found \"Tensor\""},
        {"a::f(Tensor) -> Tensor", "«)»: expected the name of the argument, found \")\""},
        {"a::f(Tensor 1) -> Tensor", "«1»: expected the name of the argument, found \"1\""},
        {"a::f(Tensor x,) -> Tensor", "«)»: expected a type, found \")\""},
        {"a::f(x: Tensor) -> Tensor", "«x»: unknown type \"x\""},
        {"a::f(Tensr x) -> Tensor", "«Tensr»: unknown type \"Tensr\""},
        {"a::f(Tensor x) -> tensor", "«tensor»: unknown type \"tensor\""},
        {"a::f(string x) -> Tensor", "«string»: unknown type \"string\", did you mean \"str\"?"},
        {"a::f(Optional[Tensor] x) -> Tensor", "«Optional»: unknown type \"Optional\", did you mean \"Tensor?\"?"},
        {"a::f(Dict x) -> Tensor", "«x»: expected \"(\" and the types in a Dict, found \"x\""},
        {"a::f(mylib. x) -> Tensor", "«mylib.»: the name of a class ends in a word, not in a dot"},
        {"a::f(int[n] x) -> Tensor", "«n»: expected a whole number or \"]\", found \"n\""},
        {"a::f(Tensor(a! x) -> Tensor", "«(a! x»: expected an alias such as (a) or (a!)"},
        {"a::f(int n=1, Tensor x) -> Tensor", "«x»: \"x\" has no default, and one before it has"},
        {"a::f(int n=) -> Tensor", "«)»: expected a default, found \")\""},
        {"a::f(int[] n=[1) -> Tensor", "«[1»: this default does not end"},
        {"a::f(bool b=true) -> Tensor", "«true»: \"true\" is no default of the type bool: write True"},
        {"a::f(str s=sum) -> Tensor", "«sum»: \"sum\" is no default of the type str"},
        {"a::f(int n=1+1) -> Tensor",
         "«a::f(int n=1+1) -> Tensor»: this is no operator schema; one looks like aten::add.Tensor(Tensor self, "
         "Tensor other) -> Tensor"},
        {"a::f.default(Tensor x) -> Tensor",
         "«.default»: the overload \"default\" has no name in a schema: write \"a::f\""},
        {"a::f.(Tensor x) -> Tensor", "«(»: expected the name of the overload, found \"(\""},
        {"f(Tensor x) -> Tensor", "«f»: a schema begins with NAMESPACE::NAME; one looks like aten::add.Tensor(Tensor "
                                  "self, Tensor other) -> Tensor"},
        {"a::f -> Tensor", "«->»: expected \"(\", found \"->\""},
    };
    for (const auto& [text, expected] : rows) {
        INFO(text);
        CHECK(said(text) == expected);
    }
}

TEST_CASE("what PyTorch's schema language has is right") {
    for (const char* text :
         {"a::f() -> ()", "a::f(Scalar? n, Scalar? n) -> Tensor",
          "a::f(Tensor(a!) x, *, Tensor(b!)[] out) -> Tensor(a!)", "a::f(Tensor(a -> *) x) -> Tensor(a|b)[]",
          "a::f(Tensor[](a!) x) -> ...", "a::f(str s, ...) -> (...)",
          "a::f(Tensor?[] x, int[2]? n=1, float[]? s=None) -> (Tensor values, Tensor? indices)",
          "a::f(Dict(str, t) d, Future(t1) f, RRef(tVal) r) -> ((int, t)[])",
          "a::f(__torch__.torch.classes.quantized.LinearPackedParamsBase w) -> Tensor",
          "a::f(my.module.Kind k) -> None",
          "a::f(MemoryFormat? f=contiguous_format, Layout l=strided, ScalarType t=long) -> Tensor",
          "a::f(int n) -> Tensor out", "a::f(str s=\"a, b) ->\", str t='c') -> Tensor",
          "a::f(*, int n=1, Tensor x)->Tensor"}) {
        INFO(text);
        CHECK(said(text) == "-");
    }
}

TEST_CASE("types nest to a limit") {
    std::string deep(100'000, '(');
    CHECK(schema_problem("a::f(" + deep + " x) -> Tensor")->message == "types nest to 50");
    deep.assign(max_type_nesting - 1, '(');
    CHECK(said("a::f(" + deep + "int" + std::string(deep.size(), ')') + " x) -> Tensor") == "-");
}

TEST_CASE("what is said to be right is read as a schema") {
    const std::string text = test::read_file(std::string(DQREWRITE_SOURCE_DIR) + "/rules/ops/pytorch.ops");
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = std::string_view(text).substr(at, end - at);
        at = end + 1;
        if (line.find('(') == std::string_view::npos) continue;
        const std::string_view schema = line.substr(0, line.find(';'));
        INFO(schema);
        CHECK(said(schema) == "-");
        // Cut anywhere, it is told of or still one that is read.
        for (size_t size : {schema.size() / 3, schema.size() / 2, schema.size() - 1}) {
            ValueStore store;
            const std::string_view cut = schema.substr(0, size);
            if (!schema_problem(cut)) CHECK(parse_schema(cut, store));
        }
    }
}
