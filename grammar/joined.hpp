// Words in a row, as a message or a text says them: fmt::join takes half a second to compile in each file.
#pragma once

#include <string>
#include <string_view>

namespace dqrewrite {

// Any range of strings.
template <typename Parts>
std::string joined(const Parts& parts, std::string_view separator) {
    std::string text;
    bool first = true;
    for (const std::string_view part : parts) {
        if (!first) text += separator;
        first = false;
        text += part;
    }
    return text;
}

}  // namespace dqrewrite
