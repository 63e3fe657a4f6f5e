#include "tests/reference/pass.hpp"

#include <algorithm>
#include <utility>

namespace dqrewrite::reference {

using syntax::Kind;

namespace {

size_t number(std::string_view digits) {
    return std::stoul(std::string(digits));
}

}  // namespace

Pass::On::On(Pass& pass, Graph& on, Module* module)
    : graph(on), engine(pass.trees_, pass.declarations_, pass.table_, on, pass.steps_),
      rewriter(engine, on, module, pass.table_, pass.result_.warnings) {}

Pass::Pass(const std::vector<const syntax::Tree*>& trees, const OpDeclarations& declarations, OpTable& table,
           Module& module, size_t steps)
    : trees_(trees), declarations_(declarations), table_(table), module_(module), steps_(steps) {
    graphs_.push_back(std::make_unique<On>(*this, module.graph, &module));
    for (Submodule& each : module.submodules) {
        graphs_.push_back(std::make_unique<On>(*this, each.graph, nullptr));
        graphs_.back()->path = each.path + ".";
    }
}

Pass::Result Pass::run(std::string_view name) {
    On& top = *graphs_[0];
    Syntax declaration = *top.engine.declared(Kind::pass, name);
    uint64_t before = edits(top);
    try {
        pass(name, top);
        result_.changed = edits(top) != before;
        if (result_.changed) lint(declaration);
    } catch (const Ended& ended) {
        result_.ended = ended;
    }
    return std::move(result_);
}

uint64_t Pass::edits(const On& on) const {
    if (inside_submodules_) return on.graph.edit_count();
    uint64_t all = 0;
    for (const auto& each : graphs_) all += each->graph.edit_count();
    return all;
}

uint64_t Pass::edits_before(const On& on) const {
    if (inside_submodules_) return on.edits_before;
    uint64_t all = 0;
    for (const auto& each : graphs_) all += each->edits_before;
    return all;
}

void Pass::lint(Syntax declaration) {
    try {
        for (const auto& on : graphs_) on->graph.lint();
    } catch (const GraphError& error) {
        throw Ended{declaration, error.what()};
    }
}

void Pass::pass(std::string_view name, On& on) {
    std::vector<uint64_t> outer;
    for (const auto& each : graphs_) outer.push_back(std::exchange(each->edits_before, each->graph.edit_count()));
    steps(*on.engine.declared(Kind::pass, name), on);
    for (size_t i = 0; i < graphs_.size(); ++i) graphs_[i]->edits_before = outer[i];
}

void Pass::steps(Syntax parent, On& on) {
    for (Syntax each : parent.children()) step(each, on);
}

void Pass::step(Syntax s, On& on) {
    switch (s.kind()) {
    case Kind::sweep: return sweep(s, on);
    case Kind::repeat: return repeat(s, on);
    case Kind::in_submodules: return in_submodules(s, on);
    case Kind::if_: return branch(s, on);
    case Kind::run: return pass(s.word(), on);
    case Kind::requires_:
    case Kind::ensures: return condition(s, on);
    case Kind::expect: return expect(s);
    case Kind::eliminate: try { return on.rewriter.eliminate_dead_code();
        } catch (const GraphError& error) {
            throw Ended{s, error.what()};
        }
    default: return;
    }
}

// -- sweeps

void Pass::sweep(Syntax s, On& on) {
    const Graph& graph = on.graph;
    std::vector<NodeId> nodes;
    if (s.word().empty()) {
        for (NodeId node = graph.first(); node != no_node; node = graph.step(node)) visit(s, node, on);
    } else if (s.word() == "backward") {
        for (NodeId node = graph.last(); node != no_node; node = graph.step_back(node)) visit(s, node, on);
    } else if (s.word() == "over snapshot") {
        for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) nodes.push_back(node);
        visit_all(s, nodes, on);
    } else if (s.word() == "backward over snapshot") {
        for (NodeId node = graph.last(); node != no_node; node = graph.previous(node)) nodes.push_back(node);
        visit_all(s, nodes, on);
    } else if (s.word().ends_with("over targets")) {
        sweep_targets(s, on);
    } else {
        const Object table = on.engine.tables().find(s.word().substr(s.word().find("over ") + 5))->second;
        for (size_t i = 0; i < table.items.size(); i += 2)
            if (table.items[i].kind == Object::Kind::node) nodes.push_back(table.items[i].node);
        if (s.word().starts_with("backward")) std::ranges::reverse(nodes);
        visit_all(s, nodes, on);
    }
}

