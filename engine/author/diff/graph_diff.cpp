#include "engine/author/diff/graph_diff.hpp"

#include "engine/author/diff/argument_diff.hpp"
#include "engine/author/diff/copies.hpp"
#include "engine/author/diff/json_diff.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

std::string json_impurity(Impurity impurity) {
    return impurity == Impurity::unsaid ? "" : impurity == Impurity::impure ? "true" : "false";
}

// Whether the texts that both were read from say all that there is to say, and are the same.
bool same_text(const Graph& a, NodeId node_a, const Graph& b, NodeId node_b) {
    const auto edited = [](const Graph& graph, NodeId node) {
        return graph.arguments_edited(node) || graph.target_edited(node) || graph.meta_edited(node);
    };
    return !a.origin(node_a).empty() && a.origin(node_a) == b.origin(node_b) && !edited(a, node_a) &&
           !edited(b, node_b);
}

// Of a longest increasing subsequence, all numbers being different: which are in it. By patience sorting (Fredman,
// On computing the length of longest increasing subsequences, 1975), n log n.
std::vector<bool> longest_increasing(const std::vector<size_t>& numbers) {
    constexpr size_t none = static_cast<size_t>(-1);
    std::vector<size_t> ends;  // ends[k]: where the run of k + 1 numbers with the least last one ends
    std::vector<size_t> previous(numbers.size(), none);
    for (size_t i = 0; i < numbers.size(); ++i) {
        const auto place = std::lower_bound(ends.begin(), ends.end(), numbers[i],
                                            [&](size_t end, size_t number) { return numbers[end] < number; });
        if (place != ends.begin()) previous[i] = *(place - 1);
        if (place == ends.end())
            ends.push_back(i);
        else
            *place = i;
    }
    std::vector<bool> inside(numbers.size());
    for (size_t i = ends.empty() ? none : ends.back(); i != none; i = previous[i]) inside[i] = true;
    return inside;
}

class Differ {
public:
    Differ(const Graph& before, const Graph& after, const IgnoredPlaces& ignored)
        : before_(before), after_(after), ignored_(ignored) {
        diff_.before = &before;
        diff_.after = &after;
    }

    GraphDiff run() {
        pair_nodes();
        find_moved();
        walk();
        find_copies(diff_, rewires_);
        for (NodeDiff& node : diff_.nodes) {
            if (node.original == no_node) continue;
            compare_data(node.original, node.after, node.changes);
            drop_ignored(node.changes);
        }
        return std::move(diff_);
    }

private:
    void pair_nodes() {
        diff_.node_after.assign(before_.id_count(), no_node);
        diff_.node_before.assign(after_.id_count(), no_node);
        std::string name;
        for (NodeId node = before_.first(); node != no_node; node = before_.next(node)) {
            name.clear();
            before_.append_name(node, name);
            const NodeId same = after_.find(name);
            if (same == no_node) continue;
            diff_.node_after[index_of(node)] = same;
            diff_.node_before[index_of(same)] = node;
        }
    }

    void find_moved() {
        std::vector<size_t> position(before_.id_count());
        size_t count = 0;
        for (NodeId node = before_.first(); node != no_node; node = before_.next(node))
            position[index_of(node)] = count++;
        std::vector<size_t> common;
        for (NodeId node = after_.first(); node != no_node; node = after_.next(node))
            if (const NodeId old = before_of(node); old != no_node) common.push_back(position[index_of(old)]);
        stayed_ = longest_increasing(common);
    }

    NodeId before_of(NodeId after) const { return diff_.node_before[index_of(after)]; }

    // Along the second graph, from one node that stayed to the next: those that are gone from between them come
    // first, then those that came.
    void walk() {
        NodeId gone = before_.first();
        std::vector<NodeDiff> came;
        const auto close_gap = [&](NodeId end) {
            for (; gone != end; gone = before_.next(gone))
                if (diff_.node_after[index_of(gone)] == no_node) diff_.nodes.push_back({gone, no_node});
            std::move(came.begin(), came.end(), std::back_inserter(diff_.nodes));
            came.clear();
        };
        size_t index = 0;
        for (NodeId node = after_.first(); node != no_node; node = after_.next(node)) {
            const NodeId old = before_of(node);
            if (old == no_node) {
                came.push_back({no_node, node});
                continue;
            }
            const bool stayed = stayed_[index++];
            if (stayed) close_gap(old);
            NodeDiff common{old, node, !stayed};
            if (!same_text(before_, old, after_, node)) compare(old, node, common.changes);
            if (!stayed)
                came.push_back(std::move(common));
            else if (!common.changes.empty())
                diff_.nodes.push_back(std::move(common));
        }
        close_gap(no_node);
    }

