// Building and editing a graph; see graph.hpp. Each edit checks everything before it changes anything.
#include "engine/graph/graph.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dqrewrite {

std::string_view opcode_name(Opcode opcode) {
    constexpr std::array<std::string_view, 6> names = {"placeholder", "get_attr",    "call_function",
                                                       "call_method", "call_module", "output"};
    return names[static_cast<size_t>(opcode)];
}

Graph::Graph(Symbols& symbols, std::shared_ptr<const void> text_owner)
    : symbols_(&symbols), text_owner_(std::move(text_owner)) {}

std::string Graph::name(NodeId node) const {
    std::string text;
    append_name(node, text);
    return text;
}

size_t Graph::size_of_operand_names(NodeId node) const {
    size_t size = 0;
    for (const NodeId operand : uses_.operands(node))
        if (operand != no_node) size += name_size(operand);
    return size;
}

// -- what long names take

// The user is to be copied as a long node from now on.
void Graph::tell_names(NodeId user, std::span<const NodeId> operands) {
    mark_long(user);
    size_t size = 0;
    for (const NodeId operand : operands) size += name_size(operand);
    if (toll_) toll_->naming(size);
}

void Graph::tell_name_in_place(NodeId user, NodeId old, NodeId fresh) {
    mark_long(user);
    size_t places = 0;
    for (const NodeId operand : uses_.operands(user)) places += operand == old;
    if (toll_) toll_->naming(name_size(fresh) * places);
}

// -- checks, all made before anything is changed

void Graph::fail_as_erased(NodeId node) const {
    throw GraphError(fmt::format("node '{}' is erased", name(node)));
}

void Graph::check_operands(std::span<const NodeId> operands) const {
    for (const NodeId operand : operands) check_alive(operand);
}

// -- building

// Never for more than may be, so that who finds no room asks for more and is refused. The array by which it is seen
// whether there is room comes last.
void Graph::reserve(size_t nodes, size_t operands) {
    nodes = std::min(nodes, max_id_count);
    details_.reserve(nodes);
    meta_answers_.reserve(nodes);
    uses_.reserve(nodes, operands);
    nodes_.reserve(nodes);
}

void Graph::grow() {
    if (id_count() == max_id_count) throw GraphError("too many nodes");
    reserve(std::max<size_t>(16, 2 * nodes_.size()), 0);
}

// Gives a node its metadata, which lies in its text, as a rule.
void Graph::keep_meta(Details& details, std::string_view meta) {
    const std::string_view origin(details.text, details.origin_size);
    const bool in_text = meta.data() >= origin.data() && meta.data() + meta.size() <= origin.data() + origin.size();
    if (meta.empty()) {
        details.meta_begin = details.meta_size = 0;
    } else if (in_text) {
        details.meta_begin = static_cast<uint32_t>(meta.data() - origin.data());
        details.meta_size = static_cast<uint32_t>(meta.size());
    } else {
        if (own_metas_.size() == max_id_count) throw GraphError("too many texts of metadata");
        own_metas_.push_back(meta);
        details.meta_begin = static_cast<uint32_t>(own_metas_.size() - 1);
        details.meta_size = own_meta;
    }
}

// A node without operands. There is room for it. Always inline, so that it is written once, where it stands.
[[gnu::always_inline]] inline NodeId Graph::put(Node node, const Details& details, MetaAnswers::Row answers,
                                                Place place) {
    const NodeId fresh = next_id();
    const Neighbours at = neighbours(place);
    node.next = at.next;
    node.previous = at.previous;
    add_in_room(nodes_, node);
    add_in_room(details_, details);
    meta_answers_.add(answers);
    ++size_;
    link(at, fresh);
    return fresh;
}

// Between which nodes a place is. No node stands for FX's root, which is before the first and behind the last.
inline Graph::Neighbours Graph::neighbours(Place place) const {
    const NodeId node = place.node;
    if (place.side == Place::Side::after) return {node == no_node ? first_ : next(node), node};
    return {node, node == no_node ? last_ : previous(node)};
}

// Puts a node between them, which knows of them itself.
inline void Graph::link(Neighbours at, NodeId node) {
    (at.previous == no_node ? first_ : nodes_[index_of(at.previous)].next) = node;
    (at.next == no_node ? last_ : nodes_[index_of(at.next)].previous) = node;
}

// Leaves the node's own link as it is: that is where an iterator that stands on it goes on.
inline void Graph::unlink(NodeId node) {
    const Node link = nodes_[index_of(node)];
    (link.previous == no_node ? first_ : nodes_[index_of(link.previous)].next) = link.next;
    (link.next == no_node ? last_ : nodes_[index_of(link.next)].previous) = link.previous;
}

