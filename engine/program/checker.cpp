// Declarations, scopes and reports of the checker, and the way in.

#include "engine/program/checker.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

CheckedRules check_rules(RuleFiles files, Diagnostics diagnostics) {
    CheckedRules result;
    result.unreadable = files.unreadable;
    if (!has_errors(diagnostics)) result.program = check(files, diagnostics);
    sort_and_deduplicate(diagnostics);
    result.sources = std::move(files.sources);
    result.diagnostics = std::move(diagnostics);
    return result;
}

std::shared_ptr<const program::Program> check(const RuleFiles& files, Diagnostics& diagnostics) {
    auto program = std::make_shared<program::Program>();
    for (const RuleFile& file : files.files) program->sources.push_back(file.source);
    program->declarations = files.declarations;
    program::Checker(files, *program, diagnostics).run();
    return has_errors(diagnostics) ? nullptr : program;
}

namespace program {

using syntax::Kind;

// -- scopes

Scope::Entry* Scope::find(std::string_view name) {
    for (size_t i = entries_.size(); i-- > 0;)
        if (entries_[i].name == name) return &entries_[i];
    return nullptr;
}

VariableId Scope::add(std::string_view name, Location location, bool must_be_used) {
    VariableId variable = hidden(std::string(name));
    entries_.push_back({name, variable, location, false, must_be_used, false});
    return variable;
}

VariableId Scope::hidden(std::string name) {
    variables_->push_back(std::move(name));
    return static_cast<VariableId>(variables_->size() - 1);
}

std::vector<Scope::Entry> Scope::leave(size_t mark) {
    std::vector<Entry> left(entries_.begin() + static_cast<std::ptrdiff_t>(mark), entries_.end());
    entries_.resize(mark);
    return left;
}

std::vector<std::string> Scope::names() const {
    std::vector<std::string> names;
    for (const Entry& entry : entries_) names.emplace_back(entry.name);
    return names;
}

// -- the way in

Checker::Checker(const RuleFiles& files, Program& program, Diagnostics& diagnostics)
    : files_(files), program_(program), diagnostics_(diagnostics) {}

void Checker::run() {
    for (uint32_t file = 0; file < files_.files.size(); ++file) collect(file);
    check_declarations();
    file_ = 0;
    for (syntax::NodeId node : children(tree().root()))
        if (kind(node) == Kind::test) test(node);
}

void Checker::collect(uint32_t file) {
    file_ = file;
    for (syntax::NodeId node : children(tree().root())) {
        DeclarationKind declared;
        switch (kind(node)) {
        case Kind::ops: declared = DeclarationKind::ops; break;
        case Kind::pattern: declared = DeclarationKind::pattern; break;
        case Kind::define: declared = DeclarationKind::define; break;
        case Kind::rule:
        case Kind::arrow_rule: declared = DeclarationKind::rule; break;
        case Kind::pass: declared = DeclarationKind::pass; break;
        default: continue;
        }
        auto [found, fresh] =
            declarations_.try_emplace(std::string(word(node)), Declaration{declared, {file, node}, {}, false});
        if (!fresh) {
            const Place& first = found->second.place;
            report(codes::duplicate_name, word_location(node), fmt::format("\"{}\" is declared twice", word(node)),
                   {{files_.files[first.file].source.get(), files_.files[first.file].tree.word_span(first.node),
                     "the first declaration is here"}});
        }
    }
    collect_tables(file);
}

// Tables come to be by `remember`, which may stand after the place that reads them.
void Checker::collect_tables(uint32_t file) {
    const syntax::Tree& whole = files_.files[file].tree;
    for (uint32_t i = 0; i < whole.size(); ++i) {
        syntax::NodeId node{i};
        if (whole.kind(node) != Kind::remember) continue;
        auto [found, fresh] =
            tables_.try_emplace(std::string(whole.word(node)), static_cast<TableId>(program_.tables.size()));
        if (fresh) program_.tables.push_back(found->first);
    }
}

void Checker::check_declarations() {
    for (uint32_t file = 0; file < files_.files.size(); ++file) {
        for (syntax::NodeId node : files_.files[file].tree.children(files_.files[file].tree.root())) {
            file_ = file;
            auto found = declarations_.find(word(node));
            bool own = found != declarations_.end() && found->second.place.file == file && found->second.place.node == node;
            if (!own) continue;
            Location at = word_location(node);
            switch (found->second.kind) {
            case DeclarationKind::ops: named_ops(found->first, at); break;
            case DeclarationKind::pattern: declared_pattern(found->first, at); break;
            case DeclarationKind::define: define(found->first, at); break;
            case DeclarationKind::rule: rule_id(found->first, at); break;
            case DeclarationKind::pass: pass_id(found->first, at); break;
            }
        }
    }
}

Checker::Declaration* Checker::declaration(std::string_view name, DeclarationKind kind) {
    auto found = declarations_.find(name);
    return found != declarations_.end() && found->second.kind == kind ? &found->second : nullptr;
}

bool Checker::enter(Declaration& declaration, std::string_view name, Location use) {
    if (!declaration.open) return declaration.open = true;
    report(codes::recursive, use, fmt::format("\"{}\" refers to itself", name));
    return false;
}

// -- reports

void Checker::report(std::string_view code, Location location, std::string message, std::vector<DiagnosticNote> notes) {
    const Source* source = files_.files[location.file].source.get();
    if (diagnostics_.size() > max_diagnostics) return;
    if (diagnostics_.size() == max_diagnostics) {
        diagnostics_.push_back({Severity::error, codes::too_many_diagnostics,
                                fmt::format("more than {} errors and warnings; the others are not shown", max_diagnostics),
                                source, location.span, {}});
        return;
    }
    diagnostics_.push_back({Severity::error, code, std::move(message), source, location.span, std::move(notes)});
}

void Checker::warn(std::string_view code, Location location, std::string message) {
    if (diagnostics_.size() >= max_diagnostics) return;
    diagnostics_.push_back({Severity::warning, code, std::move(message), files_.files[location.file].source.get(),
                            location.span, {}});
}

void Checker::warn_unused(const std::vector<Scope::Entry>& entries) {
    for (const Scope::Entry& entry : entries)
        if (!entry.used && entry.must_be_used && !entry.name.starts_with('_'))
            warn(codes::unused_name, entry.location,
                 fmt::format("\"{}\" is bound and never read; leave the name out, or write _", entry.name));
}

std::optional<syntax::NodeId> Checker::child_of_kind(syntax::NodeId node, Kind wanted) const {
    for (syntax::NodeId child : children(node))
        if (kind(child) == wanted) return child;
    return {};
}

std::string Checker::declared_names_like(std::string_view name, std::initializer_list<DeclarationKind> kinds) const {
    std::vector<std::string> names;
    for (const auto& [declared, declaration] : declarations_)
        if (std::find(kinds.begin(), kinds.end(), declaration.kind) != kinds.end()) names.push_back(declared);
    return suggestion(name, names);
}

}  // namespace program
}  // namespace dqrewrite
