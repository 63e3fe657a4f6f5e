// Operands, chains of uses, and users in the order of their stamps; see uses.hpp.
#include "engine/graph/uses.hpp"

#include <algorithm>

#include <tsl/robin_set.h>

namespace dqrewrite {

// -- the small steps of which the others are made

// A mark that no node bears.
inline uint32_t Uses::new_mark() {
    if (++mark_ == 0) {
        for (Row& row : rows_) row.mark = 0;
        mark_ = 1;
    }
    return mark_;
}

// A node counts as a user once in an operation: the caller has made a new mark.
inline void Uses::count_user(NodeId input) {
    if (input == no_node) return;
    Row& row = rows_[index_of(input)];
    if (row.mark == mark_) return;
    row.mark = mark_;
    ++row.user_count;
}

// Makes a use the newest of its input.
inline void Uses::link(uint32_t use, NodeId input) {
    if (input == no_node) return;
    Row& row = rows_[index_of(input)];
    Use& record = uses_[use];
    record.input = input;
    record.older = row.newest;
    record.newer = end;
    if (row.newest != end) uses_[row.newest].newer = use;
    row.newest = use;
}

inline void Uses::unlink(uint32_t use) {
    const Use& record = uses_[use];
    if (record.older != end) uses_[record.older].newer = record.newer;
    if (record.newer != end) {
        uses_[record.newer].older = record.older;
    } else {
        rows_[index_of(record.input)].newest = record.older;
    }
}

// The next operand of a new node.
inline void Uses::add_use(NodeId node, NodeId input) {
    uses_.push_back({input, node, end, end});
    link(static_cast<uint32_t>(uses_.size() - 1), input);
    count_user(input);
}

// An operand of a node that has been released.
inline void Uses::fill(NodeId node, uint32_t place, NodeId input) {
    const uint32_t use = rows_[index_of(node)].begin + place;
    uses_[use] = {input, node, end, end};
    link(use, input);
    count_user(input);
}

// A node whose operands are still to be added.
inline NodeId Uses::new_row(size_t operand_count) {
    rows_.push_back({.begin = static_cast<uint32_t>(uses_.size()),
                     .count = static_cast<uint32_t>(operand_count),
                     .stamp = ++clock_});
    new_mark();
    return NodeId{static_cast<uint32_t>(rows_.size() - 1)};
}

// -- room

// Never for more than may be, so that who finds no room asks for more and is refused.
void Uses::reserve(size_t nodes, size_t operands) {
    rows_.reserve(nodes);
    uses_.reserve(std::min(operands, max_id_count));
}

void Uses::check_room(size_t operands) const {
    if (operands > max_id_count - uses_.size()) throw GraphError("too many operands");
}

void Uses::grow(size_t operands) {
    check_room(operands);
    if (uses_.capacity() - uses_.size() < operands)
        reserve(0, std::max(uses_.size() + operands, 2 * uses_.capacity()));
    if (rows_.size() == rows_.capacity()) reserve(std::max<size_t>(16, 2 * rows_.size()), 0);
}

// -- edits

void Uses::add(std::span<const NodeId> operands) {
    const NodeId node = new_row(operands.size());
    for (const NodeId operand : operands) add_use(node, operand);
}

void Uses::add_copy(NodeId original) {
    const Row row = rows_[index_of(original)];
    const NodeId node = new_row(row.count);
    for (uint32_t use = row.begin; use < row.begin + row.count; ++use) add_use(node, uses_[use].input);
}

void Uses::assign(NodeId node, std::span<const NodeId> operands) {
    const size_t old_count = rows_[index_of(node)].count;
    const bool fits = operands.size() <= old_count;
    if (!fits) {
        prepare(operands.size());
        uses_.resize(uses_.size() + operands.size());
    }
    release(node);
    Row& row = rows_[index_of(node)];
    if (!fits) row.begin = static_cast<uint32_t>(uses_.size() - operands.size());
    row.count = static_cast<uint32_t>(operands.size());
    rows_[index_of(node)].stamp = ++clock_;
    new_mark();
    for (uint32_t place = 0; place < row.count; ++place) fill(node, place, operands[place]);
}

void Uses::drop(NodeId node) {
    release(node);
    const Row& row = rows_[index_of(node)];
    for (uint32_t place = 0; place < row.count; ++place) uses_[row.begin + place].input = no_node;
}

// Takes all operands of `node` out of the chains of its inputs.
void Uses::release(NodeId node) {
    const Row& row = rows_[index_of(node)];
    const uint32_t mark = new_mark();
    for (uint32_t use = row.begin; use < row.begin + row.count; ++use) {
        const NodeId input = uses_[use].input;
        if (input == no_node) continue;
        unlink(use);
        if (rows_[index_of(input)].mark == mark) continue;
        rows_[index_of(input)].mark = mark;
        --rows_[index_of(input)].user_count;
    }
}

// Whether the uses of `input` are fewer than the operands of `user`; in O(the fewer).
bool Uses::chain_is_shorter(NodeId input, NodeId user) const {
    uint32_t left = rows_[index_of(user)].count;
    uint32_t use = rows_[index_of(input)].newest;
    for (; use != end && left != 0; --left) use = uses_[use].older;
    return use == end && left != 0;
}

bool Uses::uses(NodeId user, NodeId input) const {
    const Row& row = rows_[index_of(user)];
    uint32_t use = rows_[index_of(input)].newest;
    for (uint32_t place = 0; place < row.count && use != end; ++place, use = uses_[use].older) {
        if (uses_[row.begin + place].input == input || uses_[use].user == user) return true;
    }
    return false;
}

bool Uses::replace(NodeId user, NodeId old, NodeId fresh) {
    Row& row = rows_[index_of(user)];
    row.stamp = ++clock_;
    if (old == fresh) return uses(user, old);
    bool was_user = false, found = false;
    const auto move = [&](uint32_t use) {
        unlink(use);
        link(use, fresh);
        found = true;
    };
    if (row.count > few && chain_is_shorter(old, user)) {
        was_user = uses(user, fresh);
        for (uint32_t use = rows_[index_of(old)].newest; use != end;) {
            const uint32_t older = uses_[use].older;
            if (uses_[use].user == user) move(use);
            use = older;
        }
    } else {
        for (uint32_t use = row.begin; use < row.begin + row.count; ++use) {
            const NodeId input = uses_[use].input;
            was_user |= input == fresh;
            if (input == old) move(use);
        }
    }
    if (found) --rows_[index_of(old)].user_count;
    if (found && !was_user) ++rows_[index_of(fresh)].user_count;
    return found;
}

void Uses::users(NodeId node, std::vector<NodeId>& out) const {
    const size_t start = out.size();
    bool in_order = true;
    for (uint32_t use = rows_[index_of(node)].newest; use != end; use = uses_[use].older) {
        const NodeId user = uses_[use].user;
        if (out.size() > start) {
            if (out.back() == user) continue;
            in_order &= rows_[index_of(user)].stamp < rows_[index_of(out.back())].stamp;
        }
        out.push_back(user);
    }
    const auto first = out.begin() + static_cast<std::ptrdiff_t>(start);
    if (in_order) {
        std::reverse(first, out.end());
        return;
    }
    std::sort(first, out.end(),
              [this](NodeId a, NodeId b) { return rows_[index_of(a)].stamp < rows_[index_of(b)].stamp; });
    out.erase(std::unique(first, out.end()), out.end());
}

void Uses::inputs(NodeId node, std::vector<NodeId>& out) const {
    const Row& row = rows_[index_of(node)];
    const size_t start = out.size();
    tsl::robin_set<uint32_t> seen;
    for (uint32_t use = row.begin; use < row.begin + row.count; ++use) {
        const NodeId input = uses_[use].input;
        if (input == no_node) continue;
        const auto first = out.begin() + static_cast<std::ptrdiff_t>(start);
        const bool is_new = row.count <= few ? std::find(first, out.end(), input) == out.end()
                                             : seen.insert(static_cast<uint32_t>(input)).second;
        if (is_new) out.push_back(input);
    }
}

}  // namespace dqrewrite
