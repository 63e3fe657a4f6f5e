// Operands, chains of uses, and users in the order of their stamps; see uses.hpp.
#include "engine/graph/uses.hpp"

#include <algorithm>
#include <functional>

#include <tsl/robin_set.h>

namespace dqrewrite {

// -- room

// Never for more than may be, so that who finds no room asks for more and is refused.
void Uses::reserve(size_t nodes, size_t operands) {
    rows_.reserve(nodes);
    unused_.reserve(nodes);
    uses_.reserve(std::min(operands, max_id_count));
}

void Uses::check_room(size_t operands) const {
    if (operands > max_id_count - uses_.size()) throw GraphError("too many operands");
}

void Uses::grow(size_t operands) {
    check_room(operands);
    reserve(0, std::max(uses_.size() + operands, 2 * uses_.capacity()));
}

// -- edits

void Uses::add(NodeId node, std::span<const NodeId> operands) {
    add_row(node, operands.size());
    for (const NodeId operand : operands) add_in_room(uses_, newest_use(node, operand, uses_.size()));
}

void Uses::assign(NodeId node, std::span<const NodeId> operands) {
    const size_t old_count = rows_[index_of(node)].count;
    const bool fits = operands.size() <= old_count;
    if (!fits) {
        prepare(operands.size());
        uses_.resize(uses_.size() + operands.size());
    }
    unlink_operands(node);
    Row& row = rows_[index_of(node)];
    if (!fits) row.begin = static_cast<uint32_t>(uses_.size() - operands.size());
    row.count = static_cast<uint32_t>(operands.size());
    row.stamp = ++clock_;
    for (size_t use = row.begin; const NodeId operand : operands) {
        uses_[use] = newest_use(node, operand, use);
        ++use;
    }
}

// The uses of `input` or the operands of `user`, whichever are fewer; in O(that).
uint32_t Uses::places_of(NodeId input, NodeId user) const {
    const uint32_t operands = rows_[index_of(user)].count;
    uint32_t places = 0;
    for (uint32_t use = rows_[index_of(input)].newest; use != end && places < operands; ++places)
        use = uses_[use].older;
    return places;
}

bool Uses::uses(NodeId user, NodeId input) const {
    const Row& row = rows_[index_of(user)];
    uint32_t use = rows_[index_of(input)].newest;
    for (uint32_t place = 0; place < row.count && use != end; ++place, use = uses_[use].older) {
        if (uses_[row.begin + place].input == input || uses_[use].user == user) return true;
    }
    return false;
}

// replace() along the uses of `old`.
bool Uses::replace_in_chain(NodeId user, NodeId old, NodeId fresh) {
    const bool was_user = uses(user, fresh);
    bool found = false;
    for (uint32_t use = rows_[index_of(old)].newest; use != end;) {
        const uint32_t older = uses_[use].older;
        if (uses_[use].user == user) {
            move(use, fresh);
            found = true;
        }
        use = older;
    }
    if (found) count_moved(old, fresh, was_user);
    return found;
}

size_t Uses::users(NodeId node, std::vector<NodeId>& out) const {
    const size_t start = out.size();
    out.resize(start + user_count(node));
    return users(node, out.data() + start, std::identity());
}

// For who found that their chain is not in order.
std::vector<NodeId> Uses::sorted_users(NodeId node, size_t& repeats) const {
    std::vector<NodeId> users;
    users.reserve(user_count(node));
    for (uint32_t use = rows_[index_of(node)].newest; use != end; use = uses_[use].older)
        users.push_back(uses_[use].user);
    std::ranges::sort(users, {}, [this](NodeId user) { return rows_[index_of(user)].stamp; });
    const auto rest = std::unique(users.begin(), users.end());
    repeats = static_cast<size_t>(users.end() - rest);
    users.erase(rest, users.end());
    return users;
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
