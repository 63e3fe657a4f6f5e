#include "engine/rewrite/metadata_questions.hpp"

#include "engine/rewrite/driver.hpp"

#include <algorithm>

namespace dqrewrite {

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

}  // namespace dqrewrite
