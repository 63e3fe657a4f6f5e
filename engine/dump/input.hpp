// The bytes of a dump: a mapped file, what came through a pipe, or a string.
//
// Shared and immutable; slices of it live as long as it does. 64 bytes past the end may be read (they are
// zero, or what a mapped page holds). A mapped file that another program shortens meanwhile ends the process
// with SIGBUS, as with every program that maps files; one that is replaced by renaming is no problem.
// Tested by tests/dump/input_test.cpp.
#pragma once

#include "engine/dump/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace dqrewrite {

class Input {
public:
    static constexpr size_t padding = 64;

    static std::shared_ptr<const Input> from_string(std::string_view text);
    static std::shared_ptr<const Input> adopt(std::string text);  // not copied where it has room for the padding

    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    std::string_view text() const { return text_; }
    // Whether `slice` points into the text.
    bool holds(std::string_view slice) const {
        return !slice.empty() && slice.data() >= text_.data() && slice.data() < text_.data() + text_.size();
    }

private:
    friend DumpResult<std::shared_ptr<const Input>> open_input(const std::string& path);
    Input() = default;

    std::string_view text_;
    std::string string_;     // which the text may be in
    void* block_ = nullptr;  // else it is in this
    size_t mapped_ = 0;      // bytes of the mapping; 0: block_ is from malloc
};

// The file at `path`, or standard input for "-". The message does not repeat the path.
DumpResult<std::shared_ptr<const Input>> open_input(const std::string& path);

}  // namespace dqrewrite
