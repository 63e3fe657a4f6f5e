// Rules that go on for ever: a pass is run on the witness of each rule that it may come back to, and watched.
//
// For ever is: the graph at the start of two rounds of a `repeat` is the same up to names; or the repeat reaches its
// bound; or max_rewrites are made of a graph of a few nodes and there is no end. The first is a proof, the others are
// what was seen.

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"
#include "engine/author/text/block_text.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/program/steps.hpp"
#include "engine/rewrite/firings.hpp"
#include "engine/rewrite/observer.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace dqrewrite::sets {

using program::Program;
using program::RuleId;
using program::Statement;
using program::StatementId;
using program::Step;

namespace {

constexpr size_t max_rewrites = 200;
constexpr size_t most_steps = 100'000;
constexpr size_t max_shown = 6;         // graphs of one ring
constexpr size_t largest_graph = 2000;  // nodes
constexpr size_t longest_ring = 16;     // rules
constexpr size_t most_left_out = 8;     // rules

// A graph as text in which nodes are numbers: equal for graphs that are the same up to names.
class Nameless {
public:
    explicit Nameless(const Graph& graph) : graph_(graph) {
        for (NodeId node = graph.first(); node != no_node; node = graph.next(node))
            numbers_.emplace(node, numbers_.size());
    }

    std::string text() {
        for (NodeId node = graph_.first(); node != no_node; node = graph_.next(node)) {
            bool named = graph_.opcode(node) == Opcode::placeholder;
            out_ += fmt::format("{} {} ", opcode_name(graph_.opcode(node)), named ? "" : graph_.target_text(node));
            for (const Value& value : graph_.args(node)) this->value(node, value, 0);
            for (const Keyword& keyword : graph_.kwargs(node)) {
                out_ += keyword.name;
                this->value(node, keyword.value, 0);
            }
            out_ += canonical_json(graph_.meta(node));
            out_ += '\n';
        }
        return std::move(out_);
    }

private:
    void value(NodeId owner, const Value& value, unsigned depth) {
        bool row = value.kind == Value::Kind::list || value.kind == Value::Kind::tuple ||
                   value.kind == Value::Kind::dict || value.kind == Value::Kind::slice;
        if (value.kind == Value::Kind::operand) {
            out_ += fmt::format("%{} ", numbers_[graph_.operand(owner, value.operand)]);
        } else if (row && depth < 100) {
            out_ += fmt::format("{}(", static_cast<int>(value.kind));
            for (const Value& item : value.item_span()) this->value(owner, item, depth + 1);
            out_ += ')';
        } else {
            Arena arena;
            out_ += to_repr(graph_, from_value(graph_, owner, value, arena)) + " ";
        }
    }

    const Graph& graph_;
    std::map<NodeId, size_t> numbers_;
    std::string out_;
};

struct Fired {
    RuleId rule;
    std::string before;  // the graph, as a test block
};

// Keeps what was rewritten, and ends the run when there is too much of it.
class Watch final : public RunObserver {
public:
    explicit Watch(const std::vector<const Step*>& repeats) : repeats_(repeats) {}

    void begin(const Step& step, GraphRun& on) override {
        if (ended) return;
        if (++steps_ > most_steps) throw BudgetSpent{step.location};
        for (const Step* repeat : repeats_) {
            if (&step == repeat) rounds_.clear();
            if (repeat->steps.empty() || &step != &repeat->steps[0]) continue;
            auto [known, fresh] = rounds_[repeat].try_emplace(Nameless(on.graph).text(), fired.size());
            if (fresh || known->second == fired.size()) continue;
            first = known->second;
            stop(step.location);
        }
    }
    bool matched(RuleId rule, NodeId, GraphRun& on) override {
        pending_ = fired.size() < 2 * max_shown || fired.size() + 2 * max_shown > max_rewrites
                       ? block_text(on.graph, {.indent = 0}).value_or("")
                       : "";
        rewriting = rule;
        return true;
    }
    void applied(RuleId rule, NodeId, bool edited, GraphRun& on) override {
        rewriting = {};
        if (edited) fired.push_back({rule, std::move(pending_)});
        if (fired.size() >= max_rewrites || on.graph.size() > largest_graph) stop({});
    }

