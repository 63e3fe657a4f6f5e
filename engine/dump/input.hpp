// The bytes of a dump (a mapped file, what came through a pipe, or a string), and of dumps that are a line each.
//
// Shared and immutable; slices of it live as long as it does. 64 bytes past the end may be read (they are
// zero, or what a mapped page holds). A mapped file that another program shortens meanwhile ends the process
// with SIGBUS, as with every program that maps files; one that is replaced by renaming is no problem.
// Tested by tests/dump/input_test.cpp.
#pragma once

#include "engine/dump/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dqrewrite {

class InputFile;

class Input {
public:
    static constexpr size_t padding = 64;

    static std::shared_ptr<const Input> from_string(std::string_view text);

    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    std::string_view text() const { return text_; }
    // Whether `slice` points into the text.
    bool holds(std::string_view slice) const {
        return !slice.empty() && slice.data() >= text_.data() && slice.data() < text_.data() + text_.size();
    }

private:
    friend class InputFile;
    Input() = default;

    std::string_view text_;
    std::string string_;     // which the text may be in
    void* block_ = nullptr;  // else it is in this
    size_t mapped_ = 0;      // bytes of the mapping; 0: block_ is from malloc
};

// The file at `path`, or standard input for "-". The message does not repeat the path.
DumpResult<std::shared_ptr<const Input>> open_input(const std::string& path);

struct InputLine {
    std::shared_ptr<const Input> input;  // which the text is in, alone or with others
    std::string_view text;               // without the end of the line
};

// Hands out the lines of a file or a pipe as they are asked for. What a file is mapped to takes no memory where its
// lines were released; of a pipe no more is held than the line at hand and 64 KiB.
class LineInput {
public:
    // As open_input() opens, with the same errors.
    static DumpResult<std::unique_ptr<LineInput>> open(const std::string& path);
    ~LineInput();

    // The next line; nothing at the end, and where reading fails.
    std::optional<InputLine> next();
    // Nobody looks any more at the text of this line and all before it. Another thread may be in next().
    void release(std::string_view line);
    // Why reading failed, if it did.
    std::optional<DumpError> error() const;

private:
    explicit LineInput(std::unique_ptr<InputFile> file);
    std::optional<InputLine> next_mapped();
    std::optional<InputLine> next_read();
    bool read_more();

    std::unique_ptr<InputFile> file_;
    std::shared_ptr<const Input> mapped_;  // null: it is read
    const char* at_ = nullptr;             // of what is mapped: where the next line begins
    const char* released_ = nullptr;
    std::string buffer_;  // what was read
    size_t begin_ = 0;    // of what was not handed out yet
    int error_ = 0;       // an errno
};

}  // namespace dqrewrite
