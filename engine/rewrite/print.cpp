#include "engine/rewrite/print.hpp"

#include "engine/dump/json_text.hpp"
#include "engine/ops/op_table.hpp"
#include "engine/rewrite/arithmetic.hpp"
#include "engine/rewrite/metadata.hpp"
#include "grammar/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

using Kind = Datum::Kind;

struct CodePoints {
    char32_t first, last;
};

// What str.isprintable says no to beyond ASCII: controls, formats, separators, private use. What Unicode has not
// assigned, which differs from one Python to the next, is taken to be printable.
constexpr CodePoints unprintable[] = {
    {0x80, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},     {0x61C, 0x61C},     {0x6DD, 0x6DD},
    {0x70F, 0x70F},     {0x890, 0x891},     {0x8E2, 0x8E2},     {0x1680, 0x1680},   {0x180E, 0x180E},
    {0x2000, 0x200F},   {0x2028, 0x202F},   {0x205F, 0x206F},   {0x3000, 0x3000},   {0xE000, 0xF8FF},
    {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}, {0xF0000, 0x10FFFF},
};

bool is_printable(char32_t code) {
    const auto* range = std::find_if(std::begin(unprintable), std::end(unprintable),
                                     [code](const CodePoints& each) { return code <= each.last; });
    return range == std::end(unprintable) || code < range->first;
}

// A character beyond ASCII, of which the text is good UTF-8.
void append_character(std::string& out, std::string_view bytes) {
    char32_t code = static_cast<unsigned char>(bytes[0]) & (0x7Fu >> bytes.size());
    for (char c : bytes.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
    const auto number = static_cast<uint32_t>(code);
    if (is_printable(code))
        out += bytes;
    else
        out += number < 0x100     ? fmt::format("\\x{:02x}", number)
               : number < 0x10000 ? fmt::format("\\u{:04x}", number)
                                  : fmt::format("\\U{:08x}", number);
}

void append_ascii(std::string& out, char c, char quote) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\')
        (out += '\\') += c;
    else if (c == '\n')
        out += "\\n";
    else if (c == '\r')
        out += "\\r";
    else if (c == '\t')
        out += "\\t";
    else if (byte < 0x20 || byte == 0x7F)
        out += fmt::format("\\x{:02x}", byte);
    else
        out += c;
}

// Python's repr of a string.
void append_quoted(std::string& out, std::string_view text) {
    const bool single = text.find('\'') != std::string_view::npos;
    const char quote = single && text.find('"') == std::string_view::npos ? '"' : '\'';
    out += quote;
    const char* end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const size_t size = std::max<size_t>(1, utf8_length(at, end));
        if (static_cast<unsigned char>(*at) < 0x80)
            append_ascii(out, *at, quote);
        else if (size > 1)
            append_character(out, {at, size});
        else
            out += *at;
        at += size;
    }
    out += quote;
}

// Within a complex number a part has no ".0".
void append_part(std::string& out, const Datum& part) {
    append_real(out, as_real(part).value_or(std::numeric_limits<double>::infinity()));
    if (out.ends_with(".0")) out.resize(out.size() - 2);
}

void append_complex(std::string& out, const Datum& datum) {
    const Datum& real = datum.items[0];
    bool shown = same(real, make_real(-0.0)) || !equal(real, make_integer(0));
    std::string imaginary;
    append_part(imaginary, datum.items[1]);
    if (shown) {
        out += '(';
        append_part(out, real);
        if (!imaginary.starts_with('-')) out += '+';
    }
    out += imaginary;
    out += shown ? "j)" : "j";
}

// "cuda:0" -> device(type='cuda', index=0)
void append_device(std::string& out, std::string_view text) {
    size_t colon = text.find(':');
    out += "device(type=";
    append_quoted(out, text.substr(0, colon));
    if (colon != std::string_view::npos) (out += ", index=") += text.substr(colon + 1);
    out += ')';
}

std::string_view python_type(program::Function function) {
    using program::Function;
    switch (function) {
    case Function::bool_: return "bool";
    case Function::int_: return "int";
    case Function::float_: return "float";
    case Function::str: return "str";
    case Function::list: return "list";
    case Function::tuple: return "tuple";
    case Function::set: return "set";
    case Function::slice: return "slice";
    case Function::complex: return "complex";
    case Function::sym: return "sym";
    default: return "dict";
    }
}

class Printer {
public:
    Printer(const Graph& graph, std::string& out, size_t limit) : graph_(graph), out_(out), limit_(limit) {}

    // Python's str().
    void print(const Datum& datum) {
        if (datum.kind == Kind::string || datum.kind == Kind::device)
            out_ += datum.text_view();
        else
            print_repr(datum);
    }

