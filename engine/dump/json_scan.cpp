// Windows, and what simdjson makes of them. No other file knows simdjson.
//
// Of simdjson's internals three things are used, the same from 3.0 to 4.6: an implementation's parser object,
// its stage1() and the structural_indexes that this leaves.
#include "engine/dump/json_scan.hpp"

#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <simdjson.h>

namespace dqrewrite {

namespace {

// No bracket is followed by simdjson beyond its first stage, but it insists on room for some.
constexpr size_t unused_depth = 16;

constexpr const char* not_utf8 = "this byte is not UTF-8";

// How far back from the end of a window the end of a line is looked for.
constexpr size_t look_back = 1 << 14;

bool may_cut_between(char before, char after) {
    return ends_scalar(before) || before == '"' || ends_scalar(after);
}

}  // namespace

const char JsonScan::end_mark = '\0';

struct JsonScan::Indexer {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    size_t capacity = 0;

    // Room for a window of `size` bytes.
    void reserve(size_t size) {
        if (size <= capacity) return;
        size = std::max(size, capacity + capacity / 2);
        const auto error =
            parser
                ? parser->set_capacity(size)
                : simdjson::get_active_implementation()->create_dom_parser_implementation(size, unused_depth, parser);
        if (error != simdjson::SUCCESS) throw std::bad_alloc();
        capacity = size;
    }
    uint32_t* indexes() { return parser->structural_indexes.get(); }
};

JsonScan::JsonScan(std::string_view text, Options options)
    : window_end_(text.data()), text_(text.data()), text_end_(text.data() + text.size()), options_(options),
      indexer_(std::make_unique<Indexer>()) {
    // The kernel for processors that simdjson does not know does not check all of UTF-8 and sees strings elsewhere.
    options_.slow |= simdjson::get_active_implementation()->name() == "fallback";
}

JsonScan::~JsonScan() = default;

bool JsonScan::refill() {
    while (!fault_.at && window_end_ != text_end_) {
        window_ = window_end_;
        if (scan_window(cut())) return true;
    }
    return false;
}

// How many bytes of the rest make a window of about the wanted size: the end is best after a line, else after
// a "}," and must not be within a number or word. It may be within a string: scan_window finds that out.
size_t JsonScan::cut() const {
    const auto left = static_cast<size_t>(text_end_ - window_);
    const size_t wanted = options_.window;
    if (left <= wanted) return left;
    const size_t skipped = wanted - std::min(wanted, look_back);
    const std::string_view ahead(window_ + skipped, wanted - skipped);
    if (const void* newline = ::memrchr(ahead.data(), '\n', ahead.size()))
        return static_cast<size_t>(static_cast<const char*>(newline) - window_) + 1;
    if (const size_t comma = ahead.rfind("},"); comma != ahead.npos) return skipped + comma + 2;
    size_t size = wanted;
    while (size < left && !may_cut_between(window_[size - 1], window_[size])) ++size;
    return size;
}

// The size that a window needs that was cut within a string at `size`; 0 where the string has no end.
size_t JsonScan::string_end_behind(size_t size) const {
    size_t slashes = 0;
    while (slashes < size && window_[size - 1 - slashes] == '\\') ++slashes;
    const auto left = static_cast<size_t>(text_end_ - window_);
    for (size_t at = size + slashes % 2; at < left; at += window_[at] == '\\' ? 2 : 1) {
        if (window_[at] == '"') return at + 1;
    }
    return 0;
}

// Makes the tokens of the next `size` bytes ready, or of some more. False where there are none.
bool JsonScan::scan_window(size_t size) {
    size_t ready = options_.slow ? 0 : index_window(size);
    if (ready == 0) ready = slow_scan(std::min(size, options_.window));
    uint32_t* indexes = indexer_->indexes();
    const uint32_t count = indexer_->parser->n_structural_indexes;
    window_end_ = window_ + ready;
    indexes[count] = static_cast<uint32_t>(ready);
    has_backslashes_ = std::memchr(window_, '\\', ready) != nullptr;
    cursor_ = indexes;
    stop_ = indexes + count;
    return count != 0;
}

// simdjson's first stage on `size` bytes, or on more where they end within a string. The return value is the number
// of bytes done; 0 where there is a fault in them, or where they are more than the largest window.
size_t JsonScan::index_window(size_t size) {
    for (bool longer = false; size <= options_.largest_window; longer = true) {
        indexer_->reserve(size);
        const auto* bytes = reinterpret_cast<const uint8_t*>(window_);
        const auto error = indexer_->parser->stage1(bytes, size, simdjson::stage1_mode::regular);
        if (error == simdjson::SUCCESS) return size;
        if (error == simdjson::EMPTY) {  // nothing but white space
            indexer_->parser->n_structural_indexes = 0;
            return size;
        }
        const auto left = static_cast<size_t>(text_end_ - window_);
        if (longer || error != simdjson::UNCLOSED_STRING || size == left) break;
        const size_t closed = string_end_behind(size);
        size = closed != 0 ? closed : left;
    }
    return 0;
}

void JsonScan::fail(const char* at, std::string message) {
    fault_ = {at, std::move(message)};
}

// What simdjson does, byte by byte, up to the first fault, on `size` bytes or to the end of the string or number that
// they end in. The return value is the number of bytes done.
size_t JsonScan::slow_scan(size_t size) {
    indexer_->reserve(size);
    uint32_t* token = indexer_->indexes();
    const auto emit = [&](const char* begin) { *token++ = static_cast<uint32_t>(begin - window_); };
    const char* at = window_;
    bool behind_scalar = false;  // a quote there starts no token: it is a part of what is no good number or word
    const auto goes_on = [&] { return at < window_ + size || (behind_scalar && at < text_end_ && *at == '"'); };
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
    indexer_->parser->n_structural_indexes = static_cast<uint32_t>(token - indexer_->indexes());
    return static_cast<size_t>(at - window_);
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
