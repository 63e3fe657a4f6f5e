// What a failing test would have to state in order to pass, written into the text of its rule file.
//
// The outcome (`becomes { … }`, `unchanged`) is replaced by that of the graph that the pass gave, in canonical form.
// A line that the old blocks had already stays as it was written, names of `define`s and all, and so does a value of
// metadata that stands on one line, in a line that is new. Not written, with a reason: a test that expects a failure,
// one whose pass fails or whose graph cannot be built, a graph that no test can state, a block with comments in it
// (they would be lost). Tested by tests/cli/cases/test_update*.txt.
#pragma once

#include "engine/author/testing/rule_tests.hpp"
#include "grammar/comments.hpp"
#include "grammar/source.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace dqrewrite {

struct TestUpdate {
    Span span;         // of the old outcome, in the file of the program itself
    std::string text;  // the new one
};

class TestUpdater {
public:
    // The program outlives it; its file is parsed when it is first asked, once for all tests.
    explicit TestUpdater(const program::Program& program) : program_(program) {}

    // `result` is that of a test that failed; the error says why there is no update.
    tl::expected<TestUpdate, std::string> update_of(const RuleTestResult& result);

private:
    struct Block {
        syntax::NodeId before, outcome;
    };

    void parse_file();
    bool has_comments(Span span) const;

    const program::Program& program_;
    std::optional<syntax::Tree> tree_;
    std::map<uint32_t, Block> blocks_;  // by where their titles begin
    std::vector<Comment> comments_;     // in order
};

// The text of the program's file with these updates, whose places are apart, made.
std::string updated_text(const program::Program& program, std::vector<TestUpdate> updates);

}  // namespace dqrewrite
