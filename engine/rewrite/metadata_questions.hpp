// Answers a program's questions about metadata (program/questions.hpp) while a dump is read: its text is at hand
// then, and a run need not look at it any more.
//
// An answer that is not found here is found by the run that asks, so nothing depends on this but time. Metadata
// without any of the keys that are asked for has the answers of the first such metadata, and is not looked at. Tested
// by tests/rewrite/metadata_questions_test.cpp.
#pragma once

#include "engine/dump/dump.hpp"
#include "engine/rewrite/graph_run.hpp"

#include <optional>

namespace dqrewrite {

class MetadataQuestions final : public MetadataReader {
public:
    // The program outlives it.
    explicit MetadataQuestions(const program::Program& program);

    // Itself; null where the program has no question.
    MetadataReader* any() { return program_.questions.empty() ? nullptr : this; }

    std::span<const std::string> keys() const override { return program_.question_keys; }
    void begin(Graph& graph) override;
    void read(NodeId node, uint8_t present) override;

private:
    MetaAnswers::Row answer_all(NodeId node);

    const program::Program& program_;
    // The questions ask for no op, so the evaluator may be bound to a program without any.
    program::Program without_ops_;
    Symbols symbols_;
    OpTable table_;
    Binding binding_;
    Budget budget_{0};  // of one node
    std::vector<RunWarning> warnings_;
    std::vector<Datum> frame_;
    Graph* graph_ = nullptr;
    std::optional<GraphRun> run_;  // on `graph_`; made when first needed
    std::optional<MetaAnswers::Row> without_keys_;
    bool stopped_ = false;  // a question took too long
};

}  // namespace dqrewrite
