// Op declarations and the facts of targets.
#include "engine/ops/op_table.hpp"
#include "tests/support/golden.hpp"

#include <fmt/format.h>

#include <string>

using namespace dqrewrite;

namespace {

constexpr const char* sorted_text = "aten::add.Scalar(Tensor self, Scalar other) -> Tensor\n"
                                    "aten::add.Tensor(Tensor self, Tensor other) -> Tensor; commutes\n"
                                    "aten::add_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)\n"
                                    "aten::relu(Tensor self) -> Tensor\n"
                                    "aten::relu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)\n"
                                    "aten::relu6(Tensor self) -> Tensor\n"
                                    "lib::print(str s) -> (); impure\n"
                                    "operator.add\n"
                                    "operator.setitem; impure\n"
                                    "zeta\n";

std::string stated(const OpDeclarations& declarations, std::string_view target) {
    auto found = declarations.find(target);
    if (!found) return "-";
    const char* flags[] = {"", "; impure", "; commutes", "; impure, commutes"};
    return std::string(found->schema) + flags[found->impure + 2 * found->commutes];
}

}  // namespace

TEST_CASE("the key of a target") {
    const std::pair<const char*, const char*> rows[] = {
        {"torch.ops.aten.add.Tensor", "aten::add.Tensor"},
        {"torch.ops.aten.relu.default", "aten::relu"},
        {"executorch.exir.dialects.edge._ops.aten.add.Tensor", "aten::add.Tensor"},
        {"executorch.exir.dialects.backend._ops.lib.f.default", "lib::f"},
        {"operator.getitem", "operator.getitem"},
        {"torch.ops.aten.add", "torch.ops.aten.add"},  // a packet
        {"torch.ops.higher_order", "torch.ops.higher_order"},
        {"torch.sym_max", "torch.sym_max"},
        {"", ""},
    };
    for (const auto& [target, key] : rows) {
        INFO(target);
        CHECK(declaration_key(target) == key);
    }
}

TEST_CASE("ops are found in sorted text") {
    OpDeclarations declarations;
    declarations.set_sorted(sorted_text);
    const std::pair<const char*, const char*> rows[] = {
        {"torch.ops.aten.add.Scalar", "aten::add.Scalar(Tensor self, Scalar other) -> Tensor"},  // the first line
        {"torch.ops.aten.add.Tensor", "aten::add.Tensor(Tensor self, Tensor other) -> Tensor; commutes"},
        {"torch.ops.aten.add_.Tensor", "aten::add_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"},
        {"torch.ops.aten.relu.default", "aten::relu(Tensor self) -> Tensor"},
        {"executorch.exir.dialects.edge._ops.aten.relu.default", "aten::relu(Tensor self) -> Tensor"},
        {"torch.ops.lib.print.default", "lib::print(str s) -> ()"
                                        "; impure"},
        {"operator.add", ""},
        {"operator.setitem", "; impure"},
        {"zeta", ""},  // the last line
        {"torch.ops.aten.add.Tens", "-"},
        {"torch.ops.aten.add", "-"},
        {"torch.ops.aten.relu7.default", "-"},
        {"operator", "-"},
        {"", "-"},
        {"zzz", "-"},
        {"aaa", "-"},
    };
    for (const auto& [target, expected] : rows) {
        INFO(target);
        CHECK(stated(declarations, target) == expected);
    }
}

TEST_CASE("sorted text of one line, without line break, or empty") {
    OpDeclarations declarations;
    CHECK(stated(declarations, "operator.add") == "-");
    CHECK(declarations.targets().empty());
    declarations.set_sorted("operator.add");
    CHECK(stated(declarations, "operator.add") == "");
    CHECK(stated(declarations, "operator.adda") == "-");
    CHECK(declarations.targets() == std::vector<std::string>{"operator.add"});
}

TEST_CASE("every line that ships is a good one, and found by its key") {
    std::string text = test::read_file(std::string(DQREWRITE_SOURCE_DIR) + "/rules/ops/pytorch.ops");
    CHECK(OpDeclarations().add(text).empty());
    OpDeclarations declarations;
    declarations.set_sorted(text);
    std::string_view rest = text;
    size_t count = 0;
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        std::string_view key = line.substr(0, line.find_first_of("(;"));
        INFO(line);
        std::string target(key);
        if (size_t colons = key.find("::"); colons != std::string_view::npos) {
            target = "torch.ops." + std::string(key.substr(0, colons)) + "." + std::string(key.substr(colons + 2));
            if (key.find('.') == std::string_view::npos) target += ".default";
        }
        bool has_schema = line.find('(') != std::string_view::npos;
        CHECK(stated(declarations, target) == (has_schema ? line : line.substr(key.size())));
        ++count;
    }
    CHECK(count > 4000);
}

