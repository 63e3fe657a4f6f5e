// What stands in a node's args and kwargs.
//
// A Value is 16 bytes and never changes once it is in a graph: containers point at their items, text
// points at the dump it was read from or at the graph's own store. A place where a node stands holds
// an `operand`: the index into the list of operands of the node that *owns* the arguments. So a copy of
// a node shares its argument values with the original, as nodes do that read alike, and has only operands of
// its own, and replacing one node by another touches no Value at all.
// Kinds are those of the dump format's table of values.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace dqrewrite {

struct Value {
    enum class Kind : uint8_t {
        none,
        boolean,
        integer,
        big_integer,    // text: decimal digits, beyond 64 bits
        real,           // `real`, or with `as_text` the digits as they were written ("1e-05", "inf", "nan")
        complex,        // items: two reals or integers
        string,         // text
        list,           // items
        tuple,          // items
        dict,           // items: key, value, key, value …; size counts both
        slice,          // items: start, stop, step
        dtype,          // text, without "torch."
        device,         // text
        memory_format,  // text
        layout,         // text
        symbolic,       // text
        opaque,         // text
        operand,        // index into the owner's operands
    };

    Kind kind = Kind::none;
    bool escaped = false;       // text still has its JSON escapes: decode before comparing
    bool as_text = false;       // of a real: the text counts, not `real`
    bool has_operands = false;  // of a container: an operand stands somewhere inside
    uint32_t size = 0;          // bytes of text, or number of items
    union {
        int64_t integer = 0;
        bool boolean;
        double real;
        const char* text;
        const Value* items;
        uint32_t operand;
    };

    std::string_view text_view() const { return {text, size}; }
    std::span<const Value> item_span() const { return {items, size}; }
};
static_assert(sizeof(Value) == 16);

// `name` is decoded, and points where the values' text does.
struct Keyword {
    std::string_view name;
    Value value;
};

// How much hangs together in values: each counts as one, and so does so much text. Recurses as deep as they nest.
inline constexpr size_t text_in_weight = 64;  // bytes
size_t weight_of(std::span<const Value> values);
size_t weight_of(std::span<const Keyword> keywords);

// Where values and new text live: grows in chunks, frees all at once, never moves what it gave out.
// Tested by tests/graph/store_test.cpp.
class ValueStore {
public:
    ValueStore() = default;
    ValueStore(ValueStore&& other) noexcept;
    ValueStore& operator=(ValueStore&& other) noexcept;

    // Uninitialised room for `count` values, keywords, bytes; null for none.
    Value* values(size_t count) { return static_cast<Value*>(allocate(count * sizeof(Value))); }
    Keyword* keywords(size_t count) { return static_cast<Keyword*>(allocate(count * sizeof(Keyword))); }
    char* bytes(size_t count) { return static_cast<char*>(allocate(count)); }
    std::string_view copy(std::string_view text);

private:
    void* allocate(size_t bytes);  // aligned for Value

    std::vector<std::unique_ptr<std::byte[]>> chunks_;
    std::byte* free_ = nullptr;
    size_t left_ = 0;
    size_t chunk_size_ = 0;  // size of the last chunk: the next is twice that, up to a limit
};

}  // namespace dqrewrite
