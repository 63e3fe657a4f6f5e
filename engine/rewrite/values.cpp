// Stored values -> data.

#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/rewrite/datum.hpp"
#include "engine/rewrite/hashed.hpp"

namespace dqrewrite {

namespace {

struct DtypeAlias {
    std::string_view alias, name;
};

constexpr DtypeAlias dtype_aliases[] = {
    {"float", "float32"},   {"double", "float64"},   {"half", "float16"},
    {"short", "int16"},     {"int", "int32"},        {"long", "int64"},
    {"chalf", "complex32"}, {"cfloat", "complex64"}, {"cdouble", "complex128"},
};

std::string_view text_of(const Value& value, Arena& arena) {
    if (!value.escaped) return value.text_view();
    auto decoded = decode_string(value.text_view());
    return decoded ? arena.copy(*decoded) : value.text_view();
}

Datum::Kind kind_of(Value::Kind kind) {
    switch (kind) {
    case Value::Kind::list: return Datum::Kind::list;
    case Value::Kind::tuple: return Datum::Kind::tuple;
    case Value::Kind::slice: return Datum::Kind::slice;
    case Value::Kind::complex: return Datum::Kind::complex;
    case Value::Kind::device: return Datum::Kind::device;
    case Value::Kind::memory_format: return Datum::Kind::memory_format;
    case Value::Kind::layout: return Datum::Kind::layout;
    case Value::Kind::symbolic: return Datum::Kind::symbolic;
    case Value::Kind::opaque: return Datum::Kind::opaque;
    default: return Datum::Kind::string;
    }
}

// `graph` is null for values without operands.
Datum convert(const Graph* graph, NodeId owner, const Value& value, Arena& arena) {
    switch (value.kind) {
    case Value::Kind::none: return make_none();
    case Value::Kind::boolean: return make_boolean(value.boolean);
    case Value::Kind::integer: return make_integer(value.integer);
    case Value::Kind::big_integer: return make_integer_of(value.text_view());
    case Value::Kind::real: return make_real(value.as_text ? parse_real(value.text_view()) : value.real);
    case Value::Kind::operand: {
        NodeId node = graph ? graph->operand(owner, value.operand) : no_node;
        return node == no_node ? make_none() : make_node(node);
    }
    case Value::Kind::dtype: return make_text(Datum::Kind::dtype, canonical_dtype(text_of(value, arena)));
    case Value::Kind::dict: {
        HashedItems items(Datum::Kind::dict, arena);
        for (size_t i = 0; i + 1 < value.size; i += 2) {
            Datum key = convert(graph, owner, value.items[i], arena);
            items.insert(key, convert(graph, owner, value.items[i + 1], arena));
        }
        return items.finish();
    }
    case Value::Kind::list:
    case Value::Kind::tuple:
    case Value::Kind::slice:
    case Value::Kind::complex: {
        Datum* items = arena.data(value.size);
        for (size_t i = 0; i < value.size; ++i) items[i] = convert(graph, owner, value.items[i], arena);
        return make_items(kind_of(value.kind), {items, value.size});
    }
    default: return make_text(kind_of(value.kind), text_of(value, arena));
    }
}

}  // namespace

std::string_view canonical_dtype(std::string_view name) {
    for (const DtypeAlias& each : dtype_aliases)
        if (each.alias == name) return each.name;
    return name;
}

Datum from_other_value(const Graph& graph, NodeId owner, const Value& value, Arena& arena) {
    return convert(&graph, owner, value, arena);
}

Datum from_constant(const Value& value, Arena& arena) {
    return convert(nullptr, no_node, value, arena);
}

}  // namespace dqrewrite
