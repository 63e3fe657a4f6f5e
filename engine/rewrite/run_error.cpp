#include "engine/rewrite/run_error.hpp"

namespace dqrewrite {

Diagnostic diagnostic_of(const program::Program& program, const RunError& error) {
    auto source = [&](const program::Location& location) { return program.sources[location.file].get(); };
    Diagnostic diagnostic{Severity::error, "", error.what(), source(error.location), error.location.span, {}};
    for (const RunNote& note : error.notes) {
        if (note.location)
            diagnostic.notes.push_back({source(*note.location), note.location->span, note.message});
        else
            diagnostic.notes.push_back({nullptr, {}, note.message});
    }
    return diagnostic;
}

}  // namespace dqrewrite