    void compare(NodeId old, NodeId node, std::vector<Change>& changes) {
        add_text(changes, "op", json_string(opcode_name(before_.opcode(old))),
                 json_string(opcode_name(after_.opcode(node))));
        add_text(changes, "target", json_string(before_.target_text(old)), json_string(after_.target_text(node)));
        compare_arguments(old, node, changes);
        compare_data(old, node, changes);
        compare_other_keys(old, node, changes);
        drop_ignored(changes);
    }

    void drop_ignored(std::vector<Change>& changes) const {
        std::erase_if(changes, [&](const Change& change) { return is_ignored(ignored_, change.at); });
    }

    static void add_text(std::vector<Change>& changes, const std::string& at, std::string before, std::string after) {
        if (before != after) changes.push_back({at, {nullptr, std::move(before)}, {nullptr, std::move(after)}});
    }

    void compare_arguments(NodeId old, NodeId node, std::vector<Change>& changes) {
        constexpr uint64_t of_second_graph = uint64_t{1} << 32;
        const NodeNumbers old_numbers = [](NodeId operand) { return index_of(operand); };
        const NodeNumbers numbers = [this](NodeId operand) {
            const NodeId same = before_of(operand);
            return same == no_node ? of_second_graph + index_of(operand) : index_of(same);
        };
        const ArgumentSide old_side{before_, old, old_numbers}, side{after_, node, numbers};
        diff_arguments(old_side, side, [&](const std::string& path, const Value* a, const Value* b) {
            changes.push_back({path, {a, {}}, {b, {}}});
            if (a && b && a->kind == Value::Kind::operand && b->kind == Value::Kind::operand)
                rewires_.push_back({before_.operand(old, a->operand), after_.operand(node, b->operand)});
        });
        if (keywords_reordered(old_side, side))
            add_text(changes, "order of kwargs", keyword_names(before_, old), keyword_names(after_, node));
    }

    static std::string keyword_names(const Graph& graph, NodeId node) {
        std::string names;
        for (const Keyword& each : graph.kwargs(node)) names += (names.empty() ? "" : ", ") + json_string(each.name);
        return "[" + names + "]";
    }

    // What a copy has of its own, or shares with its original.
    void compare_data(NodeId old, NodeId node, std::vector<Change>& changes) {
        add_text(changes, "impure", json_impurity(before_.own_impurity(old)),
                 json_impurity(after_.own_impurity(node)));
        const std::string_view a = before_.meta(old), b = after_.meta(node);
        add_json_changes(a.empty() ? "{}" : a, b.empty() ? "{}" : b, "meta", changes);
    }

    // Keys of which FX knows nothing.
    void compare_other_keys(NodeId old, NodeId node, std::vector<Change>& changes) {
        const auto others = [](std::string_view origin) {
            std::string text;
            for (JsonMembers each{JsonValue(origin)}; each.next();) {
                const bool known = std::any_of(std::begin(node_keys), std::end(node_keys),
                                               [&](std::string_view key) { return each.key_is(key); });
                if (!known)
                    text +=
                        fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", each.raw_key(), each.value().text());
            }
            return "{" + text + "}";
        };
        add_json_changes(others(before_.origin(old)), others(after_.origin(node)), "", changes);
    }

    static constexpr std::string_view node_keys[] = {"name", "op", "target", "args", "kwargs", "impure", "meta"};

    const Graph& before_;
    const Graph& after_;
    const IgnoredPlaces& ignored_;
    GraphDiff diff_;
    std::vector<bool> stayed_;  // of the nodes of both, in the order of the second graph
    std::vector<Rewire> rewires_;
};

}  // namespace

void add_json_changes(std::string_view before, std::string_view after, const std::string& path,
                      std::vector<Change>& changes) {
    diff_json(before, after, path, [&](const std::string& at, std::string_view a, std::string_view b) {
        changes.push_back({at, {nullptr, std::string(a)}, {nullptr, std::string(b)}});
    });
}

bool is_ignored(const IgnoredPlaces& ignored, std::string_view place) {
    return std::ranges::any_of(ignored, [&](const std::string& each) {
        return place.starts_with(each) &&
               (place.size() == each.size() || place[each.size()] == '.' || place[each.size()] == '[');
    });
}

GraphDiff diff_graphs(const Graph& before, const Graph& after, const IgnoredPlaces& ignored) {
    return Differ(before, after, ignored).run();
}

}  // namespace dqrewrite