TEST_CASE("packets and their overloads") {
    OpDeclarations declarations;
    declarations.set_sorted(sorted_text);
    const std::pair<const char*, std::vector<std::string>> rows[] = {
        {"torch.ops.aten.add", {"torch.ops.aten.add.Scalar", "torch.ops.aten.add.Tensor"}},
        {"torch.ops.aten.add_", {"torch.ops.aten.add_.Tensor"}},
        {"torch.ops.aten.relu", {"torch.ops.aten.relu.default", "torch.ops.aten.relu.out"}},
        {"torch.ops.aten.relu6", {"torch.ops.aten.relu6.default"}},
        {"executorch.exir.dialects.edge._ops.lib.print", {"executorch.exir.dialects.edge._ops.lib.print.default"}},
        {"torch.ops.aten.rel", {}},
        {"torch.ops.aten", {}},
        {"torch.ops.aten.add.Tensor", {}},
        {"operator.add", {}},
        {"aten.add", {}},
    };
    for (const auto& [packet, overloads] : rows) {
        INFO(packet);
        CHECK(declarations.overloads(packet) == overloads);
        CHECK(declarations.is_packet(packet) == !overloads.empty());
    }
}

TEST_CASE("namespaces") {
    OpDeclarations declarations;
    declarations.set_sorted(sorted_text);
    declarations.add("mine::f(Tensor self) -> Tensor\nmath.ceil\n");
    CHECK(declarations.namespaces() == std::vector<std::string_view>{"aten", "lib", "math", "mine", "operator"});
    for (const char* word : {"aten", "lib", "math", "mine", "operator"}) CHECK(declarations.has_namespace(word));
    for (const char* word : {"ate", "aten:", "zeta", "zet", "relu", ""})
        CHECK_FALSE(declarations.has_namespace(word));
}

TEST_CASE("arguments") {
    OpDeclarations declarations;
    declarations.set_sorted(
        "aten::relu(Tensor self) -> Tensor\naten::sum(Tensor x, *, ScalarType? dtype=None) -> Tensor\n");
    declarations.add("mine::f(Tensor many, int(a!) last) -> Tensor last_of_all\nmath.ceil\n");
    for (const char* name : {"self", "x", "dtype", "many", "last"}) CHECK(declarations.has_argument(name));
    for (const char* name : {"sel", "elf", "type", "Tensor", "ceil", "last_of_all", ""})
        CHECK_FALSE(declarations.has_argument(name));
}

TEST_CASE("targets are those of every dialect, sorted") {
    OpDeclarations declarations;
    declarations.add("a::f(Tensor self) -> Tensor\nhelper.g\n");
    CHECK(declarations.targets() == std::vector<std::string>{"executorch.exir.dialects.backend._ops.a.f.default",
                                                             "executorch.exir.dialects.edge._ops.a.f.default",
                                                             "helper.g", "torch.ops.a.f.default"});
}

TEST_CASE("a declaration counts before sorted text, whose flags it may change, and may be said again") {
    OpDeclarations declarations;
    declarations.set_sorted(sorted_text);
    CHECK(declarations.add("aten::relu(Tensor self)->Tensor; impure # changed\noperator.add\n").empty());
    CHECK(stated(declarations, "torch.ops.aten.relu.default") == "aten::relu(Tensor self)->Tensor; impure");
    CHECK(declarations.overloads("torch.ops.aten.relu").size() == 2);
    CHECK(declarations.add("aten::relu( Tensor self ) -> Tensor; impure\noperator.add").empty());
    CHECK(stated(declarations, "torch.ops.aten.relu.default") == "aten::relu(Tensor self)->Tensor; impure");
}

