// A program bound to one module: which of the program's ops each target of the module is, and what the op
// table knows of it.
//
// Ids are per program and per module, so this is where the two meet; made once for a run. Targets that the
// run adds to the module's symbols later (an inserted op) are bound on first asking.
// Tested by tests/rewrite.
#pragma once

#include "engine/graph/module.hpp"
#include "engine/ops/op_table.hpp"
#include "engine/program/program.hpp"

#include <span>
#include <vector>

namespace dqrewrite {

class Binding {
public:
    Binding(const program::Program& program, Symbols& symbols, OpTable& table);

    // none_of<OpId> where the program does not speak of this target.
    program::OpId op(Symbol target) {
        if (static_cast<size_t>(target) >= bound_) [[unlikely]]
            extend();
        return op_of_symbol_[static_cast<size_t>(target)];
    }
    // The same of all targets that there are now, by Symbol; until a new one comes.
    std::span<const program::OpId> ops() {
        if (symbols_->size() > bound_) [[unlikely]]
            extend();
        return op_of_symbol_;
    }
    Symbol symbol(program::OpId op) const { return symbol_of_op_[static_cast<size_t>(op)]; }
    bool contains(program::OpSetId set, program::OpId op) const {
        size_t bit = static_cast<size_t>(op);
        return op != program::none_of<program::OpId> && (sets_[static_cast<size_t>(set)][bit / 64] >> (bit % 64) & 1);
    }
    bool contains(program::OpSetId set, Symbol target) { return contains(set, op(target)); }
    // Null where no schema is known.
    const Schema* schema(Symbol target) { return table_->facts(target, *symbols_).schema.get(); }
    // Whether a call of this target must be kept without users: for Graph::impure() and eliminate_dead_code().
    ImpureTarget impure_target() {
        return [this](Symbol target) { return table_->facts(target, *symbols_).impure; };
    }
    const program::Program& program() const { return *program_; }
    Symbols& symbols() { return *symbols_; }

private:
    [[gnu::cold]] void extend();

    const program::Program* program_;
    Symbols* symbols_;
    OpTable* table_;
    std::vector<program::OpId> op_of_symbol_;
    size_t bound_ = 0;  // its size
    std::vector<Symbol> symbol_of_op_;
    std::vector<std::vector<uint64_t>> sets_;  // by OpSetId: a bit for each op of the program
};

}  // namespace dqrewrite
