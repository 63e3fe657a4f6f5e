// Plans as text and as JSON.

#include "engine/author/plan/plan.hpp"
#include "engine/author/text/counted.hpp"
#include "engine/author/text/json_object.hpp"
#include "engine/author/text/rule_place.hpp"

#include <utility>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

using Kind = Edit::Kind;

std::string_view word_of(Kind kind) {
    switch (kind) {
    case Kind::clone: return "clone";
    case Kind::insert: return "insert";
    case Kind::replace: return "replace";
    case Kind::replace_input: return "replace_input";
    case Kind::set_arguments: return "set_arguments";
    case Kind::set_target: return "set_target";
    case Kind::set_meta: return "set_meta";
    case Kind::move: return "move";
    case Kind::erase: return "erase";
    case Kind::dead: return "dead";
    }
    return {};
}

std::string_view word_of(Place::Side side) {
    return side == Place::Side::before ? "before" : "after";
}

// -- for people

// The edit as the language would say it.
std::string sentence(const PlannedEdit& edit) {
    std::string place = fmt::format("{} {}", word_of(edit.side), edit.place);
    switch (edit.kind) {
    case Kind::clone: return fmt::format("clone {} as {} {}", edit.other, edit.node, place);
    case Kind::insert: return fmt::format("insert {} {}", edit.node, place);
    case Kind::replace: return fmt::format("replace {} with {}", edit.node, edit.other);
    case Kind::replace_input: return fmt::format("replace {} with {} in {}", edit.node, edit.other, edit.user);
    case Kind::set_arguments: return fmt::format("set the arguments of {}", edit.node);
    case Kind::set_target: return fmt::format("set the target of {}", edit.node);
    case Kind::set_meta: return fmt::format("set the metadata of {}", edit.node);
    case Kind::move: return fmt::format("move {} {}", edit.node, place);
    case Kind::erase: return fmt::format("erase {}", edit.node);
    case Kind::dead: return fmt::format("erase {}, which nothing uses", edit.node);
    }
    return {};
}

std::string in_graph(const Plan& plan, size_t graph) {
    return graph == 0 ? "" : fmt::format(" of {}", plan.graphs[graph]);
}

void append_heading(std::string& out, const program::Program& program, const Plan& plan, const PlannedEdit& edit) {
    if (!edit.rewrite) {
        out += fmt::format("dead code{}, {}\n", in_graph(plan, edit.graph), RulePlace(program, edit.location).text());
        return;
    }
    const PlannedRewrite& rewrite = plan.rewrites[*edit.rewrite];
    const program::Rule& rule = program[rewrite.rule];
    out += fmt::format("rewrite {}: {} at {}{}, {}\n", *edit.rewrite + 1, rule.name, rewrite.root,
                       in_graph(plan, rewrite.graph), RulePlace(program, rule.location).text());
}

// -- for machines

// Metadata as it is, but for line breaks between its parts.
std::string one_line(std::string json) {
    for (char& c : json)
        if (c == '\n' || c == '\r') c = ' ';
    return json;
}

void add_place_in_rules(JsonObject& object, const program::Program& program, const program::Location& location) {
    const RulePlace place(program, location);
    object.text("file", place.file());
    object.number("line", place.at.line);
}

void add_operands(JsonObject& object, const PlannedEdit& edit) {
    if (edit.kind == Kind::clone) object.text("original", edit.other);
    if (edit.kind == Kind::replace || edit.kind == Kind::replace_input) object.text("by", edit.other);
    if (edit.kind == Kind::replace_input) object.text("user", edit.user);
    if (!edit.opcode.empty()) object.text("op", edit.opcode);
    if (!edit.target.empty()) object.text("target", edit.target);
    if (!edit.args.empty()) object.raw("args", edit.args);
    if (!edit.kwargs.empty()) object.raw("kwargs", edit.kwargs);
    if (edit.kind == Kind::insert || edit.kind == Kind::set_meta)
        object.raw("meta", edit.meta.empty() ? "null" : one_line(edit.meta));
    if (edit.place.empty()) return;
    JsonObject place(object.key("place"));
    place.text(word_of(edit.side), edit.place);
    place.close();
}

void append_edit(std::string& out, const program::Program& program, const Plan& plan, const PlannedEdit& edit) {
    JsonObject object(out);
    object.text("edit", word_of(edit.kind));
    object.raw("rewrite", edit.rewrite ? std::to_string(*edit.rewrite + 1) : "null");
    if (edit.rewrite) object.text("rule", program[plan.rewrites[*edit.rewrite].rule].name);
    add_place_in_rules(object, program, edit.location);
    object.text("graph", plan.graphs[edit.graph]);
    object.text("node", edit.node);
    add_operands(object, edit);
    object.texts("nodes_before", edit.before);
    object.texts("nodes_after", edit.after);
    object.close();
}

void append_rewrite(std::string& out, const program::Program& program, const Plan& plan,
                    const PlannedRewrite& rewrite) {
    JsonObject object(out);
    object.text("rule", program[rewrite.rule].name);
    add_place_in_rules(object, program, program[rewrite.rule].location);
    object.text("graph", plan.graphs[rewrite.graph]);
    object.text("node", rewrite.root);
    object.close();
}

}  // namespace

std::string edit_text(const program::Program& program, const PlannedEdit& edit) {
    std::string out = fmt::format("  {}: {}\n", RulePlace(program, edit.location).text(), sentence(edit));
    for (const std::string& line : edit.before) out += fmt::format("    - {}\n", line);
    for (const std::string& line : edit.after) out += fmt::format("    + {}\n", line);
    return out;
}

std::string plan_text(const program::Program& program, const Plan& plan) {
    std::string out;
    const PlannedEdit* last = nullptr;
    size_t dead = 0;
    for (const PlannedEdit& edit : plan.edits) {
        bool same = last && last->rewrite == edit.rewrite && last->graph == edit.graph &&
                    (edit.rewrite || last->location.span == edit.location.span);
        if (!same) append_heading(out, program, plan, edit);
        last = &edit;
        dead += edit.kind == Kind::dead;
        out += edit_text(program, edit);
    }
    return out + fmt::format("{}, {}, {} of dead code\n", counted(plan.rewrites.size(), "rewrite"),
                             counted(plan.edits.size() - dead, "edit"), counted(dead, "node"));
}

std::string plan_json(const program::Program& program, const Plan& plan, bool one_line) {
    std::string_view line = one_line ? "" : "\n", next = one_line ? ", " : ",\n", separator;
    std::string out = fmt::format(R"({{"format": "fx-plan", "version": 1, "rewrites": [{})", line);
    for (const PlannedRewrite& rewrite : plan.rewrites) {
        out += std::exchange(separator, next);
        append_rewrite(out, program, plan, rewrite);
    }
    out.append(line).append(R"(], "edits": [)").append(line);
    separator = "";
    for (const PlannedEdit& edit : plan.edits) {
        out += std::exchange(separator, next);
        append_edit(out, program, plan, edit);
    }
    return out.append(line).append("]}").append(line);
}

}  // namespace dqrewrite
