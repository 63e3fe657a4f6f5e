#include "engine/author/text/rule_words.hpp"

#include "engine/ops/op_table.hpp"

#include <fmt/format.h>

namespace dqrewrite {

std::string short_target(std::string_view target) {
    for (const Dialect& dialect : dialects()) {
        if (!target.starts_with(dialect.prefix)) continue;
        const std::string_view rest = target.substr(dialect.prefix.size());
        return dialect.word == "torch.ops" ? std::string(rest) : fmt::format("{}.{}", dialect.word, rest);
    }
    return std::string(target);
}

}  // namespace dqrewrite
