// Rules that match nothing.

#include "engine/author/sets/codes.hpp"
#include "engine/author/sets/context.hpp"

#include <fmt/format.h>

namespace dqrewrite::sets {

bool report_never(Context& context, program::RuleId rule) {
    const program::Program& program = *context.program;
    Demanded demanded = context.demands.solve({&rule, 1});
    if (!demanded.solutions.empty() || !demanded.complete || demanded.exhausted || !demanded.conflict) return false;
    std::vector<DiagnosticNote> notes{context.note(demanded.conflict->first, "this is asked for"),
                                      context.note(demanded.conflict->second, "and this, which it never is")};
    std::string ways = demanded.failed == 1 ? "" : fmt::format(", in none of {} ways; of the first", demanded.failed);
    context.say(Severity::warning, codes::never_matches, program[rule].location,
                fmt::format("\"{}\" matches nothing{}", context.name(rule), ways), std::move(notes));
    return true;
}

}  // namespace dqrewrite::sets
