#include "engine/rewrite/driver.hpp"

#include "engine/program/steps.hpp"
#include "engine/rewrite/firings.hpp"
#include "engine/rewrite/observer.hpp"
#include "engine/rewrite/order_blame.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace dqrewrite {

using program::RuleId;
using program::Step;

namespace {

// The run has made as many rewrites as it was to make.
struct Stop {};

}  // namespace

// One run of a pass on one module.
class PassRun : private Toll {
public:
    PassRun(const Driver& driver, Module& module, OpTable& table, RunObserver* observer)
        : driver_(driver), program_(*driver.program_), module_(module), observer_(observer),
          binding_(program_, *module.symbols, table), total_budget_(budget_for(module)), budget_(total_budget_),
          counts_(program_.rules.size()), swept_(program_.rules.size()), submodule_runs_(module.submodules.size()) {
        for (size_t i = 0; i < counts_.size(); ++i) counts_[i].rule = static_cast<RuleId>(i);
        set_toll(this);
    }
    ~PassRun() { set_toll(nullptr); }
    PassRun(const PassRun&) = delete;
    PassRun& operator=(const PassRun&) = delete;

    Report run() {
        report_.nodes_before = module_.graph.size();
        GraphRun top(program_, module_.graph, &module_, binding_, budget_, report_.warnings);
        top.rewriter.set_observer(observer_);
        uint64_t before = edits();
        run_part(top);
        report_.changed = edits() != before;
        // What was never edited is as it was read, and was in order then.
        if (report_.changed) lint();
        report_.nodes_after = module_.graph.size();
        for (RuleId rule : swept_rules_) report_.rules.push_back(counts_[static_cast<size_t>(rule)]);
        return std::move(report_);
    }

private:
    using Sweep = Driver::Sweep;
    using Start = program::MatchProgram::Start;

    void run_part(GraphRun& top) {
        if (driver_.part_.stop_after == 0) return;
        try {
            pass(driver_.pass_, top);
        } catch (const Stop&) {
        } catch (const BudgetSpent& spent) {  // between the sweeps
            throw RunError(spent.location, spent_budget(), {}, true);
        }
    }

    // -- what edits take that are no usual ones

    void set_toll(Toll* toll) {
        module_.graph.set_toll(toll);
        for (Submodule& submodule : module_.submodules) submodule.graph.set_toll(toll);
    }
    // As if the copy were inserted.
    void copying(const Graph& graph, NodeId node) override {
        const size_t names = graph.has_long_names() ? graph.size_of_operand_names(node) : 0;
        const size_t text = graph.target_text(node).size() + graph.name_size(node) + names;
        pay(graph.operand_count(node) + weight_of(graph.args(node)) + weight_of(graph.kwargs(node)) +
            text / text_per_step + graph.meta(node).size() / metadata_per_step);
    }
    void replacing(size_t uses) override { pay(uses / uses_per_step); }
    void naming(size_t bytes) override { pay(bytes / text_per_step); }
    void pay(uint64_t steps) {
        if (steps > budget_.left()) throw TollNotPaid();
        budget_.spend(steps, program::Location());
    }

    static uint64_t budget_for(const Module& module) {
        uint64_t nodes = module.graph.size();
        for (const Submodule& submodule : module.submodules) nodes += submodule.graph.size();
        return budget_base + budget_per_node * nodes;
    }

    std::string spent_budget() const {
        return fmt::format("the run has spent its budget of {} steps here", total_budget_);
    }

    uint64_t edits() const {
        uint64_t count = module_.graph.edit_count();
        for (const Submodule& submodule : module_.submodules) count += submodule.graph.edit_count();
        return count;
    }
    // As `changed` and `repeat` see it: of all graphs, or inside `in submodules` of the one at hand.
    uint64_t edits_seen(const GraphRun& on) const { return inside_submodules_ ? on.graph.edit_count() : edits(); }