TEST_CASE("a declaration that differs from an earlier one, or in its schema from what ships") {
    const std::string_view first = "a::f(Tensor self) -> Tensor\na.g; impure\n";
    const std::string_view second = "a::f(Tensor self, int n) -> Tensor\na.g\na::f(Tensor self) -> Tensor; impure\n"
                                    "aten::relu(Tensor self, int b) -> Tensor\noperator.add; impure\n"
                                    "b::f(int n) -> int\nb::f(int m) -> int\nb::f(int n) -> int\n";
    OpDeclarations declarations;
    declarations.set_sorted(sorted_text);
    CHECK(declarations.add(first).empty());
    std::string said;
    for (const auto& line : declarations.add(second).first)
        said +=
            fmt::format("{}: {}: {}\n", second.substr(line.begin, line.end - line.begin), line.message, line.other);
    CHECK(said == "a::f(Tensor self, int n) -> Tensor: \"a::f\" is declared twice, and not in the same way: "
                  "a::f(Tensor self) -> Tensor\n"
                  "a.g: \"a.g\" is declared twice, and not in the same way: a.g; impure\n"
                  "a::f(Tensor self) -> Tensor; impure: \"a::f\" is declared twice, and not in the same way: "
                  "a::f(Tensor self) -> Tensor\n"
                  "aten::relu(Tensor self, int b) -> Tensor: \"aten::relu\" ships with dqrewrite, and with another "
                  "schema: aten::relu(Tensor self) -> Tensor\n"
                  "b::f(int m) -> int: \"b::f\" is declared twice, and not in the same way: b::f(int n) -> int\n");
    CHECK(stated(declarations, "torch.ops.a.f.default") == "a::f(Tensor self) -> Tensor");
    CHECK(stated(declarations, "torch.ops.b.f.default") == "-");
}

TEST_CASE("bad lines are pointed at, and nothing of the text is used") {
    std::string_view text = "a::f(Tensor self) -> Tensor\n  a::g(Tensor self -> Tensor  # no bracket\n\nnot a "
                            "name\r\na::h(int n) -> int; pure\na::i(int n) -> int; impure, pure\n"
                            "a::j(int n, *, int m) -> int; commutes\na.k; commutes\n";
    OpDeclarations declarations;
    auto bad = declarations.add(text);
    std::string said;
    for (const auto& line : bad.first)
        said += fmt::format("{}: {}\n", text.substr(line.begin, line.end - line.begin), line.message);
    CHECK(said ==
          "->: expected \",\" or \")\", found \"->\"\n"
          "not a name: expected an operator schema such as aten::relu(Tensor self) -> Tensor, or a qualified name\n"
          "pure: unknown flag \"pure\" after \";\"; there are \"impure\" and \"commutes\"\n"
          "pure: unknown flag \"pure\" after \";\"; there are \"impure\" and "
          "\"commutes\"\n"
          "a::j(int n, *, int m) -> int; commutes: \"commutes\" is said of the first two arguments of a schema, and "
          "here are none\n"
          "a.k; commutes: \"commutes\" is said of the first two arguments of a schema, and here are none\n");
    CHECK(stated(declarations, "torch.ops.a.f.default") == "-");
}

TEST_CASE("what a dump states counts before what is declared") {
    OpDeclarations declarations;
    declarations.set_sorted(sorted_text);
    OpTable table(declarations);
    table.state("torch.ops.aten.relu.default", "aten::relu(Tensor self, int extra=1) -> Tensor", true);
    table.state("torch.ops.aten.add.Tensor", "", false);
    table.state("torch.ops.aten.relu6.default", "no schema at all", false);
    Symbols symbols;
    auto facts = [&](const char* target) {
        const OpTable::Facts& found = table.facts(symbols.intern(target), symbols);
        return fmt::format("{}{}{}", found.known ? "known" : "unknown",
                           found.schema ? fmt::format(", {} arguments", found.schema->arguments.size()) : "",
                           found.impure ? ", impure" : "");
    };
    CHECK(facts("torch.ops.aten.relu.default") == "known, 2 arguments, impure");
    CHECK(facts("torch.ops.aten.add.Tensor") == "known");
    CHECK(facts("torch.ops.aten.relu6.default") == "known");
    CHECK(facts("torch.ops.aten.add.Scalar") == "known, 2 arguments");
    CHECK(facts("torch.ops.lib.print.default") == "known, 1 arguments, impure");
    CHECK(facts("torch.ops.lib.print") == "unknown, impure");  // a packet is as impure as its default overload
    CHECK(facts("torch.ops.aten.add") == "unknown");
    CHECK(facts("operator.setitem") == "known, impure");
    CHECK(facts("anything.else") == "unknown");
    CHECK(facts("torch.ops.aten.relu.default") == "known, 2 arguments, impure");
}
