// A pass run on a graph by each of both engines, and whether they leave the same.
#pragma once

#include "tests/reference/compiled.hpp"
#include "tests/reference/pass.hpp"

namespace dqrewrite::reference {

// How a run ended before its end.
struct Ending {
    uint32_t line = 0;       // of the rule file
    std::string message;     // empty: an expression has no value
    bool in_define = false;  // the line is one of the declarations that all rules use
};

struct RunResult {
    std::string report;  // matches and rewrites of each rule, and the warnings
    std::string dump;    // whole; empty where the run ended before its end: there is no graph then
    std::optional<Ending> ending;
    size_t matches = 0, rewrites = 0;
    bool changed = false;  // against what was read

    std::string to_text() const;
};

RunResult run_compiled(const CheckedFile& file, std::string_view pass, const std::string& dump);
// TooSlow.
RunResult run_reference(const CheckedFile& file, std::string_view pass, const std::string& dump, size_t steps);

bool agree(const RunResult& compiled, const RunResult& reference);

}  // namespace dqrewrite::reference
