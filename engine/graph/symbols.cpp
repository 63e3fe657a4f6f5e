// Interned text; see symbols.hpp.
#include "engine/graph/symbols.hpp"

#include <stdexcept>

namespace dqrewrite {

Symbol Symbols::intern(std::string_view text) {
    if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;
    if (texts_.size() == static_cast<size_t>(no_symbol)) throw std::length_error("too many different targets");
    const Symbol symbol{static_cast<uint32_t>(texts_.size())};
    texts_.emplace_back(text);
    by_text_.emplace(texts_.back(), symbol);
    return symbol;
}

Symbol Symbols::find(std::string_view text) const {
    const auto found = by_text_.find(text);
    return found == by_text_.end() ? no_symbol : found->second;
}

}  // namespace dqrewrite
