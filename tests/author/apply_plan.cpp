#include "tests/author/apply_plan.hpp"

#include "engine/dump/json_value.hpp"
#include "engine/rewrite/argument_builder.hpp"
#include "engine/rewrite/metadata.hpp"

#include <stdexcept>

namespace dqrewrite::test {

namespace {

class Applier {
public:
    Applier(Module& module, const JsonValue& edit) : edit_(edit), graph_(find_graph(module, text("graph"))) {}

    void apply() {
        const std::string kind = text("edit");
        if (kind == "clone") return made(graph_.clone(node("original"), place()));
        if (kind == "insert") return insert();
        if (kind == "replace") return graph_.replace_all_uses(node("node"), node("by"));
        if (kind == "replace_input") return graph_.replace_input(node("user"), node("node"), node("by"));
        if (kind == "set_arguments") return set_arguments();
        if (kind == "set_target") return graph_.set_target(node("node"), graph_.symbols().intern(text("target")));
        if (kind == "set_meta") return graph_.set_meta(node("node"), meta());
        if (kind == "move") return graph_.move(node("node"), place());
        if (kind == "erase" || kind == "dead") return graph_.erase(node("node"));
        throw std::runtime_error("there is no edit " + kind);
    }

private:
    static Graph& find_graph(Module& module, const std::string& path) {
        if (path.empty()) return module.graph;
        for (Submodule& submodule : module.submodules)
            if (submodule.path == path) return submodule.graph;
        throw std::runtime_error("there is no graph " + path);
    }

    JsonValue member(std::string_view key) const {
        if (auto found = edit_.member(key)) return *found;
        throw std::runtime_error("an edit has no " + std::string(key));
    }
    std::string text(std::string_view key) const { return member(key).string().value(); }

    NodeId named(const std::string& name) const {
        NodeId found = graph_.find(name);
        if (found == no_node) throw std::runtime_error("there is no node " + name);
        return found;
    }
    NodeId node(std::string_view key) const { return named(text(key)); }

    Place place() const {
        JsonMembers members(member("place"));
        if (!members.next()) throw std::runtime_error("a place is empty");
        return {members.key_is("after") ? Place::Side::after : Place::Side::before,
                named(members.value().string().value())};
    }

    std::string_view meta() const {
        JsonValue meta = member("meta");
        return meta.kind() == JsonKind::null ? "" : meta.text();
    }

    void made(NodeId node) const {
        if (graph_.name(node) != text("node"))
            throw std::runtime_error("a new node is called " + graph_.name(node) + ", not " + text("node"));
    }

    Datum value(const JsonValue& json) {
        Datum out;
        if (!from_json(graph_, json, arena_, out)) throw std::runtime_error("no value: " + std::string(json.text()));
        return out;
    }

    void read_arguments(ArgumentBuilder& arguments) {
        for (JsonItems items(member("args")); items.next();) arguments.add(value(items.value()));
        for (JsonMembers members(member("kwargs")); members.next();)
            arguments.add(decode_string(members.raw_key()).value(), value(members.value()));
    }

    void set_arguments() {
        ArgumentBuilder arguments(graph_);
        read_arguments(arguments);
        graph_.set_arguments(node("node"), arguments.arguments());
    }

    void insert() {
        ArgumentBuilder arguments(graph_);
        read_arguments(arguments);
        const bool call = text("op") == "call_function";
        const Opcode opcode = call ? Opcode::call_function : Opcode::get_attr;
        if (text("op") != opcode_name(opcode)) throw std::runtime_error("no rewrite inserts a " + text("op"));
        NodeId fresh = graph_.create(opcode, graph_.symbols().intern(text("target")), arguments.arguments(),
                                     target_to_name(opcode, text("target")), place());
        graph_.set_meta(fresh, meta());
        made(fresh);
    }

    JsonValue edit_;
    Graph& graph_;
    Arena arena_;
};

}  // namespace

void apply_plan(std::string_view plan, Module& module) {
    auto edits = JsonValue(plan).member("edits");
    if (!edits) throw std::runtime_error("this is no plan");
    for (JsonItems items(*edits); items.next();) Applier(module, items.value()).apply();
}

}  // namespace dqrewrite::test