    // The edits of each graph when the pass began, for `changed` in the condition of an `if`; of those that it may
    // ask of.
    struct Baseline {
        uint64_t all = 0;
        std::map<const Graph*, uint64_t> each;
    };
    bool changed(const GraphRun& on) const {
        return inside_submodules_ ? on.graph.edit_count() != baseline_.each.at(&on.graph) : edits() != baseline_.all;
    }

    // Whether they ask it of other graphs than the one that the pass is on; a pass that they run begins anew.
    static bool ask_of_submodules(const std::vector<Step>& steps, bool inside = false) {
        return std::ranges::any_of(steps, [inside](const Step& each) {
            return (inside && each.kind == Step::Kind::if_) || ask_of_submodules(each.otherwise, inside) ||
                   ask_of_submodules(each.steps, inside || each.kind == Step::Kind::in_submodules);
        });
    }

    void pass(program::PassId id, GraphRun& on) {
        const std::vector<Step>& own = program_[id].steps;
        Baseline now{inside_submodules_ ? 0 : edits(), {{&on.graph, on.graph.edit_count()}}};
        if (ask_of_submodules(own))
            for (const Submodule& submodule : module_.submodules)
                now.each.try_emplace(&submodule.graph, submodule.graph.edit_count());
        Baseline outer = std::exchange(baseline_, std::move(now));
        steps(own, on);
        baseline_ = std::move(outer);
    }

    void lint() {
        try {
            module_.graph.lint();
            for (Submodule& submodule : module_.submodules) submodule.graph.lint();
        } catch (const OrderError& error) {
            throw RunError(program_[driver_.pass_].location, error.what(), blame_.notes(program_, error));
        }
    }

    void steps(const std::vector<Step>& steps, GraphRun& on) {
        for (const Step& each : steps) step(each, on);
    }

    void step(const Step& step, GraphRun& on) {
        budget_.spend(1, step.location);
        if (!inside_submodules_)  // whose edits are counted
            budget_.spend(module_.submodules.size() / nodes_per_step, step.location);
        if (observer_) observer_->begin(step, on);
        switch (step.kind) {
        case Step::Kind::sweep: return sweep(step, on);
        case Step::Kind::repeat: return repeat(step, on);
        case Step::Kind::in_submodules: return in_submodules(step, on);
        case Step::Kind::if_: return steps(holds(step, on) ? step.steps : step.otherwise, on);
        case Step::Kind::eliminate_dead_code: return eliminate_dead_code(step, on);
        case Step::Kind::run: return pass(step.pass, on);
        case Step::Kind::requires_:
        case Step::Kind::ensures: return condition(step, on);
        case Step::Kind::expect: return expect(step);
        }
    }

    // -- sweeps

    void sweep(const Step& step, GraphRun& on) {
        const Sweep& rules = driver_.sweeps_.at(&step);
        for (RuleId rule : rules.rules) {
            if (!swept_[static_cast<size_t>(rule)]) swept_rules_.push_back(rule);
            swept_[static_cast<size_t>(rule)] = true;
        }
        candidates_.assign(rules.matcher.able.size(), 0);
        on.matcher.prepare(rules.matcher);
        // To pass over a node takes less than to try rules at it, but more than to walk on.
        budget_.spend(on.graph.size() / (2 * candidates_per_step), step.location);
        const uint64_t nodes = on.graph.size(), rewrites = report_.rewrites;
        try {
            visit_nodes(rules, step, on);
        } catch (const Stop&) {
            report_candidates(rules.matcher);
            throw;
        } catch (RunError& error) {  // of a rewrite
            error.notes.push_back({{},
                                   fmt::format("in the rewrite of \"{}\" at node {}", program_[matched_].name,
                                               on.graph.name(visited_))});
            throw;
        } catch (const BudgetSpent& spent) {
            throw RunError(spent.location, fmt::format("{} (at node {})", spent_budget(), on.graph.name(visited_)),
                           notes_of_growth(nodes, report_.rewrites - rewrites), true);
        }
        report_candidates(rules.matcher);
        const uint64_t tried = std::accumulate(candidates_.begin(), candidates_.end(), uint64_t{0});
        budget_.spend(tried / candidates_per_step, step.location);
    }

