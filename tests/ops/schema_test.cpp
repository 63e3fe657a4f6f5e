// Schemas: fields one by one, texts that are none, and every line that ships.
#include "engine/ops/op_table.hpp"
#include "engine/ops/schema.hpp"
#include "tests/support/golden.hpp"

#include <fmt/format.h>

#include <string>

using namespace dqrewrite;

namespace {

std::string value_text(const Value& value) {
    switch (value.kind) {
    case Value::Kind::none: return "None";
    case Value::Kind::boolean: return value.boolean ? "True" : "False";
    case Value::Kind::integer: return fmt::format("{}", value.integer);
    case Value::Kind::real: return fmt::format("real {}", value.real);
    case Value::Kind::string: return fmt::format("\"{}\"", value.text_view());
    case Value::Kind::list: {
        std::string out;
        for (const Value& item : value.item_span()) out += (out.empty() ? "" : ", ") + value_text(item);
        return "[" + out + "]";
    }
    case Value::Kind::memory_format: return fmt::format("memory_format {}", value.text_view());
    case Value::Kind::layout: return fmt::format("layout {}", value.text_view());
    case Value::Kind::device: return fmt::format("device {}", value.text_view());
    case Value::Kind::dtype: return fmt::format("dtype {}", value.text_view());
    default: return fmt::format("opaque {}", value.text_view());
    }
}

// "2 of 3 by position: Tensor self; Tensor other; * Scalar alpha = 1", or "-".
std::string parsed(std::string_view text) {
    ValueStore store;
    auto schema = parse_schema(text, store);
    if (!schema) return "-";
    std::string out = fmt::format("{} of {} by position", schema->positional, schema->arguments.size());
    for (const SchemaArgument& argument : schema->arguments) {
        out += fmt::format("; {}{} {}", argument.keyword_only ? "* " : "", argument.type, argument.name);
        if (argument.has_default) out += " = " + value_text(argument.default_value);
    }
    if (schema->vararg) out += "; ...";
    if (schema->mutates) out += "; mutates";
    return out;
}

std::string shipped_ops() {
    return test::read_file(std::string(DQREWRITE_SOURCE_DIR) + "/rules/ops/pytorch.ops");
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

}  // namespace

TEST_CASE("the fields of a schema") {
    const std::pair<const char*, const char*> rows[] = {
        {"aten::relu(Tensor self) -> Tensor", "1 of 1 by position; Tensor self"},
        {"aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
         "2 of 3 by position; Tensor self; Tensor other; * Scalar alpha = 1"},
        {"a::none() -> ()", "0 of 0 by position"},
        {"a::tabs(\tTensor\tself,\tint\tn =\t1) -> ()", "2 of 2 by position; Tensor self; int n = 1"},
        {"a::b(int[2] x=[1, 2], int[] y=[]) -> int", "2 of 2 by position; int[2] x = [1, 2]; int[] y = []"},
        {"a::b(int[2] x=0, float[1] y=1) -> int", "2 of 2 by position; int[2] x = [0, 0]; float[1] y = [real 1]"},
        {"a::b(int[2]? x=None, int[2]? y=3) -> int", "2 of 2 by position; int[2]? x = None; int[2]? y = [3, 3]"},
        {"a::b(float x=1, float y=0.5, float z=1e-05, int n=-1) -> int",
         "4 of 4 by position; float x = real 1; float y = real 0.5; float z = real 1e-05; int n = -1"},
        {"a::b(bool x=True, bool? y=None, str s=\"a, b)\", str? t='c') -> int",
         "4 of 4 by position; bool x = True; bool? y = None; str s = \"a, b)\"; str? t = \"c\""},
        {"a::b(MemoryFormat? f=contiguous_format, Layout l=strided, Device d=cpu, ScalarType t=long) -> int",
         "4 of 4 by position; MemoryFormat? f = memory_format contiguous_format; Layout l = layout strided; Device d "
         "= device "
         "cpu; ScalarType t = dtype long"},
        {"a::b(Tensor(a!) self, *, Tensor(b!)[] out) -> Tensor(a!)",
         "1 of 2 by position; Tensor(a!) self; * Tensor(b!)[] out; mutates"},
        {"a::b(Tensor(a) self) -> Tensor(a)", "1 of 1 by position; Tensor(a) self"},
        {"a::b(Dict(str, t) self, (int, int) pair) -> int", "2 of 2 by position; Dict(str, t) self; (int, int) pair"},
        {"a::b(str self, ...) -> str", "1 of 1 by position; str self; ..."},
        {"a::b( Tensor  self ,int  n = 1 ) -> int", "2 of 2 by position; Tensor self; int n = 1"},
    };
    for (const auto& [text, expected] : rows) {
        INFO(text);
        CHECK(parsed(text) == expected);
    }
}

TEST_CASE("texts that are no schema") {
    for (const char* text : {"", "aten::relu", "relu(Tensor self)", "aten::relu(Tensor self", "aten::relu(Tensor)",
                             "aten::relu(self)", "aten::relu(Tensor self,, int n)", "aten::relu(int n=)",
                             "aten::relu(int[] n=[[1]])", "aten::relu(int[] n=[1)", "aten::relu(int[1001] n=1)",
                             "aten::relu(str s=\"a)", "aten::relu(int n=1+1)", "(aten::relu)"}) {
        INFO(text);
        CHECK(parsed(text) == "-");
    }
}

TEST_CASE("an argument is found by its name") {
    ValueStore store;
    auto schema = parse_schema("aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", store);
    REQUIRE(schema);
    CHECK(schema->find("other") == 1);
    CHECK(schema->find("alpha") == 2);
    CHECK(schema->find("alph") == Schema::npos);
}

TEST_CASE("every schema that ships is read, and says what its text says") {
    std::string text = shipped_ops();
    size_t schemas = 0;
    for (std::string_view line : lines_of(text)) {
        std::string_view head = line.substr(0, line.rfind(';'));
        if (head.find('(') == std::string_view::npos) continue;
        INFO(line);
        ValueStore store;
        auto schema = parse_schema(head, store);
        REQUIRE(schema);
        ++schemas;
        // Printed from its parts, each argument stands in the text.
        bool keyword_only = false;
        size_t positional = 0;
        for (const SchemaArgument& argument : schema->arguments) {
            std::string printed =
                fmt::format("{} {}{}", argument.type, argument.name, argument.has_default ? "=" : "");
            CHECK(head.find(printed) != std::string_view::npos);
            CHECK((keyword_only && !argument.keyword_only) == false);
            keyword_only = argument.keyword_only;
            positional += !argument.keyword_only;
        }
        CHECK(positional == schema->positional);
        CHECK(keyword_only ==
              (head.find("*,") != std::string_view::npos && head.find("*, ...") == std::string_view::npos));
        std::string_view inside = head.substr(0, head.rfind("->"));
        CHECK(schema->mutates == (inside.find('!') != std::string_view::npos));
    }
    CHECK(schemas > 3000);
}

TEST_CASE("the lines that ship are sorted by key, without comments, each key once") {
    std::string text = shipped_ops();
    std::string_view before;
    for (std::string_view line : lines_of(text)) {
        std::string_view key = line.substr(0, line.find_first_of("(;"));
        INFO(key);
        CHECK_FALSE(key.empty());
        CHECK(before < key);
        CHECK(line.find('#') == std::string_view::npos);
        before = key;
    }
    OpDeclarations declarations;
    CHECK(declarations.add(text).empty());
}
