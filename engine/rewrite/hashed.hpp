// Dicts and sets of data: each key once, in order of insertion, found in constant time.
//
// A dict or set of more than a few keys has an index: open addressing, positions of keys, in the arena before the
// items. Keys are equal as Python's are (1 == 1.0 == True).
// Tested by tests/rewrite/datum_test.cpp.
#pragma once

#include "engine/rewrite/datum.hpp"

namespace dqrewrite {

class HashedItems {
public:
    // `kind`: dict or set.
    HashedItems(Datum::Kind kind, Arena& arena) : arena_(&arena), kind_(kind) {}

    // As d[key] = value: a key that is there stays and gets the value. Whether it is new.
    bool insert(const Datum& key, const Datum& value = {});
    size_t size() const { return count_; }  // keys
    // What was inserted; the builder is not used after it.
    Datum finish() const;

private:
    size_t stride() const { return kind_ == Datum::Kind::dict ? 2 : 1; }
    void grow();

    Arena* arena_;
    Datum::Kind kind_;
    Datum* items_ = nullptr;
    size_t count_ = 0;
    size_t capacity_ = 0;
};

// The place of the key in a dict or set (the value of a dict follows it); null where it is not in it.
const Datum* find_key(const Datum& container, const Datum& key);
// The datum with its items and index copied to `arena`, not what they point at. Items may then be changed.
Datum copy_items(const Datum& container, Arena& arena);

}  // namespace dqrewrite
