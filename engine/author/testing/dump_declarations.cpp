#include "engine/author/testing/dump_declarations.hpp"

#include "engine/ops/op_table.hpp"
#include "engine/program/shipped.hpp"

namespace dqrewrite {

namespace {

// Empty where the file of ops would not say the same.
std::string line_of(const DeclaredOp& op) {
    std::string line(op.schema.empty() ? declaration_key(op.target) : op.schema);
    if (op.impure) line += "; impure";
    OpDeclarations declarations;
    if (!declarations.add(line).empty()) return {};
    auto declared = declarations.find(op.target);
    return declared && declared->schema == op.schema && declared->impure == op.impure ? line : std::string();
}

}  // namespace

std::string dump_declarations(const std::set<std::string>& targets, std::span<const DeclaredOp> ops) {
    OpDeclarations shipped;
    if (const ShippedFile* file = find_shipped("pytorch.ops")) shipped.set_sorted(file->text);
    std::set<std::string> lines;
    for (const DeclaredOp& op : ops) {
        bool wanted =
            targets.contains(std::string(op.target)) && !shipped.find(op.target) && !shipped.is_packet(op.target);
        if (!wanted) continue;
        if (std::string line = line_of(op); !line.empty()) lines.insert(std::move(line));
    }
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

}  // namespace dqrewrite
