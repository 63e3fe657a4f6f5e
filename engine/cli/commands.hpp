// The commands of dqrewrite, each with its options as plain data; main.cpp reads them from the command line.
// Each returns the exit status. Tested by tests/cli.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dqrewrite::cli {

struct RunOptions {
    std::string rules;  // empty: the built-in default
    std::string pass;   // empty: the only one of the file
    std::string graph;
    std::string out = "-";
    bool ndjson = false;
    unsigned jobs = 1;
    std::string stats;                    // "", "text" or "json"
    std::string plan;                     // likewise: the edits, in place of the graph
    std::vector<std::string> only, skip;  // rules; one of the two is empty
    std::optional<uint64_t> stop_after;   // rewrites
};
int run(const RunOptions& options);

struct ExplainCommandOptions {
    std::string rules, pass;  // as of run
    std::string rule;         // empty: all that the pass sweeps
    std::string node;         // empty: the whole graph
    std::string submodule;    // whose graph the node is of; empty: the top graph
    uint64_t sweep = 0;       // that one alone, counted from 1; 0: all
    bool json = false;
    std::string graph;
};
int explain(const ExplainCommandOptions& options);

struct CheckOptions {
    std::vector<std::string> files;
    bool strict = false;
    std::vector<std::string> graphs;  // on which the order of rules is tried out
    bool overlaps = false;            // notes on rules of a sweep that match at one node
    std::string explain;              // a code
};
int check(const CheckOptions& options);

struct FormatOptions {
    std::vector<std::string> files;
    bool check = false;
};
int format_files(const FormatOptions& options);

struct DiffOptions {
    std::string before, after;
    std::vector<std::string> ignored;  // places of nodes
    bool json = false;
    std::string color = "auto";  // "always", "never"
};
int diff(const DiffOptions& options);

struct ShowOptions {
    std::string graph;
    std::string over;       // a second graph, drawn over the first
    std::string submodule;  // empty: the top graph
    std::string format;     // "text" or "dot"; empty: dot for two graphs, text for one
    std::string around;     // a node; empty: the whole graph
    size_t depth = 2;
    size_t limit = 300;  // nodes of a picture
    std::string out = "-";
};
int show(const ShowOptions& options);

struct PatternOptions {
    std::string graph;
    std::string root;       // a node
    std::string submodule;  // empty: the top graph
    size_t depth = 2;
    std::string ops;  // where declarations of ops go that only the dump knows; empty: nowhere
    std::string out = "-";
};
int pattern(const PatternOptions& options);

struct TestOptions {
    std::vector<std::string> files;  // empty: all that ship
    std::string filter;              // part of a title
    std::string format = "text";     // or "junit", "json"
    bool update = false;
    bool coverage = false;
    unsigned min_coverage = 0;        // percent
    std::string near_misses = "run";  // or "list": say of each what came of it; or "none"
    std::optional<size_t> generate;   // print so many near misses as tests instead
    uint64_t seed = 1;
};
int test(const TestOptions& options);

}  // namespace dqrewrite::cli
