// The test block that a diagnostic about a set of rules shows.
#pragma once

#include "grammar/diagnostic.hpp"

#include <algorithm>
#include <string>

namespace dqrewrite::test {

// Without the margin; empty where there is none.
inline std::string test_of(const Diagnostic& diagnostic) {
    for (const DiagnosticNote& note : diagnostic.notes) {
        size_t start = note.message.find("\n    test \"");
        if (start == std::string::npos) continue;
        std::string text;
        for (size_t at = start + 1; at < note.message.size();) {
            size_t end = std::min(note.message.find('\n', at), note.message.size());
            text += note.message.substr(at + 4, end - at - 4) + "\n";
            at = end + 1;
        }
        return text;
    }
    return {};
}

// The node of that graph that the rules match: "both match at NAME of this graph".
inline std::string root_of(const Diagnostic& diagnostic) {
    for (const DiagnosticNote& note : diagnostic.notes) {
        size_t end = note.message.find(" of this graph");
        if (end == std::string::npos) continue;
        size_t start = note.message.rfind(' ', end - 1);
        return note.message.substr(start + 1, end - start - 1);
    }
    return {};
}

}  // namespace dqrewrite::test
