// target_to_name() of engine/graph/graph.hpp: from a target's text to the candidate of a new node's name.
#include "engine/graph/graph.hpp"

namespace dqrewrite {

namespace {

constexpr std::string_view ops_prefix = "torch.ops.";
constexpr std::string_view dialects_prefix = "executorch.exir.dialects.";
constexpr std::string_view dialect_ops = "._ops.";

// __name__ of the function with this qualified name: "add.Tensor" of an overload, "add" of a packet or a higher
// order op, "aten.add.Tensor" of an op of a dialect, and the last component of any other.
std::string_view function_name(std::string_view target) {
    if (target.starts_with(dialects_prefix)) {
        const size_t at = target.find(dialect_ops, dialects_prefix.size());
        if (at != std::string_view::npos) return target.substr(at + dialect_ops.size());
    }
    if (target.starts_with(ops_prefix)) {
        const size_t dot = target.find('.', ops_prefix.size());
        if (dot != std::string_view::npos) return target.substr(dot + 1);
    }
    return target.substr(target.rfind('.') + 1);  // npos + 1 is 0
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

// Beyond ASCII, str.lower() gives a character that a name may hold for two letters alone: the Kelvin sign and
// I with a dot. create_name puts an underscore in the place of all others.
std::string snake_case(std::string_view text) {
    constexpr std::string_view kelvin = "\xE2\x84\xAA";
    constexpr std::string_view dotted_i = "\xC4\xB0";
    std::string out;
    for (size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (is_upper(c)) {
            if (at > 0 && is_lower(text[at - 1])) out += '_';
            out += static_cast<char>(c - 'A' + 'a');
        } else if (text.substr(at, kelvin.size()) == kelvin) {
            out += 'k';
            at += kelvin.size() - 1;
        } else if (text.substr(at, dotted_i.size()) == dotted_i) {
            out += "i\xCC\x87";
            at += dotted_i.size() - 1;
        } else {
            out += c;
        }
    }
    return out;
}

std::string_view without_magic(std::string_view target) {
    if (!target.starts_with("__") || !target.ends_with("__")) return target;
    return target.size() < 4 ? std::string_view() : target.substr(2, target.size() - 4);
}

}  // namespace

std::string target_to_name(Opcode opcode, std::string_view target) {
    return snake_case(opcode == Opcode::call_function ? function_name(target) : without_magic(target));
}

}  // namespace dqrewrite
