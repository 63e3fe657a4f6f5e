#include "engine/author/sets/order.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/line_diff.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/rewrite/driver.hpp"
#include "engine/rewrite/observer.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace sets {

using program::PassId;
using program::Program;
using program::RuleId;
using program::Step;

namespace {

constexpr size_t shown_lines = 12;

struct Rivals {
    const Step* sweep;
    RuleId winner, other;
    std::string node;  // the first at which both match

    bool same(const Step* step, RuleId a, RuleId b) const { return sweep == step && winner == a && other == b; }
};

// Of each node that a sweep comes to, all rules that match there.
class RivalWatch final : public RunObserver {
public:
    explicit RivalWatch(LoneRules& lone) : lone_(lone) {}

    void visit(const Step& sweep, NodeId node, GraphRun& on) override {
        if (sweep.rules.size() < 2) return;
        std::optional<RuleId> winner;
        for (RuleId rule : sweep.rules) {
            if (!on.matcher.match(lone_[rule], node)) continue;
            if (!winner)
                winner = rule;
            else if (std::ranges::none_of(found,
                                          [&](const Rivals& each) { return each.same(&sweep, *winner, rule); }))
                found.push_back({&sweep, *winner, rule, on.graph.name(node)});
        }
    }

    std::vector<Rivals> found;

private:
    LoneRules& lone_;
};

struct Run {
    std::vector<std::string> lines;
    std::optional<RunError> error;
};

class Orders {
public:
    Orders(const std::shared_ptr<const Program>& program, const std::shared_ptr<const Input>& graph,
           const std::string& name)
        : context_(program), graph_(graph), name_(name) {}

    void check(PassId pass) {
        RivalWatch watch(context_.lone);
        Run usual = run(pass, {}, &watch);
        if (usual.error) {
            Diagnostic failed = diagnostic_of(*context_.program, *usual.error);
            failed.notes.insert(failed.notes.begin(), {nullptr, {}, fmt::format("on the graph {}", name_)});
            context_.diagnostics.push_back(std::move(failed));
            return;
        }
        for (const Rivals& rivals : watch.found) {
            if (report_.orders == max_orders) {
                report_.complete = false;
                return;
            }
            ++report_.orders;
            compare(pass, rivals, usual);
        }
    }

    OrderReport report() {
        sort_and_deduplicate(context_.diagnostics);
        report_.differences = std::move(context_.diagnostics);
        return std::move(report_);
    }

private:
    Run run(PassId pass, RunPart part, RunObserver* observer) {
        Run result;
        auto dump = Dump::read(graph_);
        OpTable table(*context_.program->declarations);
        for (const DeclaredOp& op : dump->ops) table.state(op.target, op.schema, op.impure);
        try {
            Driver(context_.program, pass, std::move(part)).run(dump->module, table, observer);
        } catch (const RunError& error) {
            result.error = error;
            return result;
        }
        result.lines = module_lines(dump->module);
        return result;
    }

    // With the other rule right before the one that wins.
    void compare(PassId pass, const Rivals& rivals, const Run& usual) {
        std::vector<RuleId> rules = rivals.sweep->rules;
        std::erase(rules, rivals.other);
        rules.insert(std::ranges::find(rules, rivals.winner), rivals.other);
        Run swapped = run(pass, {.orders = {{rivals.sweep, rules}}}, nullptr);
        if (!swapped.error && swapped.lines == usual.lines) return;
        const Program& program = *context_.program;
        std::vector<DiagnosticNote> notes{
            context_.note(program[rivals.winner].location, fmt::format("this rule wins at {}", rivals.node))};
        if (swapped.error)
            notes.push_back(
                {nullptr, {}, fmt::format("in the other order the run fails: {}", swapped.error->what())});
        else
            notes.push_back(Context::shown("as it is (-), and in the other order (+)", difference(usual, swapped)));
        context_.say(Severity::warning, codes::order_dependent, program[rivals.other].location,
                     fmt::format("on {} the result depends on which of \"{}\" and \"{}\" stands first in the sweep: "
                                 "both match at {}",
                                 name_, context_.name(rivals.winner), context_.name(rivals.other), rivals.node),
                     std::move(notes));
    }

    static std::string difference(const Run& usual, const Run& swapped) {
        std::string text;
        size_t shown = 0, left_out = 0;
        for (const DiffLine& line : line_diff(usual.lines, swapped.lines)) {
            if (line.mark == ' ') continue;
            if (shown++ < shown_lines)
                text += fmt::format("{} {}\n", line.mark, shortened(std::string(line.text), readable_line));
            else
                ++left_out;
        }
        if (left_out > 0) text += fmt::format("and {} more lines\n", left_out);
        return text;
    }

    Context context_;
    std::shared_ptr<const Input> graph_;
    std::string name_;
    OrderReport report_;
};

}  // namespace

}  // namespace sets

DumpResult<OrderReport> check_order(const std::shared_ptr<const program::Program>& program,
                                    const std::shared_ptr<const Input>& graph, const std::string& name) {
    if (auto dump = Dump::read(graph); !dump) return tl::unexpected(dump.error());
    sets::Orders orders(program, graph, name);
    for (size_t i = 0; i < program->passes.size(); ++i)
        if (program->passes[i].own) orders.check(static_cast<program::PassId>(i));
    return orders.report();
}

}  // namespace dqrewrite
