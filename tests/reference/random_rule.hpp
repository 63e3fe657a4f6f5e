// Rules by chance, as text: patterns taken from a region of a graph, made more general and now and then wrong,
// clauses about the names that they bind, and rewrites that a pass might have, put together anew.
#pragma once

#include "tests/reference/engine.hpp"
#include "tests/reference/sketch.hpp"

namespace dqrewrite::reference {

struct RuleText {
    std::string name;
    std::string pattern;
    std::vector<std::string> clauses;
    std::vector<std::string> names;       // that the clauses have bound
    std::vector<std::string> statements;  // a line or several lines each
    std::string result;                   // of a one-line rule: what stands behind `=>`
    std::string steps;                    // of the pass that runs it alone; empty: there is none

    // With a `remember seen["x"] = x` for each name, which is how a test finds the variable; a one-line rule has
    // none.
    std::string text() const;
    std::string pass() const;  // of_NAME
};

// The declarations that all rules use.
std::string_view shared_declarations();

class RuleMaker {
public:
    // `reader` is asked for the arguments of the graph's nodes.
    RuleMaker(Random& random, const Graph& graph, Engine& reader, const OpDeclarations& declarations);

    // Rules after the first are often variants of the one before.
    RuleText make(std::string name);
    // The steps of a pass of all rules, with RULES for their names.
    std::string steps_of_all();
    std::string if_step();

private:
    enum class Category { node, list, scalar };
    struct Known {
        std::string name;
        Category category;
        std::string value;      // described; empty where it is not known
        NodeId node = no_node;  // of a node, where it is known
    };

    // -- random_rule.cpp
    void clauses(RuleText& rule);
    std::string binding_clause();
    std::string fresh(Category category, std::string value, NodeId node = no_node);
    void learn(const std::string& name, const Object& value);
    const Known* known(Category category);

    // -- random_pattern.cpp
    Sketch of_value(const Object& value, unsigned depth);
    Sketch of_node(NodeId node, unsigned depth, bool is_root = false);
    Sketch body_of(NodeId node, unsigned depth);
    Sketch leaf(const Object& value);
    Sketch call_of(NodeId node, unsigned depth);
    Sketch kind_of(NodeId node, unsigned depth);
    Sketch declared_of(NodeId node, unsigned depth);
    Sketch chain_of(NodeId node, unsigned depth);
    Sketch either_of(NodeId node, unsigned depth);
    void add_arguments(Sketch& call, NodeId node, size_t most, bool by_name, unsigned depth);
    std::string op_text(NodeId node, size_t& most, bool& single);
    NodeId any_node();
    void start_family(NodeId root);
    Sketch sibling();

    // -- random_rewrite.cpp
    void rewrite(RuleText& rule);
    std::string steps_of(const RuleText& rule);
    std::string template_of(unsigned depth);
    std::string statement(unsigned depth);
    std::string block(unsigned depth);
    std::string other_name(const std::string& than);
    std::string place_of(const std::string& node);
    std::string policy();
    std::string new_call(const std::string& node);
    std::string new_node();
    std::string for_each_user();
    std::string replace_root();
    std::string like(const Object& value);
    std::string set_argument();
    std::string set_arguments();
    std::string set_metadata();
    std::string move_or_erase();
    std::string use_tables();
    std::string control(unsigned depth);
    std::string say_something();

    // -- random_expression.cpp
    std::string node_expression(unsigned depth);
    std::string list_expression(unsigned depth);
    std::string walk_expression(unsigned depth);
    std::string measured_expression(unsigned depth);
    std::string integer_expression(unsigned depth);
    std::string scalar_expression(unsigned depth);
    std::string text_expression(unsigned depth);
    std::string condition(unsigned depth);
    std::string condition_on_solution();
    std::string over(unsigned depth, const std::string& open, const std::string& close);
    std::string nameless_pattern();

    Random& random_;
    const Graph& graph_;
    Engine& reader_;
    const OpDeclarations& declarations_;
    std::vector<Known> known_;
    bool may_bind_ = true;
    bool may_read_table_ = false;
    bool may_share_table_ = false;  // it holds no nodes
    bool leads_to_block_ = false;   // its key is the name of the submodule that there may be
    std::string root_;              // its name; empty where it has none
    size_t made_ = 0;
    Sketch last_pattern_;
    std::vector<Known> last_known_;
    // Rules that all begin with the same call and differ in what they ask of its arguments.
    Sketch family_;
    NodeId family_root_ = no_node;
};

}  // namespace dqrewrite::reference
