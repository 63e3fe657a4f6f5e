// Value -> JSON.
#include "engine/dump/value_writer.hpp"

#include "engine/dump/json_text.hpp"

#include <charconv>

namespace dqrewrite {

namespace {

using Kind = Value::Kind;

// The key of the object that stands for a value; empty where JSON has the value itself.
std::string_view tag_of(Kind kind) {
    switch (kind) {
    case Kind::big_integer: return "int";
    case Kind::complex: return "complex";
    case Kind::tuple: return "tuple";
    case Kind::dict: return "dict";
    case Kind::slice: return "slice";
    case Kind::dtype: return "dtype";
    case Kind::device: return "device";
    case Kind::memory_format: return "memory_format";
    case Kind::layout: return "layout";
    case Kind::symbolic: return "sym";
    case Kind::opaque: return "opaque";
    default: return {};
    }
}

void append_integer(std::string& out, int64_t value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

bool is_finite_text(std::string_view digits) {
    return digits.empty() || (digits.back() != 'f' && digits.back() != 'n');
}

}  // namespace

void ValueWriter::append_args(std::string& out, const Graph& graph, NodeId node) {
    open(out, graph.args(node), {}, false);
    while (!frames_.empty()) append_next(out, graph, node);
}

void ValueWriter::append_kwargs(std::string& out, const Graph& graph, NodeId node) {
    out += '{';
    bool first = true;
    for (const Keyword& keyword : graph.kwargs(node)) {
        if (!first) out += style_.comma;
        first = false;
        append_text(out, keyword.name, false);
        out += style_.colon;
        append_value(out, graph, node, keyword.value);
    }
    out += '}';
}

void ValueWriter::append_name(std::string& out, const Graph& graph, NodeId node) {
    out += '"';
    const size_t start = out.size();
    graph.append_name(node, out);
    if (graph.has_identifier(node)) {
        out += '"';
        return;
    }
    const std::string name = out.substr(start);
    out.resize(start - 1);
    append_json_string(out, name);
}

void ValueWriter::append_value(std::string& out, const Graph& graph, NodeId owner, const Value& value) {
    append_one(out, graph, owner, value);
    while (!frames_.empty()) append_next(out, graph, owner);
}

// The next item of the innermost open bracket, or the bracket's end.
void ValueWriter::append_next(std::string& out, const Graph& graph, NodeId owner) {
    Frame& frame = frames_.back();
    if (frame.at == frame.end) return close(out);
    const bool is_key = frame.pairs && (frame.at - frame.begin) % 2 == 0;
    if (frame.at != frame.begin) {
        if (is_key) out += ']';
        out += style_.comma;
    }
    if (is_key) out += '[';
    append_one(out, graph, owner, *frame.at++);
}

// A value whole, or the start of its bracket.
void ValueWriter::append_one(std::string& out, const Graph& graph, NodeId owner, const Value& value) {
    switch (value.kind) {
    case Kind::none: out += "null"; return;
    case Kind::boolean: out += value.boolean ? "true" : "false"; return;
    case Kind::integer: return append_integer(out, value.integer);
    case Kind::real: return append_real_value(out, value);
    case Kind::string: return append_text(out, value.text_view(), value.escaped);
    case Kind::list: return open(out, value.item_span(), {}, false);
    case Kind::complex:
    case Kind::tuple:
    case Kind::slice: return open(out, value.item_span(), tag_of(value.kind), false);
    case Kind::dict: return open(out, value.item_span(), tag_of(value.kind), true);
    default: break;
    }
    if (value.kind == Kind::operand) {
        out += node_tag_;
        append_name(out, graph, graph.operand(owner, value.operand));
    } else {
        append_tag(out, tag_of(value.kind));
        append_text(out, value.text_view(), value.escaped);
    }
    out += '}';
}

void ValueWriter::append_real_value(std::string& out, const Value& value) {
    std::string computed;
    if (!value.as_text) append_real(computed, value.real);
    const std::string_view digits = value.as_text ? value.text_view() : computed;
    if (is_finite_text(digits)) {
        out += digits;
        return;
    }
    append_tag(out, "float");
    append_text(out, digits, false);
    out += '}';
}

// Text that still has its escapes, or is of the input, has been a JSON string before and is one again.
void ValueWriter::append_text(std::string& out, std::string_view text, bool escaped) {
    if (!escaped && !(input_ && input_->holds(text))) return append_json_string(out, text);
    out += '"';
    out += text;
    out += '"';
}

void ValueWriter::append_tag(std::string& out, std::string_view tag) {
    out += "{\"";
    out += tag;
    out += '"';
    out += style_.colon;
}

void ValueWriter::open(std::string& out, std::span<const Value> items, std::string_view tag, bool pairs) {
    if (!tag.empty()) append_tag(out, tag);
    out += '[';
    frames_.push_back({items.data(), items.data() + items.size(), items.data(), pairs, !tag.empty()});
}

void ValueWriter::close(std::string& out) {
    const Frame frame = frames_.back();
    frames_.pop_back();
    if (frame.pairs && frame.begin != frame.end) out += ']';
    out += ']';
    if (frame.wrapped) out += '}';
}

}  // namespace dqrewrite
