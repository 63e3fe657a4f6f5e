// Interned text: targets, which repeat from node to node, become small numbers.
//
// One table for all graphs of a module. A Symbol is never released, and its text never moves.
// std::length_error beyond 2^32 - 1 of them. Tested by tests/graph/store_test.cpp.
#pragma once

#include "engine/graph/text_hash.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <tsl/robin_map.h>

namespace dqrewrite {

enum class Symbol : uint32_t {};
inline constexpr Symbol no_symbol{0xFFFFFFFF};

class Symbols {
public:
    Symbols() = default;
    Symbols(const Symbols&) = delete;  // by_text_ points into texts_
    Symbols& operator=(const Symbols&) = delete;

    Symbol intern(std::string_view text);
    // no_symbol where the text was never interned.
    Symbol find(std::string_view text) const;
    std::string_view text(Symbol symbol) const { return texts_[static_cast<uint32_t>(symbol)]; }
    size_t size() const { return by_text_.size(); }

private:
    std::deque<std::string> texts_;
    tsl::robin_map<std::string_view, Symbol, TextHash> by_text_;
};

}  // namespace dqrewrite
