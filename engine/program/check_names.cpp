// What words mean, which may not be declared, and what may have been meant by a word that means nothing.

#include "engine/program/checker.hpp"
#include "engine/program/words.hpp"
#include "grammar/suggest.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::program {

bool Checker::is_reserved(std::string_view name, std::string& why) {
    if (find_node_kind(name))
        why = ": that is a kind of node";
    else if (find_function(name))
        why = ": that is a function";
    else if (is_namespace(name))
        why = ": names of ops begin with it";
    return !why.empty();
}

void Checker::check_declared_name(std::string_view name, DeclarationKind kind, Location location) {
    // Rules and passes are named nowhere else than in passes: they hide nothing.
    if (kind == DeclarationKind::rule || kind == DeclarationKind::pass) return;
    std::string why;
    if (is_reserved(name, why))
        report(codes::reserved_name, location, fmt::format("\"{}\" cannot be declared{}", name, why));
}

std::string_view Checker::python_word(std::string_view name) {
    if (name == "true" || name == "TRUE") return "True";
    if (name == "false" || name == "FALSE") return "False";
    if (name == "none" || name == "null" || name == "nil" || name == "NULL") return "None";
    return {};
}

std::string_view Checker::python_type(std::string_view name) {
    if (name == "Node" || name.ends_with("fx.Node") || name == "torch.Tensor") return "n is node";
    if (name == "torch.SymInt" || name == "torch.SymFloat" || name == "torch.SymBool" || name == "SymInt")
        return "sym";
    if (name == "torch.dtype") return "x in [float32, int8]";
    return name == "torch.Size" ? "list" : "";
}

bool Checker::is_namespace(std::string_view word) {
    for (const Dialect& dialect : dialects())
        if (dialect.word.substr(0, dialect.word.find('.')) == word) return true;
    return files_.declarations->has_namespace(word);
}

std::string Checker::suggest(std::string_view word, std::span<const std::string_view> candidates) {
    if (!may_suggest()) return {};
    for (std::string_view each : candidates)
        compared_ += (word.size() + 1) * (std::min(each.size(), 2 * word.size()) + 1);
    std::string_view nearest = closest(word, candidates);
    return nearest.empty() ? "" : fmt::format("{}\"{}\"?", hint_start, nearest);
}

std::string Checker::suggest_declared(std::string_view word, std::initializer_list<DeclarationKind> kinds) {
    if (!may_suggest()) return {};
    std::vector<std::string_view> names;
    for (const auto& [declared, declaration] : declarations_)
        if (std::find(kinds.begin(), kinds.end(), declaration.kind) != kinds.end()) names.push_back(declared);
    return suggest(word, names);
}

// Ops of the dialect that was written; one that lacks only its namespace is found by what it ends with.
std::string Checker::suggest_op(std::string_view dotted) {
    if (!may_suggest()) return {};
    if (op_names_.empty()) {
        for (const std::string& target : targets()) {
            if (target.starts_with("torch.ops."))
                op_names_.push_back(target.substr(10));
            else if (std::none_of(dialects().begin(), dialects().end(),
                                  [&](const Dialect& d) { return target.starts_with(d.prefix); }))
                op_names_.push_back(target);
        }
        size_t count = op_names_.size();
        for (size_t i = 0; i < count; ++i) {  // packets, each once: names are sorted
            std::string packet = op_names_[i].substr(0, op_names_[i].rfind('.'));
            if (packet.find('.') != std::string::npos && op_names_.back() != packet) op_names_.push_back(packet);
        }
    }
    std::string_view head;
    for (std::string_view dialect : {"torch.ops.", "torch.", "edge.", "backend."})
        if (head.empty() && dotted.starts_with(dialect)) head = dialect;
    std::string_view word = dotted.substr(head.size());
    if (head.starts_with("torch")) head = "";
    std::vector<std::string_view> names(op_names_.begin(), op_names_.end());
    std::string tail = "." + std::string(word);
    auto whole = std::find_if(names.begin(), names.end(),
                              [&](std::string_view name) { return name == word || name.ends_with(tail); });
    if (whole != names.end()) return fmt::format("{}\"{}{}\"?", hint_start, head, *whole);
    std::string found = suggest(word, names);
    if (!found.empty() && !head.empty()) found.insert(found.find('"') + 1, head);
    return found;
}

// A word that stands for a value and is bound to none.
void Checker::report_unknown_name(std::string_view name, Location location, const Scope* scope) {
    if (auto left = left_names_.find(name); scope && left != left_names_.end())
        return report(codes::unknown_name, location,
                      fmt::format("\"{}\" is known in its block alone: choose before it, as in `let {} = a if c else "
                                  "b`; new nodes of several branches are made `as {}[n]`, and read so",
                                  name, name, name),
                      {note(left->second, "it is bound here")});
    std::vector<std::string_view> names;
    if (may_suggest()) {
        if (scope) names = scope->names();
        for (const auto& [declared, declaration] : declarations_)
            if (declaration.kind == DeclarationKind::define) names.push_back(declared);
        for (const auto* tables : {&own_tables_, &tables_})
            for (const auto& [table, id] : *tables) names.push_back(table);
        for (const Dialect& dialect : dialects()) names.push_back(dialect.word.substr(0, dialect.word.find('.')));
        for (std::string_view each : files_.declarations->namespaces()) names.push_back(each);
        std::erase(names, name);
    }
    std::string_view meant = python_word(name);
    if (meant.empty()) meant = python_type(name);
    report(codes::unknown_name, location,
           fmt::format("unknown name \"{}\"{}", name,
                       meant.empty() ? suggest(name, names) : fmt::format("{}\"{}\"?", hint_start, meant)));
}

}  // namespace dqrewrite::program