// For each op of the rules' roots in order, the calls of it that there are then.
void Pass::sweep_targets(Syntax s, On& on) {
    std::vector<std::string> ops;
    for (Syntax rule : s.children()) {
        auto block = on.engine.declared(Kind::rule, rule.word());
        Syntax pattern = block ? (*block)[0][0] : (*on.engine.declared(Kind::arrow_rule, rule.word()))[0];
        for (const std::string& op : root_ops(pattern, on, {}))
            if (std::ranges::count(ops, op) == 0) ops.push_back(op);
    }
    for (const std::string& op : ops) {
        std::vector<NodeId> nodes;
        for (NodeId node = on.graph.first(); node != no_node; node = on.graph.next(node))
            if (on.graph.opcode(node) == Opcode::call_function && on.graph.target_text(node) == op)
                nodes.push_back(node);
        if (s.word().starts_with("backward")) std::ranges::reverse(nodes);
        visit_all(s, nodes, on);
    }
}

// The ops of the calls that a pattern may begin with. `given` is what the user of a declared pattern gives it.
std::vector<std::string> Pass::root_ops(Syntax pattern, On& on, const std::vector<Given>& given) {
    bool is_name = pattern.kind() == Kind::call || pattern.kind() == Kind::reference;
    std::string_view word = is_name && pattern[0].size() == 1 ? pattern[0][0].word() : "";
    if (auto parameter = std::ranges::find(given, word, &Given::name); !word.empty() && parameter != given.end())
        return root_ops(parameter->pattern, on, parameter->given);
    if (auto declared = word.empty() ? std::nullopt : on.engine.declared(Kind::pattern, word)) {
        std::vector<Given> inner;
        auto names = declared->child(Kind::params);
        for (size_t i = 0; names && i < names->size() && i + 1 < pattern.size(); ++i)
            inner.push_back({(*names)[i].word(), pattern[i + 1], given});
        return root_ops(declared->last(), on, inner);
    }
    std::vector<std::string> ops;
    if (is_name) ops = on.engine.targets(pattern[0]);
    bool is_chain = pattern.kind() == Kind::call && !pattern.word().empty();
    std::vector<Syntax> further;
    if (is_chain) further = {pattern[1]};
    if (pattern.kind() == Kind::bind || pattern.kind() == Kind::either) further = pattern.children();
    for (Syntax each : further)
        for (const std::string& op : root_ops(each, on, given)) ops.push_back(op);
    return ops;
}

void Pass::visit_all(Syntax sweep, const std::vector<NodeId>& nodes, On& on) {
    for (NodeId node : nodes)
        if (!on.graph.erased(node)) visit(sweep, node, on);
}

void Pass::visit(Syntax sweep, NodeId node, On& on) {
    for (Syntax rule : sweep.children()) {
        auto names = on.engine.match(rule.word(), node);
        if (!names) continue;
        if (++matches_ > max_matches) throw TooSlow();
        Count& count = result_.rules[std::string(rule.word())];
        uint64_t before = on.graph.edit_count();
        ++count.matches;
        on.rewriter.apply(rule.word(), node, *names);
        count.rewrites += on.graph.edit_count() != before;
        return;
    }
}

// -- the other steps

void Pass::repeat(Syntax s, On& on) {
    for (size_t round = 0; round < number(s.word()); ++round) {
        uint64_t before = edits(on);
        steps(s, on);
        if (edits(on) == before) return;
    }
    throw Ended{s, "the repeat still changed the graph in round " + std::string(s.word()) + ", its last"};
}