    void print_repr(const Datum& datum) {
        switch (datum.kind) {
        case Kind::none: out_ += "None"; break;
        case Kind::boolean: out_ += datum.boolean ? "True" : "False"; break;
        case Kind::integer: out_ += std::to_string(datum.integer); break;
        case Kind::real: append_real(out_, datum.real); break;
        case Kind::complex: append_complex(out_, datum); break;
        case Kind::string: append_quoted(out_, datum.text_view()); break;
        case Kind::list: row("[", datum.item_span(), "]"); break;
        case Kind::tuple: row("(", datum.item_span(), datum.size == 1 ? ",)" : ")"); break;
        case Kind::set:
            if (datum.size == 0)
                out_ += "set()";
            else
                row("{", datum.item_span(), "}");
            break;
        case Kind::slice: row("slice(", datum.item_span(), ")"); break;
        case Kind::dict: dict(datum); break;
        case Kind::record: record(datum); break;
        case Kind::dtype:
        case Kind::memory_format:
        case Kind::layout: (out_ += "torch.") += datum.text_view(); break;
        case Kind::device: append_device(out_, datum.text_view()); break;
        case Kind::big_integer:
        case Kind::symbolic:
        case Kind::opaque:
        case Kind::gone_node: out_ += datum.text_view(); break;
        case Kind::node: graph_.append_name(datum.node, out_); break;
        case Kind::op: out_ += op_text(graph_.symbols().text(datum.symbol)); break;
        case Kind::type: ((out_ += "<class '") += python_type(datum.function)) += "'>"; break;
        case Kind::table: out_ += "table"; break;
        }
    }

private:
    void row(std::string_view open, std::span<const Datum> items, std::string_view close) {
        out_ += open;
        for (const Datum& item : items) {
            if (out_.size() > limit_) return;
            if (&item != items.data()) out_ += ", ";
            print_repr(item);
        }
        out_ += close;
    }

    void dict(const Datum& datum) {
        out_ += '{';
        for (size_t i = 0; i < datum.size; i += 2) {
            if (out_.size() > limit_) return;
            if (i > 0) out_ += ", ";
            print_repr(datum.items[i]);
            out_ += ": ";
            print_repr(datum.items[i + 1]);
        }
        out_ += '}';
    }

    // What cannot be read is shown as it is.
    void record(const Datum& datum) {
        Arena arena;
        Datum members;
        if (record_to_dict(&graph_, datum.text_view(), arena, members))
            dict(members);
        else
            out_ += datum.text_view();
    }

    const Graph& graph_;
    std::string& out_;
    size_t limit_;
};

void append_structure(std::string& out, const Graph& graph, const Datum& datum, size_t limit) {
    bool list = datum.kind == Datum::Kind::list, dict = datum.kind == Datum::Kind::dict;
    if (!list && !dict && datum.kind != Datum::Kind::tuple) {
        out += '*';
        return;
    }
    out += list ? '[' : dict ? '{' : '(';
    for (size_t i = 0; i < datum.size && out.size() <= limit; i += dict ? 2 : 1) {
        if (dict) out += to_repr(graph, datum.items[i], limit) + ": ";
        append_structure(out, graph, datum.items[dict ? i + 1 : i], limit);
        out += ", ";
    }
    out += list ? ']' : dict ? '}' : ')';
}

}  // namespace

std::string op_text(std::string_view target) {
    constexpr std::string_view higher_order = "torch.ops.higher_order.";
    if (target.starts_with(higher_order)) return std::string(target.substr(higher_order.size()));
    for (const Dialect& dialect : dialects())
        if (target.starts_with(dialect.prefix)) return std::string(target.substr(dialect.prefix.size()));
    size_t dot = target.find('.');
    std::string_view module = target.substr(0, dot == std::string_view::npos ? 0 : dot);
    if (module.empty()) return fmt::format("<built-in function {}>", target);
    bool built_in = (module == "operator" || module == "math" || module == "builtins") && target.rfind('.') == dot;
    return built_in ? fmt::format("<built-in function {}>", target.substr(dot + 1)) : std::string(target);
}

std::string to_text(const Graph& graph, const Datum& datum, size_t limit) {
    std::string out;
    Printer(graph, out, limit).print(datum);
    return out;
}

std::string to_repr(const Graph& graph, const Datum& datum, size_t limit) {
    std::string out;
    Printer(graph, out, limit).print_repr(datum);
    return out;
}

std::string to_brief_repr(const Graph& graph, const Datum& datum) {
    constexpr size_t most = 1000;
    std::string text = to_repr(graph, datum, most);
    if (text.size() <= most) return text;
    return text.substr(0, character_start(text, most)) + "...";
}

std::string structure_of(const Graph& graph, const Datum& datum, size_t limit) {
    std::string out;
    append_structure(out, graph, datum, limit);
    return out;
}

}  // namespace dqrewrite
