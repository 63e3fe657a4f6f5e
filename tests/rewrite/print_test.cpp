// str() and repr() of data.
#include "engine/rewrite/print.hpp"
#include "tests/rewrite/samples.hpp"
#include "tests/support/catch.hpp"

#include <limits>
#include <string>

namespace dqrewrite::test {

TEST_CASE("data print as Python prints them") {
    Symbols symbols;
    Graph graph(symbols);
    for (std::string_view name : {"x", "y"}) {
        Graph::NewNode node;
        node.opcode = Opcode::placeholder;
        node.target = symbols.intern(name);
        node.name = name;
        graph.append(node);
    }
    Arena arena;
    std::string all;
    for (const Datum& each : telling_data(arena)) {
        if (is_container(each) && each.size > 20) continue;
        std::string text = to_text(graph, each), repr = to_repr(graph, each);
        all += std::string(type_name(each)) + " | " + repr + (text == repr ? "" : " | " + text) + "\n";
    }
    CHECK(all == R"(None | None
bool | False
bool | True
int | 0
int | 1
int | -1
int | 9223372036854775807
int | -9223372036854775808
int | 99999999999999999999
int | -99999999999999999999
int | 100000000000000000000
int | 9223372036854775808
float | 0.0
float | -0.0
float | 1.0
float | 1.5
float | 1e+20
float | 9.223372036854776e+18
float | inf
float | -inf
float | nan
complex | (1+0j)
complex | (1+2j)
complex | -0j
str | '' | 
str | 'a' | a
str | 'b' | b
str | 'int8' | int8
dtype | torch.int8
opaque value | int8
device | device(type='cpu') | cpu
device | device(type='cuda', index=0) | cuda:0
memory format | torch.preserve_format
layout | torch.strided
symbolic value | s0
symbolic value | s0 + 1
list | []
tuple | ()
list | [1, 2]
tuple | (1, 2)
list | [1, 2.0]
list | [[1], 1]
tuple | ([1], 1)
list | [nan]
slice | slice(None, 1, None)
dict | {}
dict | {0: 0, 1: 1, 2: 4}
dict | {2.0: 4, 1.0: 1, 0.0: 0}
set | set()
set | {0, 1, 2}
node | x
node | y
gone node | x
gone node | y
op | <built-in function x>
op | <built-in function y>
record | {}
record | {'a': 1, 'b': [2, {'c': None}]}
record | {'b': [2.0, {'c': None}], 'a': True}
record | {'a': 1, 'b': [2, {'d': None}]}
)");
}

TEST_CASE("targets print as str() of what they are") {
    struct Row {
        std::string_view target, text;
    };
    auto row = GENERATE(values<Row>({
        {"torch.ops.aten.add.Tensor", "aten.add.Tensor"},
        {"torch.ops.aten.add", "aten.add"},
        {"torch.ops.higher_order.cond", "cond"},
        {"executorch.exir.dialects.edge._ops.aten.add.Tensor", "aten.add.Tensor"},
        {"executorch.exir.dialects.backend._ops.tosa.IDENTITY.default", "tosa.IDENTITY.default"},
        {"operator.getitem", "<built-in function getitem>"},
        {"operator.and_", "<built-in function and_>"},
        {"math.ceil", "<built-in function ceil>"},
        {"getattr", "<built-in function getattr>"},
        {"torch.nn.functional.relu", "torch.nn.functional.relu"},
        {"torch.sym_float", "torch.sym_float"},
    }));
    CHECK(op_text(row.target) == row.text);
}

TEST_CASE("complex numbers and strings print as Python prints them") {
    Symbols symbols;
    Graph graph(symbols);
    struct Row {
        double real, imaginary;
        std::string_view text;
    };
    auto row = GENERATE(values<Row>({{0.0, 1.0, "1j"},
                                     {1.0, 2.0, "(1+2j)"},
                                     {-0.0, 1.0, "(-0+1j)"},
                                     {0.0, -0.0, "-0j"},
                                     {1e20, -1e-5, "(1e+20-1e-05j)"},
                                     {1.5, std::numeric_limits<double>::quiet_NaN(), "(1.5+nanj)"}}));
    Datum parts[] = {make_real(row.real), make_real(row.imaginary)};
    CHECK(to_repr(graph, make_items(Datum::Kind::complex, parts)) == row.text);
    Datum wholes[] = {make_integer_of("18446744073709551616"), make_integer(2)};  // as a dump may have them
    CHECK(to_repr(graph, make_items(Datum::Kind::complex, wholes)) == "(1.8446744073709552e+19+2j)");
    CHECK(to_repr(graph, make_text(Datum::Kind::string, std::string_view("\0\x7F\t\"", 4))) == R"('\x00\x7f\t"')");
    CHECK(
        to_repr(graph, make_text(Datum::Kind::string, "größe \u00a0\u00ad\u6f22\u200b\u2028\U0001d7db\U000e0041")) ==
        "'größe \\xa0\\xad\u6f22\\u200b\\u2028\U0001d7db\\U000e0041'");
}

}  // namespace dqrewrite::test