    // More rewrites than nodes: a sweep feeds itself.
    std::vector<RunNote> notes_of_growth(uint64_t nodes, uint64_t rewrites) const {
        if (rewrites <= nodes) return {};
        return {
            {{},
             fmt::format("{} rewrites in a sweep of {} nodes, the last by \"{}\": it also visits what they put ahead "
                         "of it; \"over snapshot\" visits what was there before",
                         rewrites, nodes, program_[matched_].name)}};
    }

    // Candidates are counted by kind of node, not rule by rule.
    void report_candidates(const program::MatchProgram& rules) {
        for (size_t i = 0; i < candidates_.size(); ++i)
            if (candidates_[i] != 0)
                for (RuleId rule : rules.able[i]) rule_report(rule).candidates += candidates_[i];
    }

    void visit_nodes(const Sweep& rules, const Step& step, GraphRun& on) {
        const Graph& graph = on.graph;
        switch (step.mode) {
        case Step::Mode::live:
            return step.is_backward ? visit_live_backward(rules, step, on) : visit_live(rules, step, on);
        case Step::Mode::snapshot: {
            std::vector<NodeId> nodes;
            nodes.reserve(graph.size());
            for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) nodes.push_back(node);
            return visit_all(rules, step, nodes, on);
        }
        case Step::Mode::targets: return sweep_targets(rules, step, on);
        case Step::Mode::table: {
            std::vector<NodeId> nodes;
            for (const Datum& key : on.tables.keys(step.table))
                if (key.kind == Datum::Kind::node) nodes.push_back(key.node);
            return visit_all(rules, step, nodes, on);
        }
        }
    }

    void visit_live(const Sweep& rules, const Step& step, GraphRun& on) {
        const Start* start = nullptr;
        for (NodeId node = next_candidate(rules, on.graph.first(), on, start); node != no_node;
             node = next_candidate(rules, on.graph.step(node), on, start))
            if (visit_candidate(rules, step, *start, node, on)) return go_on_paid(rules, step, node, on);
    }

    void visit_live_backward(const Sweep& rules, const Step& step, GraphRun& on) {
        for (NodeId node = on.graph.last(); node != no_node; node = on.graph.step_back(node))
            if (visit(rules, step, node, on)) return go_on_paid(rules, step, node, on);
    }

    // Once nodes are moved, a sweep may come by the same ones again and again: each is paid for then.
    [[gnu::noinline]] void go_on_paid(const Sweep& rules, const Step& step, NodeId behind, GraphRun& on) {
        const auto next = [&](NodeId node) {
            return step.is_backward ? on.graph.step_back(node) : on.graph.step(node);
        };
        uint64_t came_by = 0;
        for (NodeId node = next(behind); node != no_node; node = next(node)) {
            if (++came_by % candidates_per_step == 0) budget_.spend(1, step.location);
            visit(rules, step, node, on);
        }
    }

    // The next candidate from this node on, and where its rules start. Nothing is edited on the way to it, so that no
    // node is met that was erased.
    NodeId next_candidate(const Sweep& rules, NodeId from, const GraphRun& on, const Start*& start) {
        const Graph& graph = on.graph;
        const Matcher::Starts starts = on.matcher.starts(rules.matcher);
        const bool look_ahead = on.evaluator.touches_meta();
        return graph.find_from(from, [&](NodeId node, Opcode opcode, Symbol target) {
            if (look_ahead) [[unlikely]]
                graph.prefetch_meta(index_of(node) + Graph::look_ahead);
            start = candidate(starts.at(opcode, target), node, on);
            return start != nullptr;
        });
    }

    // Nodes that were written down before, those that were erased since left out.
    void visit_all(const Sweep& rules, const Step& step, std::vector<NodeId>& nodes, GraphRun& on) {
        if (step.is_backward) std::ranges::reverse(nodes);
        const bool look_ahead = on.evaluator.touches_meta();
        for (size_t i = 0; i < nodes.size(); ++i) {
            const size_t ahead = i + Graph::look_ahead;
            if (look_ahead && ahead < nodes.size()) on.graph.prefetch_meta(index_of(nodes[ahead]));
            if (!on.graph.erased(nodes[i])) visit(rules, step, nodes[i], on);
        }
    }

    // For each op in the order of the rules' op sets, the nodes that are calls of it at that time (backward, too).
    void sweep_targets(const Sweep& rules, const Step& step, GraphRun& on) {
        std::vector<program::OpId> ops;
        for (RuleId rule : rules.rules)
            for (program::OpId op : program::roots_of(program_, rule).ops)
                if (std::find(ops.begin(), ops.end(), op) == ops.end()) ops.push_back(op);
        for (program::OpId op : ops) {
            budget_.spend(on.graph.size() / nodes_per_step, step.location);
            std::vector<NodeId> nodes;
            Symbol target = binding_.symbol(op);
            for (NodeId node = on.graph.first(); node != no_node; node = on.graph.next(node))
                if (on.graph.target(node) == target && on.graph.opcode(node) == Opcode::call_function)
                    nodes.push_back(node);
            visit_all(rules, step, nodes, on);
        }
    }

    // Whether a node was moved, here and below.
    bool visit(const Sweep& rules, const Step& step, NodeId node, GraphRun& on) {
        const Start* start = candidate(on.matcher.start(rules.matcher, node), node, on);
        return start && visit_candidate(rules, step, *start, node, on);
    }

    // Counts a candidate. Where its rules start, unless none of them can match and nobody watches.
    const Start* candidate(const Start& start, NodeId node, const GraphRun& on) {
        if (start.step == program::none_of<program::StepId>) return nullptr;
        ++candidates_[start.able];
        return observer_ || on.matcher.may_match(start, node) ? &start : nullptr;
    }

    bool visit_candidate(const Sweep& rules, const Step& step, const Start& start, NodeId node, GraphRun& on) {
        if (observer_) [[unlikely]] {
            tell_visit(step, node, on);
            if (!on.matcher.may_match(start, node)) return false;
        }
        return try_rules(rules, start, node, on);
    }

    [[gnu::noinline]] void tell_visit(const Step& step, NodeId node, GraphRun& on) {
        visited_ = node;
        const Arena::Mark mark = on.arena.mark();  // what an observer makes goes too
        observer_->visit(step, node, on);
        on.arena.release(mark);
    }

    [[gnu::noinline]] bool try_rules(const Sweep& rules, const Start& start, NodeId node, GraphRun& on) {
        visited_ = node;
        const Arena::Mark mark = on.arena.mark();
        const RuleId rule = on.matcher.match(rules.matcher, start, node);
        const bool moved = rule != program::none_of<RuleId> && apply(rule, node, on);
        on.arena.release(mark);
        return moved;
    }

    bool apply(RuleId rule, NodeId root, GraphRun& on) {
        RuleReport& counts = rule_report(rule);
        const uint64_t before = on.graph.edit_count(), moves = on.graph.move_count();
        counts.matches += 1;
        matched_ = rule;
        // A sweep visits what is inserted behind the node at hand, and a rule may always find something to insert.
        budget_.spend(1, program_[rule].location);
        if (observer_ && !observer_->matched(rule, root, on)) return false;
        const uint64_t doubts = on.graph.doubts_end();
        on.rewriter.apply(rule, on.matcher.frame());
        const bool edited = on.graph.edit_count() != before;
        if (edited) {
            counts.rewrites += 1;
            report_.rewrites += 1;
            if (firings_.recording()) firings_.add(rule, root, on.graph);
            if (on.graph.doubts_end() != doubts) [[unlikely]]
                blame_.add(on.graph, rule, root);
        }
        if (observer_) [[unlikely]]
            observer_->applied(rule, root, edited, on);
        if (edited && report_.rewrites >= driver_.part_.stop_after) stop(rule, root, on);
        return on.graph.move_count() != moves;
    }

    [[noreturn, gnu::cold]] void stop(RuleId rule, NodeId root, const GraphRun& on) {
        report_.stopped = {rule, on.graph.name(root)};
        throw Stop();
    }

    RuleReport& rule_report(RuleId rule) { return counts_[static_cast<size_t>(rule)]; }

    // -- the other steps

    void repeat(const Step& step, GraphRun& on) {
        for (uint64_t round = 1; round <= step.bound; ++round) {
            uint64_t before = edits_seen(on);
            firings_.begin_round(round, step.bound);
            steps(step.steps, on);
            firings_.end_round(round, step.bound);
            if (edits_seen(on) != before) continue;
            report_.loops.push_back({step.location, round});
            return;
        }
        throw RunError(step.location,
                       fmt::format("the repeat still changed the graph in round {}, its last", step.bound),
                       firings_.notes(program_, step.bound));
    }

    void in_submodules(const Step& step, GraphRun& on) {
        bool outer = std::exchange(inside_submodules_, true);
        swept_submodules_ = true;
        steps(step.steps, on);
        if (step.table != program::none_of<program::TableId>)
            in_named_submodules(step, on);
        else
            for (size_t i = 0; i < module_.submodules.size(); ++i) sharing(step, on, submodule_run(i));
        inside_submodules_ = outer;
    }

    // Those that the keys of the table lead to from graph to graph, breadth first and each once.
    void in_named_submodules(const Step& step, GraphRun& first) {
        std::vector<size_t> found;
        std::set<size_t> met;
        follow(step, first, path_of(module_, first.graph), found, met);
        for (size_t i = 0; i < found.size(); ++i) {
            GraphRun& on = submodule_run(found[i]);
            sharing(step, first, on);
            follow(step, on, module_.submodules[found[i]].path, found, met);
        }
    }

    void follow(const Step& step, const GraphRun& on, const std::string& path, std::vector<size_t>& found,
                std::set<size_t>& met) {
        for (const Datum& key : on.tables.keys(step.table)) {
            budget_.spend(1 + (path.size() + key.size) / text_per_step, step.location);
            const size_t index = key.kind == Datum::Kind::string ? submodule(path, key.text_view()) : npos;
            if (index == npos)
                throw RunError(
                    step.location,
                    fmt::format("{} leads to no submodule from here{}", to_repr(on.graph, key),
                                key.kind == Datum::Kind::node ? ": it is a node, and its target may" : ""));
            if (met.insert(index).second) found.push_back(index);
        }
    }

    static constexpr size_t npos = static_cast<size_t>(-1);
    size_t submodule(const std::string& path, std::string_view attributes) {
        if (paths_.empty())
            for (size_t i = 0; i < module_.submodules.size(); ++i) paths_.emplace(module_.submodules[i].path, i);
        const auto place =
            paths_.find(path.empty() ? std::string(attributes) : fmt::format("{}.{}", path, attributes));
        return place == paths_.end() ? npos : place->second;
    }

    // The steps, on a submodule with the shared tables of the graph that came first.
    void sharing(const Step& step, GraphRun& first, GraphRun& on) {
        std::vector<Tables*> own;
        for (program::TableId table : step.shared)
            own.push_back(on.tables.set_owner(table, first.tables.owner(table)));
        steps(step.steps, on);
        for (size_t i = step.shared.size(); i-- > 0;) on.tables.set_owner(step.shared[i], own[i]);
    }

    void eliminate_dead_code(const Step& step, GraphRun& on) {
        auto start = std::chrono::steady_clock::now();
        try {
            on.rewriter.eliminate_dead_code(step.location);
        } catch (const OrderError& error) {
            throw RunError(step.location, error.what(), blame_.notes(program_, error));
        }
        report_.dead_code_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    bool holds(const Step& step, GraphRun& on) {
        const Arena::Mark mark = on.arena.mark();
        std::vector<Datum> frame(step.variables.size());
        frame[0] = make_boolean(changed(on));
        const bool result = on.rewriter.holds(step.expression, frame.data());
        on.arena.release(mark);
        return result;
    }

    GraphRun& submodule_run(size_t index) {
        auto& run = submodule_runs_[index];
        if (run) return *run;
        run = std::make_unique<GraphRun>(program_, module_.submodules[index].graph, nullptr, binding_, budget_,
                                         report_.warnings);
        run->rewriter.set_observer(observer_);
        return *run;
    }

    // `requires` and `ensures`: of the graph at hand, and of all graphs where the pass has swept them.
    void condition(const Step& step, GraphRun& on) {
        if (step.kind == Step::Kind::ensures && !driver_.part_.is_whole()) return;
        check(step, on);
        if (inside_submodules_ || !swept_submodules_) return;
        for (size_t i = 0; i < module_.submodules.size(); ++i) check(step, submodule_run(i));
    }

    void check(const Step& step, GraphRun& on) {
        std::string_view word = step.kind == Step::Kind::requires_ ? "requires" : "ensures";
        std::vector<Datum> frame(step.variables.size());
        if (step.pattern == program::no_pattern) {
            bool known = true;
            if (on.evaluator.truth_of(step.expression, frame.data(), known)) return;
            throw RunError(step.location, fmt::format("`{}` does not hold{}", word,
                                                      known ? "" : ": " + on.evaluator.failure().message));
        }
        budget_.spend(on.graph.size() / candidates_per_step, step.location);
        for (NodeId node = on.graph.first(); node != no_node; node = on.graph.next(node)) {
            Arena::Mark mark = on.arena.mark();
            if (on.matcher.matches(step.pattern, make_node(node), frame.data()))
                throw RunError(step.location,
                               fmt::format("`{} no …` does not hold: {} matches", word, on.graph.name(node)));
            on.arena.release(mark);
        }
    }

    void expect(const Step& step) {
        if (!driver_.part_.is_whole()) return;
        uint64_t found = rule_report(step.rules[0]).rewrites;
        bool holds = step.count == Step::Count::exactly    ? found == step.bound
                     : step.count == Step::Count::at_least ? found >= step.bound
                                                           : found <= step.bound;
        if (holds) return;
        std::string_view count = step.count == Step::Count::exactly    ? ""
                                 : step.count == Step::Count::at_least ? "at least "
                                                                       : "at most ";
        throw RunError(step.location,
                       fmt::format("expected {} to rewrite {}{} time{}, it did {}", program_[step.rules[0]].name,
                                   count, step.bound, step.bound == 1 ? "" : "s", found));
    }

    const Driver& driver_;
    const program::Program& program_;
    Module& module_;
    RunObserver* observer_;
    Binding binding_;
    uint64_t total_budget_;  // of the graphs as they were
    Budget budget_;
    Report report_;
    std::vector<RuleReport> counts_;                         // by RuleId
    std::vector<bool> swept_;                                // by RuleId
    std::vector<RuleId> swept_rules_;                        // in order of first mention
    NodeId visited_ = no_node;                               // of the sweep at hand, the candidate
    RuleId matched_{};                                       // likewise, the rule that matched last
    std::vector<uint64_t> candidates_;                       // of the sweep at hand, by MatchProgram::able
    std::unordered_map<std::string, size_t> paths_;          // of the submodules; empty until it is asked
    std::vector<std::unique_ptr<GraphRun>> submodule_runs_;  // made when first swept
    Baseline baseline_;
    Firings firings_;
    OrderBlame blame_;
    bool inside_submodules_ = false;
    bool swept_submodules_ = false;
};

Driver::Driver(std::shared_ptr<const program::Program> program, program::PassId pass, RunPart part)
    : program_(std::move(program)), pass_(pass), part_(std::move(part)) {
    program::for_each_step_run(*program_, (*program_)[pass].steps, [&](const Step& step) {
        if (step.kind == Step::Kind::sweep) compile(step);
    });
}

void Driver::compile(const Step& step) {
    Sweep& sweep = sweeps_[&step];
    const auto other = part_.orders.find(&step);
    for (RuleId rule : other == part_.orders.end() ? step.rules : other->second)
        if (!part_.leaves_out(rule)) sweep.rules.push_back(rule);
    sweep.matcher = program::compile_rules(*program_, sweep.rules);
}

Report Driver::run(Module& module, OpTable& table, RunObserver* observer) const {
    return PassRun(*this, module, table, observer).run();
}

}  // namespace dqrewrite
