#include "engine/program/load.hpp"

#include "engine/program/codes.hpp"
#include "engine/program/shipped.hpp"
#include "grammar/parse.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

namespace fs = std::filesystem;

constexpr size_t max_load_diagnostics = 100;

// What an import is looked up relative to: a folder, or the shipped files alone.
struct Place {
    std::optional<fs::path> folder;
};

struct Found {
    std::string identity;  // the same file has the same identity, by whatever path it was named
    std::string name;      // what messages call it
    std::string text;
    Place place;
};

class Loader {
public:
    Loader(RuleFiles& files, Diagnostics& diagnostics) : files_(files), diagnostics_(diagnostics) {
        files_.declarations = std::make_shared<OpDeclarations>();
        if (const ShippedFile* ops = find_shipped("pytorch.ops")) files_.declarations->set_sorted(ops->text);
    }

    void load_main(const std::string& argument) {
        bool is_file = argument.find('/') != std::string::npos || argument.ends_with(".rules");
        if (is_file) {
            if (auto found = read(fs::path(argument), nullptr, {})) add(*found, nullptr, {});
            return;
        }
        if (const ShippedFile* shipped = find_shipped(argument + ".rules")) return add(from(*shipped), nullptr, {});
        std::vector<std::string> names = shipped_rule_names();
        std::string hint = suggestion(argument, names);
        files_.unreadable = true;
        report(
            codes::unknown_rules, nullptr, {},
            fmt::format("there are no shipped rules called \"{}\"{}; there are: {}; a file's name ends in .rules or "
                        "has a \"/\"",
                        argument, hint, fmt::join(names, ", ")));
    }

    void add(const Found& found, const Source* importer, Span span) {
        if (auto state = states_.find(found.identity); state != states_.end()) {
            if (state->second == State::open)
                report(codes::import_cycle, importer, span, fmt::format("\"{}\" imports itself", found.name));
            return;
        }
        if (states_.size() == max_imports)
            return report(codes::too_many_imports, importer, span,
                          fmt::format("more than {} files are imported", max_imports));
        states_[found.identity] = State::open;
        auto source = std::make_shared<const Source>(found.name, found.text);
        files_.sources.push_back(source);
        if (found.name.ends_with(".ops"))
            add_declarations(*source);
        else
            add_rules(source, found.place);
        states_[found.identity] = State::done;
    }

private:
    enum class State { open, done };

    void report(std::string_view code, const Source* source, Span span, std::string message) {
        if (diagnostics_.size() > max_load_diagnostics) return;
        if (diagnostics_.size() == max_load_diagnostics) {
            code = codes::too_many_diagnostics;
            message = fmt::format("more than {} errors; the others are not shown", max_load_diagnostics);
        }
        diagnostics_.push_back({Severity::error, code, std::move(message), source, span, {}});
    }

    Found from(const ShippedFile& shipped) {
        return {"shipped:" + std::string(shipped.path),
                "rules/" + std::string(shipped.path),
                std::string(shipped.text),
                {}};
    }

    std::optional<Found> read(const fs::path& path, const Source* importer, Span span) {
        auto fail = [&](const std::string& why) -> std::optional<Found> {
            files_.unreadable = true;
            report(codes::cannot_read, importer, span, fmt::format("cannot read \"{}\": {}", path.string(), why));
            return {};
        };
        std::error_code error;
        if (fs::is_directory(path, error)) return fail("it is a directory");
        std::ifstream file(path, std::ios::binary);
        if (!file) return fail(std::strerror(errno));
        // One byte more than allowed tells a file that is too large from one that is just so; a device may have no
        // end.
        std::string text;
        char chunk[65536];
        while (text.size() <= max_rule_file && (file.read(chunk, sizeof chunk) || file.gcount() > 0))
            text.append(chunk, static_cast<size_t>(file.gcount()));
        if (file.bad()) return fail("the read failed");
        text.resize(std::min(text.size(), max_rule_file + 1));
        fs::path canonical = fs::weakly_canonical(path, error);
        return Found{
            error ? path.string() : canonical.string(), path.string(), std::move(text), {path.parent_path()}};
    }

    void add_declarations(const Source& source) {
        if (source.text().size() > max_rule_file)
            return report(codes::too_large, &source, {},
                          fmt::format("a file of ops has at most {} bytes", max_rule_file));
        for (const auto& bad : files_.declarations->add(source.text()))
            report(codes::bad_declaration, &source, {bad.begin, bad.end}, bad.message);
    }

    void add_rules(const std::shared_ptr<const Source>& source, const Place& place) {
        auto tree = parse(*source, diagnostics_);
        if (!tree) return;
        size_t index = files_.files.size();
        files_.files.push_back({source, std::move(*tree)});
        // files_.files may grow and move while imports are read.
        std::vector<std::pair<std::string, Span>> imports;
        const syntax::Tree& kept = files_.files[index].tree;
        for (syntax::NodeId declaration : kept.children(kept.root()))
            if (kept.kind(declaration) == syntax::Kind::import)
                imports.emplace_back(kept.word(declaration), kept.word_span(declaration));
        for (const auto& [path, span] : imports) import(path, *source, span, place);
    }

    void import(const std::string& path, const Source& importer, Span span, const Place& place) {
        std::error_code error;
        bool may_exist = !path.empty() && path.find('\0') == std::string::npos;
        if (may_exist && place.folder && fs::exists(*place.folder / path, error)) {
            if (auto found = read(*place.folder / path, &importer, span)) add(*found, &importer, span);
            return;
        }
        if (const ShippedFile* shipped = find_shipped(path)) return add(from(*shipped), &importer, span);
        files_.unreadable = true;
        std::vector<std::string> names;
        for (const ShippedFile& file : shipped_files())
            names.emplace_back(file.path.substr(file.path.rfind('/') + 1));
        std::string given = path.size() > 200 ? path.substr(0, 200) + "…" : path;
        std::replace(given.begin(), given.end(), '\0', ' ');
        report(codes::unknown_import, &importer, span,
               fmt::format("there is no file \"{}\"{} among the shipped rules{}", given,
                           place.folder ? " beside this one and none" : "", suggestion(path, names)));
    }

    RuleFiles& files_;
    Diagnostics& diagnostics_;
    std::map<std::string, State> states_;
};

}  // namespace

RuleFiles load_rules(const std::string& file_or_name, Diagnostics& diagnostics) {
    RuleFiles files;
    Loader(files, diagnostics).load_main(file_or_name);
    return files;
}

RuleFiles load_rules_text(std::string name, std::string text, Diagnostics& diagnostics) {
    RuleFiles files;
    Loader(files, diagnostics).add({"text:" + name, name, std::move(text), {}}, nullptr, {});
    return files;
}

}  // namespace dqrewrite
