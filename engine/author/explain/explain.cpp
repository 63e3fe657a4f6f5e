#include "engine/author/explain/explain.hpp"

#include "engine/author/explain/near_ops.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/rewrite/driver.hpp"

#include <algorithm>
#include <set>

namespace dqrewrite {

using program::RuleId;
using program::Step;

namespace {

constexpr size_t most_users = 8;     // of a node that are named
constexpr size_t most_visits = 100;  // of a node that are kept
constexpr size_t most_declined = 4;  // conditions of a rewrite that are told
constexpr size_t most_judged = 200;  // such conditions of a graph that are looked at

// As much as a run of the pass may spend for each of its rules, and to take apart what is told.
uint64_t budget_for(const program::Program& program, const Module& module) {
    uint64_t nodes = module.graph.size();
    for (const Submodule& submodule : module.submodules) nodes += submodule.graph.size();
    return (budget_base + budget_per_node * nodes) * (program.rules.size() + 1);
}

// Whether there is anything in them that edits a graph. As deep as statements nest.
bool edit(const program::Program& program, const std::vector<program::StatementId>& statements) {
    using Kind = program::Statement::Kind;
    return std::any_of(statements.begin(), statements.end(), [&](program::StatementId id) {
        const program::Statement& statement = program[id];
        bool is_none = statement.kind == Kind::fail || statement.kind == Kind::warn || statement.kind == Kind::let ||
                       statement.kind == Kind::remember || statement.kind == Kind::if_ ||
                       statement.kind == Kind::for_;
        return !is_none || edit(program, statement.body) || edit(program, statement.otherwise);
    });
}

void add_targets(const Graph& graph, std::set<std::string>& targets) {
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node))
        if (graph.opcode(node) == Opcode::call_function) targets.emplace(graph.target_text(node));
}

}  // namespace

// -- both

Explainer::Explainer(const program::Program& program, const Module& module, const ExplainOptions& options)
    : program_(program), options_(options), budget_(budget_for(program, module)) {}

Probe& Explainer::probe(GraphRun& on) {
    auto& probe = probes_[&on];
    if (!probe) probe = std::make_unique<Probe>(program_, on, budget_);
    return *probe;
}

bool Explainer::begins(const Step& step) {
    if (step.kind != Step::Kind::sweep) return false;
    ++sweeps_;
    return chosen();
}

Attempt Explainer::attempt(RuleId rule, NodeId node, GraphRun& on) {
    try {
        return probe(on).attempt(rule, node);
    } catch (const BudgetSpent&) {
        return {.rule = rule, .outcome = Attempt::Outcome::too_long};
    }
}

void Explainer::begin_rewrite(RuleId rule, GraphRun& on) {
    on_ = &on;
    applied_ = rule;
    frame_ = nullptr;
    ifs_.clear();
}

void Explainer::add_declined(const program::Statement& statement, std::vector<Finding>& declined) {
    if (!on_ || !frame_ || declined.size() == most_declined) return;
    if (!edit(program_, statement.body)) return;
    try {
        if (statement.kind == program::Statement::Kind::if_) ifs_.push_back(declined.size());
        declined.push_back(probe(*on_).declined(applied_, statement, frame_));
    } catch (const BudgetSpent&) {
    }
}

void Explainer::drop_ifs(std::vector<Finding>& declined) {
    for (auto each = ifs_.rbegin(); each != ifs_.rend(); ++each)
        if (*each < declined.size()) declined.erase(declined.begin() + static_cast<std::ptrdiff_t>(*each));
}

// -- a node

NodeExplainer::NodeExplainer(const program::Program& program, program::PassId pass, const Module& module,
                             const Graph& graph, std::string name, const ExplainOptions& options)
    : Explainer(program, module, options), graph_(graph), module_(module) {
    explanation_.name = std::move(name);
    NodeId node = graph.find(explanation_.name);
    std::vector<std::string> targets;
    if (node != no_node) {
        explanation_.was_there = true;
        explanation_.line = node_line(graph, node, readable_line);
        if (graph.opcode(node) == Opcode::call_function) targets.emplace_back(graph.target_text(node));
    }
    for (RuleId rule : swept_rules(program, pass))
        if (chosen(rule)) explanation_.starts.push_back(starts_of(program, rule, targets));
}

bool NodeExplainer::is_it(const Graph& graph, NodeId node) const {
    return &graph == &graph_ && node != no_node && graph.find(explanation_.name) == node;
}

void NodeExplainer::begin(const Step& step, GraphRun& on) {
    here_ = false;
    if (!begins(step) || options_.sweep == 0 || &on.graph != &graph_) return;
    NodeId node = graph_.find(explanation_.name);
    if (node != no_node) explain(step, node, on);
}

