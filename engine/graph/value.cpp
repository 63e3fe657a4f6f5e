// ValueStore, the chunks that values and text live in; see value.hpp.
#include "engine/graph/value.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace dqrewrite {

namespace {

constexpr size_t first_chunk = size_t{1} << 9;  // a module may have many small graphs, with two stores each
constexpr size_t largest_chunk = size_t{1} << 20;

}  // namespace

size_t weight_of(std::span<const Value> values) {
    size_t weight = values.size();
    for (const Value& each : values) {
        switch (each.kind) {
        case Value::Kind::none:
        case Value::Kind::boolean:
        case Value::Kind::integer:
        case Value::Kind::operand: break;
        case Value::Kind::real: weight += each.as_text ? each.size / text_in_weight : 0; break;
        case Value::Kind::complex:
        case Value::Kind::list:
        case Value::Kind::tuple:
        case Value::Kind::dict:
        case Value::Kind::slice: weight += weight_of(each.item_span()); break;
        default: weight += each.size / text_in_weight;
        }
    }
    return weight;
}

size_t weight_of(std::span<const Keyword> keywords) {
    size_t weight = 0;
    for (const Keyword& each : keywords) weight += each.name.size() / text_in_weight + weight_of({&each.value, 1});
    return weight;
}

ValueStore::ValueStore(ValueStore&& other) noexcept
    : chunks_(std::move(other.chunks_)), free_(std::exchange(other.free_, nullptr)),
      left_(std::exchange(other.left_, 0)), chunk_size_(std::exchange(other.chunk_size_, 0)) {}

ValueStore& ValueStore::operator=(ValueStore&& other) noexcept {
    chunks_ = std::move(other.chunks_);
    free_ = std::exchange(other.free_, nullptr);
    left_ = std::exchange(other.left_, 0);
    chunk_size_ = std::exchange(other.chunk_size_, 0);
    return *this;
}

std::string_view ValueStore::copy(std::string_view text) {
    if (text.empty()) return {};
    char* room = bytes(text.size());
    std::memcpy(room, text.data(), text.size());
    return {room, text.size()};
}

void* ValueStore::allocate(size_t bytes) {
    if (bytes == 0) return nullptr;
    if (bytes > SIZE_MAX - alignof(Value)) throw std::bad_alloc();
    bytes = (bytes + alignof(Value) - 1) / alignof(Value) * alignof(Value);
    if (bytes > left_) {
        if (bytes >= largest_chunk / 4) {  // a chunk of its own: what is left of the current one stays in use
            chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(bytes));
            return chunks_.back().get();
        }
        chunk_size_ = std::min(std::max(2 * chunk_size_, first_chunk), largest_chunk);
        const size_t size = std::max(bytes, chunk_size_);
        chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
        free_ = chunks_.back().get();
        left_ = size;
    }
    void* room = free_;
    free_ += bytes;
    left_ -= bytes;
    return room;
}

}  // namespace dqrewrite
