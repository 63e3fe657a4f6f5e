#include "engine/rewrite/hashed.hpp"

#include <algorithm>

namespace dqrewrite {

namespace {

// Up to so many keys are looked at one after the other.
constexpr size_t few = 8;
constexpr uint32_t no_position = 0xFFFFFFFF;

// Items start behind a header: a Datum that holds the index, `size` positions, a power of two.
struct Index {
    uint32_t* positions;
    size_t mask;
};

Index index_of(const Datum* items) {
    const Datum& header = items[-1];
    return {reinterpret_cast<uint32_t*>(const_cast<char*>(header.text)), header.size - 1};
}

Datum make_header(uint32_t* positions, size_t size) {
    return make_text(Datum::Kind::opaque, {reinterpret_cast<const char*>(positions), size});
}

// The cell of the index that has the key, or the free one where it belongs.
uint32_t& cell(Index index, const Datum* items, size_t stride, const Datum& key) {
    for (size_t at = hash(key);; ++at) {
        uint32_t& position = index.positions[at & index.mask];
        if (position == no_position || equal(items[position * stride], key)) return position;
    }
}

const Datum* find_among(const Datum* items, size_t count, size_t stride, const Datum& key) {
    for (size_t i = 0; i < count; ++i)
        if (equal(items[i * stride], key)) return items + i * stride;
    return nullptr;
}

}  // namespace

bool HashedItems::insert(const Datum& key, const Datum& value) {
    if (count_ == capacity_) grow();
    Datum* place = const_cast<Datum*>(capacity_ <= few ? find_among(items_, count_, stride(), key) : nullptr);
    if (capacity_ > few) {
        uint32_t& position = cell(index_of(items_), items_, stride(), key);
        if (position != no_position)
            place = items_ + position * stride();
        else
            position = static_cast<uint32_t>(count_);
    }
    bool is_new = !place;
    if (is_new) {
        place = items_ + count_++ * stride();
        *place = key;
    }
    if (kind_ == Datum::Kind::dict) place[1] = value;
    return is_new;
}

void HashedItems::grow() {
    capacity_ = capacity_ == 0 ? few : 2 * capacity_;
    Datum* block = arena_->data(capacity_ * stride() + 1);
    std::copy(items_, items_ + count_ * stride(), block + 1);
    items_ = block + 1;
    if (capacity_ <= few) return;
    size_t size = 2 * capacity_;
    auto* positions = reinterpret_cast<uint32_t*>(arena_->bytes(size * sizeof(uint32_t)));
    std::fill(positions, positions + size, no_position);
    *block = make_header(positions, size);
    for (size_t i = 0; i < count_; ++i) {
        uint32_t& position = cell(index_of(items_), items_, stride(), items_[i * stride()]);
        position = static_cast<uint32_t>(i);
    }
}

Datum HashedItems::finish() const {
    Datum datum = make_items(kind_, {items_, count_ * stride()});
    datum.indexed = capacity_ > few;
    return datum;
}

const Datum* find_key(const Datum& container, const Datum& key) {
    size_t stride = container.kind == Datum::Kind::dict ? 2 : 1;
    if (!container.indexed) return find_among(container.items, container.size / stride, stride, key);
    uint32_t position = cell(index_of(container.items), container.items, stride, key);
    return position == no_position ? nullptr : container.items + position * stride;
}

Datum copy_items(const Datum& container, Arena& arena) {
    Datum* block = arena.data(container.size + size_t{1});
    std::copy(container.items, container.items + container.size, block + 1);
    Datum copy = container;
    copy.items = block + 1;
    if (!container.indexed) return copy;
    Index index = index_of(container.items);
    auto* positions = reinterpret_cast<uint32_t*>(arena.bytes((index.mask + 1) * sizeof(uint32_t)));
    std::copy(index.positions, index.positions + index.mask + 1, positions);
    *block = make_header(positions, index.mask + 1);
    return copy;
}

}  // namespace dqrewrite
