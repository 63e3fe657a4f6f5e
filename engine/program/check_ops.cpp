// Op sets and op names.

#include "engine/program/checker.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

namespace dqrewrite::program {

using syntax::Kind;

namespace {

constexpr size_t max_products = 100'000;    // of the braces of one op name
constexpr size_t max_members = 20'000'000;  // of all op sets, each use of one counted
constexpr std::string_view default_prefix = "torch.ops.";

// Takes what stands in `right` out of `left`.
void subtract(std::vector<OpId>& left, const std::vector<OpId>& right) {
    std::unordered_set<OpId> out(right.begin(), right.end());
    std::erase_if(left, [&](OpId op) { return out.contains(op); });
}

}  // namespace

// The set, in the order of the text, each op once.
std::vector<OpId> Checker::op_set(syntax::NodeId node) {
    auto outer = std::exchange(met_packets_, {});
    std::vector<OpId> members = op_term(node);
    warn_of_packets(members);
    met_packets_ = std::move(outer);
    return members;
}

std::vector<OpId> Checker::op_term(syntax::NodeId node) {
    // `a | b - c` is a tree that is deep on the left.
    std::vector<syntax::NodeId> operations;
    for (; kind(node) == Kind::op_union || kind(node) == Kind::op_difference; node = child(node, 0))
        operations.push_back(node);
    std::vector<OpId> members = is_single_word(node) ? named_ops(first_word(node), location(node)) : op_name(node);
    std::unordered_set<OpId> seen;  // the members, where a union asks for them
    for (size_t i = operations.size(); i-- > 0;) {
        std::vector<OpId> right = op_term(child(operations[i], 1));
        if (kind(operations[i]) == Kind::op_difference) {
            subtract(members, right);
            forget_packets(right);
            seen.clear();
            continue;
        }
        if (seen.empty()) seen.insert(members.begin(), members.end());
        for (OpId op : right)
            if (seen.insert(op).second) members.push_back(op);
    }
    return members;
}

std::vector<OpId> Checker::named_ops(std::string_view name, Location use) {
    Declaration* found = refer(name, DeclarationKind::ops, use);
    if (!found) {
        if (std::string_view declared = declared_as(name); !declared.empty())
            report(codes::unknown_op, use, fmt::format("\"{}\" is {}, and no op or ops", name, declared));
        else if (std::string why; is_reserved(name, why) && !files_.declarations->find(name))
            report(codes::unknown_op, use, fmt::format("\"{}\" is no op{}", name, why));
        else if (files_.declarations->find(name))
            return {*resolve_op(name, use)};
        else
            report(codes::unknown_op, use,
                   fmt::format("unknown ops \"{}\"{}", name, suggest_declared(name, {DeclarationKind::ops})));
        return {};
    }
    if (found->id) {
        std::vector<OpId> members = program_.op_sets[*found->id];
        return within_limit(members.size(), use) ? members : std::vector<OpId>();
    }
    if (!enter(*found, name, use)) return {};
    uint32_t file = std::exchange(file_, found->place.file);
    bool in_ops = std::exchange(in_ops_, true);
    syntax::NodeId body = child(found->place.node, 0);
    size_t errors = errors_;
    std::vector<OpId> members = op_set(body);
    if (members.empty() && errors == errors_)
        warn(codes::constant_condition, location(body), fmt::format("\"{}\" is empty: nothing matches it", name));
    in_ops_ = in_ops;
    file_ = file;
    found->id = static_cast<uint32_t>(add_op_set(members));
    leave(*found);
    return members;
}

std::optional<OpId> Checker::single_op(std::string_view name, Location use, std::string_view purpose,
                                       const Scope& scope) {
    if (declaration(name, DeclarationKind::ops)) {
        std::vector<OpId> members = named_ops(name, use);
        if (members.size() == 1) return members[0];
        if (members.empty() && errors_ > 0) return {};
        report(codes::one_op, use,
               fmt::format("\"{}\" is a set of {} ops; {} needs one", name, members.size(), purpose));
        return {};
    }
    if (name.find('.') == std::string_view::npos && !files_.declarations->find(name)) {
        std::string_view declared = declared_as(name);
        if (!declared.empty())
            report(codes::unknown_op, use, fmt::format("\"{}\" is {}, and no op", name, declared));
        else {
            std::vector<std::string_view> names;
            if (may_suggest()) {
                names = scope.names();
                for (const auto& [each, declaration] : declarations_)
                    if (declaration.kind == DeclarationKind::ops) names.push_back(each);
            }
            std::string hint = suggest(name, names);
            report(codes::unknown_op, use,
                   fmt::format("unknown op \"{}\"{}", name, hint.empty() ? suggest_op(name) : hint));
        }
        return {};
    }
    return resolve_op(name, use);
}

namespace {

struct Spelling {
    std::string text;
    Location location;  // of the alternative in braces that tells it from the others, else of the name
};

// All ways to choose one of each row, the last row fastest, joined by dots; nothing where there are too many.
std::optional<std::vector<Spelling>> products(const std::vector<std::vector<Spelling>>& rows) {
    size_t count = 1;
    for (const auto& row : rows)
        if ((count *= row.size()) > max_products) return {};
    std::vector<Spelling> spellings = rows[0];
    for (size_t i = 1; i < rows.size(); ++i) {
        std::vector<Spelling> longer;
        longer.reserve(spellings.size() * rows[i].size());
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
            if (kind(component) == Kind::op_word)
                row.push_back({std::string(word(component)), location(name)});
            else if (kind(component) == Kind::op_star)
                row.push_back({"*", location(component)});
            else
                for (syntax::NodeId inner : children(component))
                    for (Spelling& spelling : self(self, inner)) row.push_back(std::move(spelling));
        }
        if (auto all = products(rows)) return std::move(*all);
        report(codes::too_large, location(name),
               fmt::format("these braces stand for more than {} ops", max_products));
        return {};
    };
    std::vector<OpId> members;
    std::unordered_set<OpId> seen;
    for (const Spelling& spelling : spell(spell, node)) {
        std::string_view text = spelling.text;
        size_t star = text.find('*');
        if (star == std::string::npos) {
            auto op = resolve_op(text, spelling.location);
            if (!op || !seen.insert(*op).second) continue;
            members.push_back(*op);
            if (is_packet(*op)) met_packets_.emplace_back(*op, spelling.location);
        } else if (star + 1 != text.size()) {
            report(codes::wildcard, location(node),
                   "\"*\" stands for all that follows: it is the last part of a name");
        } else if (!in_ops_) {
            report(codes::wildcard, location(node),
                   "\"*\" stands only in an `ops` declaration: give this set of ops a name");
            return {};
        } else {
            const std::vector<OpId>& all = op_wildcard(text.substr(0, star - 1), spelling.location);
            if (!within_limit(all.size(), spelling.location)) return {};
            for (OpId op : all)
                if (seen.insert(op).second) members.push_back(op);
        }
    }
    return within_limit(members.size(), location(node)) ? members : std::vector<OpId>();
}

// Every op that is declared and begins with these words.
const std::vector<OpId>& Checker::op_wildcard(std::string_view words, Location location) {
    if (auto known = wildcards_.find(words); known != wildcards_.end() && !known->second.empty())
        return known->second;
    std::vector<OpId> members;
    auto collect = [&](const std::string& prefix) {
        auto first = std::lower_bound(targets().begin(), targets().end(), prefix);
        for (; first != targets().end() && first->starts_with(prefix); ++first) {
            auto known = ops_.find(*first);
            members.push_back(known != ops_.end() ? known->second : add_op(*first));
        }
    };
    auto whole = std::ranges::find(dialects(), words, &Dialect::word);  // "edge.*"
    collect(whole != dialects().end() ? std::string(whole->prefix) : full_target(words) + ".");
    if (members.empty()) collect(std::string(default_prefix) + std::string(words) + ".");
    if (members.empty())
        report(codes::wildcard, location, fmt::format("no op begins with \"{}.\"{}", words, suggest_op(words)));
    return wildcards_.emplace(words, std::move(members)).first->second;
}

bool Checker::within_limit(size_t members, Location location) {
    if (op_members_ > max_members) return false;
    op_members_ += members;
    if (op_members_ <= max_members) return true;
    report(codes::too_large, location,
           fmt::format("the op sets of these rules have more than {} members, all uses counted", max_members));
    return false;
}

// A packet is no op that an exported graph calls. It is listed on purpose where one of its overloads is as well.
void Checker::warn_of_packets(const std::vector<OpId>& members) {
    forget_packets(members);
    if (met_packets_.empty()) return;
    std::unordered_set<OpId> kept(members.begin(), members.end());
    for (const auto& [packet, location] : met_packets_) {
        if (!kept.contains(packet)) continue;
        warn(codes::packet_for_overload, location,
             fmt::format("\"{}\" is a packet, and graphs call its overloads: {}", display(packet),
                         some_overloads(packet)));
    }
}

// Those of which an overload is among these ops: they are meant as they stand.
void Checker::forget_packets(const std::vector<OpId>& ops) {
    if (met_packets_.empty()) return;
    std::set<std::string, std::less<>> meant;
    for (OpId op : ops) {
        const std::string& target = program_[op].target;
        meant.insert(target.substr(0, target.rfind('.')));
    }
    std::erase_if(met_packets_, [&](const auto& met) { return meant.contains(program_[met.first].target); });
}

std::string Checker::some_overloads(OpId packet) const {
    std::vector<std::string> overloads = files_.declarations->overloads(program_[packet].target);
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(overloads.size(), 4); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : ", ", overloads[i].substr(overloads[i].rfind('.') + 1));
    return overloads.size() > 4 ? text + ", …" : text;
}

