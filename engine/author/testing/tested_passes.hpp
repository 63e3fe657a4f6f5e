// The passes that the tests of a rule file run, each compiled once, when a test first runs it.
//
// Tested by tests/author/rule_tests_test.cpp.
#pragma once

#include "engine/rewrite/driver.hpp"

#include <map>
#include <memory>

namespace dqrewrite {

class TestedPasses {
public:
    explicit TestedPasses(std::shared_ptr<const program::Program> program) : program_(std::move(program)) {}

    const program::Program& program() const { return *program_; }
    const Driver& operator[](program::PassId pass) {
        return drivers_.try_emplace(pass, program_, pass).first->second;
    }

private:
    std::shared_ptr<const program::Program> program_;
    std::map<program::PassId, Driver> drivers_;
};

}  // namespace dqrewrite
