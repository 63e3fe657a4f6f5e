// Where a dump is written to.
//
// A file that is there or not yet appears whole or not at all: a temporary file beside it takes the text and
// finish() renames it. A link is followed, the permissions of a file that is replaced are kept, and the file may
// be the one that is being read. Devices, pipes, standard output ("-", /dev/stdout, /dev/fd/N) are written
// directly. Errors are values, given by finish(); the process is to ignore SIGPIPE. Not finished: no file.
// Tested by tests/dump/output_test.cpp.
#pragma once

#include "engine/dump/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace dqrewrite {

class Output {
public:
    virtual ~Output() = default;
    virtual void write(std::string_view text) = 0;
};

class TextOutput final : public Output {
public:
    // There is room for a text of about that size.
    explicit TextOutput(size_t expected = 0) { text_.reserve(expected); }
    void write(std::string_view text) override { text_ += text; }
    const std::string& text() const { return text_; }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

class FileOutput final : public Output {
public:
    // The messages of its errors do not repeat the path.
    static DumpResult<std::unique_ptr<FileOutput>> open(const std::string& path);
    ~FileOutput() override;

    // Large pieces go straight to the file, small ones through a buffer. After an error nothing is written.
    void write(std::string_view text) override;
    // What was written so far is on its way: for who writes results one by one to a pipe.
    void flush();
    bool failed() const { return error_ != 0; }
    // Everything is written and the file is in its place; or the first error.
    DumpResult<void> finish();

private:
    FileOutput() = default;
    void write_through(const char* at, size_t size);
    int replace();

    int fd_ = -1;
    bool close_ = true;      // the descriptor is ours
    std::string target_;     // of a temporary file: the path it will bear
    std::string temporary_;  // empty: written directly
    std::string buffer_;
    size_t flushed_ = 0;
    int error_ = 0;  // an errno
};

}  // namespace dqrewrite
