// Where dumps go: whole files or none, links, permissions, devices, pipes, and what fails half way.
#include "engine/dump/dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

// Writes `text` in two pieces, and says how it went.
std::string put(const std::string& path, const std::string& text) {
    auto output = FileOutput::open(path);
    if (!output) return describe(output.error());
    (*output)->write(std::string_view(text).substr(0, text.size() / 3));
    (*output)->write(std::string_view(text).substr(text.size() / 3));
    const auto done = (*output)->finish();
    return done ? "written" : describe(done.error());
}

mode_t mode_of(const std::string& path) {
    struct stat status;
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a file appears whole, whatever the size of the pieces") {
    const Scratch scratch;
    for (const size_t size : {0, 1, 1000, 300000, 2000000}) {
        const std::string text(size, 'a');
        CHECK(put(scratch.path("out"), text) == "written");
        CHECK(read_file(scratch.path("out")) == text);
    }
    std::string expected;
    auto output = FileOutput::open(scratch.path("pieces"));
    REQUIRE(output);
    for (size_t i = 0; i < 3000; ++i) {
        const std::string piece((i * i * 37) % 70000, static_cast<char>('a' + i % 26));
        if (i % 100 != 0 && piece.size() > 500) continue;
        (*output)->write(piece);
        expected += piece;
    }
    CHECK((*output)->finish());
    CHECK(read_file(scratch.path("pieces")) == expected);
    CHECK(scratch.entries() == 2);
}

TEST_CASE("nothing appears before finish(), and nothing stays without it") {
    const Scratch scratch;
    write_file(scratch.path("old"), "old");
    {
        auto fresh = FileOutput::open(scratch.path("new"));
        auto over = FileOutput::open(scratch.path("old"));
        REQUIRE(fresh);
        REQUIRE(over);
        (*fresh)->write(std::string(1000000, 'x'));
        (*over)->write(std::string(1000000, 'x'));
        CHECK(access(scratch.path("new").c_str(), F_OK) != 0);
        CHECK(read_file(scratch.path("old")) == "old");
    }
    CHECK(access(scratch.path("new").c_str(), F_OK) != 0);
    CHECK(read_file(scratch.path("old")) == "old");
    CHECK(scratch.entries() == 1);
}

TEST_CASE("a file that is replaced keeps its permissions, a new one has the usual ones") {
    const Scratch scratch;
    const mode_t mask = umask(027);
    CHECK(put(scratch.path("new"), "x") == "written");
    CHECK(mode_of(scratch.path("new")) == 0640);
    for (const mode_t mode : {0600, 0644, 0755, 0666}) {
        REQUIRE(chmod(scratch.path("new").c_str(), mode) == 0);
        CHECK(put(scratch.path("new"), "y") == "written");
        CHECK(mode_of(scratch.path("new")) == mode);
    }
    umask(mask);
}

TEST_CASE("a link is followed, and stays a link") {
    const Scratch scratch;
    std::filesystem::create_directory(scratch.path("deep"));
    write_file(scratch.path("deep/file"), "old");
    std::filesystem::create_symlink("deep/file", scratch.path("one"));
    std::filesystem::create_symlink(scratch.path("one"), scratch.path("two"));
    std::filesystem::create_symlink("deep/none", scratch.path("dangling"));
    std::filesystem::create_symlink("loop", scratch.path("loop"));
    CHECK(put(scratch.path("two"), "new") == "written");
    CHECK(read_file(scratch.path("deep/file")) == "new");
    CHECK(std::filesystem::is_symlink(scratch.path("one")));
    CHECK(std::filesystem::is_symlink(scratch.path("two")));
    CHECK(put(scratch.path("dangling"), "fresh") == "written");
    CHECK(read_file(scratch.path("deep/none")) == "fresh");
    CHECK(std::filesystem::is_symlink(scratch.path("dangling")));
    CHECK(put(scratch.path("loop"), "x") == "cannot write: Too many levels of symbolic links");
}

