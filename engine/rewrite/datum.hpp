// What an expression of a rule evaluates to: Python's values, nodes, ops, and records of metadata.
//
// 16 bytes; containers and text point elsewhere: into the graph (arguments, meta), the program (constants) or
// an Arena (what an expression made). A Datum is never changed once made. Whatever must outlive the arena
// that it was made in is copied with `keep`.
// Equality, order and truth are Python's, except where a function's name says "same" (type and value too), and
// but for one thing: Python takes an object to be equal to itself, so [x] == [x] even where x is nan; data
// have no identity, and nan is never equal.
// Functions here recurse as deep as data nest: at most max_nesting, see nesting().
// Tested by tests/rewrite/datum_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/program/program.hpp"

#include <bit>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

struct Datum {
    enum class Kind : uint8_t {
        none,
        boolean,
        integer,
        big_integer,  // text: digits, beyond 64 bits; compared, never calculated with
        real,
        complex,  // items: two numbers
        string,   // text, decoded
        list,
        tuple,  // items
        dict,   // items: key, value, …; size counts both
        set,    // items, each once
        slice,  // items: three
        dtype,
        device,
        memory_format,
        layout,
        symbolic,
        opaque,     // text
        node,       // node
        gone_node,  // text: the name of a node in metadata that is not in the graph
        op,         // symbol: a target as a value
        type,       // function: bool, int, float, str, list, tuple, dict
        record,     // text: a JSON object of metadata, as its text
        table,      // table: what `remember` fills
    };

    Kind kind = Kind::none;
    bool from_metadata = false;  // of a list: a JSON array, which equals lists and tuples
    bool indexed = false;        // of a dict or set: made by HashedItems, with an index (hashed.hpp)
    uint8_t unused = 0;          // so that none of the 16 bytes is left out when a datum is written
    uint32_t size = 0;           // bytes of text, number of items
    union {
        int64_t integer = 0;
        bool boolean;
        double real;
        const char* text;
        const Datum* items;
        NodeId node;
        Symbol symbol;
        program::Function function;
        program::TableId table;
    };

    std::string_view text_view() const { return {text, size}; }
    std::span<const Datum> item_span() const { return {items, size}; }
};
static_assert(sizeof(Datum) == 16);

// Memory for the values of one match: grows in chunks, and is emptied as a whole without giving chunks back,
// so a matcher that has warmed up allocates nothing.
class Arena {
public:
    struct Mark {
        size_t chunk = 0;
        size_t used = 0;
    };

    Arena() = default;
    Arena(Arena&&) = delete;

    Datum* data(size_t count) { return static_cast<Datum*>(allocate(count * sizeof(Datum))); }
    char* bytes(size_t count) { return static_cast<char*>(allocate(count)); }
    std::string_view copy(std::string_view text);
    std::span<const Datum> copy(std::span<const Datum> items);
    Mark mark() const { return {chunk_, used_}; }
    void release(Mark mark) {
        if (mark.chunk != chunk_) [[unlikely]]
            enter(mark.chunk);
        used_ = mark.used;
    }

private:
    // Aligned for Datum, and never nothing.
    void* allocate(size_t bytes) {
        bytes = bytes == 0 ? sizeof(Datum) : (bytes + sizeof(Datum) - 1) / sizeof(Datum) * sizeof(Datum);
        if (size_ - used_ < bytes) [[unlikely]]
            enter_chunk_for(bytes);
        void* room = memory_ + used_;
        used_ += bytes;
        return room;
    }
    void enter_chunk_for(size_t bytes);
    void enter(size_t chunk);

    struct Chunk {
        std::unique_ptr<std::byte[]> memory;
        size_t size;
    };
    std::vector<Chunk> chunks_;
    size_t chunk_ = 0;
    std::byte* memory_ = nullptr;  // of that chunk, and its size
    size_t size_ = 0;
    size_t used_ = 0;
};

