#include "engine/program/flow.hpp"

#include "engine/program/children.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace dqrewrite::program {

namespace {

// Programs and patterns beyond this size are made by other programs: what they do is not looked into.
constexpr size_t max_facts = 1000;

class Flow {
public:
    Flow(const Program& program, const Rule& rule) : program_(program), rule_(rule) {}

    std::vector<FlowProblem> run() {
        for (const Clause& clause : rule_.clauses)
            if (clause.pattern != no_pattern)
                read_pattern(clause.pattern, clause.kind == Clause::Kind::match ? rule_.root : no_variable);
            else if (clause.kind == Clause::Kind::let)
                note_told(clause.expression, clause.target);
        block(rule_.body);
        return std::move(problems_);
    }

private:
    // A node of the pattern or a new one. Those without a name are none that a statement could mean.
    using NodeName = uint32_t;

    // That `reader` has `read` among its inputs.
    struct Fact {
        NodeName read, reader;
        Location cause;
    };

    NodeName name_of(VariableId variable) const { return static_cast<NodeName>(variable); }

    // -- what the pattern says

    // `root`: also the name of the pattern's node.
    void read_pattern(PatternId id, VariableId root) {
        const Pattern* pattern = &program_[id];
        NodeName node = next_hidden_--;
        // The root has a name of its own, which only the one-line form uses; a name in the text counts before it.
        if (root != no_variable) {
            node = name_of(root);
            root_ = node;
        }
        while (pattern->kind == Pattern::Kind::bind) {
            node = name_of(pattern->variable);
            if (root != no_variable) root_ = node;
            pattern = &program_[pattern->children[0]];
        }
        read_node(*pattern, node);
    }

    void read_node(const Pattern& pattern, NodeName node) {
        bool is_node = pattern.kind == Pattern::Kind::call || pattern.kind == Pattern::Kind::opcode ||
                       pattern.kind == Pattern::Kind::node;
        if (!is_node || facts_.size() > max_facts) return;
        for (const Pattern::Argument& argument : pattern.arguments)
            if (argument.pattern != no_pattern) read_input(argument.pattern, node);
    }

    void read_input(PatternId id, NodeName reader) {
        const Pattern& pattern = program_[id];
        if (pattern.kind == Pattern::Kind::list || pattern.kind == Pattern::Kind::tuple) {
            for (const Pattern::Argument& item : pattern.arguments)
                if (item.pattern != no_pattern) read_input(item.pattern, reader);
            return;
        }
        if (pattern.kind == Pattern::Kind::same) {
            below_[reader].insert(name_of(pattern.variable));
            return add_fact(name_of(pattern.variable), reader, pattern.location);
        }
        if (pattern.kind == Pattern::Kind::bind) {
            NodeName read = name_of(pattern.variable);
            add_fact(read, reader, pattern.location);
            below_[reader].insert(read);
            return read_node(program_[pattern.children[0]], read);
        }
        if (pattern.kind != Pattern::Kind::call && pattern.kind != Pattern::Kind::opcode) return;
        NodeName hidden = next_hidden_--;
        below_[reader].insert(hidden);
        read_node(pattern, hidden);
    }

    void add_fact(NodeName read, NodeName reader, Location cause) {
        if (facts_.size() <= max_facts) facts_.push_back({read, reader, cause});
    }

    // -- who is who

    // The node that an expression names for certain.
    std::optional<NodeName> named(ExpressionId id) const {
        if (id == no_expression || program_[id].kind != Expression::Kind::variable) return {};
        NodeName name = name_of(program_[id].variable);
        return name == name_of(rule_.root) ? root_ : name;
    }

    // Whether they are two nodes for certain: one is new, or one reads the other, if through others.
    bool differ(NodeName a, NodeName b) const {
        return a != b && (fresh_.contains(a) || fresh_.contains(b) || reaches(a, b) || reaches(b, a));
    }
    bool reaches(NodeName from, NodeName to) const {
        std::vector<NodeName> open{from};
        for (size_t i = 0; i < open.size() && i <= max_facts; ++i) {
            auto below = below_.find(open[i]);
            if (below == below_.end()) continue;
            if (below->second.contains(to)) return true;
            open.insert(open.end(), below->second.begin(), below->second.end());
        }
        return false;
    }

