// Which node uses which: the operands of every node and, the other way round, its users in FX's order.
//
// FX moves a node to the end of the users of *all* its inputs whenever its arguments are assigned. So the
// users of n are just the nodes that have n as an operand, in the order in which they were last assigned:
// each node has a stamp of its last assignment, and an edit touches only the operands that it changes.
//
// A use is an operand at its place; it is also a link in the chain of its input, newest first. A chain that was only
// ever prepended to is in the order of stamps already; users() sorts the others. Most nodes have one operand: the
// first stands in the row of its user, so that who knows one knows the other and both lie in one line of the cache;
// the further ones of a node are a contiguous range elsewhere. The operands of a node that was dropped are no_node:
// FX has None there.
//
// No checks: ids are those of add(), the graph says whether an edit is allowed, and a node that was dropped is
// neither copied nor given operands nor dropped again. Errors: GraphError for too many operands, before anything is
// changed. Tested by tests/graph/graph_test.cpp, model_test.cpp and uses_test.cpp.
#pragma once

#include "engine/graph/node_id.hpp"
#include "engine/graph/node_set.hpp"
#include "engine/graph/prefetch.hpp"
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

    // Stamps begin behind this one.
    explicit Uses(uint32_t clock = 0) : clock_(clock) {}

    void check_room(size_t operands) const;  // GraphError where there are too many
    // Room for as many nodes and operands in all.
    void reserve(size_t nodes, size_t operands);
    // Room for so many operands more.
    void prepare(size_t operands) {
        if (further_.size() + operands > further_.capacity()) [[unlikely]]
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
        for (const NodeId node : nodes) rows_[index_of(node)].stamp = next_stamp();
    }
    // The node, which nobody uses, uses nothing any more: every operand becomes no_node.
    void drop(NodeId node);
    // `fresh` for `old` among the operands of `user`, in O(min(uses of old, operands of user)); `user` becomes the
    // last user of all its inputs in any case. Returns whether an operand changed. Where the user has many operands
    // tell_places(places) says first how many places are looked through.
    template <class TellPlaces>
    bool replace(NodeId user, NodeId old, NodeId fresh, TellPlaces tell_places);

    size_t operand_count(NodeId node) const { return rows_[index_of(node)].count; }
    NodeId operand(NodeId node, size_t place) const {
        const Row& row = rows_[index_of(node)];
        return place == 0 ? row.first.input : further_[row.further + place - 1].input;
    }
    // All operands, one after the other. A range of our own, as clang 14 takes no view of libstdc++ 12.
    class Operands;
    Operands operands(NodeId node) const;
    size_t user_count(NodeId node) const { return rows_[index_of(node)].user_count; }
    NodeId only_user(NodeId node) const {
        const Row& row = rows_[index_of(node)];
        return row.user_count == 1 ? user_of(row.newest) : no_node;
    }
    // Of the nodes that nobody uses and that were not dropped, the one with the highest id below this one; no_node
    // where there is none.
    NodeId last_unused_below(size_t id) { return unused_.last_below(id); }
    // Ask the memory for what will be wanted soon: users and first operand of a node; and, when those have come, what
    // drop() touches of its neighbours. Any number is good.
    [[gnu::always_inline]] void prefetch(size_t id) const { prefetch_element(rows_, id); }
    [[gnu::always_inline]] void prefetch_neighbours(NodeId node) const {
        const Use& first = rows_[index_of(node)].first;
        prefetch_element(rows_, index_of(first.input));
        prefetch_element(rows_, first.newer);
    }
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
    // That of a first operand is its user's id; that of a further one its place among those, with a mark.
    using UseId = uint32_t;
    static constexpr UseId end = 0xFFFFFFFF, is_further = uint32_t{1} << 31;
    static_assert(max_id_count < is_further);

    struct Use {
        NodeId input = no_node;
        UseId older = end;  // in the chain of the input
        UseId newer = end;
    };
    struct FurtherUse : Use {
        NodeId user = no_node;
    };
    struct alignas(32) Row {
        Use first;             // operand, where there is any
        uint32_t count = 0;    // of the operands
        uint32_t further = 0;  // where those behind the first begin
        UseId newest = end;    // of the chain of its uses
        uint32_t user_count = 0;
        uint32_t stamp = 0;  // of the last assignment
    };
    static constexpr uint32_t met = uint32_t{1} << 31;  // in a user_count, while unlink_operands() goes over them

    [[gnu::cold]] void grow(size_t operands);
    uint32_t next_stamp() {
        if (clock_ == last_stamp) [[unlikely]]
            number_anew();
        return ++clock_;
    }
    [[gnu::cold, gnu::noinline]] void number_anew();
    Use& use(UseId id) { return (id & is_further) == 0 ? rows_[id].first : further_[id & ~is_further]; }
    const Use& use(UseId id) const { return (id & is_further) == 0 ? rows_[id].first : further_[id & ~is_further]; }
    NodeId user_of(UseId id) const { return (id & is_further) == 0 ? NodeId{id} : further_[id & ~is_further].user; }
    void add_row(NodeId node, size_t operand_count, NodeId first);
    void add_further(NodeId node, NodeId operand);
    Use newest_use(NodeId user, NodeId input, UseId id);
    void unlink(const Use& use);
    void unlink_operands(NodeId node);
    void move(Use& use, UseId id, NodeId fresh);
    void count_moved(NodeId old, NodeId fresh, bool was_user);
    void lose_user(NodeId input) {
        if (--rows_[index_of(input)].user_count == 0) unused_.insert(input);
    }
    void gain_user(NodeId input) {
        if (rows_[index_of(input)].user_count++ == 0) unused_.erase(input);
    }
    uint32_t places_of(NodeId input, NodeId user) const;
    // visit(use, id) for each operand of the node.
    template <class Visit>
    void for_each_operand(NodeId node, Visit visit);
    bool replace_in_chain(NodeId user, NodeId old, NodeId fresh);
    template <class Item, class Make>
    [[gnu::noinline]] size_t users_of_more_uses(NodeId node, Item* out, Make make) const;
    [[gnu::noinline]] std::vector<NodeId> sorted_users(NodeId node, size_t& repeats) const;

    static constexpr uint32_t last_stamp = 0xFFFFFFFF;

    std::vector<Row> rows_;
    std::vector<FurtherUse> further_;
    NodeSet unused_;
    uint32_t clock_;
};

