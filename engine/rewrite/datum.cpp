#include "engine/rewrite/datum.hpp"

#include "engine/dump/json_value.hpp"
#include "engine/rewrite/hashed.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace dqrewrite {

namespace {

constexpr size_t first_chunk = size_t{1} << 12;

bool has_text(Datum::Kind kind) {
    switch (kind) {
    case Datum::Kind::big_integer:
    case Datum::Kind::string:
    case Datum::Kind::dtype:
    case Datum::Kind::device:
    case Datum::Kind::memory_format:
    case Datum::Kind::layout:
    case Datum::Kind::symbolic:
    case Datum::Kind::opaque:
    case Datum::Kind::gone_node:
    case Datum::Kind::record: return true;
    default: return false;
    }
}

bool has_items(Datum::Kind kind) {
    switch (kind) {
    case Datum::Kind::complex:
    case Datum::Kind::list:
    case Datum::Kind::tuple:
    case Datum::Kind::dict:
    case Datum::Kind::set:
    case Datum::Kind::slice: return true;
    default: return false;
    }
}

}  // namespace

// Goes on to the next chunk with so much room.
void Arena::enter_chunk_for(size_t bytes) {
    size_t next = chunks_.empty() ? 0 : chunk_ + 1;
    while (next < chunks_.size() && chunks_[next].size < bytes) ++next;
    if (next == chunks_.size()) {
        const size_t size = std::max(bytes, chunks_.empty() ? first_chunk : 2 * chunks_.back().size);
        chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
    }
    enter(next);
}

void Arena::enter(size_t chunk) {
    chunk_ = chunk;
    memory_ = chunks_[chunk].memory.get();
    size_ = chunks_[chunk].size;
    used_ = 0;
}

std::span<const Datum> Arena::copy(std::span<const Datum> items) {
    Datum* copied = data(items.size());
    std::copy(items.begin(), items.end(), copied);
    return {copied, items.size()};
}

std::string_view Arena::copy(std::string_view text) {
    char* room = bytes(text.size());
    std::copy(text.begin(), text.end(), room);
    return {room, text.size()};
}

Datum make_integer_of(std::string_view digits) {
    if (digits.starts_with('+')) digits.remove_prefix(1);
    int64_t value = 0;
    const char* end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, value).ec == std::errc()) return make_integer(value);
    return make_text(Datum::Kind::big_integer, digits);
}

Datum keep(const Datum& datum, Arena& arena) {
    Datum kept = datum;
    if (has_text(datum.kind)) kept.text = arena.copy(datum.text_view()).data();
    if (!has_items(datum.kind)) return kept;
    kept = copy_items(datum, arena);
    for (Datum* item = const_cast<Datum*>(kept.items); item != kept.items + kept.size; ++item)
        *item = keep(*item, arena);
    return kept;
}

Extent extent_of(const Datum& datum) {
    Extent extent;
    if (has_text(datum.kind)) extent.weight += datum.size / text_in_weight;
    if (!is_container(datum)) return extent;
    extent.nesting = 1;
    for (const Datum& item : datum.item_span()) {
        if (!is_container(item) && !has_text(item.kind)) {
            ++extent.weight;
            continue;
        }
        Extent inner = extent_of(item);
        extent.weight += inner.weight;
        extent.nesting = std::max(extent.nesting, inner.nesting + 1);
    }
    return extent;
}

bool truth(const Datum& datum) {
    switch (datum.kind) {
    case Datum::Kind::none: return false;
    case Datum::Kind::boolean: return datum.boolean;
    case Datum::Kind::integer: return datum.integer != 0;
    case Datum::Kind::real: return datum.real != 0;
    case Datum::Kind::complex: return truth(datum.items[0]) || truth(datum.items[1]);
    case Datum::Kind::string:
    case Datum::Kind::list:
    case Datum::Kind::tuple:
    case Datum::Kind::dict:
    case Datum::Kind::set: return datum.size != 0;
    case Datum::Kind::record: return !JsonValue(datum.text_view()).empty();
    default: return true;
    }
}

std::string_view type_name(const Datum& datum) {
    switch (datum.kind) {
    case Datum::Kind::none: return "None";
    case Datum::Kind::boolean: return "bool";
    case Datum::Kind::integer:
    case Datum::Kind::big_integer: return "int";
    case Datum::Kind::real: return "float";
    case Datum::Kind::complex: return "complex";
    case Datum::Kind::string: return "str";
    case Datum::Kind::list: return "list";
    case Datum::Kind::tuple: return "tuple";
    case Datum::Kind::dict: return "dict";
    case Datum::Kind::set: return "set";
    case Datum::Kind::slice: return "slice";
    case Datum::Kind::dtype: return "dtype";
    case Datum::Kind::device: return "device";
    case Datum::Kind::memory_format: return "memory format";
    case Datum::Kind::layout: return "layout";
    case Datum::Kind::symbolic: return "symbolic value";
    case Datum::Kind::opaque: return "opaque value";
    case Datum::Kind::node: return "node";
    case Datum::Kind::gone_node: return "gone node";
    case Datum::Kind::op: return "op";
    case Datum::Kind::type: return "type";
    case Datum::Kind::record: return "record";
    case Datum::Kind::table: return "table";
    }
    return "value";
}

}  // namespace dqrewrite
