// Answers a program's questions about metadata (program/questions.hpp) while a dump is read: its text is at hand
// then, and a run need not look at it any more.
//
// An answer that is not found here is found by the run that asks, so nothing depends on this but time. Metadata
// without any of the keys that are asked for has the answers of the first such metadata, and is not looked at. Tested
// by tests/rewrite/metadata_questions_test.cpp.
#pragma once

#include "engine/dump/dump.hpp"
#include "engine/program/program.hpp"

namespace dqrewrite {

// As Dump::read does it.
DumpResult<Dump> read_for(const program::Program& program, std::shared_ptr<const Input> input);
DumpResult<Dump> read_for(const program::Program& program, std::shared_ptr<const Input> input, std::string_view part,
                          uint64_t first_line);

}  // namespace dqrewrite
