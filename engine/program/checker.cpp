// Declarations and reports of the checker, and the way in.

#include "engine/program/checker.hpp"

#include "engine/program/questions.hpp"
#include "grammar/utf8.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

CheckedRules check_rules(RuleFiles files) {
    CheckedRules result;
    Diagnostics diagnostics = std::move(files.diagnostics);
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
    // Declarations point into the texts of the other files.
    for (const auto& source : files.sources)
        if (source->name().ends_with(".ops")) program->sources.push_back(source);
    program->declarations = files.declarations;
    program::Checker(files, *program, diagnostics).run();
    if (has_errors(diagnostics)) return nullptr;
    program::find_questions(*program);
    return program;
}

namespace program {

using syntax::Kind;

namespace {

// Recursion of the checker, of the compiler and of evaluation is in proportion to these.
constexpr size_t max_height = 200;      // declarations that use declarations
constexpr unsigned max_nesting = 1500;  // patterns and expressions in each other

std::string_view kind_word(Kind kind) {
    switch (kind) {
    case Kind::ops: return "ops";
    case Kind::pattern: return "pattern";
    case Kind::define: return "define";
    case Kind::rule:
    case Kind::arrow_rule: return "rule";
    case Kind::pass: return "pass";
    default: return {};
    }
}

// A message quotes what stands in the text, which may be one word of a million letters.
void clip(std::string& message) {
    constexpr size_t longest = 2000;
    if (message.size() <= longest) return;
    message.resize(character_start(message, longest));
    message += "…";
}

}  // namespace

// -- the way in

Checker::Checker(const RuleFiles& files, Program& program, Diagnostics& diagnostics)
    : files_(files), program_(program), diagnostics_(diagnostics) {}

void Checker::run() {
    for (uint32_t file = 0; file < files_.files.size(); ++file) collect(file);
    for (uint32_t file = 0; file < files_.files.size(); ++file) collect_tables(file);
    for (uint32_t file = 0; file < files_.files.size(); ++file) mark_shared_tables(file);
    check_declarations();
    if (files_.files.empty()) return;
    file_ = 0;
    for (syntax::NodeId node : children(tree().root()))
        if (kind(node) == Kind::test) test(node);
    warn_unused_declarations();
    warn_of_idle_rules();
    if (hidden_errors_ + hidden_warnings_ > 0) diagnostics_.push_back(not_shown(hidden_errors_, hidden_warnings_));
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
        check_declared_name(word(node), declared, word_location(node));
        auto [found, fresh] = declarations_.try_emplace(
            std::string(word(node)), Declaration{.kind = declared, .name = {}, .place = {file, node}, .id = {}});
        found->second.name = found->first;
        if (fresh) continue;
        const Place& first = found->second.place;
        Location there{first.file, files_.files[first.file].tree.word_span(first.node)};
        report(codes::duplicate_name, word_location(node), fmt::format("\"{}\" is declared twice", word(node)),
               {note(there, "the first declaration is here")});
    }
}

// Tables come to be by `remember`, which may stand after the place that reads them.
void Checker::collect_tables(uint32_t file) {
    file_ = file;
    for (uint32_t i = 0; i < tree().size(); ++i) {
        syntax::NodeId node{i};
        if (kind(node) != Kind::remember || tables_.contains(word(node))) continue;
        std::string why;
        if (is_reserved(word(node), why) || word(node) == "snapshot" || word(node) == "targets")
            report(codes::reserved_name, word_location(node),
                   fmt::format("a table cannot be called \"{}\"{}", word(node),
                               why.empty() ? ": `sweep` uses that word" : why));
        if (std::string_view declared = declared_as(word(node)); !declared.empty())
            report(codes::duplicate_name, word_location(node),
                   fmt::format("a table cannot be called \"{}\": {} bears that name", word(node), declared));
        TableId id = add_table(word(node));
        table_locations_[static_cast<size_t>(id)] = word_location(node);
        tables_.emplace(std::string(word(node)), id);
    }
}

