#include "engine/rewrite/tables.hpp"

namespace dqrewrite {

size_t Tables::position(const Table& table, size_t hash, const Datum& key) {
    auto [begin, end] = table.by_hash.equal_range(hash);
    for (auto it = begin; it != end; ++it)
        if (equal_as_key(table.keys[it->second], key)) return it->second;
    return npos;
}

void Tables::remember(program::TableId id, const Datum& key, const Datum& value) {
    owner(id)->put(id, key, value);
}

void Tables::put(program::TableId id, const Datum& key, const Datum& value) {
    Table& table = tables_[static_cast<size_t>(id)];
    size_t hashed = hash(key);
    size_t at = position(table, hashed, key);
    Datum kept = keep(value, kept_);
    if (at != npos) {
        table.values[at] = kept;
        return;
    }
    table.by_hash.emplace(hashed, static_cast<uint32_t>(table.keys.size()));
    table.keys.push_back(keep(key, kept_));
    table.values.push_back(kept);
}

const Datum* Tables::find(program::TableId id, const Datum& key) const {
    const Table& table = (*this)[id];
    size_t at = position(table, hash(key), key);
    return at == npos ? nullptr : &table.values[at];
}

}  // namespace dqrewrite
