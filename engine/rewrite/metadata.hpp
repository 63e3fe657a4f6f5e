// Metadata: JSON text <-> data.
//
// An object with exactly one key that is a kind of argument value ({"dtype": "int8"}, {"node": "q"}) reads as that
// value, any other object as a record, an array as a list; a record stays text until something in it is asked
// for. Where a key stands twice the first one counts.
// Errors: text that is no JSON value gives false. Nesting is bounded by max_nesting.
// Tested by tests/rewrite/metadata_test.cpp.
#pragma once

#include "engine/dump/json_value.hpp"
#include "engine/rewrite/datum.hpp"

namespace dqrewrite {

bool from_json(const Graph& graph, std::string_view json, Arena& arena, Datum& out);
bool from_json(const Graph& graph, const JsonValue& json, Arena& arena, Datum& out);

// Whether a JSON object reads as a value and not as a record.
bool is_tagged(const JsonValue& object);

// What a record has under a key. `found_early`: found, and nothing behind the value was of importance.
enum class RecordMember : uint8_t { found, found_early, none, no_record };
RecordMember record_member(const JsonValue& object, std::string_view key, JsonValue& out);

// The members of a record as a dict from text to data. Without a graph, nodes are gone nodes.
bool record_to_dict(const Graph* graph, std::string_view record, Arena& arena, Datum& out);

// How a dtype, device, memory format or layout is written: {"dtype": "int8"}, or as text, which is how metadata
// has it below `val`.
enum class TypeForm : uint8_t { object, text };

// Appends the datum as JSON text for metadata: a tuple is an array, an op its text, a dict with other keys than text
// {"dict": [[key, value], …]}. False where it has no JSON form (a set, a table …); `out` is then as it was. Throws
// JsonTooLong where containers make more than `limit` of it.
struct JsonTooLong {};
bool to_json(const Graph& graph, const Datum& datum, std::string& out, TypeForm form = TypeForm::object,
             size_t limit = SIZE_MAX);

}  // namespace dqrewrite
