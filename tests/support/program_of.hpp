// A checked program of a text that must have no errors, for tests; what is wrong with it is shown where a test fails.
#pragma once

#include "engine/program/check.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <utility>

namespace dqrewrite::test {

inline std::shared_ptr<const program::Program> program_of(const std::string& text,
                                                          const std::string& name = "test.rules") {
    CheckedRules checked = check_rules(load_rules_text(name, text));
    for (const Diagnostic& each : checked.diagnostics) UNSCOPED_INFO(render(each));
    REQUIRE(checked.program);
    return checked.program;
}

}  // namespace dqrewrite::test
