#include "tests/bench/support.hpp"

#include "engine/program/check.hpp"
#include "tests/support/describe.hpp"

#include <stdexcept>

namespace dqrewrite::bench {

std::shared_ptr<const Driver> driver_for(const std::string& rules) {
    const CheckedRules checked = check_rules(load_rules(rules));
    if (!checked.program) throw std::runtime_error(rules + " has errors");
    return std::make_shared<const Driver>(checked.program, program::PassId{0});
}

Dump read(const std::shared_ptr<const Input>& input, const Driver* driver) {
    DumpResult<Dump> dump = driver ? read_for(driver->program(), input) : Dump::read(input);
    if (!dump) throw std::runtime_error(test::describe(dump.error()));
    return std::move(*dump);
}

Report rewrite(const Driver& driver, Dump& dump) {
    auto report = apply(driver, dump);
    if (!report) throw std::runtime_error(report.error().what());
    return std::move(*report);
}

}  // namespace dqrewrite::bench
