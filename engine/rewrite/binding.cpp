#include "engine/rewrite/binding.hpp"

namespace dqrewrite {

using program::OpId;

Binding::Binding(const program::Program& program, Symbols& symbols, OpTable& table)
    : program_(&program), symbols_(&symbols), table_(&table) {
    symbol_of_op_.reserve(program.ops.size());
    for (const program::Op& op : program.ops) symbol_of_op_.push_back(symbols.intern(op.target));
    for (const auto& members : program.op_sets) {
        auto& bits = sets_.emplace_back((program.ops.size() + 63) / 64);
        for (OpId op : members) bits[static_cast<size_t>(op) / 64] |= uint64_t{1} << (static_cast<size_t>(op) % 64);
    }
    extend();
    for (size_t op = 0; op < symbol_of_op_.size(); ++op)
        op_of_symbol_[static_cast<size_t>(symbol_of_op_[op])] = static_cast<OpId>(op);
}

// Symbols that came after the program's ops are none of them.
void Binding::extend() {
    bound_ = symbols_->size();
    op_of_symbol_.resize(bound_, program::none_of<OpId>);
}

}  // namespace dqrewrite