    template <class Test>
    void forget(Test test) {
        std::erase_if(facts_, test);
    }
    void forget_all() { facts_.clear(); }

    // -- statements

    void block(const std::vector<StatementId>& statements) {
        for (StatementId id : statements) {
            if (problems_.size() > 20 || program_[id].kind == Statement::Kind::fail) return;
            statement(program_[id]);
        }
    }

    void statement(const Statement& statement) {
        read_operands(statement);
        switch (statement.kind) {
        case Statement::Kind::clone: return clone(statement);
        case Statement::Kind::insert: return insert(statement);
        case Statement::Kind::replace: return replace(statement);
        case Statement::Kind::erase: return erase(statement);
        case Statement::Kind::set_field:
            if (auto node = named(statement.operands[0]))
                forget([&](const Fact& f) { return !differ(f.reader, *node); });
            else
                forget_all();
            return;
        case Statement::Kind::eliminate_dead_code: return forget_all();
        case Statement::Kind::if_: {
            const bool guards = may_tell_of_users(statement.operands[0]);
            branch(statement.body, !guards);
            branch(statement.otherwise, !guards);
            return forget_all();
        }
        case Statement::Kind::let: return note_told(statement.operands[0], statement.target);
        case Statement::Kind::for_:
            note_told(statement.operands[0], statement.target);
            // An earlier round may have changed anything.
            branch(statement.body, false);
            return forget_all();
        default: return;
        }
    }

    // Whether this may depend on who reads a node: then the branch is perhaps taken only where nobody does. What a
    // name or a table holds may have been asked before.
    bool may_tell_of_users(ExpressionId id) const {
        const Expression& expression = program_[id];
        if (expression.kind == Expression::Kind::attribute &&
            (expression.field == Field::users || expression.field == Field::uses ||
             expression.field == Field::only_user))
            return true;
        if (expression.kind == Expression::Kind::variable) return told_.contains(expression.variable);
        if (expression.kind == Expression::Kind::define || expression.kind == Expression::Kind::table) return true;
        return any_child(expression, [this](ExpressionId each) { return may_tell_of_users(each); });
    }

    void note_told(ExpressionId value, uint32_t target) {
        if (!may_tell_of_users(value)) return;
        std::vector<uint32_t> open{target};
        for (size_t i = 0; i < open.size(); ++i) {
            const Target& each = program_.targets[open[i]];
            if (each.variable != no_variable) told_.insert(each.variable);
            open.insert(open.end(), each.parts.begin(), each.parts.end());
        }
    }

    void branch(const std::vector<StatementId>& body, bool with_facts) {
        auto facts = facts_;
        auto erased = erased_;
        if (!with_facts) facts_.clear();
        block(body);
        facts_ = std::move(facts);
        erased_ = std::move(erased);
    }

    void clone(const Statement& statement) {
        if (statement.result == no_variable) return;
        NodeName made = name_of(statement.result);
        fresh_.insert(made);
        auto original = named(statement.operands[0]);
        if (!original) return;
        size_t count = facts_.size();
        for (size_t i = 0; i < count; ++i)
            if (facts_[i].reader == *original) add_fact(facts_[i].read, made, statement.location);
    }

    void insert(const Statement& statement) {
        if (statement.result == no_variable) return;
        NodeName made = name_of(statement.result);
        fresh_.insert(made);
        for (ExpressionId argument : statement.arguments) add_inputs(argument, made, statement.location);
    }

    void add_inputs(ExpressionId id, NodeName reader, Location cause) {
        const Expression& expression = program_[id];
        if (auto read = named(id)) return add_fact(*read, reader, cause);
        bool holds = expression.kind == Expression::Kind::list || expression.kind == Expression::Kind::tuple ||
                     expression.kind == Expression::Kind::keyword;
        if (!holds) return;
        for (ExpressionId each : expression.children) add_inputs(each, reader, cause);
    }

