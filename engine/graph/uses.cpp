// Operands, chains of uses, and users in the order of their stamps; see uses.hpp.
#include "engine/graph/uses.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include <tsl/robin_set.h>

namespace dqrewrite {

// -- room

// Never for more than may be, so that who finds no room asks for more and is refused.
void Uses::reserve(size_t nodes, size_t operands) {
    rows_.reserve(nodes);
    unused_.reserve(nodes);
    further_.reserve(std::min(operands, max_id_count));
}

void Uses::check_room(size_t operands) const {
    if (operands > max_id_count - further_.size()) throw GraphError("too many operands");
}

void Uses::grow(size_t operands) {
    check_room(operands);
    reserve(0, std::max(further_.size() + operands, 2 * further_.capacity()));
}

// Stamps as small as can be, in the same order.
void Uses::number_anew() {
    std::vector<uint32_t> order(rows_.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [this](uint32_t row) { return rows_[row].stamp; });
    clock_ = 0;
    for (const uint32_t row : order) rows_[row].stamp = ++clock_;
}

// -- edits

void Uses::add(NodeId node, std::span<const NodeId> operands) {
    add_row(node, operands.size(), operands.empty() ? no_node : operands[0]);
    for (size_t place = 1; place < operands.size(); ++place) add_further(node, operands[place]);
}

void Uses::assign(NodeId node, std::span<const NodeId> operands) {
    const bool fits = operands.size() <= std::max<size_t>(1, operand_count(node));
    if (!fits) {
        prepare(operands.size());
        further_.resize(further_.size() + operands.size() - 1);
    }
    unlink_operands(node);
    Row& row = rows_[index_of(node)];
    row.count = static_cast<uint32_t>(operands.size());
    if (!fits) row.further = static_cast<uint32_t>(further_.size() + 1 - operands.size());
    row.stamp = next_stamp();
    size_t place = 0;
    for_each_operand(node, [&](Use& use, UseId id) {
        use = newest_use(node, operands[place++], id);
        if ((id & is_further) != 0) further_[id & ~is_further].user = node;
    });
}

// The uses of `input` or the operands of `user`, whichever are fewer; in O(that).
uint32_t Uses::places_of(NodeId input, NodeId user) const {
    const uint32_t operands = rows_[index_of(user)].count;
    uint32_t places = 0;
    for (UseId id = rows_[index_of(input)].newest; id != end && places < operands; ++places) id = use(id).older;
    return places;
}

bool Uses::uses(NodeId user, NodeId input) const {
    UseId id = rows_[index_of(input)].newest;
    for (const NodeId operand : operands(user)) {
        if (id == end) return false;
        if (operand == input || user_of(id) == user) return true;
        id = use(id).older;
    }
    return false;
}

// replace() along the uses of `old`.
bool Uses::replace_in_chain(NodeId user, NodeId old, NodeId fresh) {
    const bool was_user = uses(user, fresh);
    bool found = false;
    for (UseId id = rows_[index_of(old)].newest; id != end;) {
        const UseId older = use(id).older;
        if (user_of(id) == user) {
            move(use(id), id, fresh);
            found = true;
        }
        id = older;
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
    for (UseId id = rows_[index_of(node)].newest; id != end; id = use(id).older) users.push_back(user_of(id));
    std::ranges::sort(users, {}, [this](NodeId user) { return rows_[index_of(user)].stamp; });
    const auto rest = std::unique(users.begin(), users.end());
    repeats = static_cast<size_t>(users.end() - rest);
    users.erase(rest, users.end());
    return users;
}

void Uses::inputs(NodeId node, std::vector<NodeId>& out) const {
    const size_t start = out.size();
    tsl::robin_set<uint32_t> seen;
    const bool few_operands = operand_count(node) <= few;
    for (const NodeId input : operands(node)) {
        if (input == no_node) continue;
        const auto first = out.begin() + static_cast<std::ptrdiff_t>(start);
        const bool is_new = few_operands ? std::find(first, out.end(), input) == out.end()
                                         : seen.insert(static_cast<uint32_t>(input)).second;
        if (is_new) out.push_back(input);
    }
}

}  // namespace dqrewrite
