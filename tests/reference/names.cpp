// The reference engine: what the names of a rule file mean.

#include "tests/reference/engine.hpp"

#include <algorithm>

namespace dqrewrite::reference {

using syntax::Kind;

std::vector<Syntax> Syntax::children() const {
    std::vector<Syntax> all;
    for (syntax::NodeId child : tree->children(id)) all.push_back({tree, child});
    return all;
}

std::optional<Syntax> Syntax::child(Kind wanted) const {
    for (Syntax each : children())
        if (each.kind() == wanted) return each;
    return {};
}

Engine::Engine(const std::vector<const syntax::Tree*>& trees, const OpDeclarations& declarations, OpTable& table,
               const Graph& graph, size_t steps)
    : trees_(trees), declarations_(declarations), table_(table), graph_(graph), steps_(steps) {
    for (const syntax::Tree* tree : trees_) find_tables({tree, tree->root()});
}

void Engine::find_tables(Syntax in) {
    bool is_table = in.kind() == Kind::remember || (in.kind() == Kind::bind_result && in.size() > 0);
    if (is_table) tables_.emplace(in.word(), make_items(Object::Kind::table, {}));
    for (Syntax each : in.children()) {
        if (in.kind() == Kind::in_submodules && each.kind() == Kind::name) shared_.emplace(each.word());
        find_tables(each);
    }
}

void Engine::spend() {
    if (steps_-- == 0) throw TooSlow();
}

std::optional<Syntax> Engine::declared(Kind kind, std::string_view name) const {
    for (const syntax::Tree* tree : trees_)
        for (Syntax each : Syntax{tree, tree->root()}.children())
            if (each.kind() == kind && each.word() == name) return each;
    return {};
}

// The target that an op name as written stands for.
std::string Engine::target(const std::string& written) const {
    for (const Dialect& dialect : dialects()) {
        std::string word = std::string(dialect.word) + ".";
        if (written.starts_with(word)) return std::string(dialect.prefix) + written.substr(word.size());
    }
    return declarations_.find(written) ? written : "torch.ops." + written;
}

// All products of the braces of an op name; a star stays one.
std::vector<std::string> Engine::spellings(Syntax op_name) {
    std::vector<std::string> heads;
    for (Syntax component : op_name.children()) {
        std::vector<std::string> choices;
        if (component.kind() == Kind::op_word) choices.emplace_back(component.word());
        if (component.kind() == Kind::op_star) choices.emplace_back("*");
        for (Syntax inner : component.children())
            for (const std::string& choice : spellings(inner)) choices.push_back(choice);
        std::vector<std::string> longer = heads.empty() ? choices : std::vector<std::string>();
        for (const std::string& head : heads)
            for (const std::string& choice : choices) longer.push_back(head + "." + choice);
        heads = longer;
    }
    return heads;
}

std::vector<std::string> Engine::resolve_set(Syntax op_set) {
    std::vector<std::string> found;
    auto add = [&](const std::string& each) {
        if (std::find(found.begin(), found.end(), each) == found.end()) found.push_back(each);
    };
    if (op_set.kind() == Kind::op_union || op_set.kind() == Kind::op_difference) {
        found = targets(op_set[0]);
        for (const std::string& each : targets(op_set[1])) {
            if (op_set.kind() == Kind::op_union)
                add(each);
            else
                std::erase(found, each);
        }
        return found;
    }
    bool single = op_set.size() == 1 && op_set[0].kind() == Kind::op_word;
    if (auto ops = single ? declared(Kind::ops, op_set[0].word()) : std::nullopt) return targets((*ops)[0]);
    for (const std::string& spelling : spellings(op_set)) {
        if (!spelling.ends_with('*')) {
            add(target(spelling));
            continue;
        }
        std::string begin = target(spelling.substr(0, spelling.size() - 1));
        if (declared_ops_.empty()) declared_ops_ = declarations_.targets();
        for (const std::string& each : declared_ops_)
            if (each.starts_with(begin)) add(each);
    }
    return found;
}

const std::vector<std::string>& Engine::targets(Syntax op_set) {
    auto known = op_sets_.find({op_set.tree, op_set.id});
    if (known == op_sets_.end())
        known = op_sets_.emplace(std::pair(op_set.tree, op_set.id), resolve_set(op_set)).first;
    return known->second;
}

const Schema* Engine::schema(NodeId node) {
    if (graph_.opcode(node) != Opcode::call_function) return nullptr;
    return table_.facts(graph_.target(node), graph_.symbols()).schema.get();
}

}  // namespace dqrewrite::reference