bool Checker::has_dialect(std::string_view dotted) {
    return std::any_of(dialects().begin(), dialects().end(), [&](const Dialect& dialect) {
        return dotted.starts_with(dialect.word) && dotted.substr(dialect.word.size()).starts_with(".");
    });
}

std::string Checker::full_target(std::string_view dotted) const {
    for (const Dialect& dialect : dialects())
        if (dotted.starts_with(dialect.word) && dotted.substr(dialect.word.size()).starts_with("."))
            return std::string(dialect.prefix) + std::string(dotted.substr(dialect.word.size() + 1));
    return std::string(dotted);
}

std::optional<OpId> Checker::resolve_op(std::string_view dotted, Location location) {
    if (auto known = resolved_.find(dotted); known != resolved_.end()) return known->second;
    std::string target = full_target(dotted);
    const OpDeclarations& declared = *files_.declarations;
    if (!has_dialect(dotted) && !declared.find(target)) target = std::string(default_prefix) + target;
    auto known = ops_.find(target);
    if (known == ops_.end()) {
        bool packet = !declared.find(target);
        if (packet && !declared.is_packet(target)) {
            report_unknown_op(dotted, location);
            return {};
        }
        OpId op = add_op(target);
        if (packet) packets_.insert(op);
        known = ops_.find(target);
    }
    return resolved_.emplace(dotted, known->second).first->second;
}

