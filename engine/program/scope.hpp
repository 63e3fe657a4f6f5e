// The variables of one rule, define or test graph, and which of them can be seen from here. Private to the checker.
//
// Names live on levels: the names of a `pattern` declaration are its own, so each use of one has a level, from
// which the user's names cannot be seen. Alternatives of a pattern that bind the same name bind one variable.
#pragma once

#include "engine/program/facts.hpp"
#include "engine/program/program.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dqrewrite::program {

class Scope {
public:
    explicit Scope(std::vector<std::string>& variables) : variables_(&variables) {}

    struct Entry {
        std::string_view name;
        uint32_t level = 0;
        VariableId variable = no_variable;
        Location location;
        bool used = false;
        bool must_be_used = true;
        bool partial = false;       // bound by some alternatives only
        bool names_branch = false;  // is what one of several alternatives is called
        Facts facts;
    };
    using Key = std::pair<uint32_t, std::string_view>;

    // Null where the name is not bound here; good until the next add().
    Entry* find(std::string_view name);
    VariableId add(std::string_view name, Location location, bool must_be_used = true, const Facts& facts = {});
    // The same variable under the same name again, after the alternatives of a pattern.
    void restore(const Entry& entry);
    VariableId hidden(std::string name);

    size_t mark() const { return entries_.size(); }
    // Takes the entries since `mark` out of sight and gives them back: for warnings about unused ones.
    std::vector<Entry> leave(size_t mark);
    std::vector<std::string_view> names() const;

    // The level of names that are looked up and added from here on.
    uint32_t level() const { return level_; }
    uint32_t new_level() { return ++last_level_; }
    void set_level(uint32_t level) { level_ = level; }

    // What the alternatives before this one have bound; innermost last.
    std::vector<const std::map<Key, Entry>*>& alternatives() { return alternatives_; }

private:
    std::vector<std::string>* variables_;
    std::vector<Entry> entries_;
    std::map<Key, std::vector<size_t>> by_name_;  // places in entries_, the one in sight last
    std::vector<const std::map<Key, Entry>*> alternatives_;
    uint32_t level_ = 0, last_level_ = 0;
};

}  // namespace dqrewrite::program
