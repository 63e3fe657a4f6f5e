// A rule file with everything that it imports, parsed.
//
// An import is looked up beside the importing file, then among the shipped ones; a file that is imported twice
// is read once; a file that imports itself, through others too, is an error. Files of ops (".ops") are
// imported in the same way. Limits: max_rule_file for each file, twice that for all, max_imports imports in all; at
// most max_diagnostics errors, and how many more there are.
// Tested by tests/program/load_test.cpp.
#pragma once

#include "engine/ops/op_table.hpp"
#include "grammar/diagnostic.hpp"
#include "grammar/syntax.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

inline constexpr size_t max_imports = 1000;
inline constexpr size_t max_diagnostics = 100;

struct RuleFile {
    std::shared_ptr<const Source> source;
    syntax::Tree tree;
};

struct RuleFiles {
    std::vector<RuleFile> files;  // the file itself first, then imports in the order in which they were met
    std::shared_ptr<OpDeclarations> declarations;
    std::vector<std::shared_ptr<const Source>> sources;  // all that was read, .ops and broken files too: keeps
                                                         // alive what diagnostics point into
    bool unreadable = false;      // a file could not be read at all: not a matter of what stands in it
    bool tests_left_out = false;  // of the file itself
    Diagnostics diagnostics;      // what is wrong; the rest is then what could be read
};

// Whether an argument is the path of a file (it has a "/" or ends in ".rules"), not the name of a shipped rule file.
bool is_rule_file(std::string_view file_or_name);

// A run has no use for the tests of a rule file. Those of shipped files, which are known to be right, need not be
// read then; in other files they are read always, so that what is wrong with them is said.
enum class ShippedTests { read, left_out };

RuleFiles load_rules(const std::string& file_or_name, ShippedTests tests = ShippedTests::read);
// The same for a text that is no file; imports are looked up among these texts, by name, then among the shipped
// files.
RuleFiles load_rules_text(std::string name, std::string text, std::map<std::string, std::string> beside = {});

}  // namespace dqrewrite
