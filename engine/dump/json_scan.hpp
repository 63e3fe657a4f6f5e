// The tokens of a JSON text: where brackets, commas, colons, strings, numbers and words begin.
//
// The text is looked at window by window (64 KiB; more only where one string is longer, up to 1 GiB), so
// memory does not grow with it. A window is cut outside of strings and numbers, and is at most once too
// short, so the work is linear. What stands between tokens is white space, of which nothing is left to check.
// What is not UTF-8, a control character in a string and a string that is not closed are faults: tokens end
// before the first one, and fault() tells. The order of tokens is not checked here.
// simdjson's first stage does the work; where it finds a fault, a slow scan of our own says what and where. On a
// processor for which simdjson has no kernel of its own the slow scan does everything.
// Tested by tests/dump/json_scan_test.cpp, which compares the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dqrewrite {

class JsonScan {
public:
    struct Fault {
        const char* at = nullptr;  // null: none
        std::string message;
    };
    // For tests: the size of windows, the longest string, and whether to do without simdjson.
    struct Options {
        size_t window = size_t{1} << 16;
        size_t largest_window = size_t{1} << 30;
        bool slow = false;
    };

    explicit JsonScan(std::string_view text) : JsonScan(text, Options()) {}
    JsonScan(std::string_view text, Options options);
    ~JsonScan();
    JsonScan(const JsonScan&) = delete;
    JsonScan& operator=(const JsonScan&) = delete;

    // The first byte of the next token; a NUL outside of the text where there is none.
    const char* peek() {
        if (cursor_ == stop_ && !refill()) [[unlikely]]
            return &end_mark;
        return window_ + *cursor_;
    }
    const char* next() {
        if (cursor_ == stop_ && !refill()) [[unlikely]]
            return &end_mark;
        return window_ + *cursor_++;
    }

    // What stands between the quotes of the string token that next() gave last.
    std::string_view string_content(const char* token) const {
        const char* end = window_ + *cursor_;
        if (end[-1] != '"') end = token_end();
        return {token + 1, static_cast<size_t>(end - token) - 2};
    }
    // One past the last byte of the token that next() gave last: white space before the next one is left out.
    const char* token_end() const {
        const char* end = window_ + *cursor_;
        while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
        return end;
    }

    // The tokens that are ready: starts relative to window(), for a loop that passes over many of them.
    // `*ready_end()` may be read too and is a place past the last token.
    const char* window() const { return window_; }
    const uint32_t* ready_begin() const { return cursor_; }
    const uint32_t* ready_end() const { return stop_; }
    // Whether a backslash is somewhere in the ready part of the text. Outside of strings it is no good JSON, and
    // would hide a quote behind it: to find that out is up to who takes the tokens.
    bool has_backslashes() const { return has_backslashes_; }
    // Goes on with `token`, one of the ready ones or ready_end().
    void skip_to(const uint32_t* token) { cursor_ = token; }

    bool at_end(const char* token) const { return token == &end_mark; }
    // Known once the tokens before it are used up.
    const Fault& fault() const { return fault_; }
    std::string_view text() const { return {text_, static_cast<size_t>(text_end_ - text_)}; }

private:
    struct Indexer;

    bool refill();
    bool scan_window(size_t size);
    size_t index_window(size_t size);
    size_t cut() const;
    size_t string_end_behind(size_t size) const;
    size_t slow_scan(size_t size);
    const char* past_string(const char* open);
    const char* past_scalar(const char* begin);
    void fail(const char* at, std::string message);

    static const char end_mark;

    const uint32_t* cursor_ = nullptr;
    const uint32_t* stop_ = nullptr;
    const char* window_ = nullptr;
    const char* window_end_ = nullptr;
    bool has_backslashes_ = false;
    const char* text_ = nullptr;
    const char* text_end_ = nullptr;
    Options options_;
    Fault fault_;
    std::unique_ptr<Indexer> indexer_;
};

}  // namespace dqrewrite
