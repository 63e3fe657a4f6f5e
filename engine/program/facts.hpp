// What can be known of a value before any graph is seen: enough to say that a condition is always true, that two
// things never compare equal, or that an argument cannot take a literal.
//
// Facts are safe to be unknown: each one stated holds on every run.
// Tested by tests/program/errors: constant_condition_*, never_equal_*, no_order_*, literal_type_*.
#pragma once

#include "engine/program/program.hpp"

#include <limits>
#include <optional>

namespace dqrewrite::program {

struct Facts {
    enum class Kind : uint8_t {
        unknown,
        none,
        boolean,
        integer,
        real,
        number,  // an integer or a real
        text,
        list,
        tuple,
        set,
        dict,
        node,
        op,      // the target of a call_function
        target,  // the target of some node: an op or a text
        plain,   // from below `meta.val`: JSON's own values, never a dtype, an op or a node
        other,   // a constant of `value_kind`
    };
    static constexpr double infinite = std::numeric_limits<double>::infinity();

    Kind kind = Kind::unknown;
    bool nullable = false;           // it may also be None
    bool of_nodes = false;           // of a list: its items are nodes
    std::optional<Opcode> opcode;    // of a node
    OpSetId ops = none_of<OpSetId>;  // of a call_function or an op: it is one of these
    Value::Kind value_kind = Value::Kind::none;
    double least = -infinite, most = infinite;  // of a number its value; of a text or a row its length
    // Of a value of which the kind is not known: what its schema says that it is, which a call that does not fit its
    // schema may not keep to. Good for warnings alone.
    Value::Kind held = Value::Kind::none;
    std::optional<bool> truth;  // of a condition, where it is known and the kind does not tell

    bool is_number() const {
        return kind == Kind::boolean || kind == Kind::integer || kind == Kind::real || kind == Kind::number;
    }
    bool is_row() const {
        return kind == Kind::list || kind == Kind::tuple || kind == Kind::set || kind == Kind::dict;
    }
    bool may_hold_node() const { return kind == Kind::unknown || kind == Kind::node || is_row(); }
    bool has_ops() const { return ops != none_of<OpSetId>; }
    bool is_known() const { return kind != Kind::unknown; }
};

// What it is as a condition, where that is the same on every run.
std::optional<bool> truth_of(const Facts& facts);
Facts facts_of(const Value& constant);
// What holds of both.
Facts common(const Facts& a, const Facts& b);
// "a list", "a whole number": for messages; empty where the kind is not known.
const char* kind_text(const Facts& facts);

// The type of a schema's argument, taken apart: "Tensor(a!)", "SymInt[2]?", "Tensor?[]".
struct ArgumentType {
    std::string_view base;  // "Tensor"; empty where the type is none that is looked into
    bool optional = false;
    bool is_list = false;
    bool one_for_all = false;  // a list of fixed size, which takes a single item too
    bool optional_items = false;
};
ArgumentType argument_type(std::string_view text);
// What is passed for an argument of this type, where that is an operand, a dtype, a device, a memory format or a
// layout; none for any other type.
Value::Kind held_kind(std::string_view type);
// Whether PyTorch would take such a value for an argument of this type; true where that cannot be told.
bool takes(const ArgumentType& type, const Facts& value);

}  // namespace dqrewrite::program
