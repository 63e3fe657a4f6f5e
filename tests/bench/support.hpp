// What the benchmarks share: a driver for a rule file, a dump from a text. Errors end the program.
#pragma once

#include "engine/rewrite/apply.hpp"
#include "engine/rewrite/metadata_questions.hpp"

#include <memory>
#include <string>

namespace dqrewrite::bench {

// For the first pass of a rule file, or of one that ships with dqrewrite.
std::shared_ptr<const Driver> driver_for(const std::string& rules);
// With a driver as the command reads for its rules: what they ask of metadata is answered.
Dump read(const std::shared_ptr<const Input>& input, const Driver* driver = nullptr);
Report rewrite(const Driver& driver, Dump& dump);

}  // namespace dqrewrite::bench
