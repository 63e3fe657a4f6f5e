// Where dumps come from: files, pipes, and what cannot be read.
#include "engine/dump/input.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace dqrewrite;
using namespace dqrewrite::test;

namespace {

// The text with what may be read behind it.
void check_input(const std::string& path, const std::string& expected) {
    const auto input = open_input(path);
    REQUIRE(input);
    CHECK((*input)->text() == expected);
    unsigned sum = 0;
    for (size_t i = 0; i < Input::padding; ++i) {
        sum += static_cast<unsigned char>((*input)->text().data()[expected.size() + i]);
    }
    CHECK(sum == 0);
}

std::string message(const std::string& path) {
    const auto input = open_input(path);
    return input ? "(read)" : describe(input.error());
}

}  // namespace

TEST_CASE("files of any size are read, and the bytes behind them too") {
    const Scratch scratch;
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    for (const size_t size : {size_t{0}, size_t{1}, page - 64, page - 63, page - 1, page, page + 1, 20 * page}) {
        INFO(size);
        const std::string text(size, 'x');
        write_file(scratch.path("in"), text);
        check_input(scratch.path("in"), text);
    }
}

TEST_CASE("a pipe is read to its end") {
    const Scratch scratch;
    const std::string pipe = scratch.path("pipe");
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    for (const size_t size : {size_t{0}, size_t{5}, size_t{1} << 16, (size_t{1} << 16) + 1, size_t{300000}}) {
        INFO(size);
        const std::string text(size, 'y');
        std::thread writer([&] { write_file(pipe, text); });
        check_input(pipe, text);
        writer.join();
    }
}

TEST_CASE("a file of the kernel, which says that it is empty, is read") {
    const auto input = open_input("/proc/self/status");
    REQUIRE(input);
    CHECK((*input)->text().substr(0, 5) == "Name:");
}

TEST_CASE("what cannot be read says why") {
    const Scratch scratch;
    CHECK(message(scratch.path("none")) == "cannot open: No such file or directory");
    CHECK(message(scratch.path("")) == "cannot read: Is a directory");
    write_file(scratch.path("file"), "x");
    CHECK(message(scratch.path("file/below")) == "cannot open: Not a directory");
    CHECK(message("") == "cannot open: No such file or directory");
    if (geteuid() != 0) {
        REQUIRE(chmod(scratch.path("file").c_str(), 0) == 0);
        CHECK(message(scratch.path("file")) == "cannot open: Permission denied");
    }
}

TEST_CASE("an input knows what points into it") {
    const auto input = Input::from_string("abc");
    CHECK(input->holds(input->text().substr(2)));
    CHECK_FALSE(input->holds(input->text().substr(3)));
    CHECK_FALSE(input->holds(std::string("abc")));
}
