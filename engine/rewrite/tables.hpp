// What `remember T[k] = v` fills: a dict for each table of the program, per run of a pass and graph. A table may be
// shared: it is then that of another graph.
//
// Keys are equal as Python's are, lists counting as tuples, and come in order of insertion. Keys and values are
// kept in memory of their own, which grows with every call of remember().
// Tested by tests/rewrite/tables_test.cpp.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <unordered_map>
#include <utility>

namespace dqrewrite {

class Tables {
public:
    explicit Tables(size_t count) : tables_(count), owners_(count, this) {}
    Tables(const Tables&) = delete;

    // From now on the table is that of `owner`, which outlives its use. What it was comes back, for `set_owner`.
    Tables* set_owner(program::TableId table, Tables* owner) {
        return std::exchange(owners_[static_cast<size_t>(table)], owner);
    }
    Tables* owner(program::TableId table) const { return owners_[static_cast<size_t>(table)]; }

    void remember(program::TableId table, const Datum& key, const Datum& value);
    void clear(program::TableId table) { tables_[static_cast<size_t>(table)] = {}; }
    const Datum* find(program::TableId table, const Datum& key) const;  // null where there is none
    std::span<const Datum> keys(program::TableId table) const { return (*this)[table].keys; }
    std::span<const Datum> values(program::TableId table) const { return (*this)[table].values; }

private:
    struct Table {
        std::vector<Datum> keys, values;
        std::unordered_multimap<size_t, uint32_t> by_hash;
    };
    static constexpr size_t npos = static_cast<size_t>(-1);
    const Table& operator[](program::TableId table) const {
        return owner(table)->tables_[static_cast<size_t>(table)];
    }
    void put(program::TableId table, const Datum& key, const Datum& value);
    static size_t position(const Table& table, size_t hash, const Datum& key);

    std::vector<Table> tables_;
    std::vector<Tables*> owners_;
    Arena kept_;
};

}  // namespace dqrewrite