void NodeExplainer::visit(const Step& sweep, NodeId node, GraphRun& on) {
    here_ = is_it(on.graph, node) && options_.sweep == 0;
    if (here_) explain(sweep, node, on);
}

void NodeExplainer::explain(const Step& sweep, NodeId node, GraphRun& on) {
    explanation_.was_there = true;
    if (explanation_.visits.size() == most_visits) {
        ++explanation_.more_visits;
        here_ = false;
        return;
    }
    Visit visit{sweeps_, sweep.location, node_line(graph_, node, readable_line)};
    std::vector<NodeId> users;
    graph_.users(node, users);
    visit.user_count = users.size();
    for (size_t i = 0; i < users.size() && i < most_users; ++i) visit.users.push_back(graph_.name(users[i]));
    for (RuleId rule : sweep.rules)
        if (chosen(rule)) visit.attempts.push_back(attempt(rule, node, on));
    bool any = std::any_of(visit.attempts.begin(), visit.attempts.end(),
                           [](const Attempt& each) { return each.outcome != Attempt::Outcome::cannot_start; });
    // Of rules that cannot start there it is told once, where no other can.
    if (any) explanation_.visits.push_back(std::move(visit));
    here_ = here_ && any;
}

void NodeExplainer::before(const program::Statement&, Datum* frame, Graph&) {
    frame_ = frame;
}

void NodeExplainer::decided(const program::Statement& statement, bool holds) {
    if (holds || !here_ || !recorder_) return;
    for (Attempt& attempt : explanation_.visits.back().attempts)
        if (attempt.rule == applied_) add_declined(statement, attempt.declined);
}

bool NodeExplainer::matched(RuleId rule, NodeId, GraphRun& on) {
    begin_rewrite(rule, on);
    if (!here_) return true;
    for (Attempt& attempt : explanation_.visits.back().attempts)
        if (attempt.outcome == Attempt::Outcome::matched) attempt.taken_by = rule;
    recorder_.emplace(program_, module_);
    return true;
}

void NodeExplainer::applied(RuleId rule, NodeId, bool edited, GraphRun&) {
    if (here_ && recorder_ && edited)
        for (Attempt& attempt : explanation_.visits.back().attempts)
            if (attempt.rule == rule) {
                attempt.edits = recorder_->plan().edits;
                drop_ifs(attempt.declined);
            }
    recorder_.reset();
    here_ = false;
}

void NodeExplainer::editing(const Edit& edit, const Graph& graph) {
    if (recorder_) recorder_->editing(edit, graph);
    bool goes = edit.kind == Edit::Kind::erase || edit.kind == Edit::Kind::dead;
    if (!goes || !is_it(graph, edit.node)) return;
    PlanRecorder last(program_, module_);
    last.editing({.kind = Edit::Kind::dead, .location = edit.location, .node = edit.node}, graph);
    explanation_.erased = last.plan().edits.front();
    explanation_.erased->kind = edit.kind;
}

void NodeExplainer::edited(const Edit& edit, const Graph& graph) {
    if (recorder_) recorder_->edited(edit, graph);
    bool made = edit.kind == Edit::Kind::clone || edit.kind == Edit::Kind::insert;
    if (!made || explanation_.was_there || !is_it(graph, edit.node)) return;
    explanation_.was_there = true;
    explanation_.line = node_line(graph, edit.node, readable_line);
}

// -- a graph

GraphExplainer::GraphExplainer(const program::Program& program, program::PassId pass, const Module& module,
                               const ExplainOptions& options, size_t nearest)
    : Explainer(program, module, options), module_(module), most_nearest_(nearest) {
    for (RuleId rule : swept_rules(program, pass)) {
        if (!chosen(rule)) continue;
        row_of_[rule] = rows_.size();
        Row& row = rows_.emplace_back();
        row.funnel.rule = rule;
        row.funnel.left.assign(program[rule].clauses.size(), 0);
    }
    std::set<std::string> targets;
    add_targets(module.graph, targets);
    for (const Submodule& submodule : module.submodules) add_targets(submodule.graph, targets);
    targets_.assign(targets.begin(), targets.end());
}

GraphExplainer::Row* GraphExplainer::row(RuleId rule) {
    const auto found = row_of_.find(rule);
    return found == row_of_.end() ? nullptr : &rows_[found->second];
}

void GraphExplainer::begin(const Step& step, GraphRun&) {
    begins(step);
}

void GraphExplainer::visit(const Step& sweep, NodeId node, GraphRun& on) {
    matching_.clear();
    if (!chosen() || cut_short_) return;
    try {
        for (RuleId rule : sweep.rules)
            if (chosen(rule)) try_rule(rule, node, on);
    } catch (const BudgetSpent&) {
        cut_short_ = true;
    }
}

