// What is known of the values at the places of patterns, before there is a graph: terms, and their unification.
//
// A term is a value of which something is known: nothing, that it is this constant, a list or tuple of terms, or a
// node with arguments that are terms. Two terms that must be one value are made one (union and find); where that
// cannot be, both places that ask for it are told. Unification here knows no schema: demands.hpp says what an
// argument by name is once the op is chosen.
// All copies: a Terms is copied where a pattern has alternatives.
// Tested by tests/author/sets.
#pragma once

#include "engine/program/program.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dqrewrite::sets {

enum class Term : uint32_t {};
inline constexpr Term no_term{0xFFFFFFFF};

// Two places of the rules that no value meets both.
struct Conflict {
    program::Location first, second;
};

struct TermArgument {
    bool named = false;
    uint32_t position = 0;       // of one by position
    std::string_view name = {};  // of one by name
    Term term = no_term;
    bool stored = false;    // asked for as it is stored: a default will not do
    bool optional = false;  // of one by name: None where the op has no such argument
    program::Location location = {};

    bool same_key(const TermArgument& other) const {
        return named == other.named && (named ? name == other.name : position == other.position);
    }
};

// A pattern without `...`: what it does not mention is absent or at its default.
struct TermRest {
    uint32_t positions = 0;
    std::vector<std::string_view> names;
    program::Location location;

    bool mentions(const TermArgument& argument) const;
};

// A number that lies between two bounds, each with the place that set it.
struct Between {
    uint32_t least = 0, most = 0xFFFFFFFF;
    program::Location least_from = {}, most_from = {};

    std::optional<Conflict> narrow(const Between& other);
};

struct TermCell {
    enum class Kind : uint8_t { open, constant, row, node };

    Kind kind = Kind::open;
    program::Location origin;         // of what made it more than open
    const Value* constant = nullptr;  // outlives the terms: of the program, or of a schema
    // of a row
    bool is_tuple = false;
    bool longer = false;  // it may have more items
    std::vector<Term> items;
    // of a node
    uint8_t opcodes = 0x3F;  // a bit for each
    program::Location opcodes_from;
    bool any_op = true;
    std::vector<program::OpId> ops;  // of a call_function, where not any_op: it is one of these
    program::Location ops_from;
    bool resolved = false;  // its arguments are as the schema of its one op has them
    Term target = no_term;  // of the other kinds of nodes: text
    std::vector<TermArgument> arguments;
    std::vector<TermRest> rests;
    Between stored;  // how many arguments are stored by position
    Between users;
    std::vector<Term> read_by;  // nodes that are users of it for certain

    bool may_be(Opcode opcode) const { return (opcodes >> static_cast<unsigned>(opcode) & 1) != 0; }
    bool is(Opcode opcode) const { return opcodes == 1U << static_cast<unsigned>(opcode); }
};

class Terms {
public:
    Term make();
    Term make_constant(const Value& constant, const program::Location& location);
    Term make_row(bool tuple, std::vector<Term> items, bool longer, const program::Location& location);

    Term find(Term term) const;
    const TermCell& operator[](Term term) const { return cells_[static_cast<size_t>(find(term))]; }
    TermCell& at(Term term) { return cells_[static_cast<size_t>(find(term))]; }
    size_t size() const { return cells_.size(); }

    using Outcome = std::optional<Conflict>;  // nothing: it fits
    Outcome unify(Term a, Term b, const program::Location& location);
    Outcome to_node(Term term, uint8_t opcodes, const program::Location& location);
    Outcome to_call(Term term, const std::vector<program::OpId>& ops, const program::Location& location);
    Outcome add_argument(Term node, const TermArgument& argument);
    Outcome add_reader(Term node, Term user, const program::Location& location);

private:
    struct Pair {
        Term a, b;
        program::Location location;
    };
    Outcome run(std::vector<Pair> open);
    Outcome merge(Term into, Term from, std::vector<Pair>& open);
    Outcome merge_rows(TermCell& into, const TermCell& from, const program::Location& at, std::vector<Pair>& open);
    Outcome merge_nodes(TermCell& into, const TermCell& from, const program::Location& at, std::vector<Pair>& open);
    static Outcome narrow_ops(TermCell& cell, const std::vector<program::OpId>& ops,
                              const program::Location& location);
    static void put_argument(TermCell& cell, const TermArgument& argument, std::vector<Pair>& open);
    static void put_reader(TermCell& cell, Term user, std::vector<Pair>& open);

    mutable std::vector<uint32_t> parents_;
    std::vector<TermCell> cells_;
};

// Type and value, as patterns compare constants; and Python's `==`.
bool same_constant(const Value& a, const Value& b);
bool equal_constants(const Value& a, const Value& b);

}  // namespace dqrewrite::sets
