// Op sets and op names.

#include "engine/program/checker.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

constexpr size_t max_products = 100'000;  // of the braces of one op name

}  // namespace

std::vector<OpId> Checker::op_set(syntax::NodeId node) {
    switch (kind(node)) {
    case Kind::op_union: {
        std::vector<OpId> members = op_set(child(node, 0));
        for (OpId op : op_set(child(node, 1)))
            if (std::find(members.begin(), members.end(), op) == members.end()) members.push_back(op);
        return members;
    }
    case Kind::op_difference: {
        std::vector<OpId> members = op_set(child(node, 0));
        for (OpId op : op_set(child(node, 1))) std::erase(members, op);
        return members;
    }
    default: break;
    }
    if (is_single_word(node)) return named_ops(first_word(node), location(node));
    return op_name(node);
}

std::vector<OpId> Checker::named_ops(std::string_view name, Location use) {
    Declaration* found = declaration(name, DeclarationKind::ops);
    if (!found) {
        if (auto op = resolve_op(name, use)) return {*op};
        return {};
    }
    if (found->id) return program_.op_sets[*found->id];
    if (!enter(*found, name, use)) return {};
    uint32_t file = std::exchange(file_, found->place.file);
    std::vector<OpId> members = op_set(child(found->place.node, 0));
    file_ = file;
    found->id = static_cast<uint32_t>(add_op_set(members));
    found->open = false;
    return members;
}

namespace {

struct Spelling {
    std::string text;
    Location location;  // of the alternative in braces that tells it from the others, else of the name
};

// All ways to choose one of each row, the last row fastest, joined by dots; nothing where there are too many.
std::vector<Spelling> products(const std::vector<std::vector<Spelling>>& rows) {
    size_t count = 1;
    for (const auto& row : rows)
        if ((count *= row.size()) > max_products) return {};
    std::vector<Spelling> spellings = rows[0];
    for (size_t i = 1; i < rows.size(); ++i) {
        std::vector<Spelling> longer;
        for (const Spelling& head : spellings)
            for (const Spelling& tail : rows[i])
                longer.push_back({head.text + "." + tail.text, rows[i].size() > 1 ? tail.location : head.location});
        spellings = std::move(longer);
    }
    return spellings;
}

}  // namespace

std::vector<OpId> Checker::op_name(syntax::NodeId node) {
    // Braces may stand inside of braces: what is in them is a name itself.
    auto spell = [&](auto& self, syntax::NodeId name) -> std::vector<Spelling> {
        std::vector<std::vector<Spelling>> rows;
        for (syntax::NodeId component : children(name)) {
            auto& row = rows.emplace_back();
            if (kind(component) == Kind::op_word) row.push_back({std::string(word(component)), location(name)});
            else if (kind(component) == Kind::op_star)
                report(codes::not_supported, location(component), "\"*\" in op names is not supported yet; list the ops in braces");
            else
                for (syntax::NodeId inner : children(component))
                    for (Spelling& spelling : self(self, inner)) row.push_back(std::move(spelling));
        }
        return products(rows);
    };
    std::vector<OpId> members;
    std::set<OpId> seen;
    for (const Spelling& spelling : spell(spell, node))
        if (auto op = resolve_op(spelling.text, spelling.location); op && seen.insert(*op).second) members.push_back(*op);
    return members;
}

std::optional<OpId> Checker::resolve_op(std::string_view dotted, Location location) {
    std::string target(dotted);
    bool with_prefix = false;
    for (const Dialect& dialect : dialects()) {
        if (!dotted.starts_with(dialect.word) || !dotted.substr(dialect.word.size()).starts_with(".")) continue;
        target = std::string(dialect.prefix) + std::string(dotted.substr(dialect.word.size() + 1));
        with_prefix = true;
    }
    const OpDeclarations& declared = *files_.declarations;
    if (!with_prefix && !declared.find(target)) target = "torch.ops." + target;
    if (auto known = ops_.find(target); known != ops_.end()) return known->second;
    if (declared.find(target) || declared.is_packet(target)) return add_op(target);
    if (diagnostics_.size() > max_diagnostics) return {};
    if (op_names_.empty())
        for (const std::string& name : declared.targets())
            op_names_.push_back(name.starts_with("torch.ops.") ? name.substr(10) : name);
    std::string short_name(dotted.starts_with("torch.ops.") ? dotted.substr(10) : dotted);
    report(codes::unknown_op, location, fmt::format("unknown op \"{}\"{}", dotted, suggestion(short_name, op_names_)));
    return {};
}

OpId Checker::add_op(const std::string& target) {
    auto id = static_cast<OpId>(program_.ops.size());
    program_.ops.push_back({target});
    ops_.emplace(target, id);
    return id;
}

OpSetId Checker::add_op_set(std::vector<OpId> members) {
    auto same = std::find(program_.op_sets.begin(), program_.op_sets.end(), members);
    if (same != program_.op_sets.end()) return static_cast<OpSetId>(same - program_.op_sets.begin());
    program_.op_sets.push_back(std::move(members));
    return static_cast<OpSetId>(program_.op_sets.size() - 1);
}

std::string Checker::display(OpId op) const {
    const std::string& target = program_[op].target;
    if (target.starts_with("torch.ops.")) return target.substr(10);
    for (const Dialect& dialect : dialects())
        if (target.starts_with(dialect.prefix))
            return std::string(dialect.word) + "." + target.substr(dialect.prefix.size());
    return target;
}

const Schema* Checker::schema(OpId op) {
    auto [found, fresh] = schemas_.try_emplace(op);
    if (fresh)
        if (auto declared = files_.declarations->find(program_[op].target))
            found->second = parse_schema(declared->schema, schema_store_);
    return found->second ? &*found->second : nullptr;
}

std::string Checker::dotted(syntax::NodeId node) const {
    if (kind(node) == Kind::name) return std::string(word(node));
    if (kind(node) == Kind::field) {
        std::string head = dotted(child(node, 0));
        return head.empty() ? head : head + "." + std::string(word(node));
    }
    return {};
}

std::string_view Checker::first_word(syntax::NodeId node) const {
    while (kind(node) == Kind::field || kind(node) == Kind::subscript) node = child(node, 0);
    if (kind(node) == Kind::op_name) node = child(node, 0);
    return kind(node) == Kind::name || kind(node) == Kind::op_word ? word(node) : std::string_view();
}

bool Checker::is_single_word(syntax::NodeId op_name) const {
    return kind(op_name) == Kind::op_name && children(op_name).size() == 1 && kind(child(op_name, 0)) == Kind::op_word;
}

}  // namespace dqrewrite::program
