#include "engine/program/load.hpp"

#include "engine/ops/schema_check.hpp"
#include "engine/program/codes.hpp"
#include "engine/program/shipped.hpp"
#include "grammar/parse.hpp"
#include "grammar/suggest.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

namespace fs = std::filesystem;

constexpr size_t max_all_files = 2 * max_rule_file;

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
    Loader(RuleFiles& files, ShippedTests tests, std::map<std::string, std::string> beside = {})
        : files_(files), diagnostics_(files.diagnostics), tests_(tests), beside_(std::move(beside)) {
        files_.declarations = std::make_shared<OpDeclarations>();
        if (const ShippedFile* ops = find_shipped("pytorch.ops")) files_.declarations->set_sorted(ops->text);
    }

    // Says how much more there was to say. The last call.
    void finish() {
        if (diagnostics_.size() > max_diagnostics) {
            hidden_ += diagnostics_.size() - max_diagnostics;
            diagnostics_.resize(max_diagnostics);
        }
        if (hidden_ > 0) diagnostics_.push_back(not_shown(hidden_, 0));
    }

    void load_main(const std::string& argument) {
        if (is_rule_file(argument)) {
            if (auto found = read(fs::path(argument), nullptr, {})) load(*found);
            return;
        }
        if (const ShippedFile* shipped = find_shipped(argument + ".rules")) {
            files_.tests_left_out = tests_ == ShippedTests::left_out;
            return load(from(*shipped));
        }
        files_.unreadable = true;
        report(codes::unknown_rules, nullptr, {},
               fmt::format("there are no shipped rules called \"{}\"{}", argument, meant_by(argument)));
    }

    // A file, and all that it imports: each right where it is imported first.
    void load(const Found& found) {
        add(found, nullptr, {});
        while (!open_.empty()) {
            OpenFile& file = open_.back();
            if (file.next == file.imports.size()) {
                states_[file.identity] = State::done;
                open_.pop_back();
            } else {
                import_next(file);
            }
        }
    }

