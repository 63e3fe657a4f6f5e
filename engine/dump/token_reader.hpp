// The grammar of JSON over the tokens of JsonScan: expects, descends, decodes strings, and says what is wrong.
//
// Errors are thrown as ReadFailure and never leave the reader of dumps. Nesting is counted from the top of the
// document and refused beyond 1,000 levels. No recursion. The text is (a part of) an Input's: a few bytes behind its
// end may be read. Tested by tests/dump/reader_test.cpp, layout_test.cpp and the files in tests/dump/errors.
#pragma once

#include "engine/dump/input.hpp"
#include "engine/dump/json_scan.hpp"
#include "engine/dump/json_text.hpp"

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dqrewrite {

struct ReadFailure {
    const char* at;
    std::string message;
};

class TokenReader {
public:
    static constexpr size_t max_depth = 1000;

    // `depth`: how many brackets stand open around the text.
    explicit TokenReader(std::string_view text, size_t depth = 0) : scan_(text), depth_(depth) {}

    const char* next() { return scan_.next(); }
    // One past the token that next() gave last.
    const char* token_end() const { return scan_.token_end(); }
    std::string_view text() const { return scan_.text(); }
    bool at_end(const char* token) const { return scan_.at_end(token); }
    size_t depth() const { return depth_; }

    // Takes a token that must be `wanted`, called `what`: `":" after the key`.
    void expect(char wanted, std::string_view what) {
        const char* p = next();
        if (*p != wanted) [[unlikely]]
            fail_expected(p, what);
    }
    // Takes nothing: `p` is the token that next() gave last and must be `wanted`.
    void check(const char* p, char wanted, std::string_view what) const {
        if (*p != wanted) [[unlikely]]
            fail_expected(p, what);
    }

    // Whether the next tokens from the place `from` on, one for each byte of `shape`, are at hand and start with
    // these bytes. Then they may be looked at by their place, and none is taken: a string where another token follows
    // in the shape.
    bool next_are(std::string_view shape, size_t from = 0) const {
        if (!at_hand(from + shape.size())) return false;
        const uint32_t* token = scan_.ready_begin() + from;
        for (size_t i = 0; i < shape.size(); ++i)
            if (scan_.window()[token[i]] != shape[i]) return false;
        return true;
    }
    bool at_hand(size_t tokens) const {
        return static_cast<size_t>(scan_.ready_end() - scan_.ready_begin()) >= tokens;
    }
    const char* ahead(size_t place) const { return scan_.window() + scan_.ready_begin()[place]; }
    // Whether `text` stands there, a string with its quotes.
    template <size_t N>
    bool ahead_is(size_t place, const char (&text)[N]) const {
        static_assert(N <= Input::padding);  // bytes that may be read behind the end
        return std::memcmp(ahead(place), text, N - 1) == 0;
    }
    std::string_view raw_string_ahead(size_t place) const {
        const char* begin = ahead(place) + 1;
        const char* end = ahead(place + 1);
        while (end[-1] != '"') --end;
        return {begin, static_cast<size_t>(end - begin) - 1};
    }
    // Takes the one at a place and all before it.
    const char* take_ahead(size_t place) {
        const char* token = ahead(place);
        scan_.skip_to(scan_.ready_begin() + place + 1);
        return token;
    }
    // How many tokens were taken since then; nothing where they are not of one window.
    struct Mark {
        const char* window;
        const uint32_t* token;
    };
    Mark mark() const { return {scan_.window(), scan_.ready_begin()}; }
    std::optional<size_t> taken_since(const Mark& mark) const {
        if (mark.window != scan_.window()) return {};
        return static_cast<size_t>(scan_.ready_begin() - mark.token);
    }

    // Takes the end of the text.
    void expect_end();

    void enter(const char* bracket) {
        if (++depth_ > max_depth) [[unlikely]]
            fail_depth(bracket);
    }
    void leave() { --depth_; }

    // Of the string token that next() gave last: what stands between its quotes.
    std::string_view raw_string(const char* token) const { return scan_.string_content(token); }
    // Of a raw string. What was taken last is mostly of a window in which there is no backslash at all.
    bool has_escapes(std::string_view raw) const {
        return (scan_.has_backslashes() || raw.data() < scan_.window()) && has_backslash(raw);
    }
    // The text of a raw string: the same, or in `buffer` with its escapes undone.
    std::string_view decoded(std::string_view raw, std::string& buffer) const {
        if (!has_escapes(raw)) [[likely]]
            return raw;
        buffer.clear();
        decode(raw, buffer);
        return buffer;
    }
    // Appends the text of a raw string.
    void decode(std::string_view raw, std::string& out) const;

    // Walks the object that `open` opens: member(raw key) is called behind each colon, and takes the value.
    // The return value is one past the closing bracket.
    template <class Member>
    const char* object(const char* open, Member&& member) {
        enter(open);
        const char* p = next();
        if (*p == '}') {
            leave();
            return p + 1;
        }
        take_member(p, member);
        return rest_of_object(member);
    }
    // The same from behind a value on.
    template <class Member>
    const char* rest_of_object(Member&& member) {
        for (;;) {
            const char* p = next();
            if (*p == '}') {
                leave();
                return p + 1;
            }
            check(p, ',', "\",\" or \"}\"");
            p = next();
            if (*p == '}') [[unlikely]]
                fail_expected(p, "a key after \",\"");
            take_member(p, member);
        }
    }

    // Walks the array that `open` opens: item(token) is called with the first token of each item, and takes the
    // rest of it.
    template <class Item>
    const char* array(const char* open, Item&& item) {
        enter(open);
        const char* p = next();
        while (*p != ']') {
            item(p);
            p = next();
            if (*p == ',') {
                p = next();
                if (*p == ']') [[unlikely]]
                    fail_expected(p, "a value after \",\"");
            } else if (*p != ']') [[unlikely]] {
                fail_expected(p, "\",\" or \"]\"");
            }
        }
        leave();
        return p + 1;
    }

    // Passes over the value that starts with `p`, all of which is checked; one past it.
    const char* pass_value(const char* p);
    // Passes over the object that starts with `p`, of which brackets, depth and closed strings are checked alone.
    // A backslash outside of strings is refused: who reads the object later might see strings start elsewhere.
    const char* pass_brackets(const char* p) { return pass_brackets_within(p, 0); }
    // Keys that are looked for in an object, at most eight: a bit of `present` for each one that it may have.
    struct KeySearch {
        std::span<const std::string> keys;
        size_t least_size = 0;  // of a key with its quotes
        uint8_t present = 0;
    };
    const char* pass_brackets(const char* p, KeySearch& search);
    // A string, number or word that is good JSON.
    void check_scalar(const char* p) const;
    // The number that starts with `p`.
    JsonNumber number(const char* p) const;
    bool is_word(const char* p, std::string_view word) const;

    // What stands at `p`, for a message: `"}"`, `the string "x"`, `the end`.
    std::string found(const char* p) const;
    [[noreturn]] void fail(const char* at, std::string message) const;
    [[noreturn]] void fail_expected(const char* at, std::string_view what) const;

private:
    // `p` is the key.
    template <class Member>
    void take_member(const char* p, Member&& member) {
        check(p, '"', "a key in double quotes");
        const std::string_view key = raw_string(p);
        expect(':', "\":\" after the key");
        member(key);
    }

    const char* pass_brackets_within(const char* p, size_t floor);
    void pass_members(KeySearch& search);
    [[noreturn]] void fail_value(const char* p) const;
    void check_no_quotes(const char* token, const char* next_token) const;
    void pass_key(const char* p);
    std::string_view rest(const char* at) const;
    [[noreturn]] void fail_depth(const char* at) const;
    [[noreturn]] void fail_closing(const char* at, size_t level) const;

    JsonScan scan_;
    size_t depth_;
    std::vector<char> open_;            // of pass_value
    char closers_[max_depth + 2] = {};  // of pass_brackets
};

}  // namespace dqrewrite
