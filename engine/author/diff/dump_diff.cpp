#include "engine/author/diff/dump_diff.hpp"

#include "engine/author/diff/json_diff.hpp"
#include "engine/dump/json_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <tsl/robin_map.h>

namespace dqrewrite {

namespace {

// The parts of a dump that are not nodes.
struct Rest {
    std::string head;  // an object: the keys of the dump and of its graphs that are nowhere else
    std::string_view ops = "{}";
};

void append_member(std::string& object, std::string_view key, std::string_view value) {
    object += object.empty() ? "" : ", ";
    append_json_string(object, key);
    object.append(": ").append(value);
}

// The keys of a graph but for its nodes, as an object; empty where there are none.
std::string other_keys(const JsonValue& graph) {
    std::string object;
    for (JsonMembers each(graph); each.next();)
        if (!each.key_is("nodes"))
            append_member(object, decode_string(each.raw_key()).value_or(""), each.value().text());
    return object;
}

void append_other_keys(std::string& head, std::string_view key, const JsonValue& graph) {
    const std::string others = other_keys(graph);
    if (!others.empty()) append_member(head, key, "{" + others + "}");
}

Rest rest_of(std::string_view dump) {
    Rest rest;
    for (JsonMembers each{JsonValue(dump)}; each.next();) {
        if (each.key_is("graph")) {
            append_other_keys(rest.head, "graph", each.value());
        } else if (each.key_is("submodules")) {
            std::string graphs;
            for (JsonMembers graph(each.value()); graph.next();)
                append_other_keys(graphs, decode_string(graph.raw_key()).value_or(""), graph.value());
            if (!graphs.empty()) append_member(rest.head, "submodules", "{" + graphs + "}");
        } else if (each.key_is("ops")) {
            rest.ops = each.value().text();
        } else {
            append_member(rest.head, decode_string(each.raw_key()).value_or(""), each.value().text());
        }
    }
    rest.head = "{" + rest.head + "}";
    return rest;
}

JsonDiffSink sink_into(std::vector<Change>& changes) {
    return [&changes](const std::string& path, std::string_view before, std::string_view after) {
        changes.push_back({path, {nullptr, std::string(before)}, {nullptr, std::string(after)}});
    };
}

std::vector<OpDiff> diff_ops(std::string_view before, std::string_view after) {
    std::vector<OpDiff> ops;
    JsonMemberList old, fresh;
    sorted_members(JsonValue(before), old);
    sorted_members(JsonValue(after), fresh);
    for (auto a = old.begin(), b = fresh.begin(); a != old.end() || b != fresh.end();) {
        if (b == fresh.end() || (a != old.end() && a->first < b->first)) {
            ops.push_back({(a++)->first, false, true});
        } else if (a == old.end() || b->first < a->first) {
            ops.push_back({(b++)->first, true, false});
        } else {
            OpDiff op{a->first};
            diff_json(a->second.text(), b->second.text(), "", sink_into(op.changes));
            if (!op.changes.empty()) ops.push_back(std::move(op));
            ++a, ++b;
        }
    }
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
    diff_json(old.head, fresh.head, "", sink_into(diff.head));
    diff.ops = diff_ops(old.ops, fresh.ops);
    std::erase_if(diff.head, [&](const Change& each) { return is_ignored(ignored, each.at); });
    std::erase_if(diff.ops, [&](const OpDiff& each) { return is_ignored(ignored, "ops." + each.target); });
    return diff;
}

}  // namespace dqrewrite
