// Windows, the quick scan of blocks, and the slow scan that knows what is wrong.
#include "engine/dump/json_scan.hpp"

#include "engine/dump/json_text.hpp"

#include <algorithm>

namespace dqrewrite {

namespace {

constexpr const char* not_utf8 = "this byte is not UTF-8";

}  // namespace

const char JsonScan::end_mark = '\0';

JsonScan::JsonScan(std::string_view text, Options options)
    : text_(text.data()), text_end_(text.data() + text.size()), options_(options) {
    go_on_at(text_);
    const size_t wanted = std::min(options_.window, text.size() + json_block - 1);
    options_.window = std::max(wanted / json_block, size_t{1}) * json_block;
    // A token a byte, the one held back, the place past the last.
    starts_ = std::make_unique_for_overwrite<uint32_t[]>(options_.window + 2 + json_kernel_spare);
}

void JsonScan::go_on_at(const char* at) {
    state_ = {.at = at, .checked = at, .text_end = text_end_};
}

// The window starts with the token that was held back.
bool JsonScan::refill() {
    while (!fault_.at && (held_back_ || scanned() != text_end_)) {
        window_ = held_back_ ? window_ + *stop_ : scanned();
        if (scan_window()) return true;
    }
    return false;
}

// Makes the tokens of a window ready. False where there are none.
bool JsonScan::scan_window() {
    uint32_t* const begin = starts_.get();
    uint32_t* end = options_.kernel ? scan_quickly(begin) : nullptr;
    if (!end) end = scan_slowly(begin);
    if (!held_back_) *end = static_cast<uint32_t>(scanned() - window_);
    cursor_ = begin;
    stop_ = end;
    return begin != end;
}

// Writes the starts of the window's tokens, relative to it, and returns their end; null where there is a fault. The
// last token is held back, as it may go on behind the window.
uint32_t* JsonScan::scan_quickly(uint32_t* const begin) {
    uint32_t* end = begin;
    has_backslashes_ = held_back_ && state_.backslashes;
    if (held_back_) *end++ = 0;
    do {
        const auto left = static_cast<size_t>(text_end_ - scanned());
        end = options_.kernel(state_, scanned() + std::min(left, options_.window), window_, end);
        if (!end) return nullptr;
        has_backslashes_ |= state_.backslashes;
        if (scanned() == text_end_) {
            held_back_ = false;
            return state_.in_string != 0 ? nullptr : end;
        }
        if (static_cast<size_t>(scanned() - window_) > options_.largest_window) return nullptr;
    } while (end - begin < 2);
    held_back_ = true;
    return end - 1;
}

void JsonScan::fail(const char* at, std::string message) {
    fault_ = {at, std::move(message)};
}

// The same byte by byte, up to the first fault, and to the end of the string or number that the window ends in.
uint32_t* JsonScan::scan_slowly(uint32_t* out) {
    const auto emit = [&](const char* begin) { *out++ = static_cast<uint32_t>(begin - window_); };
    const char* const end = window_ + std::min(static_cast<size_t>(text_end_ - window_), options_.window);
    const char* at = window_;
    bool behind_scalar = false;  // a quote there starts no token: it is a part of what is no good number or word
    const auto goes_on = [&] { return at < end || (behind_scalar && at < text_end_ && *at == '"'); };
    while (goes_on() && !fault_.at) {
        const char* begin = at;
        if (*at == '"') {
            at = past_string(at);
            if (!fault_.at && !behind_scalar) emit(begin);
            behind_scalar = false;
        } else if (ends_scalar(*at)) {
            if (!is_json_space(*at)) emit(at);
            ++at;
            behind_scalar = false;
        } else {
            at = past_scalar(at);
            if (at != begin) emit(begin);
            behind_scalar = true;
        }
    }
    go_on_at(at);
    held_back_ = false;
    has_backslashes_ = std::find(window_, at, '\\') != at;
    return out;
}

// One past the string that opens at `open`; `open` and a fault where it is no good.
const char* JsonScan::past_string(const char* open) {
    bool escaped = false;
    for (const char* at = open + 1; at < text_end_;) {
        if (*at == '"' && !escaped) return at + 1;
        if (*at == '\n' || *at == '\r') {
            fail(open, "this string is not closed at the end of its line");
            return open;
        }
        const bool control = static_cast<unsigned char>(*at) < 0x20;
        const size_t length = control ? 0 : utf8_length(at, text_end_);
        if (length == 0) {
            fail(at, control ? "a control character in a string; JSON wants an escape in its place" : not_utf8);
            return open;
        }
        if (static_cast<size_t>(at - open) > options_.largest_window) {
            fail(open, "this string is longer than 1 GiB, the most that is read");
            return open;
        }
        escaped = *at == '\\' && !escaped;
        at += length;
    }
    fail(open, "this string is not closed");
    return open;
}

// One past the number or word at `begin`. A fault where it is too long, which is at `begin`, or no UTF-8.
const char* JsonScan::past_scalar(const char* begin) {
    const char* at = begin;
    while (at < text_end_ && !ends_scalar(*at) && *at != '"') {
        const size_t length = utf8_length(at, text_end_);
        if (length == 0) {
            fail(at, not_utf8);
            return at;
        }
        if (static_cast<size_t>(at - begin) > options_.largest_window) {
            fail(begin, "this number is longer than 1 GiB, the most that is read");
            return begin;
        }
        at += length;
    }
    return at;
}

}  // namespace dqrewrite