private:
    // What may have been meant in place of the name of shipped rules.
    static std::string meant_by(const std::string& name) {
        std::error_code none;
        if (fs::exists(name + ".rules", none)) return fmt::format(", did you mean \"{}.rules\"?", name);
        if (fs::exists(name, none)) return ": the name of a rule file ends in .rules or has a \"/\"";
        const std::vector<std::string> names = shipped_rule_names();
        if (std::string nearest = suggestion(name, names); !nearest.empty()) return nearest;
        return fmt::format("; there are: {}; a file's name ends in .rules or has a \"/\"", fmt::join(names, ", "));
    }

    enum class State { open, done };

    struct Import {
        std::string path;
        Span span;
    };
    // A file whose imports are being read.
    struct OpenFile {
        std::string identity;
        std::shared_ptr<const Source> source;
        Place place;
        std::vector<Import> imports;
        size_t next = 0;
    };

    void add(const Found& found, const Source* importer, Span span) {
        if (auto state = states_.find(found.identity); state != states_.end()) {
            if (state->second == State::open)
                report(codes::import_cycle, importer, span, fmt::format("\"{}\" imports itself", found.name));
            return;
        }
        size_ += found.text.size();
        if (size_ > max_all_files)
            return report(codes::too_large, importer, span,
                          fmt::format("the files of these rules have more than {} bytes in all", max_all_files));
        auto source = std::make_shared<const Source>(found.name, found.text);
        files_.sources.push_back(source);
        states_[found.identity] = State::open;
        if (found.name.ends_with(".ops")) {
            add_declarations(*source);
            open_.push_back({found.identity, source, found.place, {}});
        } else {
            open_.push_back({found.identity, source, found.place, add_rules(source)});
        }
    }

    void report(std::string_view code, const Source* source, Span span, std::string message,
                std::vector<DiagnosticNote> notes = {}) {
        if (diagnostics_.size() >= max_diagnostics) {
            ++hidden_;
            return;
        }
        diagnostics_.push_back({Severity::error, code, std::move(message), source, span, std::move(notes)});
    }

    Found from(const ShippedFile& shipped) {
        return {"shipped:" + std::string(shipped.path),
                "rules/" + std::string(shipped.path),
                std::string(tests_ == ShippedTests::read ? shipped.text : shipped.without_tests()),
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
        fs::path canonical = fs::weakly_canonical(path, error);
        std::string identity = error ? path.string() : canonical.string();
        // What was read before is not read again: add() knows it by its identity.
        if (states_.contains(identity)) return Found{identity, path.string(), {}, {}};
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
        return Found{std::move(identity), path.string(), std::move(text), {path.parent_path()}};
    }

    void add_declarations(const Source& source) {
        if (source.text().size() > max_rule_file)
            return report(codes::too_large, &source, {},
                          fmt::format("a file of ops has at most {} bytes", max_rule_file));
        OpDeclarations::BadLines bad = files_.declarations->add(source.text());
        for (const auto& line : bad.first) {
            std::string hint;
            if (!line.unknown_type.empty()) {
                hint = closest(line.unknown_type, schema_types());
                hint = hint.empty() ? "; the name of a class has its modules before it"
                                    : fmt::format(", did you mean \"{}\"?", hint);
            }
            report(codes::bad_declaration, &source, {line.begin, line.end}, line.message + hint, earlier(line.other));
        }
        hidden_ += bad.more;
    }

    // Where a declaration stands that a later one differs from; of one that ships, what it says.
    std::vector<DiagnosticNote> earlier(std::string_view line) const {
        if (line.empty()) return {};
        for (const auto& source : files_.sources) {
            const std::string_view text = source->text();
            if (std::less_equal<>()(text.data(), line.data()) &&
                std::less<>()(line.data(), text.data() + text.size())) {
                const auto begin = static_cast<uint32_t>(line.data() - text.data());
                return {{source.get(), {begin, static_cast<uint32_t>(begin + line.size())}, "the first stands here"}};
            }
        }
        return {{nullptr, {}, fmt::format("what ships is {}", line)}};
    }

    // Its imports, in order.
    std::vector<Import> add_rules(const std::shared_ptr<const Source>& source) {
        std::vector<Import> imports;
        auto tree = parse(*source, diagnostics_);
        if (!tree) return imports;
        files_.files.push_back({source, std::move(*tree)});
        const syntax::Tree& kept = files_.files.back().tree;
        for (syntax::NodeId declaration : kept.children(kept.root()))
            if (kept.kind(declaration) == syntax::Kind::import)
                imports.push_back({std::string(kept.word(declaration)), kept.word_span(declaration)});
        return imports;
    }

    void import_next(OpenFile& file) {
        const Import& next = file.imports[file.next++];
        if (imports_++ == max_imports)
            report(codes::too_many_imports, file.source.get(), next.span,
                   fmt::format("more than {} imports, those of imported files counted", max_imports));
        if (imports_ > max_imports)
            file.next = file.imports.size();
        else
            import(next.path, *file.source, next.span, file.place);
    }

    void import(const std::string& path, const Source& importer, Span span, const Place& place) {
        std::error_code error;
        bool may_exist = !path.empty() && path.find('\0') == std::string::npos;
        if (may_exist && place.folder && fs::exists(*place.folder / path, error)) {
            if (auto found = read(*place.folder / path, &importer, span)) add(*found, &importer, span);
            return;
        }
        if (auto text = beside_.find(path); text != beside_.end())
            return add({"text:" + path, path, text->second, {}}, &importer, span);
        if (const ShippedFile* shipped = find_shipped(path)) return add(from(*shipped), &importer, span);
        files_.unreadable = true;
        std::vector<std::string> names;
        for (const ShippedFile& file : shipped_files())
            names.emplace_back(file.path.substr(file.path.rfind('/') + 1));
        std::string given = path.size() > 200 ? path.substr(0, 200) + "…" : path;
        std::replace(given.begin(), given.end(), '\0', ' ');
        // Shipped files and files alike are named with their endings.
        std::string hint = suggestion(path, names);
        for (const char* ending : {".rules", ".ops"}) {
            const std::string longer = path + ending;
            const bool beside = may_exist && place.folder && fs::exists(*place.folder / longer, error);
            if (hint.empty() && (beside || beside_.contains(longer) || find_shipped(longer)))
                hint = fmt::format(", did you mean \"{}\"?", longer);
        }
        report(codes::unknown_import, &importer, span,
               fmt::format("there is no file \"{}\"{} among the shipped rules{}", given,
                           place.folder ? " beside this one and none" : "", hint));
    }

    RuleFiles& files_;
    Diagnostics& diagnostics_;
    ShippedTests tests_;
    std::map<std::string, std::string> beside_;  // texts that are no files, by the name that they are imported by
    std::map<std::string, State> states_;
    std::deque<OpenFile> open_;  // a stack; a file stays where it is while what it imports is read
    size_t imports_ = 0, size_ = 0, hidden_ = 0;
};

}  // namespace

bool is_rule_file(std::string_view file_or_name) {
    return file_or_name.find('/') != std::string_view::npos || file_or_name.ends_with(".rules");
}

RuleFiles load_rules(const std::string& file_or_name, ShippedTests tests) {
    RuleFiles files;
    Loader loader(files, tests);
    loader.load_main(file_or_name);
    loader.finish();
    return files;
}

RuleFiles load_rules_text(std::string name, std::string text, std::map<std::string, std::string> beside) {
    RuleFiles files;
    Loader loader(files, ShippedTests::read, std::move(beside));
    std::string path = "text:" + name;
    loader.load({std::move(path), std::move(name), std::move(text), {}});
    loader.finish();
    return files;
}

}  // namespace dqrewrite
