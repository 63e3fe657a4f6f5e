#include "engine/author/diff/dump_diff.hpp"

#include "engine/author/diff/json_diff.hpp"
#include "engine/author/diff/merge_sorted.hpp"
#include "engine/author/text/json_object.hpp"
#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>

#include <tsl/robin_map.h>

namespace dqrewrite {

namespace {

// The parts of a dump that are not nodes.
struct Rest {
    std::string head;                           // an object: the keys that are nowhere else
    std::map<std::string, std::string> graphs;  // likewise of each graph, by "graph" and "submodules.PATH"
    std::string_view ops = "{}";
};

// The keys of an object but for some, as an object.
std::string other_keys(const JsonValue& object, std::initializer_list<std::string_view> known) {
    std::string text;
    JsonObject others(text);
    for (JsonMembers each(object); each.next();)
        if (std::ranges::none_of(known, [&](std::string_view key) { return each.key_is(key); }))
            others.raw(decode_string(each.raw_key()).value_or(""), each.value().text());
    others.close();
    return text;
}

Rest rest_of(std::string_view dump) {
    const JsonValue whole(dump);
    Rest rest;
    rest.head = other_keys(whole, {"graph", "submodules", "ops"});
    for (JsonMembers each(whole); each.next();) {
        if (each.key_is("graph")) rest.graphs["graph"] = other_keys(each.value(), {"nodes"});
        if (each.key_is("ops")) rest.ops = each.value().text();
        if (!each.key_is("submodules")) continue;
        for (JsonMembers graph(each.value()); graph.next();)
            rest.graphs[path_to_key("submodules", decode_string(graph.raw_key()).value_or(""))] =
                other_keys(graph.value(), {"nodes"});
    }
    return rest;
}

// Of a graph that only one of the dumps has the diff says elsewhere that it has come or gone.
void diff_heads(const Rest& before, const Rest& after, std::vector<Change>& changes) {
    add_json_changes(before.head, after.head, "", changes);
    for (const auto& [path, keys] : before.graphs)
        if (const auto same = after.graphs.find(path); same != after.graphs.end())
            add_json_changes(keys, same->second, path, changes);
}

std::vector<OpDiff> diff_ops(std::string_view before, std::string_view after) {
    std::vector<OpDiff> ops;
    JsonMemberList old, fresh;
    sorted_members(JsonValue(before), old);
    sorted_members(JsonValue(after), fresh);
    using Member = JsonMemberList::value_type;
    merge_sorted(
        old, fresh, [](const Member& each) -> const std::string& { return each.first; },
        [&](const Member& gone) {
            ops.push_back({gone.first, false, true});
        },
        [&](const Member& came) {
            ops.push_back({came.first, true, false});
        },
        [&](const Member& a, const Member& b) {
            OpDiff op{a.first};
            add_json_changes(a.second.text(), b.second.text(), "", op.changes);
            if (!op.changes.empty()) ops.push_back(std::move(op));
        });
    return ops;
}

class SubmoduleDiffer {
public:
    SubmoduleDiffer(const Module& before, const Module& after, const IgnoredPlaces& ignored, DumpDiff& diff)
        : before_(before), after_(after), ignored_(ignored), diff_(diff) {}

    void run() {
        tsl::robin_map<std::string_view, const Submodule*> old, fresh;
        for (const Submodule& each : before_.submodules) old.emplace(each.path, &each);
        for (const Submodule& each : after_.submodules) fresh.emplace(each.path, &each);
        std::vector<std::string_view> old_order, order;
        for (const Submodule& each : after_.submodules) {
            const auto same = old.find(each.path);
            if (same == old.end()) {
                diff_.submodules.push_back({each.path, nullptr, &each.graph});
                continue;
            }
            order.push_back(each.path);
            GraphDiff graph = diff_graphs(same->second->graph, each.graph, ignored_);
            if (!graph.nodes.empty())
                diff_.submodules.push_back({each.path, &same->second->graph, &each.graph, std::move(graph)});
        }
        for (const Submodule& each : before_.submodules) {
            if (fresh.count(each.path))
                old_order.push_back(each.path);
            else
                diff_.submodules.push_back({each.path, &each.graph, nullptr});
        }
        if (old_order != order)
            diff_.head.push_back(
                {"order of submodules", {nullptr, json_array(old_order)}, {nullptr, json_array(order)}});
    }

private:
    static std::string json_array(const std::vector<std::string_view>& words) {
        std::string out = "[";
        for (const std::string_view word : words) {
            if (out.size() > 1) out += ", ";
            append_json_string(out, word);
        }
        return out + "]";
    }

    const Module& before_;
    const Module& after_;
    const IgnoredPlaces& ignored_;
    DumpDiff& diff_;
};

}  // namespace

DumpDiff diff_dumps(const Dump& before, const Dump& after, const IgnoredPlaces& ignored) {
    DumpDiff diff;
    diff.graph = diff_graphs(before.module.graph, after.module.graph, ignored);
    SubmoduleDiffer(before.module, after.module, ignored, diff).run();
    if (before.text() == after.text()) return diff;
    const Rest old = rest_of(before.text()), fresh = rest_of(after.text());
    diff_heads(old, fresh, diff.head);
    diff.ops = diff_ops(old.ops, fresh.ops);
    std::erase_if(diff.head, [&](const Change& each) { return is_ignored(ignored, each.at); });
    std::erase_if(diff.ops, [&](const OpDiff& each) { return is_ignored(ignored, "ops." + each.target); });
    return diff;
}

}  // namespace dqrewrite