void Checker::report_unknown_op(std::string_view dotted, Location location) {
    if (torch_value(dotted))
        return report(codes::unknown_op, location, fmt::format("\"{}\" is a value, and no op", dotted));
    if (std::string hint = suggest_torch(dotted); !hint.empty())
        return report(codes::unknown_op, location, fmt::format("unknown name \"{}\"{}", dotted, hint));
    size_t dot = dotted.rfind('.');
    std::string_view packet = dotted.substr(0, dot);
    std::string prefix = has_dialect(dotted) ? "" : std::string(default_prefix);
    std::vector<std::string> overloads = files_.declarations->overloads(prefix + full_target(packet));
    if (dot != std::string_view::npos && !overloads.empty()) {
        std::vector<std::string_view> views;
        for (const std::string& each : overloads) views.push_back(std::string_view(each).substr(each.rfind('.') + 1));
        std::string hint = suggest(dotted.substr(dot + 1), views);
        if (!hint.empty()) hint.insert(hint.find('"') + 1, std::string(packet) + ".");
        if (views.size() > 8) {
            views.resize(8);
            views.push_back("…");
        }
        report(
            codes::unknown_op, location,
            fmt::format("unknown op \"{}\"{} (overloads of {}: {})", dotted, hint, packet, fmt::join(views, ", ")));
        return;
    }
    report(codes::unknown_op, location, fmt::format("unknown op \"{}\"{}", dotted, suggest_op(dotted)));
}

const std::vector<std::string>& Checker::targets() {
    if (targets_.empty()) targets_ = files_.declarations->targets();
    return targets_;
}

OpId Checker::add_op(const std::string& target) {
    auto id = static_cast<OpId>(program_.ops.size());
    program_.ops.push_back({target});
    ops_.emplace(target, id);
    return id;
}

OpSetId Checker::add_op_set(std::vector<OpId> members) {
    auto [known, fresh] = op_sets_.try_emplace(members, static_cast<OpSetId>(program_.op_sets.size()));
    if (fresh) program_.op_sets.push_back(std::move(members));
    return known->second;
}

std::string Checker::display(OpId op) const {
    const std::string& target = program_[op].target;
    if (target.starts_with(default_prefix)) return target.substr(default_prefix.size());
    for (const Dialect& dialect : dialects())
        if (target.starts_with(dialect.prefix))
            return std::string(dialect.word) + "." + target.substr(dialect.prefix.size());
    return target;
}

std::string Checker::display(OpSetId ops) const {
    const std::vector<OpId>& members = program_[ops];
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(members.size(), 3); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : " or ", display(members[i]));
    return members.size() > 3 ? fmt::format("{} or {} more", text, members.size() - 3) : text;
}

const Schema* Checker::schema(OpId op) {
    auto [found, fresh] = schemas_.try_emplace(op);
    if (fresh)
        if (auto declared = files_.declarations->find(program_[op].target))
            found->second = parse_schema(declared->schema, schema_store_);
    return found->second ? &*found->second : nullptr;
}

bool Checker::is_single_word(syntax::NodeId op_name) const {
    return kind(op_name) == Kind::op_name && children(op_name).size() == 1 &&
           kind(child(op_name, 0)) == Kind::op_word;
}

}  // namespace dqrewrite::program
