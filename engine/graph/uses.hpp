// Which node uses which: the operands of every node and, the other way round, its users in FX's order.
//
// FX moves a node to the end of the users of *all* its inputs whenever its arguments are assigned. So the
// users of n are just the nodes that have n as an operand, in the order in which they were last assigned:
// each node has a stamp of its last assignment, and an edit touches only the operands that it changes.
//
// The operands of a node are a contiguous range of records; each record is also a link in the chain of its
// input, newest first. A chain that was only ever prepended to is in the order of stamps already; users()
// sorts the others. The operands of a node that was dropped are no_node: FX has None there.
//
// No checks: ids are those of add(), the graph says whether an edit is allowed, and a node that was dropped is
// neither copied nor given operands nor dropped again. Errors: GraphError for too many operands, before anything is
// changed. Tested by tests/graph/graph_test.cpp and model_test.cpp.
#pragma once

#include "engine/graph/node_id.hpp"
#include "engine/graph/node_set.hpp"
#include "engine/graph/room.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace dqrewrite {

class Uses {
public:
    // Up to so many operands, looking through them is quicker than anything that would avoid it.
    static constexpr uint32_t few = 16;

    void check_room(size_t operands) const;  // GraphError where there are too many
    // Room for as many nodes and operands in all.
    void reserve(size_t nodes, size_t operands);
    // Room for so many operands more.
    void prepare(size_t operands) {
        if (uses_.size() + operands > uses_.capacity()) [[unlikely]]
            grow(operands);
    }
    // The node with the next id. There is room for it and its operands.
    void add(NodeId node, std::span<const NodeId> operands);
    // The same, with the operands of `original`.
    void add_copy(NodeId node, NodeId original);

    // New operands; the node becomes the last user of each.
    void assign(NodeId node, std::span<const NodeId> operands);
    // As if these nodes were assigned what they have once more, one after the other: users stand in this order then.
    void assign_again(std::span<const NodeId> nodes) {
        for (const NodeId node : nodes) rows_[index_of(node)].stamp = ++clock_;
    }
    // The node, which nobody uses, uses nothing any more: every operand becomes no_node.
    void drop(NodeId node);
    // `fresh` for `old` among the operands of `user`, in O(min(uses of old, operands of user)); `user` becomes the
    // last user of all its inputs in any case. Returns whether an operand changed. Where the user has many operands
    // tell_places(places) says first how many places are looked through.
    template <class TellPlaces>
    bool replace(NodeId user, NodeId old, NodeId fresh, TellPlaces tell_places);

    size_t operand_count(NodeId node) const { return rows_[index_of(node)].count; }
    NodeId operand(NodeId node, size_t place) const { return uses_[rows_[index_of(node)].begin + place].input; }
    // All operands, one after the other. A range of our own, as clang 14 takes no view of libstdc++ 12.
    class Operands;
    Operands operands(NodeId node) const;
    size_t user_count(NodeId node) const { return rows_[index_of(node)].user_count; }
    NodeId only_user(NodeId node) const {
        const Row& row = rows_[index_of(node)];
        return row.user_count == 1 ? uses_[row.newest].user : no_node;
    }
    // Of the nodes that nobody uses and that were not dropped, the one with the highest id below this one; no_node
    // where there is none.
    NodeId last_unused_below(size_t id) { return unused_.last_below(id); }
    // O(min(uses of input, operands of user)).
    bool uses(NodeId user, NodeId input) const;
    // The users, each once and in FX's order, as what `make` makes of them; there is room for user_count() at `out`.
    // Returns how many uses there are besides.
    template <class Item, class Make>
    size_t users(NodeId node, Item* out, Make make) const;
    // Both append to `out`: each node once, users in FX's order, inputs in the order of the operands.
    size_t users(NodeId node, std::vector<NodeId>& out) const;
    void inputs(NodeId node, std::vector<NodeId>& out) const;

private:
    static constexpr uint32_t end = 0xFFFFFFFF;

    struct Use {
        NodeId input;
        NodeId user;
        uint32_t older;  // in the chain of the input
        uint32_t newer;
    };
    struct Row {
        uint32_t begin = 0;  // of the operands
        uint32_t count = 0;
        uint32_t newest = end;  // of the chain of uses
        uint32_t user_count = 0;
        uint64_t stamp = 0;  // of the last assignment
    };
    static constexpr uint64_t met = uint64_t{1} << 63;  // in a stamp, while unlink_operands() goes over them

    [[gnu::cold]] void grow(size_t operands);
    void add_row(NodeId node, size_t operand_count);
    Use newest_use(NodeId user, NodeId input, size_t use);
    void unlink(const Use& record);
    void unlink_operands(NodeId node);
    void move(uint32_t use, NodeId fresh);
    void count_moved(NodeId old, NodeId fresh, bool was_user);
    void lose_user(NodeId input) {
        if (--rows_[index_of(input)].user_count == 0) unused_.insert(input);
    }
    void gain_user(NodeId input) {
        if (rows_[index_of(input)].user_count++ == 0) unused_.erase(input);
    }
    uint32_t places_of(NodeId input, NodeId user) const;
    std::span<Use> operand_uses(const Row& row) { return std::span(uses_).subspan(row.begin, row.count); }
    bool replace_in_chain(NodeId user, NodeId old, NodeId fresh);
    template <class Item, class Make>
    [[gnu::noinline]] size_t users_of_more_uses(NodeId node, Item* out, Make make) const;
    [[gnu::noinline]] std::vector<NodeId> sorted_users(NodeId node, size_t& repeats) const;

    std::vector<Row> rows_;
    std::vector<Use> uses_;
    NodeSet unused_;
    uint64_t clock_ = 0;
};

// -- what is inline