    std::vector<Fired> fired;
    size_t first = 0;    // of the ring in `fired`, where one was proven
    bool ended = false;  // by this observer
    std::optional<RuleId> rewriting;

private:
    void stop(const program::Location& location) {
        ended = true;
        throw BudgetSpent{location};
    }

    const std::vector<const Step*>& repeats_;
    std::map<const Step*, std::map<std::string, size_t>> rounds_;
    std::string pending_;
    size_t steps_ = 0;
};

// Where a walk over the graph would come to what these statements make.
bool makes(const Program& program, const std::vector<StatementId>& body, Place::Side side) {
    return std::ranges::any_of(body, [&](StatementId id) {
        const Statement& statement = program[id];
        if (statement.kind == Statement::Kind::clone || statement.kind == Statement::Kind::insert ||
            statement.kind == Statement::Kind::move)
            return statement.side == side;
        return makes(program, statement.body, side) || makes(program, statement.otherwise, side);
    });
}

bool comes_back(const Program& program, const SweepPlace& sweep, RuleId rule) {
    if (sweep.repeated) return true;
    return sweep.step->mode == Step::Mode::live &&
           makes(program, program[rule].body, sweep.step->is_backward ? Place::Side::before : Place::Side::after);
}

std::vector<const Step*> repeats_of(const Program& program, program::PassId pass) {
    std::vector<const Step*> repeats;
    program::for_each_step_run(program, program[pass].steps, [&](const Step& step) {
        if (step.kind == Step::Kind::repeat) repeats.push_back(&step);
    });
    return repeats;
}

// The shortest row of rules that the end of `fired` repeats; empty where there is none.
std::vector<RuleId> ring_of(std::span<const Fired> fired) {
    std::vector<uint32_t> sequence;
    for (const Fired& each : fired) sequence.push_back(static_cast<uint32_t>(each.rule));
    std::vector<RuleId> ring;
    for (const Fired& each : fired.last(shortest_period(sequence, longest_ring))) ring.push_back(each.rule);
    return ring;
}

class Cycles {
public:
    explicit Cycles(Context& context) : context_(context), program_(*context.program) {}

    void run(program::PassId pass) {
        std::set<RuleId> tried;
        for (const SweepPlace& sweep : sweeps_of(program_, pass))
            for (RuleId rule : sweep.step->rules)
                if (comes_back(program_, sweep, rule) && tried.insert(rule).second) try_rule(pass, rule);
    }

private:
    // A rule that fails on the graph of another one (its `fail`, metadata that it needs) would hide what comes after:
    // the pass is then run once more without it.
    void try_rule(program::PassId pass, RuleId rule) {
        std::vector<RuleId> left_out;
        while (left_out.size() <= most_left_out) {
            auto failed = try_rule(pass, rule, left_out);
            if (!failed || *failed == rule) return;
            left_out.push_back(*failed);
        }
    }

    // The rule whose rewrite ended the run with an error, if one did.
    std::optional<RuleId> try_rule(program::PassId pass, RuleId rule, const std::vector<RuleId>& left_out) {
        Meeting meeting = meet(context_, {&rule, 1});
        if (!meeting.witness) return {};
        auto start = block_text(meeting.witness->module.graph, {.indent = 4});
        const std::vector<const Step*> repeats = repeats_of(program_, pass);
        Watch watch(repeats);
        bool bound_reached = false;
        std::optional<RuleId> failed;
        try {
            OpTable table(*program_.declarations);
            if (left_out.empty())
                context_.driver(pass).run(meeting.witness->module, table, &watch);
            else
                Driver(context_.program, pass, without(left_out)).run(meeting.witness->module, table, &watch);
        } catch (const RunError& error) {
            bound_reached = std::ranges::any_of(repeats, [&](const Step* repeat) {
                return error.location.file == repeat->location.file &&
                       error.location.span.begin == repeat->location.span.begin;
            });
            if (!watch.ended && !bound_reached) failed = watch.rewriting;
        }
        if ((watch.ended || bound_reached) && !watch.fired.empty())
            report(pass, watch, start ? *start : "", bound_reached, left_out);
        return failed;
    }