// Whether `first` stands before `second`, as far as one look tells.
bool Graph::known_before(NodeId first, NodeId second) const {
    const size_t a = index_of(first), b = index_of(second);
    if (a < ascending_ && b < ascending_) return a < b;
    if (next(first) == second) return true;
    const bool in_order = (nodes_[b].flags & in_doubt) == 0;
    return in_order && operand_count(second) <= Uses::few && uses_.uses(second, first);
}

// Whether all of them do, seen from a place.
template <class Operands>
bool Graph::known_before(const Operands& operands, Place place) const {
    const bool after = place.side == Place::Side::after;
    if (place.node == no_node) return !after || operands.empty();
    for (const NodeId operand : operands)
        if (!(after && operand == place.node) && !known_before(operand, place.node)) return false;
    return true;
}

NodeId Graph::append(const NewNode& node) {
    prepare(node.arguments.operands.size());
    check_operands(node.arguments.operands);
    if (node.origin.size() > longest_origin)
        throw GraphError(fmt::format("this node has more than {} bytes, the most that is read", longest_origin));
    Details details{.text = node.origin.data(),
                    .origin_size = static_cast<uint32_t>(node.origin.size()),
                    .skeleton = skeletons_.keep(node.arguments.args, node.arguments.kwargs)};
    keep_meta(details, node.meta);
    // Only here is an erased node's name given back: where it is erased, to touch it takes as long as all the rest.
    if (size_ != id_count() && find(node.name) == no_node) namespace_.release(node.name);
    details.name = namespace_.keep(node.name, next_id());
    const NodeId fresh = put({.target = node.target,
                              .opcode = node.opcode,
                              .impurity = node.impurity,
                              .arguments = ArgumentBits(node.arguments.args)},
                             details, {}, {});
    uses_.add(fresh, node.arguments.operands);
    if (ascending_ == index_of(fresh)) ++ascending_;
    // A short text has no long arguments; without any, they are looked at.
    if (node.origin.size() - 1 >= short_text && (!node.origin.empty() || is_long(node))) [[unlikely]]
        mark_long(fresh);
    if (has_long_names()) [[unlikely]]
        mark_long(fresh);
    return fresh;
}

[[gnu::noinline]] bool Graph::is_long(const NewNode& node) const {
    const Arguments& given = node.arguments;
    const size_t target = node.target == no_symbol ? 0 : symbols_->text(node.target).size();
    return target + node.name.size() + node.meta.size() > short_text ||
           given.operands.size() + weight_of(given.args) + weight_of(given.kwargs) > short_weight;
}

NodeId Graph::create(Opcode opcode, Symbol target, const Arguments& arguments, Name candidate, Place place) {
    if (place.node != no_node) check_alive(place.node);
    prepare(arguments.operands.size());
    check_operands(arguments.operands);
    const bool keeps_order = known_before(arguments.operands, place);
    Details details{.skeleton = skeletons_.keep(arguments.args, arguments.kwargs)};
    details.name = namespace_.create(candidate, next_id());
    const NodeId fresh =
        put({.target = target, .opcode = opcode, .arguments = ArgumentBits(arguments.args)}, details, {}, place);
    uses_.add(fresh, arguments.operands);
    ++edit_count_;
    if (!keeps_order) [[unlikely]]
        doubt_operands(fresh);
    if (has_long_names()) [[unlikely]] {
        tell_names(fresh, arguments.operands);
        tell_names(fresh, {&fresh, 1});
    }
    return fresh;
}

// Of a node that is erased, or that may be long: it is copied without that mark, and so one test tells both.
NodeId Graph::clone_other(NodeId node, Place place) {
    check_alive(node);
    if (place.node != no_node) check_alive(place.node);
    if (toll_) toll_->copying(*this, node);
    nodes_[index_of(node)].flags &= static_cast<uint8_t>(~may_be_long);
    const NodeId fresh = clone(node, place);
    mark_long(node);
    mark_long(fresh);
    return fresh;
}

