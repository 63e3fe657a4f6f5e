#include "engine/author/plan/plan.hpp"

#include "engine/author/text/graph_text.hpp"
#include "engine/author/text/node_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/dump/value_writer.hpp"
#include "engine/rewrite/run_error.hpp"

#include <map>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr size_t longest_line = 2000;

std::string args_json(const Graph& graph, NodeId node) {
    std::string json;
    ValueWriter(nullptr, JsonStyle()).append_args(json, graph, node);
    return json;
}

std::string kwargs_json(const Graph& graph, NodeId node) {
    std::string json;
    ValueWriter(nullptr, JsonStyle()).append_kwargs(json, graph, node);
    return json;
}

std::string line_of(const Graph& graph, NodeId node) {
    return node_line(graph, node, longest_line);
}

// "n.meta.key: value" of each key that the other record has not, or has with another value.
std::vector<std::string> meta_lines(const std::string& node, std::string_view record, std::string_view other) {
    std::map<std::string_view, std::string_view> others;
    if (!other.empty())
        for (JsonMembers members{JsonValue(other)}; members.next();)
            others.emplace(members.raw_key(), members.value().text());
    std::vector<std::string> lines;
    if (record.empty()) return lines;
    for (JsonMembers members{JsonValue(record)}; members.next();) {
        auto same = others.find(members.raw_key());
        std::string_view value = members.value().text();
        if (same != others.end() && same->second == value) continue;
        std::string line = node + ".meta.";
        line.append(members.raw_key()).append(": ").append(canonical_json(value));
        lines.push_back(shortened(std::move(line), longest_line));
    }
    return lines;
}

bool is_made(Edit::Kind kind) {
    return kind == Edit::Kind::clone || kind == Edit::Kind::insert;
}

bool is_gone(Edit::Kind kind) {
    return kind == Edit::Kind::erase || kind == Edit::Kind::dead;
}

}  // namespace

PlanRecorder::PlanRecorder(const program::Program& program, const Module& module, size_t most_bytes)
    : program_(program), graphs_{{&module.graph, 0}}, most_bytes_(most_bytes) {
    plan_.graphs.emplace_back();
    for (const Submodule& submodule : module.submodules) {
        graphs_.emplace(&submodule.graph, plan_.graphs.size());
        plan_.graphs.push_back(submodule.path);
    }
}

// What is kept from now on.
void PlanRecorder::take(size_t bytes, const Edit& edit) {
    bytes_ += bytes;
    if (is_full()) throw RunError(edit.location, fmt::format("the plan has more than {} bytes here", most_bytes_));
}

void PlanRecorder::add_line(std::vector<std::string>& lines, const Edit& edit, const Graph& graph, NodeId node) {
    lines.push_back(line_of(graph, node));
    take(sizeof(std::string) + lines.back().size(), edit);
}

void PlanRecorder::add_edit(const Edit& edit) {
    const PlannedEdit& e = next_;
    take(sizeof e + e.node.size() + e.other.size() + e.user.size() + e.place.size() + e.target.size() +
             e.args.size() + e.kwargs.size() + e.meta.size(),
         edit);
    plan_.edits.push_back(std::move(next_));
}

bool PlanRecorder::matched(program::RuleId rule, NodeId root, GraphRun& on) {
    plan_.rewrites.push_back({rule, index_of_graph(on.graph), on.graph.name(root)});
    in_rewrite_ = true;
    return true;
}

// What has changed nothing is no rewrite, whatever its statements were.
void PlanRecorder::applied(program::RuleId, NodeId, bool edited, GraphRun&) {
    in_rewrite_ = false;
    if (edited) return;
    plan_.rewrites.pop_back();
    while (!plan_.edits.empty() && plan_.edits.back().rewrite == plan_.rewrites.size()) plan_.edits.pop_back();
}

void PlanRecorder::editing(const Edit& edit, const Graph& graph) {
    using Kind = Edit::Kind;
    next_ = {.kind = edit.kind, .location = edit.location, .graph = index_of_graph(graph)};
    if (in_rewrite_) next_.rewrite = plan_.rewrites.size() - 1;
    if (edit.node != no_node) next_.node = graph.name(edit.node);
    if (edit.other != no_node) next_.other = graph.name(edit.other);
    if (edit.user != no_node) next_.user = graph.name(edit.user);
    if (edit.place.node != no_node) {
        next_.side = edit.place.side;
        next_.place = graph.name(edit.place.node);
    }
    users_.clear();
    if (edit.kind == Kind::replace) graph.users(edit.node, users_);
    if (edit.kind == Kind::replace_input) users_ = {edit.user};
    for (NodeId user : users_) add_line(next_.before, edit, graph, user);
    if (is_gone(edit.kind) || edit.kind == Kind::set_arguments || edit.kind == Kind::set_target)
        add_line(next_.before, edit, graph, edit.node);
    if (edit.kind == Kind::set_meta) meta_before_ = graph.meta(edit.node);
    if (edit.kind == Kind::dead) add_edit(edit);
}

void PlanRecorder::edited(const Edit& edit, const Graph& graph) {
    using Kind = Edit::Kind;
    next_.node = graph.name(edit.node);
    for (NodeId user : users_) add_line(next_.after, edit, graph, user);
    if (is_made(edit.kind) || edit.kind == Kind::set_arguments || edit.kind == Kind::set_target)
        add_line(next_.after, edit, graph, edit.node);
    if (edit.kind == Kind::insert || edit.kind == Kind::set_target) next_.target = graph.target_text(edit.node);
    if (edit.kind == Kind::insert) next_.opcode = opcode_name(graph.opcode(edit.node));
    if (edit.kind == Kind::insert || edit.kind == Kind::set_arguments) {
        next_.args = args_json(graph, edit.node);
        next_.kwargs = kwargs_json(graph, edit.node);
    }
    if (edit.kind == Kind::insert || edit.kind == Kind::set_meta) next_.meta = graph.meta(edit.node);
    if (edit.kind == Kind::set_meta) {
        next_.before = meta_lines(next_.node, meta_before_, next_.meta);
        next_.after = meta_lines(next_.node, next_.meta, meta_before_);
    }
    add_edit(edit);
}

}  // namespace dqrewrite
