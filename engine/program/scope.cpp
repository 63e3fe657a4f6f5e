#include "engine/program/scope.hpp"

namespace dqrewrite::program {

Scope::Entry* Scope::find(std::string_view name) {
    auto found = by_name_.find({level_, name});
    return found == by_name_.end() ? nullptr : &entries_[found->second.back()];
}

VariableId Scope::add(std::string_view name, Location location, bool must_be_used, const Facts& facts) {
    Entry entry;
    entry.name = name;
    entry.level = level_;
    entry.location = location;
    entry.must_be_used = must_be_used;
    entry.facts = facts;
    for (size_t i = alternatives_.size(); i-- > 0 && entry.variable == no_variable;)
        if (auto bound = alternatives_[i]->find({level_, name}); bound != alternatives_[i]->end())
            entry.variable = bound->second.variable;
    if (entry.variable == no_variable) entry.variable = hidden(std::string(name));
    restore(entry);
    return entry.variable;
}

void Scope::restore(const Entry& entry) {
    by_name_[{entry.level, entry.name}].push_back(entries_.size());
    entries_.push_back(entry);
}

VariableId Scope::hidden(std::string name) {
    variables_->push_back(std::move(name));
    return static_cast<VariableId>(variables_->size() - 1);
}

std::vector<Scope::Entry> Scope::leave(size_t mark) {
    std::vector<Entry> left(entries_.begin() + static_cast<std::ptrdiff_t>(mark), entries_.end());
    for (size_t i = entries_.size(); i-- > mark;) {
        auto found = by_name_.find({entries_[i].level, entries_[i].name});
        found->second.pop_back();
        if (found->second.empty()) by_name_.erase(found);
    }
    entries_.resize(mark);
    return left;
}

std::vector<std::string_view> Scope::names() const {
    std::vector<std::string_view> names;
    for (const Entry& entry : entries_)
        if (entry.level == level_) names.push_back(entry.name);
    return names;
}

}  // namespace dqrewrite::program
