#include "engine/program/facts.hpp"

#include <algorithm>

namespace dqrewrite::program {

using Kind = Facts::Kind;

std::optional<bool> truth_of(const Facts& facts) {
    if (facts.truth) return facts.truth;
    if (facts.kind == Kind::none) return false;
    if (facts.nullable) return {};
    if (facts.is_number()) {
        if (facts.least > 0 || facts.most < 0) return true;
        if (facts.least == 0 && facts.most == 0) return false;
        return {};
    }
    if (facts.is_row() || facts.kind == Kind::text) {
        if (facts.least > 0) return true;
        if (facts.most <= 0) return false;
        return {};
    }
    if (facts.kind == Kind::node || facts.kind == Kind::op || facts.kind == Kind::other) return true;
    return {};
}

Facts facts_of(const Value& constant) {
    Facts facts;
    auto exactly = [&](Kind kind, double value) {
        facts.kind = kind;
        facts.least = facts.most = value;
    };
    switch (constant.kind) {
    case Value::Kind::none: facts.kind = Kind::none; break;
    case Value::Kind::boolean: exactly(Kind::boolean, constant.boolean ? 1 : 0); break;
    case Value::Kind::integer: exactly(Kind::integer, static_cast<double>(constant.integer)); break;
    case Value::Kind::big_integer: facts.kind = Kind::integer; break;
    case Value::Kind::real:
        facts.kind = Kind::real;
        if (constant.real == constant.real) exactly(Kind::real, constant.real);
        break;
    case Value::Kind::string: exactly(Kind::text, constant.size); break;
    case Value::Kind::complex: break;  // may be equal to a number, and be false
    default: facts.kind = Kind::other; facts.value_kind = constant.kind;
    }
    return facts;
}

Facts common(const Facts& a, const Facts& b) {
    if (a.kind == Kind::none && b.kind != Kind::none && b.is_known()) {
        Facts facts = b;
        facts.nullable = true;
        return facts;
    }
    if (b.kind == Kind::none && a.kind != Kind::none) return common(b, a);
    Facts facts;
    if (a.kind != b.kind) {
        if (a.is_number() && b.is_number()) facts.kind = Kind::number;
        return facts;
    }
    facts.kind = a.kind;
    facts.nullable = a.nullable || b.nullable;
    facts.of_nodes = a.of_nodes && b.of_nodes;
    if (a.held == b.held) facts.held = a.held;
    if (a.opcode == b.opcode) facts.opcode = a.opcode;
    if (a.ops == b.ops) facts.ops = a.ops;
    facts.value_kind = a.value_kind == b.value_kind ? a.value_kind : Value::Kind::none;
    facts.least = std::min(a.least, b.least);
    facts.most = std::max(a.most, b.most);
    if (a.truth == b.truth) facts.truth = a.truth;
    return facts;
}

const char* kind_text(const Facts& facts) {
    switch (facts.kind) {
    case Kind::none: return "None";
    case Kind::boolean: return "True or False";
    case Kind::integer: return "a whole number";
    case Kind::real: return "a real number";
    case Kind::number: return "a number";
    case Kind::text: return "a string";
    case Kind::list: return "a list";
    case Kind::tuple: return "a tuple";
    case Kind::set: return "a set";
    case Kind::dict: return "a dict";
    case Kind::node: return "a node";
    case Kind::op: return "an op";
    case Kind::target: return "a target";
    case Kind::plain: return "plain JSON";
    case Kind::other: break;
    case Kind::unknown: return "";
    }
    switch (facts.value_kind) {
    case Value::Kind::dtype: return "a dtype";
    case Value::Kind::device: return "a device";
    case Value::Kind::memory_format: return "a memory format";
    case Value::Kind::layout: return "a layout";
    case Value::Kind::symbolic: return "a symbolic value";
    case Value::Kind::slice: return "a slice";
    default: return "a constant";
    }
}

namespace {

constexpr std::string_view known_types[] = {"Tensor", "int",        "SymInt", "float",  "bool",         "SymBool",
                                            "Scalar", "ScalarType", "Layout", "Device", "MemoryFormat", "str"};

// "Tensor(a!)" -> "Tensor"; what begins with the bracket itself is another kind of type.
std::string_view without_alias(std::string_view text) {
    size_t open = text.find('(');
    if (open == std::string_view::npos || open == 0 || text.back() != ')') return text;
    return text.substr(0, open);
}

bool takes_number(std::string_view type, Kind kind) {
    // A number for a Tensor is wrapped, as in add.Tensor(x, 1).
    if (type == "Tensor" || type == "Scalar" || type == "float" || type == "bool" || type == "SymBool") return true;
    if (type == "int" || type == "SymInt") return kind != Kind::real;
    // Enumerations are numbers underneath.
    return type != "str" && type != "Device" && kind == Kind::integer;
}

bool takes_constant(std::string_view type, Value::Kind kind) {
    if (type == "int" || type == "SymInt") return kind != Value::Kind::device;
    switch (kind) {
    case Value::Kind::dtype: return type == "ScalarType";
    case Value::Kind::device: return type == "Device";
    case Value::Kind::memory_format: return type == "MemoryFormat";
    case Value::Kind::layout: return type == "Layout";
    default: return true;
    }
}

}  // namespace

ArgumentType argument_type(std::string_view text) {
    ArgumentType type;
    if (text.ends_with("?")) {
        type.optional = true;
        text.remove_suffix(1);
    }
    // "Tensor(a!)[]" has its alias before the brackets, "Tensor[](a!)" behind them.
    text = without_alias(text);
    if (text.ends_with("]")) {
        size_t open = text.rfind('[');
        if (open == std::string_view::npos) return type;
        type.is_list = true;
        type.one_for_all = open + 2 < text.size();
        text = text.substr(0, open);
        if (text.ends_with("?")) {
            type.optional_items = true;
            text.remove_suffix(1);
        }
        text = without_alias(text);
    }
    if (std::find(std::begin(known_types), std::end(known_types), text) != std::end(known_types)) type.base = text;
    return type;
}

Value::Kind held_kind(std::string_view type) {
    if (type.ends_with('?')) type.remove_suffix(1);
    if (type == "Tensor") return Value::Kind::operand;
    if (type == "ScalarType") return Value::Kind::dtype;
    if (type == "Device") return Value::Kind::device;
    if (type == "MemoryFormat") return Value::Kind::memory_format;
    return type == "Layout" ? Value::Kind::layout : Value::Kind::none;
}

bool takes(const ArgumentType& type, const Facts& value) {
    if (type.base.empty() || !value.is_known()) return true;
    switch (value.kind) {
    case Kind::none: return type.optional;
    case Kind::list:
    case Kind::tuple: return type.is_list;
    case Kind::set:
    case Kind::dict: return false;
    default: break;
    }
    if (value.nullable || value.kind == Kind::node) return true;
    if (type.is_list && !type.one_for_all)
        return !value.is_number() && value.kind != Kind::text && value.kind != Kind::other;
    if (value.is_number()) return takes_number(type.base, value.kind);
    if (value.kind == Kind::text) return type.base == "str" || type.base == "Device";
    if (value.kind == Kind::other) return takes_constant(type.base, value.value_kind);
    return true;
}

}  // namespace dqrewrite::program
