// The reference engine: values as Python's str() and repr() print them.

#include "tests/reference/object.hpp"

#include "engine/ops/op_table.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace dqrewrite::reference {

namespace {

using Kind = Object::Kind;

// ASCII is all that the tests use.
std::string quoted(const std::string& text) {
    char quote = text.find('\'') != std::string::npos && text.find('"') == std::string::npos ? '"' : '\'';
    std::string out(1, quote);
    for (char c : text) {
        if (c == quote || c == '\\') out += '\\';
        out += c;
    }
    return out + quote;
}

// What str() gives for the function that a target names.
std::string op_text(const std::string& target) {
    for (const Dialect& dialect : dialects())
        if (target.starts_with(dialect.prefix)) return target.substr(dialect.prefix.size());
    if (target.starts_with("operator.")) return "<built-in function " + target.substr(9) + ">";
    return target;
}

std::string repr(const Graph& graph, const Object& object);

std::string items(const Graph& graph, const Object& object, const char* open, const char* close) {
    std::string out = open;
    bool pairs = is_mapping(object);
    for (size_t i = 0; i < object.items.size(); ++i) {
        if (i > 0) out += pairs && i % 2 == 1 ? ": " : ", ";
        out += repr(graph, object.items[i]);
    }
    return out + close;
}

// (1+2.5j); without a real part 2.5j.
std::string complex_text(const Object& object) {
    auto part = [&](size_t index) {
        const Object& item = object.items[index];
        return item.kind == Kind::real ? item.real : static_cast<double>(item.integer);
    };
    auto text = [](double value) {
        std::string shown = real_text(value);
        return shown.ends_with(".0") ? shown.substr(0, shown.size() - 2) : shown;
    };
    const std::string real = text(part(0)), imaginary = text(part(1)) + "j";
    if (real == "0") return imaginary;
    return "(" + real + (imaginary.starts_with('-') ? "" : "+") + imaginary + ")";
}

std::string repr(const Graph& graph, const Object& object) {
    switch (object.kind) {
    case Kind::none: return "None";
    case Kind::boolean: return object.integer ? "True" : "False";
    case Kind::integer: return std::to_string(object.integer);
    case Kind::real: return real_text(object.real);
    case Kind::text: return quoted(object.text);
    case Kind::list: return items(graph, object, "[", "]");
    case Kind::tuple: return items(graph, object, "(", object.items.size() == 1 ? ",)" : ")");
    case Kind::set: return object.items.empty() ? "set()" : items(graph, object, "{", "}");
    case Kind::slice: return items(graph, object, "slice(", ")");
    case Kind::complex: return complex_text(object);
    case Kind::dict:
    case Kind::record: return items(graph, object, "{", "}");
    case Kind::dtype:
    case Kind::memory_format:
    case Kind::layout: return "torch." + object.text;
    case Kind::device: return "device(type=" + quoted(object.text) + ")";  // the tests know none with a number
    case Kind::node: return graph.name(object.node);
    case Kind::op: return op_text(object.text);
    case Kind::type: return "<class '" + object.text + "'>";
    case Kind::table: return "table";
    default: return object.text;
    }
}

}  // namespace

// The fewest digits that read as the same number; from 1e16 on, and below 1e-4, with an exponent.
std::string real_text(double value) {
    if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    char text[40];
    for (int digits = 0; digits < 17; ++digits) {
        std::snprintf(text, sizeof text, "%.*e", digits, value);
        if (std::strtod(text, nullptr) == value) break;
    }
    std::string all = text;
    size_t e = all.find('e');
    int exponent = std::atoi(all.c_str() + e + 1);
    if (exponent < -4 || exponent >= 16) return all;
    std::string sign = all[0] == '-' ? "-" : "", digits;
    for (char c : all.substr(0, e))
        if (c >= '0' && c <= '9') digits += c;
    if (exponent < 0) return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
    auto whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
    return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string_view type_word(const Object& object) {
    switch (object.kind) {
    case Kind::none: return "None";
    case Kind::boolean: return "bool";
    case Kind::integer:
    case Kind::big_integer: return "int";
    case Kind::real: return "float";
    case Kind::complex: return "complex";
    case Kind::text: return "str";
    case Kind::list: return "list";
    case Kind::tuple: return "tuple";
    case Kind::dict: return "dict";
    case Kind::set: return "set";
    case Kind::slice: return "slice";
    case Kind::dtype: return "dtype";
    case Kind::device: return "device";
    case Kind::memory_format: return "memory format";
    case Kind::layout: return "layout";
    case Kind::symbolic: return "symbolic value";
    case Kind::opaque: return "opaque value";
    case Kind::node: return "node";
    case Kind::gone_node: return "gone node";
    case Kind::op: return "op";
    case Kind::type: return "type";
    case Kind::record: return "record";
    case Kind::table: return "table";
    }
    return {};
}

std::string to_text(const Graph& graph, const Object& object) {
    bool plain = object.kind == Kind::text || object.kind == Kind::device;
    return plain ? object.text : repr(graph, object);
}

std::string to_repr(const Graph& graph, const Object& object) {
    return repr(graph, object);
}

}  // namespace dqrewrite::reference