// -- what is inline

class Uses::Operands {
public:
    class Iterator {
    public:
        Iterator(const Operands& of, size_t place) : of_(&of), place_(place) {}
        NodeId operator*() const { return place_ == 0 ? of_->row_->first.input : of_->further_[place_ - 1].input; }
        Iterator& operator++() {
            ++place_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return place_ == other.place_; }

    private:
        const Operands* of_;
        size_t place_;
    };

    Operands(const Row& row, const FurtherUse* further) : row_(&row), further_(further) {}
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, row_->count}; }
    bool empty() const { return row_->count == 0; }

private:
    const Row* row_;
    const FurtherUse* further_;  // those of the row
};

inline Uses::Operands Uses::operands(NodeId node) const {
    const Row& row = rows_[index_of(node)];
    return {row, further_.data() + row.further};
}

template <class Visit>
inline void Uses::for_each_operand(NodeId node, Visit visit) {
    Row& row = rows_[index_of(node)];
    if (row.count == 0) return;
    visit(row.first, static_cast<UseId>(node));
    for (UseId id = row.further; id + 1 < row.further + row.count; ++id) visit(further_[id], id | is_further);
}

// A new use, which becomes the newest of its input. Other uses of the input that the user has are those just before
// it: so it is seen whether the user counts already.
inline Uses::Use Uses::newest_use(NodeId user, NodeId input, UseId id) {
    Row& row = rows_[index_of(input)];
    const UseId older = row.newest;
    row.newest = id;
    if (older == end) {
        gain_user(input);
    } else {
        use(older).newer = id;
        row.user_count += user_of(older) != user;
    }
    return {input, older, end};
}

