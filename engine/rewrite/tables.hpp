// What `remember T[k] = v` fills: a dict for each table of the program, per run of a pass and graph.
//
// Keys are equal as Python's are, lists counting as tuples, and come in order of insertion. Keys and values are
// kept in memory of their own, which grows with every call of remember().
// Tested by tests/rewrite/tables_test.cpp.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <unordered_map>

namespace dqrewrite {

class Tables {
public:
    explicit Tables(size_t count) : tables_(count) {}

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
    const Table& operator[](program::TableId table) const { return tables_[static_cast<size_t>(table)]; }
    static size_t position(const Table& table, size_t hash, const Datum& key);

    std::vector<Table> tables_;
    Arena kept_;
};

}  // namespace dqrewrite
