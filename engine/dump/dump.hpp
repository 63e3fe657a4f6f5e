// A dump of format "fx-graph", version 1: text <-> graphs.
//
// What was read stays in its text: meta, strings, numbers and whole nodes are slices of the Input, so reading
// makes no copies, and writing gives back the very bytes of what was not touched. A dump that nothing changed
// is written as it was read. Linear in the text; memory is the input and the graphs; no recursion.
// Limits: nesting of 1,000, a string of 1 GiB, a node of 4 GiB, a name of 64 KiB (without the number at its end),
// 2^31 - 16 nodes.
// Errors are values with line, column and excerpt; what a reader refuses is tested file by file in
// tests/dump/errors. Tested by tests/dump/dump_test.cpp, edit_test.cpp and hostile_test.cpp; fuzzed by
// tests/fuzz/fuzz_dump.cpp.
#pragma once

#include "engine/dump/error.hpp"
#include "engine/dump/input.hpp"
#include "engine/dump/output.hpp"
#include "engine/graph/module.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

// An entry of "ops": what the dump says of a target. The text lives as long as the dump's module.
struct DeclaredOp {
    std::string_view target;
    std::string_view schema;  // decoded; empty where there is none
    bool impure = false;
};

// Looks at metadata while a dump is read and its text is at hand.
class MetadataReader {
public:
    // What is looked for at the top of metadata: at most eight keys, and the same ones all the time.
    virtual std::span<const std::string> keys() const = 0;
    // The nodes of `graph` follow. It stays where it is until the next one begins.
    virtual void begin(Graph& graph) = 0;
    // A node has been read. A bit of `present` that is not set: its metadata has not that one of keys().
    virtual void read(NodeId node, uint8_t present) = 0;

protected:
    ~MetadataReader() = default;
};

class Dump {
public:
    // Submodules stand in the order of the dump. A pass edits the graphs and adds or removes none.
    Module module;
    // In the order of the dump.
    std::vector<DeclaredOp> ops;

    static DumpResult<Dump> read(std::shared_ptr<const Input> input);
    // A part of the input, such as a line of an .ndjson, that starts with line `first_line`. `metadata` may be null.
    static DumpResult<Dump> read(std::shared_ptr<const Input> input, std::string_view part, uint64_t first_line,
                                 MetadataReader* metadata = nullptr);

    // What it was read from.
    std::string_view text() const { return text_; }

    // Bit by bit, never as a whole. A dump that was not read is written with one node a line. Errors are the
    // output's own affair.
    void write(Output& output) const;

private:
    friend class DumpReader;
    friend class DumpWriter;

    // One array "nodes" of the text. In its graph, what was read has the ids from 0 to node_count - 1.
    struct Region {
        size_t graph = 0;        // 0: the top graph; else a submodule's index + 1
        std::string_view text;   // what stands between the brackets
        std::string_view first;  // the first node
        std::string_view past;   // of the graph; empty where the dump has none
        size_t node_count = 0;
        uint64_t edit_count = 0;  // of the graph when it was read
    };
    const Graph& graph_of(const Region& region) const;

    std::shared_ptr<const Input> input_;  // null: the dump was not read
    std::string_view text_;
    std::vector<Region> regions_;  // in the order of the text
};

}  // namespace dqrewrite
