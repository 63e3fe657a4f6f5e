// The arguments of a call as its schema sees them: by position, by keyword or by default are one thing.
//
// A call that does not fit its schema is read as it is stored: what is given by position counts before what is
// given by keyword, a keyword that the schema does not know is an argument of that name, and positional
// arguments beyond the schema's have a position only. An op without a schema has positions and stored keywords.
// Tested by tests/rewrite/arguments_test.cpp.
#pragma once

#include "engine/rewrite/binding.hpp"
#include "engine/rewrite/datum.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace dqrewrite {

class CallArguments {
public:
    // Any node: a node that is no call_function has no schema. Good until the node's arguments change.
    CallArguments(const Graph& graph, Binding& binding, NodeId node);

    // The value at a position (for an op with a schema: of that argument of it, keyword-only ones excluded).
    // False where there is none: not stored, and without default.
    bool at(size_t position, Arena& arena, Datum& out) const;
    // The value of the argument of that name. False where there is none.
    bool named(std::string_view name, Arena& arena, Datum& out) const;
    // Whether all arguments that are mentioned neither by position (the first `positions`) nor in `names` are
    // absent or same() as their default.
    bool rest_is_default(size_t positions, std::span<const std::string_view> names, Arena& arena) const;
    // The values from `position` on, as `*rest` binds them: those of the schema's positional arguments, stored
    // or default, up to the first that has neither, then stored ones beyond the schema's.
    void rest(size_t position, Arena& arena, std::vector<Datum>& out) const;

    // Whether the call fits its schema: no argument unknown, given twice, or missing without default. Types are not
    // looked at. False without a schema, and for one of any number of arguments.
    bool fits() const;
    // Of a call that fits, the values of the schema's arguments, stored or default, in its order: the positional
    // ones, or those that are keyword-only.
    void bound(bool keyword_only, Arena& arena, std::vector<Datum>& out) const;
    const Schema& schema() const { return *schema_; }

private:
    const Value* keyword(std::string_view name) const;
    // Of an argument that is not stored by position.
    bool by_name_or_default(const SchemaArgument& argument, Arena& arena, Datum& out) const;
    bool is_default(size_t index, const Value& stored, Arena& arena) const;

    const Graph* graph_;
    NodeId node_;
    const Schema* schema_;  // null where there is none
    std::span<const Value> args_;
};

}  // namespace dqrewrite
