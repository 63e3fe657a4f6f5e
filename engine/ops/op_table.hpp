// What is known of ops: declarations (files of schemas) and, for one module, the facts of each target.
//
// A declaration file (`.ops`) has one op a line: PyTorch's schema text, or for what has none (a Python
// function) its qualified name; then, after a ";", flags with commas between them: "impure" where dead-code
// elimination must keep a node without users, "commutes" where the first two arguments may change places as long as
// all others have their defaults. "#" begins a comment. A schema `ns::op.overload` stands for that op in every
// dialect (torch.ops, ExecuTorch's edge); without an overload it is the overload `default`.
// Errors: a line that is neither is reported with its place, and so is one that says otherwise than an earlier line,
// or gives an op that ships another schema; nothing of the file is then used. A line may be said again. Tested by
// tests/ops/op_table_test.cpp.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/schema.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

// One op as a declaration file states it.
struct OpDeclaration {
    std::string_view schema;  // empty where it has none
    bool impure = false;
    bool commutes = false;
};

// Where the ops of a dialect live, and the word by which rules name it. In rules "torch.ops." may be left out.
struct Dialect {
    std::string_view word;    // "edge"
    std::string_view prefix;  // "executorch.exir.dialects.edge._ops."
};
std::span<const Dialect> dialects();

// "torch.ops.aten.add.Tensor" and "executorch.exir.dialects.edge._ops.aten.add.Tensor" -> "aten::add.Tensor",
// "….relu.default" -> "….relu"; anything else ("operator.getitem") is its own key.
std::string declaration_key(std::string_view target);

class OpDeclarations {
public:
    struct BadLine {
        uint32_t begin, end;  // bytes of what is wrong with the line
        std::string message;
        std::string_view unknown_type;  // as in SchemaProblem
        std::string_view other;         // the declaration that it differs from: a line of a text that was added, or
                                        // of what ships
    };
    struct BadLines {
        std::vector<BadLine> first;  // at most max_bad_lines
        size_t more = 0;
        bool empty() const { return first.empty(); }
    };

    // `text` outlives the declarations.
    static constexpr size_t max_bad_lines = 100;
    BadLines add(std::string_view text);
    // Text whose lines are sorted by key, good ones, without comments: looked up where it stands, so it costs nothing
    // until it is asked. It comes after what add() gave.
    void set_sorted(std::string_view text) { sorted_ = text; }

    std::optional<OpDeclaration> find(std::string_view target) const;
    // A packet: "torch.ops.aten.add", of which overloads are declared.
    bool is_packet(std::string_view target) const;
    // Whether ops or Python functions are declared whose names begin with this word: "aten", "operator".
    bool has_namespace(std::string_view word) const;
    // All such words, sorted.
    std::vector<std::string_view> namespaces() const;
    // Whether an op is declared that has an argument of this name. Looks through all text.
    bool has_argument(std::string_view name) const;
    // Every declared target of the dialects and Python functions, sorted: for suggestions and wildcards.
    std::vector<std::string> targets() const;
    // The overloads declared of a packet, as targets, sorted.
    std::vector<std::string> overloads(std::string_view packet) const;

private:
    std::vector<std::string> keys_with_prefix(std::string_view prefix) const;
    bool has_key_with_prefix(std::string_view prefix) const;
    // The least key above `prefix` and all that begins with it; empty where there is none.
    std::string_view key_after(std::string_view prefix) const;

    // The line of what ships for this key; empty where there is none.
    std::string_view sorted_line(std::string_view key) const;

    struct Added {
        OpDeclaration declaration;
        std::string_view line;
    };
    std::map<std::string, Added, std::less<>> added_;
    std::string_view sorted_;
};

// The facts of the targets of one module: what its dump states, then what is declared.
class OpTable {
public:
    struct Facts {
        std::unique_ptr<Schema> schema;  // null where none is known or it could not be read
        bool known = false;              // listed by the dump, or declared
        bool impure = false;
    };

    explicit OpTable(const OpDeclarations& declarations) : declarations_(&declarations) {}

    // What a dump says of a target: counts before every declaration. `schema` is empty where it has none.
    void state(std::string_view target, std::string_view schema, bool impure);
    // Read once per target, on first asking.
    const Facts& facts(Symbol target, const Symbols& symbols) {
        const auto index = static_cast<size_t>(target);
        if (index >= by_symbol_.size() || !by_symbol_[index]) [[unlikely]]
            learn(target, symbols);
        return *by_symbol_[index];
    }

private:
    struct Stated {
        std::string_view schema;
        bool impure;
    };
    [[gnu::cold]] void learn(Symbol target, const Symbols& symbols);
    Facts look_up(std::string_view target);

    const OpDeclarations* declarations_;
    std::map<std::string, Stated, std::less<>> stated_;
    std::vector<std::unique_ptr<Facts>> by_symbol_;
    ValueStore store_;
};

}  // namespace dqrewrite
