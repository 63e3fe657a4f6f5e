// The values of the reference engine: Python's, copied around as a whole, in the plainest form there is.
//
// Nothing here is shared with engine/rewrite: equality, order and the reading of metadata are written anew from
// the language's specification, so that a mistake in one of the two shows as a difference.
// Limits: integers beyond 64 bits are compared by their digits, and with floats as doubles.
#pragma once

#include "engine/graph/graph.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite::reference {

struct Object {
    enum class Kind {
        none,
        boolean,
        integer,
        big_integer,
        real,
        complex,
        text,
        list,
        tuple,
        dict,
        set,
        slice,
        dtype,
        device,
        memory_format,
        layout,
        symbolic,
        opaque,
        node,
        gone_node,
        op,
        type,
        record,
        table
    };

    Kind kind = Kind::none;
    bool from_metadata = false;  // of a list: it compares with tuples too
    int64_t integer = 0;         // of a boolean too
    double real = 0;
    std::string text;  // of all kinds that are written: also an op's target, a type's and a gone node's name, and
                       // a record's JSON
    NodeId node = no_node;
    std::vector<Object> items;  // of a dict, a record and a table: key, value, key, value …
};

// A clause that meets it does not match.
struct CannotEvaluate {};

Object make_boolean(bool value);
Object make_integer(int64_t value);
Object make_real(double value);
Object make_text(std::string_view text, Object::Kind kind = Object::Kind::text);
Object make_node(NodeId node);
Object make_items(Object::Kind kind, std::vector<Object> items);

bool is_sequence(const Object& object);  // a list or a tuple
bool is_mapping(const Object& object);   // a dict or a record
bool is_number(const Object& object);
bool holds_node(const Object& object);  // or is one, of this graph or of none, or a table

std::u32string code_points(std::string_view text);
std::vector<Object> letters_of(std::string_view text);  // each a text

bool same(const Object& a, const Object& b);   // type and value
bool equal(const Object& a, const Object& b);  // Python's ==
bool truth(const Object& object);
bool hashable(const Object& object);
// How a stands to b; CannotEvaluate for unlike types.
std::partial_ordering order(const Object& a, const Object& b);

// The value that belongs to a key; null where there is none. For the keys of a table a list is a tuple.
const Object* find(const Object& mapping, const Object& key);
// As d[key] = value does it. Of a set: the key alone.
void insert(Object& container, const Object& key, const Object& value = {});

// What stands in the arguments of `owner`, or (without a graph) in a schema's default.
Object from_stored(const Graph* graph, NodeId owner, const Value& value);
// The members of a JSON object, each with the text of its value.
struct Member {
    std::string key;
    std::string json;
};
std::vector<Member> members_of(std::string_view json);
// Metadata: a JSON value, whose objects with one key that is a kind of argument value are that value. What is no
// JSON is not expected here.
Object from_json(const Graph& graph, std::string_view json);

// Python's str() and repr().
std::string to_text(const Graph& graph, const Object& object);
std::string to_repr(const Graph& graph, const Object& object);
// Its type as messages name it.
std::string_view type_word(const Object& object);
// Python's repr() of a number with a fraction.
std::string real_text(double value);

// The whole value as text, types included: equal texts are the same value.
std::string describe(const Graph& graph, const Object& object);

}  // namespace dqrewrite::reference
