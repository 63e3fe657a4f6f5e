#include "engine/author/text/block_text.hpp"

#include "engine/author/text/rule_words.hpp"
#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"
#include "grammar/escapes.hpp"
#include "grammar/words.hpp"

#include <set>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

// Rule files nest no deeper than 200; what stands around a value takes some of that.
constexpr unsigned deepest = 150;

// What a test block cannot say; becomes the error.
struct Unsayable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void append_number(std::string& out, const Value& value) {
    if (value.kind == Value::Kind::integer)
        out += std::to_string(value.integer);
    else if (value.as_text)
        out += value.text_view();
    else
        append_real(out, value.real);
}

// Metadata, which is JSON, as an expression that is written as that JSON.
class MetaPrinter {
public:
    explicit MetaPrinter(std::string& out) : out_(out) {}

    void print(const JsonValue& value, unsigned depth = 0) {
        if (depth > deepest) throw Unsayable("has metadata that is nested too deep");
        switch (value.kind()) {
        case JsonKind::null: out_ += "None"; return;
        case JsonKind::boolean: out_ += *value.boolean() ? "True" : "False"; return;
        case JsonKind::number: return number(value);
        case JsonKind::string: out_ += quoted(text(*value.raw_string())); return;
        case JsonKind::array: return array(value, depth);
        case JsonKind::object: return object(value, depth);
        case JsonKind::bad: break;
        }
        throw Unsayable("has metadata that is no JSON");
    }

    static std::string text(std::string_view raw) {
        auto decoded = decode_string(raw);
        if (!decoded) throw Unsayable("has metadata that is no JSON");
        return *decoded;
    }

private:
    void number(const JsonValue& value) {
        if (!value.integer() && scan_json_number(value.text()).integral)
            throw Unsayable("has an integer beyond 64 bits in its metadata");
        out_ += value.text();
    }

    void array(const JsonValue& value, unsigned depth) {
        out_ += '[';
        std::string_view separator;
        for (JsonItems items(value); items.next(); separator = ", ") {
            out_ += separator;
            print(items.value(), depth + 1);
        }
        out_ += ']';
    }

    void object(const JsonValue& value, unsigned depth) {
        out_ += '{';
        std::string_view separator;
        for (JsonMembers members(value); members.next(); separator = ", ") {
            (out_ += separator) += quoted(text(members.raw_key()));
            out_ += ": ";
            print(members.value(), depth + 1);
        }
        out_ += '}';
    }

    std::string& out_;
};

class NodePrinter {
public:
    NodePrinter(const Graph& graph, NodeId node, std::string& out) : graph_(graph), node_(node), out_(out) {}

    void print(const BlockStyle& style) {
        if (graph_.own_impurity(node_) != Impurity::unsaid) throw Unsayable("says of itself whether it is impure");
        if (graph_.opcode(node_) == Opcode::output) return result();
        std::string name = graph_.name(node_);
        if (!is_name(name)) throw Unsayable("has a name that is no name of the rule language");
        (out_ += name) += " = ";
        call(name);
        meta(style);
    }

private:
    void result() {
        if (graph_.args(node_).size() != 1 || !graph_.kwargs(node_).empty())
            throw Unsayable("is an output of other than one value");
        if (!graph_.meta(node_).empty()) throw Unsayable("is the output and has metadata");
        out_ += "return ";
        value(graph_.args(node_)[0]);
    }

    void call(const std::string& name) {
        std::string_view target = graph_.target_text(node_);
        Opcode opcode = graph_.opcode(node_);
        out_ += opcode == Opcode::call_function ? short_target(target) : std::string(opcode_name(opcode));
        out_ += '(';
        bool has_arguments = !graph_.args(node_).empty() || !graph_.kwargs(node_).empty();
        if (opcode != Opcode::call_function && (opcode != Opcode::placeholder || target != name || has_arguments)) {
            out_ += quoted(target);
            if (has_arguments) out_ += ", ";
        }
        arguments();
        out_ += ')';
    }

    void arguments() {
        std::string_view separator;
        for (const Value& argument : graph_.args(node_)) {
            out_ += separator;
            value(argument);
            separator = ", ";
        }
        for (const Keyword& keyword : graph_.kwargs(node_)) {
            if (!is_word(keyword.name))
                throw Unsayable(fmt::format("has an argument called {}", quoted(keyword.name)));
            ((out_ += separator) += keyword.name) += '=';
            value(keyword.value);
            separator = ", ";
        }
    }