class Uses::Operands {
public:
    class Iterator {
    public:
        explicit Iterator(const Use* use) : use_(use) {}
        NodeId operator*() const { return use_->input; }
        Iterator& operator++() {
            ++use_;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const Use* use_;
    };

    explicit Operands(std::span<const Use> uses) : uses_(uses) {}
    Iterator begin() const { return Iterator(uses_.data()); }
    Iterator end() const { return Iterator(uses_.data() + uses_.size()); }
    bool empty() const { return uses_.empty(); }

private:
    std::span<const Use> uses_;
};

inline Uses::Operands Uses::operands(NodeId node) const {
    const Row& row = rows_[index_of(node)];
    return Operands(std::span(uses_).subspan(row.begin, row.count));
}

// A new use, which becomes the newest of its input. Other uses of the input that the user has are those just before
// it: so it is seen whether the user counts already.
inline Uses::Use Uses::newest_use(NodeId user, NodeId input, size_t use) {
    Row& row = rows_[index_of(input)];
    const uint32_t older = row.newest;
    row.newest = static_cast<uint32_t>(use);
    if (older == end) {
        gain_user(input);
    } else {
        uses_[older].newer = static_cast<uint32_t>(use);
        row.user_count += uses_[older].user != user;
    }
    return {input, user, older, end};
}

// A node whose operands are still to be added.
inline void Uses::add_row(NodeId node, size_t operand_count) {
    unused_.insert(node);
    add_in_room(rows_, {.begin = static_cast<uint32_t>(uses_.size()),
                        .count = static_cast<uint32_t>(operand_count),
                        .stamp = ++clock_});
}

inline void Uses::add_copy(NodeId node, NodeId original) {
    const Row& row = rows_[index_of(original)];
    add_row(node, row.count);
    for (const Use& use : operand_uses(row)) add_in_room(uses_, newest_use(node, use.input, uses_.size()));
}

// In the order of the chain from the last user to the first, as long as that is the order of stamps. Uses besides are
// counted by a loop of its own, so that the usual one has nothing to count.
template <class Item, class Make>
inline size_t Uses::users(NodeId node, Item* out, Make make) const {
    const Row& row = rows_[index_of(node)];
    Item* place = out + row.user_count;
    uint64_t stamp = clock_ + 1;
    for (uint32_t use = row.newest; use != end; use = uses_[use].older) {
        const NodeId user = uses_[use].user;
        const uint64_t next = rows_[index_of(user)].stamp;
        if (next >= stamp) [[unlikely]]
            return users_of_more_uses(node, out, make);
        stamp = next;
        *--place = make(user);
    }
    return 0;
}

template <class Item, class Make>
size_t Uses::users_of_more_uses(NodeId node, Item* out, Make make) const {
    const Row& row = rows_[index_of(node)];
    Item* place = out + row.user_count;
    uint64_t stamp = clock_ + 1;
    size_t repeats = 0;
    for (uint32_t use = row.newest; use != end; use = uses_[use].older) {
        const NodeId user = uses_[use].user;
        const uint64_t next = rows_[index_of(user)].stamp;
        if (next > stamp) {
            std::ranges::transform(sorted_users(node, repeats), out, make);
            break;
        }
        if (next == stamp) {  // the same user
            ++repeats;
            continue;
        }
        stamp = next;
        *--place = make(user);
    }
    return repeats;
}

inline void Uses::unlink(const Use& record) {
    if (record.older != end) uses_[record.older].newer = record.newer;
    if (record.newer != end) {
        uses_[record.newer].older = record.older;
    } else {
        rows_[index_of(record.input)].newest = record.older;
    }
}

// An input that the node uses several times loses one user.
inline void Uses::unlink_operands(NodeId node) {
    const std::span<Use> operands = operand_uses(rows_[index_of(node)]);
    if (operands.size() == 1) {
        unlink(operands[0]);
        lose_user(operands[0].input);
        operands[0].input = no_node;
        return;
    }
    for (const Use& use : operands) {
        unlink(use);
        Row& input = rows_[index_of(use.input)];
        if ((input.stamp & met) != 0) continue;
        input.stamp |= met;
        lose_user(use.input);
    }
    for (Use& use : operands) {
        rows_[index_of(use.input)].stamp &= ~met;
        use.input = no_node;
    }
}

inline void Uses::drop(NodeId node) {
    unlink_operands(node);
    unused_.erase(node);
}

// Makes a use one of `fresh`, and its newest. Who counts is the caller's affair.
inline void Uses::move(uint32_t use, NodeId fresh) {
    Use& record = uses_[use];
    Row& row = rows_[index_of(fresh)];
    unlink(record);
    record.input = fresh;
    record.older = row.newest;
    record.newer = end;
    if (row.newest != end) uses_[row.newest].newer = use;
    row.newest = use;
}

// After uses by one user were moved.
inline void Uses::count_moved(NodeId old, NodeId fresh, bool was_user) {
    lose_user(old);
    if (!was_user) gain_user(fresh);
}

template <class TellPlaces>
inline bool Uses::replace(NodeId user, NodeId old, NodeId fresh, TellPlaces tell_places) {
    Row& row = rows_[index_of(user)];
    row.stamp = ++clock_;
    if (old == fresh) return false;
    if (row.count > few) [[unlikely]] {
        const uint32_t places = places_of(old, user);
        tell_places(places);
        if (places < row.count) return replace_in_chain(user, old, fresh);
    }
    bool was_user = false, found = false;
    for (uint32_t use = row.begin; use < row.begin + row.count; ++use) {
        const NodeId input = uses_[use].input;
        was_user |= input == fresh;
        if (input != old) continue;
        move(use, fresh);
        found = true;
    }
    if (found) count_moved(old, fresh, was_user);
    return found;
}

}  // namespace dqrewrite