NodeId Graph::clone(NodeId node, Place place) {
    if ((nodes_[index_of(node)].flags & (is_erased | may_be_long)) != 0) [[unlikely]]
        return clone_other(node, place);
    bool keeps_order = (nodes_[index_of(node)].flags & in_doubt) == 0;
    if (place.node != node) {
        if (place.node != no_node) check_alive(place.node);
        keeps_order = known_before(uses_.operands(node), place);
    }
    prepare(operand_count(node));
    const Name name = namespace_.create(details_[index_of(node)].name, next_id());
    const NodeId fresh = put({.target = target(node),
                              .opcode = opcode(node),
                              .impurity = own_impurity(node),
                              .arguments = nodes_[index_of(node)].arguments},
                             details_[index_of(node)], meta_answers_.row(node), place);
    details_.back().name = name;
    details_.back().origin_size = 0;
    uses_.add_copy(fresh, node);
    ++edit_count_;
    if (!keeps_order) [[unlikely]]
        doubt_operands(fresh);
    return fresh;
}

// -- order

void Graph::move(NodeId node, Place place) {
    check_alive(node);
    if (place.node != no_node) check_alive(place.node);
    ++edit_count_;
    ++move_count_;
    if (place.node == node) return;
    unlink(node);
    const Neighbours at = neighbours(place);
    nodes_[index_of(node)].next = at.next;
    nodes_[index_of(node)].previous = at.previous;
    link(at, node);
    ascending_ = std::min(ascending_, index_of(node));
    doubt_operands(node);
    doubt_users(node);
}

// -- edits of a node

inline void Graph::mark_edited(NodeId node, Flag what) {
    nodes_[index_of(node)].flags |= what;
    ++edit_count_;
}

void Graph::fail_as_used(NodeId node) const {
    std::vector<NodeId> users;
    uses_.users(node, users);
    std::string list;
    constexpr size_t longest_list = 10000;
    for (const NodeId user : users) {
        list += fmt::format("{}{}: None", list.empty() ? "" : ", ", name(user));
        if (list.size() < longest_list) continue;
        list += ", ...";
        break;
    }
    throw GraphError(fmt::format("Tried to erase Node {} but it still had {} users in the graph: {{{}}}!", name(node),
                                 users.size(), list));
}

void Graph::erase(NodeId node) {
    if (user_count(node) != 0) fail_as_used(node);
    if (!erased(node)) erase_unused(node);
}

void Graph::erase_unused(NodeId node) {
    unlink(node);
    uses_.drop(node);
    nodes_[index_of(node)].flags |= is_erased;
    --size_;
    ++edit_count_;
}

void Graph::replace_input(NodeId user, NodeId old, NodeId fresh) {
    check_alive(fresh);
    // A user stands behind what it uses, unless it is in doubt.
    const bool keeps_order =
        user != fresh && (next(old) == fresh || known_before(fresh, old) || known_before(fresh, user));
    ++edit_count_;
    if (has_long_names()) [[unlikely]]
        tell_name_in_place(user, old, fresh);
    const auto tell_places = [this](size_t places) {
        if (toll_) toll_->replacing(places);
    };
    if (!uses_.replace(user, old, fresh, tell_places)) return;
    uint8_t& flags = nodes_[index_of(user)].flags;
    flags |= has_new_arguments;
    if (!keeps_order || (flags & in_doubt) != 0) [[unlikely]]
        doubt(user, fresh);
}

void Graph::replace_all_uses(NodeId old, NodeId fresh) {
    check_alive(fresh);
    std::vector<NodeId> users;
    const size_t repeats = uses_.users(old, users);
    if (users.size() + repeats > Uses::few && toll_) toll_->replacing(users.size() + repeats);
    for (const NodeId user : users) replace_input(user, old, fresh);
}

void Graph::set_arguments(NodeId node, const Arguments& arguments) {
    check_alive(node);
    uses_.check_room(arguments.operands.size());
    check_operands(arguments.operands);
    if (has_long_names()) [[unlikely]]
        tell_names(node, arguments.operands);
    const uint32_t skeleton = skeletons_.keep(arguments.args, arguments.kwargs);
    const bool keeps_order = known_before(arguments.operands, {Place::Side::before, node});
    uses_.assign(node, arguments.operands);
    details_[index_of(node)].skeleton = skeleton;
    nodes_[index_of(node)].arguments = ArgumentBits(arguments.args);
    mark_edited(node, has_new_arguments);
    if (!keeps_order) [[unlikely]]
        doubt_operands(node);
}

void Graph::set_target(NodeId node, Symbol target) {
    check_alive(node);
    nodes_[index_of(node)].target = target;
    mark_edited(node, has_new_target);
}

void Graph::set_meta(NodeId node, std::string_view json) {
    check_alive(node);
    keep_meta(details_[index_of(node)], store_.copy(json));
    meta_answers_.set_row(node, {});
    mark_edited(node, has_new_meta);
    if (json.size() > short_text) mark_long(node);
}

}  // namespace dqrewrite