    void value(const Value& value, unsigned depth = 0) {
        using Kind = Value::Kind;
        if (depth > deepest) throw Unsayable("has arguments that are nested too deep");
        switch (value.kind) {
        case Kind::none: out_ += "None"; return;
        case Kind::boolean: out_ += value.boolean ? "True" : "False"; return;
        case Kind::integer:
        case Kind::real: return append_number(out_, value);
        case Kind::string: out_ += quoted(text_of(value)); return;
        case Kind::list: return row("[", value.item_span(), "]", depth);
        case Kind::tuple: return row("(", value.item_span(), value.size == 1 ? ",)" : ")", depth);
        case Kind::dict: return dict(value.item_span(), depth);
        case Kind::dtype: return dtype(text_of(value));
        case Kind::device: out_ += fmt::format("device({})", quoted(text_of(value))); return;
        case Kind::memory_format:
        case Kind::layout: (out_ += "torch.") += text_of(value); return;
        case Kind::operand: return operand(value.operand);
        case Kind::big_integer: out_ += value.text_view().substr(value.text_view().starts_with('+') ? 1 : 0); return;
        case Kind::complex: return row("complex(", value.item_span(), ")", depth);
        case Kind::slice: return row("slice(", value.item_span(), ")", depth);
        case Kind::symbolic: out_ += fmt::format("sym({})", quoted(text_of(value))); return;
        case Kind::opaque: throw Unsayable(fmt::format("has the argument {}", text_of(value)));
        }
    }

    void operand(uint32_t index) {
        NodeId used = graph_.operand(node_, index);
        if (used == no_node) throw Unsayable("uses a node that is gone");
        graph_.append_name(used, out_);
    }

    void dtype(const std::string& name) {
        if (!is_dtype_word(name)) out_ += "torch.";
        out_ += name;
    }

    void row(std::string_view open, std::span<const Value> items, std::string_view close, unsigned depth) {
        out_ += open;
        std::string_view separator;
        for (const Value& item : items) {
            out_ += separator;
            value(item, depth + 1);
            separator = ", ";
        }
        out_ += close;
    }

    void dict(std::span<const Value> items, unsigned depth) {
        out_ += '{';
        for (size_t i = 0; i < items.size(); i += 2) {
            if (i > 0) out_ += ", ";
            value(items[i], depth + 1);
            out_ += ": ";
            value(items[i + 1], depth + 1);
        }
        out_ += '}';
    }

    static std::string text_of(const Value& value) {
        std::string decoded;
        if (value.escaped)
            decode_json_string(value.text_view(), decoded);
        else
            decoded = value.text_view();
        return decoded;
    }

    void meta(const BlockStyle& style) {
        std::string_view separator = "  meta { ";
        std::set<std::string> seen;
        for (JsonMembers members{JsonValue(graph_.meta(node_))}; members.next();) {
            std::string key = MetaPrinter::text(members.raw_key());
            if (style.keeps && !style.keeps(key)) continue;
            if (!seen.insert(key).second) throw Unsayable(fmt::format("has the metadata {} twice", quoted(key)));
            (out_ += separator) += is_word(key) ? key : quoted(key);
            out_ += ": ";
            MetaPrinter(out_).print(members.value());
            separator = ", ";
        }
        if (!seen.empty()) out_ += " }";
    }

    const Graph& graph_;
    NodeId node_;
    std::string& out_;
};

// A line for each node, behind so many blanks; gives what cannot be stated, and then the rest is left out.
std::string append_nodes(const Graph& graph, const BlockStyle& style, unsigned indent, std::string& out) {
    for (NodeId node = graph.first(); node != no_node; node = graph.next(node)) {
        out.append(indent, ' ');
        try {
            NodePrinter(graph, node, out).print(style);
        } catch (const Unsayable& why) {
            return fmt::format("\"{}\" {}", graph.name(node), why.what());
        }
        out += '\n';
    }
    return {};
}

tl::unexpected<std::string> unsayable(const std::string& why) {
    return tl::unexpected("a test cannot state this graph: " + why);
}

tl::expected<std::string, std::string> block_of(const Graph& graph, std::span<const Submodule> submodules,
                                                const BlockStyle& style) {
    std::string out = "{\n";
    if (auto why = append_nodes(graph, style, style.indent + 4, out); !why.empty()) return unsayable(why);
    for (const Submodule& each : submodules) {
        out += fmt::format("{:{}}submodule {} {{\n", "", style.indent + 4, quoted(each.path));
        if (auto why = append_nodes(each.graph, style, style.indent + 8, out); !why.empty())
            return unsayable(fmt::format("in submodule {}, {}", quoted(each.path), why));
        out += fmt::format("{:{}}}}\n", "", style.indent + 4);
    }
    out.append(style.indent, ' ');
    return out + "}";
}

}  // namespace

tl::expected<std::string, std::string> block_text(const Graph& graph, const BlockStyle& style) {
    return block_of(graph, {}, style);
}

tl::expected<std::string, std::string> block_text(const Module& module, const BlockStyle& style) {
    return block_of(module.graph, module.submodules, style);
}

}  // namespace dqrewrite
