// --ndjson: one dump a line in, one result a line out, in order.
//
// A line that cannot be done gives {"error": "…"} in its place and a message with its line number; the others
// go on, and the status at the end is 2. Blank lines are skipped. Memory is that of a few lines for each job.
#pragma once

#include "engine/cli/commands.hpp"
#include "engine/rewrite/driver.hpp"

namespace dqrewrite::cli {

int run_ndjson(const Driver& driver, const RunOptions& options, double compile_seconds);

}  // namespace dqrewrite::cli
