#include "engine/rewrite/metadata_questions.hpp"

#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/graph_run.hpp"

#include <algorithm>
#include <optional>

namespace dqrewrite {

namespace {

class MetadataQuestions final : public MetadataReader {
public:
    // The program outlives it.
    explicit MetadataQuestions(const program::Program& program);

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

MetadataQuestions::MetadataQuestions(const program::Program& program)
    : program_(program), table_(*program.declarations), binding_(without_ops_, symbols_, table_) {
    for (const program::MetaQuestion& each : program.questions)
        frame_.resize(std::max(frame_.size(), static_cast<size_t>(each.variable) + 1));
}

void MetadataQuestions::begin(Graph& graph) {
    graph_ = &graph;
    run_.reset();
    graph.meta_answers().ask(program_.number);
}

void MetadataQuestions::read(NodeId node, uint8_t present) {
    if (stopped_) return;
    if (present == 0 && !without_keys_) without_keys_ = answer_all(node);
    graph_->meta_answers().set_row(node, present == 0 ? *without_keys_ : answer_all(node));
}

MetaAnswers::Row MetadataQuestions::answer_all(NodeId node) {
    if (!run_) {
        run_.emplace(program_, *graph_, nullptr, binding_, budget_, warnings_);
        run_->evaluator.stay_in_metadata();
    }
    budget_ = Budget(budget_per_node);
    try {
        for (uint32_t i = 0; i < program_.questions.size(); ++i) {
            frame_[static_cast<size_t>(program_.questions[i].variable)] = make_node(node);
            const Arena::Mark mark = run_->arena.mark();
            run_->evaluator.answer(i, frame_.data());
            run_->arena.release(mark);
        }
    } catch (const BudgetSpent&) {
        stopped_ = true;
    }
    return graph_->meta_answers().row(node);
}

}  // namespace

DumpResult<Dump> read_for(const program::Program& program, std::shared_ptr<const Input> input) {
    const std::string_view all = input->text();
    return read_for(program, std::move(input), all, 1);
}

DumpResult<Dump> read_for(const program::Program& program, std::shared_ptr<const Input> input, std::string_view part,
                          uint64_t first_line) {
    if (program.questions.empty()) return Dump::read(std::move(input), part, first_line);
    MetadataQuestions questions(program);
    return Dump::read(std::move(input), part, first_line, &questions);
}

}  // namespace dqrewrite
