// Node names, and torch 2.13's rule for making new ones (Namespace.create_name in torch/fx/graph.py).
//
// A name is held as (base, number), so that a graph of a million `add_…` holds the text "add" once;
// text is made only on asking. A name whose trailing digits are not the plain decimal of a number below
// 2^32 - 1 (`x_01`, `x_99999999999999999999`) is a base of its own, without a number.
// Every name that was ever given stays taken, also after its node is gone. Who bears it is what was said last.
//
// For each base there is a count, from which the search for a free number starts; FX lets it go down as well
// as up. The search is never quadratic: long runs of taken numbers are remembered (see next_free). Memory is
// linear in the names, whatever their numbers.
//
// Text is UTF-8; what is not counts as characters that no name has.
// Errors: NameError for a base that is longer than longest_name, for a number of more than 4,300 digits (Python's own
// limit), and for a name that is empty or borne; nothing is taken then.
// Tested by tests/graph/rows_test.cpp against rows that torch printed, and growth_test.cpp.
#pragma once

#include "engine/graph/node_id.hpp"
#include "engine/graph/room.hpp"
#include "engine/graph/text_hash.hpp"
#include "engine/graph/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

namespace dqrewrite {

struct Name {
    static constexpr uint32_t no_number = 0xFFFFFFFF;
    uint32_t base = 0;
    uint32_t number = no_number;

    friend bool operator==(const Name&, const Name&) = default;
};

// The number behind a name's last underscore: a plain one, or the digits of a larger one.
struct NameNumber {
    uint32_t plain = 0;
    std::string large;  // without leading zeros; empty where the number is below Name::no_number

    friend bool operator<(const NameNumber& a, const NameNumber& b);
};

// Whether FX gives no node this name of its own accord.
bool refused_name(std::string_view name);

class Names {
public:
    // Bytes of a name, without its number; more than these are many, and has_long() from then on.
    static constexpr size_t longest_name = size_t{1} << 16;
    static constexpr size_t short_name = 256;

    // create_name: takes a free name made from `candidate`, for `bearer`.
    Name create(Name candidate, NodeId bearer);
    Name create(std::string_view text, NodeId bearer) { return create(candidate(text), bearer); }
    // A text as a candidate of this table: for who makes many nodes from one. Nothing is taken.
    Name candidate(std::string_view text);
    // A node that is read: takes create_name(name), and then bears `name` as it is.
    Name keep(std::string_view name, NodeId bearer);
    // Nobody bears this name any more, if it is known at all; it stays taken.
    void release(std::string_view name);
    // The node that bears this name; no_node where there is none.
    NodeId bearer(std::string_view name) const;
    // A name that no node bears is taken too.
    void take(std::string_view name);
    bool is_taken(std::string_view name) const;
    // FX's _base_count, in decimal digits without zeros before them; 0 where nothing was counted.
    void set_count(std::string_view base, std::string_view digits);
    std::string count(std::string_view base) const;
    // All names that are taken, sorted, and all bases that were counted, with their counts.
    std::vector<std::string> all_taken() const;
    std::vector<std::pair<std::string, std::string>> all_counts() const;
    void append(Name name, std::string& out) const;
    size_t size_of(Name name) const;  // of its text
    bool has_long() const { return has_long_; }
    // Letters, digits and underscores of ASCII, the first no digit.
    bool has_identifier(Name name) const { return bases_[name.base].identifier; }

private:
    // What is known of a name: free, taken without a node, or else its node's id + 2.
    enum class State : uint32_t { free, taken };
    static State borne_by(NodeId node) { return State{static_cast<uint32_t>(node) + 2}; }

    struct Base {
        std::string_view text;
        State bare = State::free;     // of the base itself as a name
        std::vector<State> numbered;  // of base_0, base_1 …; those beyond it are in sparse_
        uint32_t numbered_count = 0;  // taken ones
        uint32_t count = 0;           // FX's _base_count; Name::no_number: it is in large_counts_
        bool identifier : 1 = false;  // a letter or underscore, then letters, digits, underscores
        bool plain : 1 = false;       // an identifier without a number at its end, so FX counts on it as it is
        bool refused : 1 = false;
        bool has_sparse : 1 = false;

        State dense_state(uint32_t number) const {
            if (number == Name::no_number) return bare;
            return number < numbered.size() ? numbered[number] : State::free;
        }
    };
    struct MixedHash {
        size_t operator()(uint64_t key) const { return (key * 0x9E3779B97F4A7C15) >> 29; }
    };

    uint32_t intern(std::string_view base);
    Name identity(std::string_view name);
    State state(Name name) const {
        const Base& base = bases_[name.base];
        const State dense = base.dense_state(name.number);
        return dense == State::free && base.has_sparse ? sparse_state(name) : dense;
    }
    State sparse_state(Name name) const;
    void set_state(Name name, State state);
    void take(Name name, State bearer);  // which is free
    Name named(uint32_t base, const NameNumber& number);
    bool taken(uint32_t base, const NameNumber& number) const;
    NameNumber count(uint32_t base) const;
    void set_count(uint32_t base, const NameNumber& number);
    Name create_odd(const std::string& candidate, State bearer);
    [[gnu::noinline]] Name create_any(Name candidate, State bearer);
    Name create(Name candidate, uint32_t base, const std::optional<NameNumber>& number, State bearer);
    Name create_plain(Name candidate, State bearer);
    // FX splits this name as it is held here.
    bool is_plain(Name name) const {
        const Base& base = bases_[name.base];
        return name.number == Name::no_number ? base.plain : base.identifier;
    }
    void next_free(uint32_t base, NameNumber& number);

    std::vector<Base> bases_;
    tsl::robin_map<std::string_view, uint32_t, TextHash> by_text_;
    tsl::robin_map<uint64_t, State, MixedHash> sparse_;  // base << 32 | number
    tsl::robin_map<uint32_t, std::string> large_counts_;
    // Long runs of taken numbers that a search went over: (base, first) -> last.
    std::map<std::pair<uint32_t, NameNumber>, NameNumber> runs_;
    ValueStore texts_;
    bool has_long_ = false;
};

// Nearly always the candidate is taken, as it is the name of another node, and the next number is the first one
// behind the vector: then this is all.
inline Name Names::create(Name candidate, NodeId bearer) {
    Base& base = bases_[candidate.base];
    const size_t next = size_t{base.count} + 1;
    if (next != base.numbered.size() || next == base.numbered.capacity() || next >= Name::no_number ||
        base.has_sparse || !is_plain(candidate) || base.dense_state(candidate.number) == State::free) [[unlikely]]
        return create_any(candidate, borne_by(bearer));
    add_in_room(base.numbered, borne_by(bearer));
    ++base.numbered_count;
    return {candidate.base, ++base.count};
}

}  // namespace dqrewrite