// Before any rule is checked: a rule that fills one stands above its pass.
void Checker::mark_shared_tables(uint32_t file) {
    file_ = file;
    for (uint32_t i = 0; i < tree().size(); ++i) {
        if (kind(syntax::NodeId{i}) != Kind::in_submodules) continue;
        for (syntax::NodeId name : children(syntax::NodeId{i}))
            if (auto found = tables_.find(word(name)); kind(name) == Kind::name && found != tables_.end())
                program_.tables[static_cast<size_t>(found->second)].is_shared = true;
    }
}

TableId Checker::add_table(std::string_view name) {
    program_.tables.push_back({std::string(name)});
    table_locations_.emplace_back();
    table_used_.push_back(false);
    return static_cast<TableId>(program_.tables.size() - 1);
}

void Checker::check_declarations() {
    for (uint32_t file = 0; file < files_.files.size(); ++file) {
        for (syntax::NodeId node : files_.files[file].tree.children(files_.files[file].tree.root())) {
            file_ = file;
            auto found = declarations_.find(word(node));
            bool own =
                found != declarations_.end() && found->second.place.file == file && found->second.place.node == node;
            if (own) check_declaration(found->first, found->second, word_location(node));
        }
    }
    for (size_t table = 0; table < table_used_.size(); ++table)
        if (!table_used_[table])
            warn(codes::unused_name, table_locations_[table],
                 fmt::format("the table \"{}\" is filled and never read", program_.tables[table].name));
}

void Checker::check_declaration(std::string_view name, Declaration& declaration, Location at) {
    bool used = declaration.used;  // this is no use of it
    switch (declaration.kind) {
    case DeclarationKind::ops: named_ops(name, at); break;
    case DeclarationKind::pattern: {
        std::vector<std::string> variables;  // nothing uses them: this only checks the declaration
        Scope scope(variables);
        auto* frame = std::exchange(frame_, &variables);
        declared_pattern(name, at, {}, false, scope, Binding::allowed);
        frame_ = frame;
        break;
    }
    case DeclarationKind::define: define(name, at); break;
    case DeclarationKind::rule: rule_id(name, at); break;
    case DeclarationKind::pass: pass_id(name, at); break;
    }
    declaration.used = used;
}

// A file without a pass is there to be imported. Tests that were left out might have used something.
void Checker::warn_unused_declarations() {
    if (files_.tests_left_out) return;
    bool has_pass = false;
    for (syntax::NodeId node : children(tree().root())) has_pass |= kind(node) == Kind::pass;
    if (!has_pass) return;
    for (syntax::NodeId node : children(tree().root())) {
        std::string_view what = kind_word(kind(node));
        auto found = declarations_.find(word(node));
        if (what.empty() || what == "pass" || found == declarations_.end() || found->second.used) continue;
        if (found->second.place.file == 0 && found->second.place.node == node)
            warn(codes::unused_declaration, word_location(node),
                 fmt::format("the {} \"{}\" is never used{}", what, word(node),
                             what == "rule" ? ": no pass sweeps it" : ""));
    }
}

Checker::Declaration* Checker::declaration(std::string_view name, DeclarationKind kind) {
    auto found = declarations_.find(name);
    return found != declarations_.end() && found->second.kind == kind ? &found->second : nullptr;
}

Checker::Declaration* Checker::refer(std::string_view name, DeclarationKind kind, Location use) {
    Declaration* found = declaration(name, kind);
    if (!found) return nullptr;
    found->used = true;
    if (open_.empty() || found->open || !found->id) return found;
    Declaration& user = *open_.back();
    if (found->height < user.height) return found;
    user.height = found->height + 1;
    if (user.height == max_height)
        report(codes::too_deep, use,
               fmt::format("\"{}\" is the end of a chain of more than {} declarations that use each other", user.name,
                           max_height));
    return found;
}

std::string_view Checker::declared_as(std::string_view name) const {
    auto found = declarations_.find(name);
    if (found == declarations_.end()) return {};
    switch (found->second.kind) {
    case DeclarationKind::ops: return "an ops";
    case DeclarationKind::pattern: return "a pattern";
    case DeclarationKind::define: return "a define";
    case DeclarationKind::rule: return "a rule";
    case DeclarationKind::pass: return "a pass";
    }
    return {};
}

