// Fixed jobs whose instructions are counted: fixed_jobs NAME DIRECTORY. What is counted is what happens within
// measured(); the rest is set-up. instructions.py runs it under callgrind. The directory takes rule files.
#include "tests/bench/by_hand.hpp"
#include "tests/bench/made_dump.hpp"
#include "tests/bench/many_rules.hpp"
#include "tests/bench/support.hpp"

#include <cstdio>
#include <functional>

using namespace dqrewrite;
using namespace dqrewrite::bench;

// By its name callgrind knows when to count.
extern "C" {
void measured(const std::function<void()>& job);

[[gnu::noipa]] void measured(const std::function<void()>& job) {
    job();
    asm volatile("");  // no tail call
}
}

namespace {

constexpr size_t nodes = 20'000;

std::shared_ptr<const Input> chain() {
    return Input::from_string(make_dump(Shape::chain, Meta::slim, nodes).text);
}

void job_read(const std::string&) {
    const auto input = chain();
    const auto driver = driver_for("duplicate_dq");
    measured([&] { read(input, driver.get()); });
}

void job_rewrite(const std::string&) {
    const auto driver = driver_for("duplicate_dq");
    Dump dump = read(chain(), driver.get());
    measured([&] { rewrite(*driver, dump); });
}

// The same by hand: what the rule file is held against.
void job_hand(const std::string&) {
    Dump dump = read(chain());
    measured([&] { duplicate_by_hand(dump.module); });
}

void job_write(const std::string&) {
    Dump dump = read(chain());
    rewrite(*driver_for("duplicate_dq"), dump);
    TextOutput output;
    measured([&] { dump.write(output); });
}

void job_compile(const std::string& directory) {
    const std::string rules = write_many_rules(directory, Kind::mix, 1000);
    measured([&] { driver_for(rules); });
}

void job_sweep(const std::string& directory) {
    const auto driver = driver_for(write_many_rules(directory, Kind::mix, 1000));
    Dump dump = read(Input::from_string(many_ops_dump(Kind::mix, nodes)));
    measured([&] { rewrite(*driver, dump); });
}

struct Job {
    std::string_view name;
    void (*run)(const std::string& directory);
};
constexpr Job jobs[] = {{"read", job_read},   {"rewrite", job_rewrite}, {"hand", job_hand},
                        {"write", job_write}, {"compile", job_compile}, {"sweep", job_sweep}};

}  // namespace

int main(int argc, char** argv) {
    const std::string_view wanted = argc == 3 ? argv[1] : "";
    for (const Job& job : jobs) {
        if (job.name != wanted) continue;
        job.run(argv[2]);
        return 0;
    }
    std::fputs("fixed_jobs read|rewrite|hand|write|compile|sweep DIRECTORY\n", stderr);
    return 2;
}