TEST_CASE("the file that is read may be the one that is written") {
    const Scratch scratch;
    const std::string text =
        read_file(std::string(DQREWRITE_SOURCE_DIR) + "/tests/corpus/squeezenet.x86.before.json");
    REQUIRE(text.size() > 10000);
    write_file(scratch.path("graph"), text);
    const auto input = open_input(scratch.path("graph"));
    REQUIRE(input);
    auto dump = Dump::read(*input);
    REQUIRE(dump);
    Graph& graph = dump->module.graph;
    graph.clone(graph.first(), {Place::Side::after, graph.first()});
    auto output = FileOutput::open(scratch.path("graph"));
    REQUIRE(output);
    dump->write(**output);
    CHECK((*output)->finish());
    TextOutput expected;
    dump->write(expected);
    CHECK(read_file(scratch.path("graph")) == expected.text());
    CHECK(expected.text().size() > text.size());
}

TEST_CASE("devices are written directly and stay what they are") {
    CHECK(put("/dev/null", std::string(1000000, 'x')) == "written");
    CHECK(put("/dev/full", "x") == "cannot write: No space left on device");
    CHECK(put("/dev/full", std::string(1000000, 'x')) == "cannot write: No space left on device");
    struct stat status;
    REQUIRE(stat("/dev/full", &status) == 0);
    CHECK(S_ISCHR(status.st_mode));
    const Scratch scratch;
    std::filesystem::create_symlink("/dev/full", scratch.path("full"));
    CHECK(put(scratch.path("full"), "x") == "cannot write: No space left on device");
    CHECK(std::filesystem::is_symlink(scratch.path("full")));
}

TEST_CASE("pipes are written directly, also those that do not block and those that are closed") {
    const Scratch scratch;
    const std::string pipe = scratch.path("pipe");
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    const std::string text(500000, 'p');
    std::string seen;
    std::thread reader([&] { seen = read_file(pipe); });
    CHECK(put(pipe, text) == "written");
    reader.join();
    CHECK(seen == text);

    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    seen.clear();
    std::thread slow([&] {
        char bytes[4096];
        for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
            seen.append(bytes, static_cast<size_t>(got));
    });
    CHECK(put("/dev/fd/" + std::to_string(ends[1]), text) == "written");
    close(ends[1]);
    slow.join();
    CHECK(seen == text);
    close(ends[0]);

    REQUIRE(::pipe(ends) == 0);
    close(ends[0]);
    CHECK(put("/dev/fd/" + std::to_string(ends[1]), text) == "cannot write: Broken pipe");
    close(ends[1]);
}

TEST_CASE("what cannot be written says why, and leaves nothing") {
    const Scratch scratch;
    write_file(scratch.path("file"), "x");
    CHECK(put(scratch.path(""), "x") == "cannot write: Is a directory");
    CHECK(put(scratch.path("new/"), "x") == "cannot write: Is a directory");
    CHECK(put(scratch.path("none/out"), "x") == "cannot write: No such file or directory");
    CHECK(put(scratch.path("file/out"), "x") == "cannot write: Not a directory");
    CHECK(put("", "x") == "cannot write: No such file or directory");
    CHECK(put("/dev/fd/971", "x") == "cannot write: Bad file descriptor");
    if (geteuid() != 0) {
        REQUIRE(chmod(scratch.path("file").c_str(), 0444) == 0);
        CHECK(put(scratch.path("file"), "x") == "cannot write: Permission denied");
        std::filesystem::create_directory(scratch.path("closed"));
        REQUIRE(chmod(scratch.path("closed").c_str(), 0555) == 0);
        CHECK(put(scratch.path("closed/out"), "x") == "cannot create a file beside it: Permission denied");
    }
    CHECK(scratch.entries() == (geteuid() != 0 ? 2 : 1));
    CHECK(read_file(scratch.path("file")) == "x");
}

TEST_CASE("a file that grows too large is an error, and no file") {
    const Scratch scratch;
    write_file(scratch.path("old"), "old");
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit, small;
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    small = limit;
    small.rlim_cur = 100000;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const std::string fresh = put(scratch.path("new"), std::string(1000000, 'x'));
    const std::string over = put(scratch.path("old"), std::string(150000, 'x'));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(fresh == "cannot write: File too large");
    CHECK(over == "cannot write: File too large");
    CHECK(read_file(scratch.path("old")) == "old");
    CHECK(scratch.entries() == 1);
}

TEST_CASE("names of any length that a directory takes are written") {
    const Scratch scratch;
    const std::string name(255, 'n');
    CHECK(put(scratch.path(name), "x") == "written");
    CHECK(read_file(scratch.path(name)) == "x");
}