    RunPart without(const std::vector<RuleId>& rules) const {
        RunPart part;
        part.left_out.resize(program_.rules.size());
        for (RuleId rule : rules) part.left_out[static_cast<size_t>(rule)] = true;
        return part;
    }

    void report(program::PassId pass, const Watch& watch, const std::string& start, bool bound_reached,
                const std::vector<RuleId>& left_out) {
        bool proven = watch.ended && watch.fired.size() < max_rewrites && watch.first < watch.fired.size();
        std::vector<RuleId> ring;
        if (proven) {
            auto round = std::span(watch.fired).subspan(watch.first);
            for (const Fired& each : round) ring.push_back(each.rule);
            std::vector<RuleId> shorter = ring_of(round);
            if (!shorter.empty() && round.size() % shorter.size() == 0) ring = shorter;
        } else {
            ring = ring_of(watch.fired);
        }
        if (ring.empty()) return;
        std::vector<RuleId> members = ring;
        std::ranges::sort(members);
        members.erase(std::unique(members.begin(), members.end()), members.end());
        if (!said_.insert(members).second) return;
        std::string seen = proven          ? "the graph comes back to what it was"
                           : bound_reached ? "a repeat of the pass reaches its bound"
                                           : fmt::format("there was no end after {} rewrites", watch.fired.size());
        for (RuleId rule : left_out) seen += fmt::format(", without \"{}\", which fails here", context_.name(rule));
        say(pass, watch, ring, start, proven ? watch.first : 0, seen);
    }

    void say(program::PassId pass, const Watch& watch, const std::vector<RuleId>& ring, const std::string& start,
             size_t from, const std::string& seen) {
        std::string names;
        for (RuleId rule : ring) names += fmt::format("\"{}\", then ", context_.name(rule));
        std::string message =
            ring.size() == 1
                ? fmt::format("\"{}\" matches what it makes, and goes on for ever", context_.name(ring[0]))
                : fmt::format("{}\"{}\" again, and so on for ever", names, context_.name(ring[0]));
        std::vector<DiagnosticNote> notes;
        for (size_t i = 1; i < ring.size(); ++i)
            notes.push_back(context_.note(program_[ring[i]].location, "then this one"));
        notes.push_back(Context::shown(fmt::format("{}, from this graph on", seen), test_of(pass, start)));
        for (size_t i = from + 1; i < watch.fired.size() && i <= from + std::min(ring.size(), max_shown); ++i)
            if (!watch.fired[i].before.empty())
                notes.push_back(
                    Context::shown(fmt::format("\"{}\" makes of it", context_.name(watch.fired[i - 1].rule)),
                                   watch.fired[i].before));
        context_.say(Severity::warning, codes::fires_for_ever, program_[ring[0]].location, std::move(message),
                     std::move(notes));
    }

    std::string test_of(program::PassId pass, const std::string& start) const {
        return fmt::format("test \"{} ends\" {{\n    run {} on {}\n    unchanged\n}}\n", program_[pass].name,
                           program_[pass].name, start);
    }

    Context& context_;
    const Program& program_;
    std::set<std::vector<RuleId>> said_;
};

}  // namespace

void report_cycles(Context& context) {
    Cycles cycles(context);
    for (program::PassId pass : own_passes(*context.program)) cycles.run(pass);
}

}  // namespace dqrewrite::sets
