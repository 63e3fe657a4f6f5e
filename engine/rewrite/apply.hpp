// A pass applied to a dump: the step between reading and writing.
//
// Errors are values: the dump is then to be discarded. Nothing is printed.
// Tested by the conformance tests and tests/cli.
#pragma once

#include "engine/dump/dump.hpp"
#include "engine/rewrite/driver.hpp"

#include <tl/expected.hpp>

namespace dqrewrite {

tl::expected<Report, RunError> apply(const Driver& driver, Dump& dump, RunObserver* observer = nullptr);

}  // namespace dqrewrite