void Pass::in_submodules(Syntax s, On& on) {
    bool outer = std::exchange(inside_submodules_, true);
    swept_submodules_ = true;
    std::vector<On*> order = {&on};
    if (s.word().empty())
        for (size_t i = 1; i < graphs_.size(); ++i) order.push_back(graphs_[i].get());
    for (size_t i = 0; i < order.size(); ++i) {
        exchange_tables(s, on, *order[i]);
        steps(s, *order[i]);
        exchange_tables(s, on, *order[i]);
        if (!s.word().empty()) follow(s, *order[i], order);
    }
    inside_submodules_ = outer;
}

// The graphs that the keys of the table which the step goes over lead to, behind those that are known.
void Pass::follow(Syntax s, On& from, std::vector<On*>& order) {
    const Object table = from.engine.tables().find(s.word().substr(5))->second;
    for (size_t i = 0; i < table.items.size(); i += 2) {
        const Object& key = table.items[i];
        On* found = nullptr;
        for (size_t k = 1; k < graphs_.size(); ++k)
            if (key.kind == Object::Kind::text && graphs_[k]->path == from.path + key.text + ".")
                found = graphs_[k].get();
        if (!found)
            throw Ended{s, to_repr(from.graph, key) + " leads to no submodule from here" +
                               (key.kind == Object::Kind::node ? ": it is a node, and its target may" : "")};
        if (std::ranges::count(order, found) == 0) order.push_back(found);
    }
}

// Of the tables that the step names.
void Pass::exchange_tables(Syntax s, On& one, On& other) {
    if (&one == &other) return;
    for (Syntax name : s.children())
        if (name.kind() == Kind::name)
            std::swap(one.engine.tables().find(name.word())->second, other.engine.tables().find(name.word())->second);
}

void Pass::branch(Syntax s, On& on) {
    const Names names = {{"changed", make_boolean(edits(on) != edits_before(on))}};
    bool holds = false;
    on.engine.set_strict(true);
    try {
        holds = on.engine.is_true(s[0], names);
    } catch (const CannotEvaluate&) {
        throw Ended{s, {}};
    }
    on.engine.set_strict(false);
    if (holds) return steps(s[1], on);
    if (s.size() > 2) s[2].kind() == Kind::if_ ? branch(s[2], on) : steps(s[2], on);
}

// `no P`: of the graph at hand, and of all that the pass has swept.
void Pass::condition(Syntax s, On& on) {
    std::string word = s.kind() == Kind::requires_ ? "requires" : "ensures";
    if (s[0].kind() != Kind::no_pattern) {
        try {
            if (on.engine.is_true(s[0], {})) return;
        } catch (const CannotEvaluate&) {
            throw Ended{s, {}};
        }
        throw Ended{s, "`" + word + "` does not hold"};
    }
    std::vector<On*> all = {&on};
    if (!inside_submodules_ && swept_submodules_)
        for (size_t i = 1; i < graphs_.size(); ++i) all.push_back(graphs_[i].get());
    for (On* each : all)
        for (NodeId node = each->graph.first(); node != no_node; node = each->graph.next(node))
            if (each->engine.matches(s[0][0], make_node(node)))
                throw Ended{s, "`" + word + " no …` does not hold: " + each->graph.name(node) + " matches"};
}

void Pass::expect(Syntax s) {
    std::string rule(s[0].word()), word(s.word()), count = word.substr(word.rfind(' ') + 1);
    size_t found = result_.rules[rule].rewrites, wanted = number(count);
    bool exactly = word.starts_with("exactly"), least = word.starts_with("at least");
    if (exactly ? found == wanted : least ? found >= wanted : found <= wanted) return;
    throw Ended{s, "expected " + rule + " to rewrite " + (exactly ? count : word) + " time" +
                       (wanted == 1 ? "" : "s") + ", it did " + std::to_string(found)};
}

}  // namespace dqrewrite::reference