void GraphExplainer::try_rule(RuleId rule, NodeId node, GraphRun& on) {
    Probe& with = probe(on);
    if (!with.can_start(rule, node)) return;
    Row& at = *row(rule);
    ++at.funnel.candidates;
    Probe::Progress progress = with.progress(rule, node);
    size_t passed = progress.matched ? at.funnel.left.size() : progress.clause;
    for (size_t clause = 0; clause < passed; ++clause) ++at.funnel.left[clause];
    if (!progress.matched) return keep_nearest(at, progress, node, on);
    ++at.funnel.matches;
    matching_.push_back(rule);
}

// How far the rule got; of nodes at which it got equally far those come first whose op is one of which the clause
// speaks that failed, in whatever dialect and overload: it is these that someone will have meant.
uint64_t GraphExplainer::rank(RuleId rule, const Probe::Progress& progress, NodeId node, const Graph& graph) {
    uint64_t depth = 2 * uint64_t{progress.depth};
    if (graph.opcode(node) != Opcode::call_function) return depth;
    auto [known, fresh] = spoken_of_.try_emplace({rule, progress.clause, graph.target(node)}, false);
    if (fresh) {
        std::vector<program::OpId> ops = ops_of(program_, program_[rule].clauses[progress.clause]);
        known->second = std::any_of(ops.begin(), ops.end(), [&](program::OpId op) {
            return nearness(graph.target_text(node), program_[op].target, false) != Nearness::none;
        });
    }
    return depth + known->second;
}

// A miss is put into words at once, for the state is soon another: this is done as often as one is nearer than
// those before it, which is as often as there are steps at most.
void GraphExplainer::keep_nearest(Row& row, const Probe::Progress& progress, NodeId node, GraphRun& on) {
    uint64_t rank = this->rank(row.funnel.rule, progress, node, on.graph);
    size_t place = row.ranks.size();
    while (place > 0 && row.ranks[place - 1] < rank) --place;
    if (place == most_nearest_) return;
    std::string line = node_line(on.graph, node, readable_line), graph = path_of(module_, on.graph);
    // The same again, in a later sweep.
    for (const Funnel::Miss& known : row.funnel.nearest)
        if (known.node == line && known.graph == graph) return;
    Funnel::Miss miss{std::move(line), std::move(graph), sweeps_, attempt(row.funnel.rule, node, on)};
    auto& nearest = row.funnel.nearest;
    nearest.insert(nearest.begin() + static_cast<std::ptrdiff_t>(place), std::move(miss));
    row.ranks.insert(row.ranks.begin() + static_cast<std::ptrdiff_t>(place), rank);
    if (nearest.size() <= most_nearest_) return;
    nearest.pop_back();
    row.ranks.pop_back();
}

bool GraphExplainer::matched(RuleId rule, NodeId root, GraphRun& on) {
    begin_rewrite(rule, on);
    declined_.clear();
    Row* at = row(rule);
    bool told = at && chosen() && at->funnel.idle.size() < most_nearest_ && judged_ < most_judged;
    if (told) line_ = node_line(on.graph, root, readable_line);
    if (!told) on_ = nullptr;
    for (RuleId other : matching_)
        if (other != rule) ++row(other)->funnel.taken;
    return true;
}

void GraphExplainer::before(const program::Statement&, Datum* frame, Graph&) {
    frame_ = frame;
}

void GraphExplainer::decided(const program::Statement& statement, bool holds) {
    if (holds || !on_ || judged_ == most_judged) return;
    ++judged_;
    add_declined(statement, declined_);
}

void GraphExplainer::applied(RuleId rule, NodeId, bool edited, GraphRun& on) {
    Row* at = row(rule);
    if (at && chosen() && edited) ++at->funnel.rewrites;
    if (!at || !on_ || edited || declined_.empty()) return;
    Attempt idle{.rule = rule, .outcome = Attempt::Outcome::matched, .taken_by = rule, .declined = declined_};
    at->funnel.idle.push_back({line_, path_of(module_, on.graph), sweeps_, std::move(idle)});
}

GraphExplanation GraphExplainer::explanation() const {
    GraphExplanation explanation;
    for (const Row& row : rows_) {
        Funnel& funnel = explanation.funnels.emplace_back(row.funnel);
        if (funnel.candidates == 0) funnel.starts = starts_of(program_, funnel.rule, targets_);
    }
    explanation.sweeps = sweeps_;
    explanation.cut_short = cut_short_;
    return explanation;
}

}  // namespace dqrewrite