bool Checker::enter(Declaration& declaration, std::string_view name, Location use) {
    if (declaration.open) {
        std::string through;
        for (size_t i = open_.size(); i-- > 0 && open_[i] != &declaration;)
            through = fmt::format(" \"{}\"{}{}", open_[i]->name, through.empty() ? "" : ",", through);
        report(codes::recursive, use,
               fmt::format("\"{}\" refers to itself{}{}", name, through.empty() ? "" : " through", through));
        return false;
    }
    if (open_.size() >= max_height) {
        report(codes::too_deep, use,
               fmt::format("a chain of more than {} declarations that use each other", max_height));
        return false;
    }
    open_.push_back(&declaration);
    return declaration.open = true;
}

void Checker::leave(Declaration& declaration) {
    declaration.open = false;
    open_.pop_back();
    if (!open_.empty()) open_.back()->height = std::max(open_.back()->height, declaration.height + 1);
}

bool Checker::may_nest(Location location) {
    if (nesting_ < max_nesting) return true;
    report(codes::too_deep, location,
           fmt::format("more than {} patterns and expressions in each other, declarations that are used included",
                       max_nesting));
    return false;
}

// -- reports

void Checker::say(Severity severity, std::string_view code, Location location, std::string message,
                  std::vector<DiagnosticNote> notes) {
    size_t& count = severity == Severity::error ? errors_ : warnings_;
    // What is said again without its suggestion is said again.
    std::string key = fmt::format("{} {} {} {} {}", code, location.file, location.span.begin, location.span.end,
                                  std::string_view(message).substr(0, message.find(hint_start)));
    if (!said_.insert(std::hash<std::string>()(key)).second) return;
    if (count >= max_diagnostics) {
        ++(severity == Severity::error ? hidden_errors_ : hidden_warnings_);
        return;
    }
    ++count;
    clip(message);
    diagnostics_.push_back({severity, code, std::move(message), files_.files[location.file].source.get(),
                            location.span, std::move(notes)});
}

void Checker::report(std::string_view code, Location location, std::string message,
                     std::vector<DiagnosticNote> notes) {
    say(Severity::error, code, location, std::move(message), std::move(notes));
}

// Of the file itself: those of an import are said where that file is checked.
void Checker::warn(std::string_view code, Location location, std::string message, std::vector<DiagnosticNote> notes) {
    if (location.file != 0) return;
    say(Severity::warning, code, location, std::move(message), std::move(notes));
}

DiagnosticNote Checker::note(Location location, std::string message) const {
    return {files_.files[location.file].source.get(), location.span, std::move(message)};
}

void Checker::warn_unused(const std::vector<Scope::Entry>& entries) {
    for (const Scope::Entry& entry : entries)
        if (!entry.used && entry.must_be_used && !entry.name.starts_with('_'))
            warn(codes::unused_name, entry.location,
                 fmt::format("\"{}\" is bound and never read{}", entry.name,
                             python_word(entry.name).empty()
                                 ? ""
                                 : fmt::format("{}\"{}\"?", hint_start, python_word(entry.name))));
}

std::optional<syntax::NodeId> Checker::child_of_kind(syntax::NodeId node, Kind wanted) const {
    for (syntax::NodeId each : children(node))
        if (kind(each) == wanted) return each;
    return {};
}

// Without recursion: a row of fields may be long.
std::string Checker::dotted(syntax::NodeId node) const {
    std::vector<std::string_view> words;
    for (; kind(node) == Kind::field; node = child(node, 0)) words.push_back(word(node));
    if (kind(node) != Kind::name) return {};
    std::string text(word(node));
    for (size_t i = words.size(); i-- > 0;) text.append(".").append(words[i]);
    return text;
}

std::string_view Checker::first_word(syntax::NodeId node) const {
    while (kind(node) == Kind::field || kind(node) == Kind::subscript) node = child(node, 0);
    if (kind(node) == Kind::op_name) node = child(node, 0);
    return kind(node) == Kind::name || kind(node) == Kind::op_word ? word(node) : std::string_view();
}

std::string Checker::written(Location location) const {
    constexpr size_t longest = 60;
    const std::string_view text = files_.files[location.file].source->text(location.span);
    return text.size() > longest || text.find('\n') != std::string_view::npos ? "…" : std::string(text);
}

}  // namespace program
}  // namespace dqrewrite
