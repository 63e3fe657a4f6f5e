// Where dumps come from: files, pipes, and what cannot be read.
#include "engine/dump/input.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/describe.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/scratch.hpp"

#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

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

namespace {

// All lines of a file, each as it is while nothing before it was released.
std::vector<std::string> lines_of(const std::string& path) {
    const auto input = LineInput::open(path);
    REQUIRE(input);
    std::vector<std::string> lines;
    while (const auto line = (*input)->next()) {
        lines.emplace_back(line->text);
        (*input)->release(line->text);
    }
    CHECK_FALSE((*input)->error());
    return lines;
}

}  // namespace

TEST_CASE("lines of a file and of a pipe are the same") {
    const Scratch scratch;
    const std::string file = scratch.path("file"), pipe = scratch.path("pipe");
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    const std::string long_line(300000, 'z');
    const struct {
        const char* name;
        std::string text;
        std::vector<std::string> lines;
    } cases[] = {
        {"empty", "", {}},
        {"one end of a line", "\n", {""}},
        {"the last line has no end", "a\nbc", {"a", "bc"}},
        {"blank lines", "\n\na\r\n \n", {"", "", "a\r", " "}},
        {"longer than what is read at once", long_line + "\n" + long_line, {long_line, long_line}},
        {"one that begins where another was read to its end",
         std::string(65535, 'a') + "\nb\n",
         {std::string(65535, 'a'), "b"}},
    };
    for (const auto& each : cases) {
        INFO(each.name);
        write_file(file, each.text);
        CHECK(lines_of(file) == each.lines);
        std::thread writer([&] { write_file(pipe, each.text); });
        CHECK(lines_of(pipe) == each.lines);
        writer.join();
    }
}

TEST_CASE("released lines take no memory, and are there all the same") {
    const Scratch scratch;
    const std::string path = scratch.path("in");
    constexpr size_t lines = 64, size = size_t{1} << 20;
    std::string text;
    for (size_t i = 0; i < lines; ++i) text += std::string(size - 1, static_cast<char>('!' + i)) + "\n";
    write_file(path, text);
    const auto resident = [] {
        std::ifstream status("/proc/self/statm");
        size_t all = 0, pages = 0;
        status >> all >> pages;
        return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    };
    const auto input = LineInput::open(path);
    REQUIRE(input);
    const size_t before = resident();
    const auto first = (*input)->next();
    REQUIRE(first);
    size_t most = 0;
    while (const auto line = (*input)->next()) {
        (*input)->release(line->text);
        most = std::max(most, resident());
    }
    CHECK(most < before + 16 * size);
    CHECK(first->text == std::string(size - 1, '!'));
}

TEST_CASE("lines that cannot be read say why") {
    const Scratch scratch;
    const auto none = LineInput::open(scratch.path("none"));
    REQUIRE_FALSE(none);
    CHECK(describe(none.error()) == "cannot open: No such file or directory");
    const auto folder = LineInput::open(scratch.path(""));
    REQUIRE_FALSE(folder);
    CHECK(describe(folder.error()) == "cannot read: Is a directory");
    const auto memory = LineInput::open("/proc/self/mem");  // nothing is mapped at 0
    REQUIRE(memory);
    CHECK_FALSE((*memory)->next());
    REQUIRE((*memory)->error());
    CHECK(describe(*(*memory)->error()) == "cannot read: Input/output error");
}