// A node whose further operands are still to be added. The row is filled where it stands: one that is filled
// elsewhere is read as a whole before its parts have arrived in the cache.
inline void Uses::add_row(NodeId node, size_t operand_count, NodeId first) {
    unused_.insert(node);
    add_in_room(rows_, {});
    Row& row = rows_.back();
    row.count = static_cast<uint32_t>(operand_count);
    row.further = static_cast<uint32_t>(further_.size());
    row.stamp = next_stamp();
    if (operand_count != 0) row.first = newest_use(node, first, static_cast<UseId>(node));
}

inline void Uses::add_further(NodeId node, NodeId operand) {
    const Use use = newest_use(node, operand, static_cast<UseId>(further_.size()) | is_further);
    add_in_room(further_, FurtherUse{use, node});
}

inline void Uses::add_copy(NodeId node, NodeId original) {
    const Row& row = rows_[index_of(original)];
    add_row(node, row.count, row.first.input);
    for (size_t place = 1; place < row.count; ++place) add_further(node, further_[row.further + place - 1].input);
}

// In the order of the chain from the last user to the first, as long as that is the order of stamps. Uses besides are
// counted by a loop of its own, so that the usual one has nothing to count.
template <class Item, class Make>
inline size_t Uses::users(NodeId node, Item* out, Make make) const {
    const Row& row = rows_[index_of(node)];
    Item* place = out + row.user_count;
    uint64_t stamp = uint64_t{clock_} + 1;
    for (UseId id = row.newest; id != end; id = use(id).older) {
        const NodeId user = user_of(id);
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
    uint64_t stamp = uint64_t{clock_} + 1;
    size_t repeats = 0;
    for (UseId id = row.newest; id != end; id = use(id).older) {
        const NodeId user = user_of(id);
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

inline void Uses::unlink(const Use& gone) {
    if (gone.older != end) use(gone.older).newer = gone.newer;
    if (gone.newer != end) {
        use(gone.newer).older = gone.older;
    } else {
        rows_[index_of(gone.input)].newest = gone.older;
    }
}

// An input that the node uses several times loses one user.
inline void Uses::unlink_operands(NodeId node) {
    Row& row = rows_[index_of(node)];
    if (row.count == 1) {
        unlink(row.first);
        lose_user(row.first.input);
        row.first.input = no_node;
        return;
    }
    for_each_operand(node, [this](const Use& use, UseId) {
        unlink(use);
        uint32_t& users = rows_[index_of(use.input)].user_count;
        if ((users & met) != 0) return;
        lose_user(use.input);
        users |= met;
    });
    for_each_operand(node, [this](Use& use, UseId) {
        rows_[index_of(use.input)].user_count &= ~met;
        use.input = no_node;
    });
}

inline void Uses::drop(NodeId node) {
    unlink_operands(node);
    unused_.erase(node);
}

// Makes a use one of `fresh`, and its newest. Who counts is the caller's affair.
inline void Uses::move(Use& moved, UseId id, NodeId fresh) {
    Row& row = rows_[index_of(fresh)];
    unlink(moved);
    moved = {fresh, row.newest, end};
    if (row.newest != end) use(row.newest).newer = id;
    row.newest = id;
}

// After uses by one user were moved.
inline void Uses::count_moved(NodeId old, NodeId fresh, bool was_user) {
    lose_user(old);
    if (!was_user) gain_user(fresh);
}

template <class TellPlaces>
inline bool Uses::replace(NodeId user, NodeId old, NodeId fresh, TellPlaces tell_places) {
    Row& row = rows_[index_of(user)];
    row.stamp = next_stamp();
    if (old == fresh) return false;
    if (row.count > few) [[unlikely]] {
        const uint32_t places = places_of(old, user);
        tell_places(places);
        if (places < row.count) return replace_in_chain(user, old, fresh);
    }
    bool was_user = false, found = false;
    for_each_operand(user, [&](Use& use, UseId id) {
        was_user |= use.input == fresh;
        if (use.input != old) return;
        move(use, id, fresh);
        found = true;
    });
    if (found) count_moved(old, fresh, was_user);
    return found;
}

}  // namespace dqrewrite
