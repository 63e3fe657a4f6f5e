// Applies the pass that ships with dqrewrite to the dump argv[1], and writes the dump argv[2].
#include <dqrewrite/dqrewrite.hpp>
#include <iostream>

int main(int, char** argv) {
    auto rules = dqrewrite::Rules::shipped("duplicate_dq");  // or Rules::load("my.rules")
    if (!rules) return std::cerr << rules.error().text(), 2;
    auto graph = dqrewrite::Graph::read(argv[1], *rules);
    if (!graph) return std::cerr << graph.error().text(), 2;
    auto report = rules->run(*graph);
    if (!report) return std::cerr << report.error().text(), 2;
    for (const auto& rule : report->rules) std::cout << rule.rule << ": " << rule.rewrites << " rewrites\n";
    auto written = graph->write(argv[2]);
    if (!written) return std::cerr << written.error().text(), 2;
}
