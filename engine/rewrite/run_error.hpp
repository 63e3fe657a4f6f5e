// Why a run ended before its end.
#pragma once

#include "engine/program/program.hpp"
#include "grammar/diagnostic.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

namespace dqrewrite {

struct RunNote {
    std::optional<program::Location> location;
    std::string message;
};

// The places are some of the rule file.
struct RunError : std::runtime_error {
    RunError(program::Location where, const std::string& message, std::vector<RunNote> more = {}, bool spent = false)
        : std::runtime_error(message), location(where), notes(std::move(more)), budget_spent(spent) {}
    program::Location location;
    std::vector<RunNote> notes;
    bool budget_spent;  // there would have been more to do
};

Diagnostic diagnostic_of(const program::Program& program, const RunError& error);

}  // namespace dqrewrite
