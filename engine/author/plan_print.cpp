// Plans as text and as JSON.

#include "engine/author/graph_text.hpp"
#include "engine/author/plan.hpp"
#include "engine/dump/json_text.hpp"

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

struct At {
    const program::Program& program;
    const program::Location& location;

    const std::string& file() const { return program.sources[location.file]->name(); }
    uint32_t line() const { return program.sources[location.file]->locate(location.span.begin).line; }
    std::string text() const { return fmt::format("{}:{}", file(), line()); }
};

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
        out += fmt::format("dead code{}, {}\n", in_graph(plan, edit.graph), At{program, edit.location}.text());
        return;
    }
    const PlannedRewrite& rewrite = plan.rewrites[*edit.rewrite];
    const program::Rule& rule = program[rewrite.rule];
    out += fmt::format("rewrite {}: {} at {}{}, {}\n", *edit.rewrite + 1, rule.name, rewrite.root,
                       in_graph(plan, rewrite.graph), At{program, rule.location}.text());
}

std::string count(size_t number, std::string_view word) {
    return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

// -- for machines

class JsonPrinter {
public:
    JsonPrinter(const program::Program& program, const Plan& plan, bool one_line)
        : program_(program), plan_(plan), line_(one_line ? "" : "\n"), next_(one_line ? ", " : ",\n") {}

    std::string print() {
        out_ = fmt::format(R"({{"format": "fx-plan", "version": 1, "rewrites": [{})", line_);
        std::string_view separator;
        for (const PlannedRewrite& rewrite : plan_.rewrites) {
            const program::Rule& rule = program_[rewrite.rule];
            (out_ += separator) += '{';
            first_ = true;
            text("rule", rule.name);
            place_in_rules(rule.location);
            text("graph", plan_.graphs[rewrite.graph]);
            text("node", rewrite.root);
            out_ += '}';
            separator = next_;
        }
        out_.append(line_).append(R"(], "edits": [)").append(line_);
        separator = "";
        for (const PlannedEdit& each : plan_.edits) {
            out_ += separator;
            edit(each);
            separator = next_;
        }
        return out_.append(line_).append("]}").append(line_);
    }

private:
    void edit(const PlannedEdit& edit) {
        out_ += '{';
        first_ = true;
        text("edit", word_of(edit.kind));
        raw("rewrite", edit.rewrite ? std::to_string(*edit.rewrite + 1) : "null");
        if (edit.rewrite) text("rule", program_[plan_.rewrites[*edit.rewrite].rule].name);
        place_in_rules(edit.location);
        text("graph", plan_.graphs[edit.graph]);
        text("node", edit.node);
        if (edit.kind == Kind::clone) text("original", edit.other);
        if (edit.kind == Kind::replace || edit.kind == Kind::replace_input) text("by", edit.other);
        if (edit.kind == Kind::replace_input) text("user", edit.user);
        if (!edit.opcode.empty()) text("op", edit.opcode);
        if (!edit.target.empty()) text("target", edit.target);
        if (!edit.args.empty()) raw("args", edit.args);
        if (!edit.kwargs.empty()) raw("kwargs", edit.kwargs);
        if (edit.kind == Kind::insert || edit.kind == Kind::set_meta)
            raw("meta", edit.meta.empty() ? "null" : one_line(edit.meta));
        if (!edit.place.empty()) {
            key("place");
            out_ += '{';
            first_ = true;
            text(word_of(edit.side), edit.place);
            out_ += '}';
        }
        lines("nodes_before", edit.before);
        lines("nodes_after", edit.after);
        out_ += '}';
    }

    void place_in_rules(const program::Location& location) {
        At at{program_, location};
        text("file", at.file());
        raw("line", std::to_string(at.line()));
    }

    // Metadata as it is, but for line breaks between its parts.
    static std::string one_line(std::string json) {
        for (char& c : json)
            if (c == '\n' || c == '\r') c = ' ';
        return json;
    }

    void key(std::string_view name) {
        if (!first_) out_ += ", ";
        first_ = false;
        append_json_string(out_, name);
        out_ += ": ";
    }
    void raw(std::string_view name, std::string_view json) {
        key(name);
        out_ += json;
    }
    void text(std::string_view name, std::string_view value) {
        key(name);
        append_json_string(out_, value);
    }
    void lines(std::string_view name, const std::vector<std::string>& lines) {
        key(name);
        out_ += '[';
        std::string_view separator;
        for (const std::string& line : lines) {
            out_ += separator;
            append_json_string(out_, line);
            separator = ", ";
        }
        out_ += ']';
    }

    const program::Program& program_;
    const Plan& plan_;
    std::string_view line_, next_;
    std::string out_;
    bool first_ = true;
};

}  // namespace

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
        out += fmt::format("  {}: {}\n", At{program, edit.location}.text(), sentence(edit));
        for (const std::string& line : edit.before) out += fmt::format("    - {}\n", line);
        for (const std::string& line : edit.after) out += fmt::format("    + {}\n", line);
    }
    return out + fmt::format("{}, {}, {} of dead code\n", count(plan.rewrites.size(), "rewrite"),
                             count(plan.edits.size() - dead, "edit"), count(dead, "node"));
}

std::string plan_json(const program::Program& program, const Plan& plan, bool one_line) {
    return JsonPrinter(program, plan, one_line).print();
}

}  // namespace dqrewrite
