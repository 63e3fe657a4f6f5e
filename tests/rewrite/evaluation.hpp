// Expressions as they stand in rules, evaluated on the graph of a dump, for tests.
//
// Every node of the graph is a variable of its name. What comes out is the repr of the value, or
// "! message [the part that could not be evaluated]".
#pragma once

#include "engine/dump/dump.hpp"
#include "engine/program/check.hpp"
#include "engine/rewrite/matcher.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::test {

class Evaluation {
public:
    // `declarations` are put before the expressions: defines, rules that remember.
    Evaluation(std::string_view dump, const std::vector<std::string>& expressions, std::string_view declarations = {},
               uint64_t budget = 1'000'000'000);

    std::string operator()(size_t expression);
    size_t size() const { return count_; }
    Graph& graph() { return dump_.module.graph; }
    Arena& arena() { return arena_; }
    Tables& tables() { return *tables_; }
    Evaluator& evaluator() { return *evaluator_; }
    const program::Program& program() const { return *program_; }
    uint64_t spent() const { return budget_limit_ - budget_->left(); }

private:
    const program::Define& definition(size_t expression) const;
    std::vector<Datum> frame(const program::Define& definition);

    size_t count_;
    uint64_t budget_limit_;
    Dump dump_;
    std::map<std::string, NodeId> nodes_;  // as they were called at first, also those that are erased
    std::shared_ptr<const program::Program> program_;
    Arena arena_;
    std::unique_ptr<OpTable> table_;
    std::unique_ptr<Binding> binding_;
    std::unique_ptr<Tables> tables_;
    std::unique_ptr<Budget> budget_;
    std::unique_ptr<Matcher> matcher_;
    std::unique_ptr<Evaluator> evaluator_;
};

// A node of a dump: name, op, target, args and kwargs as JSON, meta as JSON or empty.
std::string node_json(std::string_view name, std::string_view op, std::string_view target, std::string_view args,
                      std::string_view kwargs = "{}", std::string_view meta = {});
// A dump of these nodes; `ops` is the object of that name.
std::string dump_json(const std::vector<std::string>& nodes, std::string_view ops = "{}");

}  // namespace dqrewrite::test
