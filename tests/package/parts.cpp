// Uses each part of the header from outside: a graph built from values, a rule from a text, a run, the nodes
// after it, errors. Ends with status 1 and the line where something is not as it should be.
#include <dqrewrite/dqrewrite.hpp>

#include <cstdlib>
#include <iostream>

// A name of one's own beside those of the library.
struct Graph {};

namespace {

void check(bool holds, int line) {
    if (holds) return;
    std::cerr << "parts.cpp:" << line << ": this does not hold\n";
    std::exit(1);
}
#define CHECK(...) check(static_cast<bool>(__VA_ARGS__), __LINE__)

dqrewrite::Graph build() {
    using namespace dqrewrite;
    dqrewrite::Graph graph;
    Nodes& nodes = graph.nodes();
    CHECK(graph.declare_op("torch.ops.my.log", "my::log(Tensor x) -> ()", true));
    const auto x = nodes.add({"x", Opcode::placeholder, "x", {}, {}, "", {}});
    CHECK(x);
    const auto full = nodes.add({"full",
                                 Opcode::call_function,
                                 "torch.ops.aten.full.default",
                                 {List{{2, 3}}, 0.5},
                                 {{"dtype", Dtype{"float32"}}, {"pin_memory", None{}}},
                                 "",
                                 {}});
    const auto add = nodes.add(
        {"add", Opcode::call_function, "torch.ops.aten.add.Tensor", {*x, *full}, {}, R"({"origin": 17})", {}});
    CHECK(full && add);
    CHECK(nodes.add({"log", Opcode::call_function, "torch.ops.my.log", {*add}, {}, "", {}}));
    CHECK(nodes.add({"output", Opcode::output, "output", {Tuple{{*add, *add}}}, {}, "", {}}));
    const auto body = graph.add_submodule("body");
    CHECK(body && (*body)->add({"y", Opcode::placeholder, "y", {}, {}, "", true}));
    CHECK(graph.submodules() == std::vector<std::string>{"body"});
    CHECK(graph.submodule("body")->size() == 1);
    return graph;
}

// Gives one user of a shared add a copy of its own, which carries the meta of the original.
constexpr const char* text = R"(
rule copy_shared_add {
    match   a: aten.add.Tensor(...)
    where   len(a.users) > 1
    rewrite {
        clone a as own after a
        replace a with own in a.users[0]
    }
}
pass copy { repeat at most 3 { sweep copy_shared_add } }
)";

void run() {
    const auto rules = dqrewrite::Rules::parse(text, "copy.rules");
    if (!rules) std::cerr << rules.error().text();
    CHECK(rules && rules->warnings().empty());
    CHECK(rules->passes() == std::vector<std::string>{"copy"});
    dqrewrite::Graph graph = build();
    const auto pass = rules->pass();
    CHECK(pass && pass->name() == "copy");
    const auto report = pass->run(graph);
    if (!report) std::cerr << report.error().text();
    CHECK(report && report->changed);
    CHECK(report->nodes_before == 5 && report->nodes_after == 6);
    CHECK(report->rules.size() == 1 && report->rules[0].matches == 1 && report->rules[0].rewrites == 1);
    CHECK(report->rules[0].candidates == 4 && report->rules[0].rule == "copy_shared_add");
    CHECK(report->loops.size() == 1 && report->loops[0].stopped == "round 2 changed nothing");
    CHECK(report->warnings.empty());

    const dqrewrite::Nodes& nodes = graph.nodes();
    const auto own = nodes.find("add_1");
    CHECK(own && nodes.contains(*own) && nodes.name(*own) == "add_1");
    CHECK(nodes.meta(*own) == R"({"origin": 17})");
    CHECK(nodes.target(*own) == "torch.ops.aten.add.Tensor");
    CHECK(nodes.opcode(*own) == dqrewrite::Opcode::call_function);
    CHECK(nodes.inputs(*own) == std::vector{*nodes.find("x"), *nodes.find("full")});
    CHECK(nodes.users(*own) == std::vector{*nodes.find("log")});
    CHECK(nodes.in_order().size() == nodes.size());
    const auto full = nodes.get(*nodes.find("full"));
    CHECK(full && full->args[0] == dqrewrite::List{{2, 3}} && *full->args[1].get<double>() == 0.5);
    CHECK(full->kwargs[0].first == "dtype" && full->kwargs[0].second == dqrewrite::Dtype{"float32"});

    const auto written = graph.text();
    CHECK(written);
    const auto again = dqrewrite::Graph::parse(*written);
    CHECK(again && *again->text() == *written);
}

void fail() {
    const auto rules = dqrewrite::Rules::parse("rule r { aten.add.Tensr(x) => x }", "bad.rules");
    CHECK(!rules && rules.error().diagnostics.size() == 1);
    const dqrewrite::Diagnostic& diagnostic = rules.error().diagnostics[0];
    CHECK(diagnostic.severity == dqrewrite::Severity::error && diagnostic.code == "unknown-op");
    CHECK(diagnostic.file == "bad.rules" && diagnostic.line == 1 && diagnostic.column == 10);
    CHECK(diagnostic.text() == rules.error().text());
    CHECK(!dqrewrite::Rules::load("no-such.rules") && !dqrewrite::Rules::shipped("no such"));
    CHECK(!dqrewrite::Graph::read("no-such.json") && !dqrewrite::Graph::parse("{}"));
    dqrewrite::Graph graph;
    CHECK(!graph.nodes().add({}));
    CHECK(!graph.write("no/such/folder/out.json"));
}

}  // namespace

int main() {
    run();
    fail();
    std::cout << "dqrewrite " << dqrewrite::version() << ": every part of the header works from outside\n";
}
