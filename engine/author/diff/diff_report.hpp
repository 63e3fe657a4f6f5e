// What has changed, as text: for people line by line, for programs as JSON.
//
//     + dq_1 = ns.op.default(q, 0.5)
//         a copy of dq, for relu
//     ~ relu
//         args[0]: dq -> dq_1
//     - dq = ns.op.default(q, 0.5)
//
// In the lines a long value is shortened around the place where the two sides part, and characters that are not
// safe to print are U+FFFD; the JSON has all of it, with values as dumps write them.
// Tested by tests/cli, case by case (diff_*).
#pragma once

#include "engine/author/diff/dump_diff.hpp"
#include "engine/dump/output.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace dqrewrite {

enum class DiffLineKind : uint8_t { added, removed, changed, detail, heading, summary };

using DiffLineSink = std::function<void(DiffLineKind, std::string_view)>;
// Without differences there are no lines.
void report_diff_lines(const DumpDiff& diff, const DiffLineSink& sink);

// One object, one line for each node in it.
void report_diff_json(const DumpDiff& diff, Output& output);

}  // namespace dqrewrite