    void replace(const Statement& statement) {
        auto old = named(statement.operands[0]), now = named(statement.operands[1]);
        if (!old) return forget_all();
        bool in_one = statement.operands.size() > 2;
        auto user = in_one ? named(statement.operands[2]) : std::optional<NodeName>();
        std::vector<Fact> moved;
        for (const Fact& fact : facts_)
            if (fact.read == *old && now && (!in_one || fact.reader == user))
                moved.push_back({*now, fact.reader, fact.cause});
        forget([&](const Fact& fact) { return !differ(fact.read, *old) && (!user || !differ(fact.reader, *user)); });
        for (const Fact& fact : moved) add_fact(fact.read, fact.reader, fact.cause);
    }

    void erase(const Statement& statement) {
        auto node = named(statement.operands[0]);
        if (!node) return forget_all();  // whoever it was reads nothing any more
        auto fact = std::find_if(facts_.begin(), facts_.end(), [&](const Fact& f) { return f.read == *node; });
        if (fact != facts_.end()) {
            problems_.push_back(
                {false, statement.location,
                 fmt::format("\"{}\" still has a user here, and only a node without users is erased", text(*node)),
                 fact->cause, "it is read here"});
        }
        forget([&](const Fact& f) { return !differ(f.reader, *node); });
        erased_.try_emplace(*node, statement.location);
    }

    std::string text(NodeName node) const {
        if (node >= rule_.variables.size()) return "the root";
        return rule_.variables[node];
    }

    // -- what is read

    void read_operands(const Statement& statement) {
        if (erased_.empty()) return;
        for (ExpressionId id : statement.operands) {
            bool takes_node = statement.kind != Statement::Kind::let && statement.kind != Statement::Kind::if_ &&
                              statement.kind != Statement::Kind::for_ && statement.kind != Statement::Kind::remember;
            read(id, takes_node);
        }
        for (ExpressionId id : statement.arguments) read(id, true);
        read(statement.place, true);
        read(statement.meta.node, true);
    }

    // `as_node`: where the node itself stands, it is used.
    void read(ExpressionId id, bool as_node) {
        if (id == no_expression) return;
        const Expression& expression = program_[id];
        if (expression.kind == Expression::Kind::variable) {
            auto node = named(id);
            auto gone = node && as_node ? erased_.find(*node) : erased_.end();
            if (gone != erased_.end())
                problems_.push_back({true, expression.location,
                                     fmt::format("\"{}\" was erased before this", text(*node)), gone->second,
                                     "it is erased here"});
            return;
        }
        bool reads = expression.kind == Expression::Kind::attribute;
        bool passes_on =
            as_node && (expression.kind == Expression::Kind::list || expression.kind == Expression::Kind::tuple ||
                        expression.kind == Expression::Kind::keyword);
        for (ExpressionId each : expression.children) read(each, reads || passes_on);
        for (const auto& loop : expression.loops) {
            read(loop.iterable, false);
            for (ExpressionId filter : loop.filters) read(filter, false);
        }
    }

    const Program& program_;
    const Rule& rule_;
    NodeName root_ = static_cast<NodeName>(no_variable);
    NodeName next_hidden_ = static_cast<NodeName>(no_variable) - 1;
    std::vector<Fact> facts_;
    std::map<NodeName, std::set<NodeName>> below_;  // by a node of the pattern, those that it reads
    std::set<NodeName> fresh_;
    std::set<VariableId> told_;  // names of values that may depend on who reads a node
    std::map<NodeName, Location> erased_;
    std::vector<FlowProblem> problems_;
};

}  // namespace

std::vector<FlowProblem> check_flow(const Program& program, const Rule& rule) {
    return Flow(program, rule).run();
}

}  // namespace dqrewrite::program
