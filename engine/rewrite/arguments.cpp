#include "engine/rewrite/arguments.hpp"

#include <algorithm>

namespace dqrewrite {

CallArguments::CallArguments(const Graph& graph, Binding& binding, NodeId node)
    : graph_(&graph), node_(node),
      schema_(graph.opcode(node) == Opcode::call_function ? binding.schema(graph.target(node)) : nullptr),
      args_(graph.args(node)) {}

const Value* CallArguments::keyword(std::string_view name) const {
    for (const Keyword& each : graph_->kwargs(node_))
        if (each.name == name) return &each.value;
    return nullptr;
}

bool CallArguments::by_name_or_default(const SchemaArgument& argument, Arena& arena, Datum& out) const {
    if (const Value* stored = keyword(argument.name))
        out = from_value(*graph_, node_, *stored, arena);
    else if (argument.has_default)
        out = from_constant(argument.default_value, arena);
    else
        return false;
    return true;
}

bool CallArguments::at(size_t position, Arena& arena, Datum& out) const {
    if (position < args_.size()) {
        out = from_value(*graph_, node_, args_[position], arena);
        return true;
    }
    return schema_ && position < schema_->positional && by_name_or_default(schema_->arguments[position], arena, out);
}

bool CallArguments::named(std::string_view name, Arena& arena, Datum& out) const {
    size_t index = schema_ ? schema_->find(name) : Schema::npos;
    if (index < (schema_ ? schema_->positional : 0)) return at(index, arena, out);
    if (index != Schema::npos) return by_name_or_default(schema_->arguments[index], arena, out);
    const Value* stored = keyword(name);
    if (stored) out = from_value(*graph_, node_, *stored, arena);
    return stored != nullptr;
}

bool CallArguments::is_default(size_t index, const Value& stored, Arena& arena) const {
    const SchemaArgument& argument = schema_->arguments[index];
    return argument.has_default &&
           same(from_value(*graph_, node_, stored, arena), from_constant(argument.default_value, arena));
}

bool CallArguments::rest_is_default(size_t positions, std::span<const std::string_view> names, Arena& arena) const {
    auto mentioned = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
    size_t positional = schema_ ? schema_->positional : 0;
    for (size_t i = positions; i < args_.size(); ++i) {
        if (i >= positional) return false;
        if (!mentioned(schema_->arguments[i].name) && !is_default(i, args_[i], arena)) return false;
    }
    for (const Keyword& each : graph_->kwargs(node_)) {
        size_t index = schema_ ? schema_->find(each.name) : Schema::npos;
        // By position too, and that counts; or mentioned by position.
        if (index < positional && (index < args_.size() || index < positions)) continue;
        if (mentioned(each.name)) continue;
        if (index == Schema::npos || !is_default(index, each.value, arena)) return false;
    }
    return true;
}

void CallArguments::rest(size_t position, Arena& arena, std::vector<Datum>& out) const {
    Datum value;
    for (; at(position, arena, value); ++position) out.push_back(value);
}

bool CallArguments::fits() const {
    if (!schema_ || schema_->vararg || args_.size() > schema_->positional) return false;
    for (const Keyword& each : graph_->kwargs(node_)) {
        size_t index = schema_->find(each.name);
        if (index == Schema::npos || index < args_.size()) return false;
    }
    for (size_t i = args_.size(); i < schema_->arguments.size(); ++i)
        if (!schema_->arguments[i].has_default && !keyword(schema_->arguments[i].name)) return false;
    return true;
}

void CallArguments::bound(bool keyword_only, Arena& arena, std::vector<Datum>& out) const {
    size_t first = keyword_only ? schema_->positional : 0;
    size_t last = keyword_only ? schema_->arguments.size() : schema_->positional;
    for (size_t i = first; i < last; ++i) {
        Datum& value = out.emplace_back();
        if (i < args_.size())
            value = from_value(*graph_, node_, args_[i], arena);
        else
            by_name_or_default(schema_->arguments[i], arena, value);
    }
}

}  // namespace dqrewrite