// A datum is read as a whole all the time. A processor that has just written it in parts would wait for them, so it
// is written as a whole too, as two words of 64 bits in one register.
inline Datum make_datum(Datum::Kind kind, uint32_t size, uint64_t payload) {
    static_assert(std::endian::native == std::endian::little, "the kind is the first byte of the first word");
    using Words [[gnu::vector_size(16)]] = uint64_t;
    return std::bit_cast<Datum>(Words{static_cast<uint64_t>(kind) | uint64_t{size} << 32, payload});
}
inline Datum make_none() {
    return {};
}
inline Datum make_boolean(bool value) {
    return make_datum(Datum::Kind::boolean, 0, value);
}
inline Datum make_integer(int64_t value) {
    return make_datum(Datum::Kind::integer, 0, static_cast<uint64_t>(value));
}
inline Datum make_real(double value) {
    return make_datum(Datum::Kind::real, 0, std::bit_cast<uint64_t>(value));
}
inline Datum make_text(Datum::Kind kind, std::string_view text) {  // text outlives the datum
    return make_datum(kind, static_cast<uint32_t>(text.size()), std::bit_cast<uint64_t>(text.data()));
}
inline Datum make_node(NodeId node) {
    return make_datum(Datum::Kind::node, 0, static_cast<uint32_t>(node));
}
inline Datum make_op(Symbol symbol) {
    return make_datum(Datum::Kind::op, 0, static_cast<uint32_t>(symbol));
}
inline Datum make_items(Datum::Kind kind, std::span<const Datum> items) {  // items outlive the datum
    return make_datum(kind, static_cast<uint32_t>(items.size()), std::bit_cast<uint64_t>(items.data()));
}
// An integer by its digits, of any length and with or without a sign. Digits outlive the datum.
Datum make_integer_of(std::string_view digits);

inline bool is_sequence(const Datum& datum) {
    return datum.kind == Datum::Kind::list || datum.kind == Datum::Kind::tuple;
}
// A list, tuple, dict or set.
inline bool is_container(const Datum& datum) {
    return is_sequence(datum) || datum.kind == Datum::Kind::dict || datum.kind == Datum::Kind::set;
}

// A copy that points at nothing but `arena`.
Datum keep(const Datum& datum, Arena& arena);

// How much hangs together in a datum. What shares its items ([x, x]) counts them each time, as everything that
// walks over data meets them each time; so these two bound all such walks.
inline constexpr size_t max_nesting = 1000;
inline constexpr size_t max_weight = size_t{1} << 24;
struct Extent {
    size_t weight = 1;   // data in all; text counts as in weight_of()
    size_t nesting = 0;  // containers within containers
};
Extent extent_of(const Datum& datum);

// A stored argument of `owner` as a datum: operands become nodes, escapes are decoded.
Datum from_other_value(const Graph& graph, NodeId owner, const Value& value, Arena& arena);  // which is no operand
// None stands in the place of an erased node.
inline Datum from_operand(NodeId operand) {
    return operand == no_node ? make_none() : make_node(operand);
}
inline Datum from_value(const Graph& graph, NodeId owner, const Value& value, Arena& arena) {
    if (value.kind != Value::Kind::operand) return from_other_value(graph, owner, value, arena);
    return from_operand(graph.operand(owner, value.operand));
}
// A value without operands: a constant of the program, a default of a schema.
Datum from_constant(const Value& value, Arena& arena);
// torch's own name of a dtype: "float" is "float32".
std::string_view canonical_dtype(std::string_view name);

// Python's `==`. A symbolic value equals the same text only; a node itself. Of nodes that stand within records
// the names are compared.
bool equal(const Datum& a, const Datum& b);
// As keys of a table: lists count as tuples.
bool equal_as_key(const Datum& a, const Datum& b);
// Same type and value: 0, 0.0 and False differ, nan is nan, -0.0 is not 0.0.
bool same_of_any_kind(const Datum& a, const Datum& b);
inline bool same(const Datum& a, const Datum& b) {
    if (a.kind == Datum::Kind::integer && b.kind == Datum::Kind::integer) return a.integer == b.integer;
    if (a.kind == Datum::Kind::node && b.kind == Datum::Kind::node) return a.node == b.node;
    return same_of_any_kind(a, b);
}
// Python's hash() as far as it matters: equal data have equal hashes. Lists hash as tuples do.
size_t hash(const Datum& datum);
// Whether Python takes it as a key of a dict or an item of a set.
bool hashable(const Datum& datum);
// How Python's `<`, `<=`, `>`, `>=` order the two; nothing for unlike types.
std::optional<std::partial_ordering> order(const Datum& a, const Datum& b);
// Python's `<`; false in `comparable` for unlike types.
bool less(const Datum& a, const Datum& b, bool& comparable);
bool truth(const Datum& datum);  // of a table: true
// Python's str() and repr(); a node prints its name, a target as str(target), a function of Python its qualified
// name.
// Of what takes more bytes than `limit` the beginning, which has more than that, too.
std::string to_text(const Graph& graph, const Datum& datum, size_t limit = SIZE_MAX);
std::string to_repr(const Graph& graph, const Datum& datum, size_t limit = SIZE_MAX);
// For a message: to_repr, or "..." behind the beginning of it.
std::string to_brief_repr(const Graph& graph, const Datum& datum);
std::string_view type_name(const Datum& datum);  // for messages: "int", "node", "list"

}  // namespace dqrewrite
