// Node names, and torch 2.13's rule for making new ones (Namespace.create_name in torch/fx/graph.py).
//
// A name is held as (base, number), so that a graph of a million `add_…` holds the text "add" once;
// text is made only on asking. A name whose trailing digits are not the plain decimal of a number below
// 2^32 - 1 (`x_01`, `x_99999999999999999999`) is a base of its own, without a number.
// Every name that was ever given stays taken, also after its node is gone.
// Tested by tests/graph/names_test.cpp against rows that torch printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dqrewrite {

struct Name {
    static constexpr uint32_t no_number = 0xFFFFFFFF;
    uint32_t base = 0;
    uint32_t number = no_number;

    friend bool operator==(const Name&, const Name&) = default;
};

}  // namespace dqrewrite
