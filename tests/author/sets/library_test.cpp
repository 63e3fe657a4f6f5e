// The shipped rules, put together in one sweep: every overlap that is said is real, and mistakes that are put among
// them are found.
//
// Names of a program are one row, and some files of the library use the same: so they are put together in groups.

#include "tests/author/sets/shown_test.hpp"
#include "tests/reference/compiled.hpp"
#include "tests/support/catch.hpp"

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/rule_sets.hpp"
#include "engine/author/sets/witness.hpp"
#include "engine/author/testing/test_graph.hpp"
#include "engine/program/check.hpp"
#include "engine/program/shipped.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace dqrewrite;

namespace {

struct Group {
    std::vector<std::string> files, rules;
    std::map<std::string, std::string> names;  // and the file that declares it
};

// What a file declares, and what the files that it imports do: kind, name and file.
struct Declared {
    std::string kind, name, file;
};

void declarations(const ShippedFile& shipped, std::vector<Declared>& found) {
    std::string file(shipped.path.substr(shipped.path.rfind('/') + 1));
    for (const Declared& known : found)
        if (known.file == file) return;
    std::istringstream lines{std::string(shipped.text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string kind, name;
        if (line.starts_with(' ') || !(words >> kind >> name)) continue;
        if (kind == "import") {
            const ShippedFile* imported = find_shipped(name.substr(1, name.size() - 2));
            if (imported && name.ends_with(".rules\"")) declarations(*imported, found);
        }
        if (kind == "rule" || kind == "ops" || kind == "pattern" || kind == "define" || kind == "pass")
            found.push_back({kind, name.substr(0, name.find('(')), file});
    }
}

std::vector<Group> groups() {
    std::vector<Group> all;
    for (const ShippedFile& file : shipped_files()) {
        std::string name(file.path.substr(file.path.rfind('/') + 1));
        if (!name.ends_with(".rules")) continue;
        std::vector<Declared> declared;
        declarations(file, declared);
        auto fits = [&](const Group& group) {
            return std::ranges::none_of(declared, [&](const Declared& each) {
                auto known = group.names.find(each.name);
                return known != group.names.end() && known->second != each.file;
            });
        };
        auto group = std::ranges::find_if(all, fits);
        if (group == all.end()) group = all.insert(all.end(), Group{});
        group->files.push_back(name);
        for (const Declared& each : declared) {
            group->names.emplace(each.name, each.file);
            if (each.kind == "rule" && each.file == name) group->rules.push_back(each.name);
        }
    }
    return all;
}

std::string imports(const Group& group) {
    std::string text;
    for (const std::string& file : group.files) text += fmt::format("import \"{}\"\n", file);
    return text;
}

CheckedRules checked(const std::string& text) {
    CheckedRules rules = check_rules(load_rules_text("all.rules", text));
    for (const Diagnostic& each : rules.diagnostics)
        if (each.severity == Severity::error) UNSCOPED_INFO(render(each));
    REQUIRE(rules.program);
    return rules;
}

std::string word_at(const Source* source, Span span) {
    return std::string(source->text().substr(span.begin, span.end - span.begin));
}

// Both rules match at the node that the note names, each alone, in the graph as it is read from the text.
void check_overlap(const std::string& rules, const Diagnostic& said) {
    std::string printed = test::test_of(said);
    INFO(render(said));
    CheckedRules with_test = checked(rules + printed);
    const program::Program& program = *with_test.program;
    OpTable table(*program.declarations);
    sets::Witness witness;
    build_test_graph(program, program.tests.at(0).before, witness.module, table);
    witness.root = witness.module.graph.find(test::root_of(said));
    REQUIRE(witness.root != no_node);
    sets::LoneRules lone(program);
    size_t matched = 0;
    for (const std::string& name :
         {word_at(said.source, said.span), word_at(said.notes[0].source, said.notes[0].span)})
        for (size_t i = 0; i < program.rules.size(); ++i)
            if (program.rules[i].name == name)
                matched += lone.match(static_cast<program::RuleId>(i), witness).matched;
    CHECK(matched == 2);
}

// That is said of these rules in one sweep, by code: the rule and the one that the first note names, if any.
std::map<std::string, std::vector<std::string>> said_of(const std::string& text) {
    std::map<std::string, std::vector<std::string>> all;
    CheckedRules rules = checked(text);
    for (const Diagnostic& each : check_rule_sets(rules.program)) {
        std::string& rule = all[std::string(each.code)].emplace_back(word_at(each.source, each.span));
        for (const DiagnosticNote& note : each.notes)
            if (note.source) rule += " " + word_at(note.source, note.span);
    }
    return all;
}

}  // namespace

TEST_CASE("overlaps of the shipped rules in one sweep are real") {
    size_t rules = 0, overlaps = 0, undecided = 0, others = 0;
    for (const Group& group : groups()) {
        if (group.rules.size() < 2) continue;
        std::string text = imports(group) + fmt::format("pass All {{ sweep {} }}\n", fmt::join(group.rules, ", "));
        CheckedRules program = checked(text);
        rules += group.rules.size();
        for (const Diagnostic& said : check_rule_sets(program.program, {.overlaps = true})) {
            overlaps += said.code == codes::overlap;
            undecided += said.code == codes::may_overlap;
            others += said.code != codes::overlap && said.code != codes::may_overlap;
            if (said.code == codes::overlap) check_overlap(text, said);
        }
    }
    WARN(fmt::format("{} rules: {} overlaps, {} undecided, {} other", rules, overlaps, undecided, others));
    CHECK(rules > 60);
    CHECK(overlaps > 20);
}

TEST_CASE("of the shipped files themselves nothing is said") {
    for (const std::string& name : shipped_rule_names()) {
        INFO(name);
        CheckedRules rules = check_rules(load_rules(name));
        REQUIRE(rules.program);
        for (const Diagnostic& each : check_rule_sets(rules.program)) UNSCOPED_INFO(render(each));
        CHECK(check_rule_sets(rules.program).empty());
    }
}

TEST_CASE("mistakes among the shipped rules are found") {
    Group group = groups().at(0);
    std::string library = fmt::format("{}", fmt::join(group.rules, ", "));
    auto usual = said_of(imports(group) + fmt::format("pass All {{ repeat at most 100 {{ sweep {} }} }}\n", library));
    auto with = [&](const std::string& rules, const std::string& sweep) {
        auto found = said_of(imports(group) + rules +
                             fmt::format("pass All {{ repeat at most 100 {{ sweep {} }} }}\n", sweep));
        for (auto& [code, known] : usual)
            for (const std::string& rule : known) std::erase(found[code], rule);
        std::erase_if(found, [](const auto& each) { return each.second.empty(); });
        return found;
    };
    using Said = std::map<std::string, std::vector<std::string>>;
    CHECK(with("rule seeded { match n: edge.aten.le.Tensor(x, x)  rewrite { replace n with x } }\n",
               library + ", seeded") == Said{{"shadowed-rule", {"seeded swap_edge"}}});
    CHECK(with("rule seeded { aten.asin.default(x) => aten.asin.default(aten.asin.default(x)) }\n",
               "seeded, " + library) == Said{{"fires-for-ever", {"seeded"}}});
    CHECK(with("rule seeded { aten.asin.default(x) => aten.acos.default(x) }\n"
               "rule other { aten.acos.default(x) => aten.asin.default(x) }\n",
               "other, seeded, " + library) == Said{{"fires-for-ever", {"other seeded"}}});
}
