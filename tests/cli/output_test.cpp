// Where results go: files whole or not at all, devices and pipes directly, errors with status 2.

#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace dqrewrite::test;

namespace {

constexpr const char* before_path = DQREWRITE_SOURCE_DIR "/tests/corpus/cond.x86.before.json";
constexpr const char* after_path = DQREWRITE_SOURCE_DIR "/tests/corpus/cond.x86.after.json";

// A directory with a graph in it, as graph.json.
struct Workplace {
    Workplace() { fs::copy_file(before_path, directory.folder() / "graph.json"); }
    CommandResult run(const std::string& line) const { return run_command(line, directory.folder()); }
    std::string read(const std::string& name) const { return read_file(directory.folder() / name); }
    size_t entries() const { return directory.entries(); }

    Scratch directory;
};

}  // namespace

TEST_CASE("without -o the result goes to standard output") {
    Workplace place;
    CommandResult direct = place.run("dqrewrite run graph.json");
    CHECK(direct.status == 0);
    CHECK(direct.err == "");
    CHECK(direct.out.size() > 1000);
    CHECK(place.run("dqrewrite run - < graph.json").out == direct.out);
    CHECK(place.run("dqrewrite run graph.json -o -").out == direct.out);
    CHECK(place.run("dqrewrite run graph.json -o out.json").status == 0);
    CHECK(place.read("out.json") == direct.out);
    CHECK(read_file(after_path).size() > 1000);
}

TEST_CASE("a graph that no rule changes comes back as the same bytes") {
    Workplace place;
    REQUIRE(place.run("dqrewrite run graph.json -o once.json && dqrewrite run once.json -o twice.json").status == 0);
    CHECK(place.read("once.json") == place.read("twice.json"));
}

TEST_CASE("the output may be the input") {
    Workplace place;
    std::string result = place.run("dqrewrite run graph.json").out;
    CHECK(place.run("dqrewrite run graph.json -o graph.json").status == 0);
    CHECK(place.read("graph.json") == result);
    CHECK(place.entries() == 1);
}

TEST_CASE("a link is followed and permissions are kept") {
    Workplace place;
    write_file(place.directory.folder() / "real.json", "old");
    REQUIRE(chmod((place.directory.folder() / "real.json").c_str(), 0640) == 0);
    fs::create_symlink("real.json", place.directory.folder() / "link.json");
    CHECK(place.run("dqrewrite run graph.json -o link.json").status == 0);
    CHECK(fs::is_symlink(place.directory.folder() / "link.json"));
    CHECK(place.read("real.json").size() > 1000);
    CHECK(fs::status(place.directory.folder() / "real.json").permissions() == fs::perms(0640));
    CHECK(place.entries() == 3);
}

TEST_CASE("a run that fails leaves the output as it was") {
    Workplace place;
    write_file(place.directory.folder() / "out.json", "old");
    write_file(place.directory.folder() / "bad.json", "{\"format\": \"fx-graph\", \"version\": 1");
    CHECK(place.run("dqrewrite run bad.json -o out.json").status == 2);
    CHECK(place.read("out.json") == "old");
    CHECK(place.entries() == 3);
}

TEST_CASE("outputs that cannot be written") {
    Workplace place;
    struct Row {
        const char* command;
        const char* message;
    };
    const Row rows[] = {
        {"dqrewrite run graph.json -o no/such/out.json", "dqrewrite: error: no/such/out.json: "},
        {"dqrewrite run graph.json -o .", "dqrewrite: error: .: "},
        {"dqrewrite run graph.json -o /dev/full", "dqrewrite: error: /dev/full: "},
        {"dqrewrite run graph.json > /dev/full", "dqrewrite: error: -: "},
        {"dqrewrite --help > /dev/full", "dqrewrite: error: -: cannot write: No space left on device\n"},
        {"dqrewrite explain graph.json > /dev/full", "dqrewrite: error: -: cannot write: No space left on device\n"},
        {"dqrewrite run graph.json --plan > /dev/full",
         "dqrewrite: error: -: cannot write: No space left on device\n"},
    };
    for (const Row& row : rows) {
        CommandResult result = place.run(row.command);
        INFO(row.command << "\n" << result.err);
        CHECK(result.status == 2);
        CHECK(result.err.starts_with(row.message));
    }
    CHECK(place.entries() == 1);
    struct stat device {};
    REQUIRE(stat("/dev/full", &device) == 0);
    CHECK(S_ISCHR(device.st_mode));
}

TEST_CASE("where not even a message can be written the status says so") {
    Workplace place;
    CHECK(place.run("dqrewrite run none.json 2> /dev/full").status == 2);
    CHECK(place.run("dqrewrite explain graph.json > /dev/full 2> /dev/full").status == 2);
}

TEST_CASE("a closed pipe is an error of the write, not a signal") {
    Workplace place;
    CommandResult result = place.run("{ dqrewrite run graph.json; echo $? > status; } | true; cat status");
    // The reader may be gone before or after the small result was written.
    CHECK((result.out == "2\n" || result.out == "0\n"));
    CommandResult many =
        place.run("for i in $(seq 400); do tr -d '\\n' < graph.json; echo; done > many.ndjson;"
                  "{ dqrewrite run --ndjson many.ndjson; echo $? > status; } | head -c 10 > /dev/null; cat status");
    CHECK(many.out == "2\n");
}

TEST_CASE("ndjson keeps the order, whatever the number of jobs") {
    Workplace place;
    place.run("for f in corpus_a corpus_b; do tr -d '\\n' < graph.json; echo; echo; echo '{}'; done > many.ndjson");
    CommandResult one = place.run("dqrewrite run --ndjson many.ndjson");
    CommandResult two = place.run("dqrewrite run --ndjson --jobs 2 many.ndjson");
    CHECK(one.status == 2);
    CHECK(two.status == 2);
    CHECK(one.out == two.out);
    CHECK(one.err == two.err);
    CHECK(std::count(one.out.begin(), one.out.end(), '\n') == 4);
}
