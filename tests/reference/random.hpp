// Numbers by chance, the same for a seed on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace dqrewrite::reference {

class Random {
public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t next() {  // splitmix64
        uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
    size_t below(size_t count) { return static_cast<size_t>(next() % count); }
    bool chance(unsigned percent) { return below(100) < percent; }
    template <class Item>
    const Item& pick(const std::vector<Item>& items) {
        return items[below(items.size())];
    }
    std::string pick(std::initializer_list<const char*> items) { return items.begin()[below(items.size())]; }

private:
    uint64_t state_;
};

}  // namespace dqrewrite::reference
