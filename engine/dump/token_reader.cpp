// Values that are passed over, and what is said where something else was expected.
#include "engine/dump/token_reader.hpp"

#include "engine/dump/error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace dqrewrite {

namespace {

bool is_open(char c) {
    return (c | 0x20) == '{';
}
char closer(char open) {
    return static_cast<char>(open + 2);
}

// What a token is to who looks at brackets alone; a scalar is a number or word.
enum class Part : uint8_t { other, scalar, open, close };

constexpr std::array<Part, 256> part_of = [] {
    std::array<Part, 256> parts{};
    for (Part& part : parts) part = Part::scalar;
    for (const char c : {',', ':', '"'}) parts[static_cast<unsigned char>(c)] = Part::other;
    parts['['] = parts['{'] = Part::open;
    parts[']'] = parts['}'] = Part::close;
    return parts;
}();

}  // namespace

std::string_view TokenReader::rest(const char* at) const {
    const std::string_view all = text();
    return all.substr(static_cast<size_t>(at - all.data()));
}

void TokenReader::decode(std::string_view raw, std::string& out) const {
    if (const char* bad = decode_json_string(raw, out)) {
        const auto left = static_cast<size_t>(raw.end() - bad);
        const std::string escape = printable({bad, std::min<size_t>(bad[1] == 'u' ? 6 : 2, left)});
        fail(bad, fmt::format("the escape {} is wrong: {}", escape, escape_rule(bad, raw.end())));
    }
}

JsonNumber TokenReader::number(const char* p) const {
    const JsonNumber number = scan_json_number(rest(p));
    if (number.size == 0) fail_value(p);
    return number;
}

bool TokenReader::is_word(const char* p, std::string_view word) const {
    const std::string_view ahead = rest(p);
    return ahead.starts_with(word) && (ahead.size() == word.size() || ends_scalar(ahead[word.size()]));
}

void TokenReader::check_scalar(const char* p) const {
    switch (scan_.at_end(p) ? '\0' : *p) {
    case '"': {
        const std::string_view raw = raw_string(p);
        std::string unused;
        if (has_backslash(raw)) decode(raw, unused);
        return;
    }
    case 't':
        if (is_word(p, "true")) return;
        break;
    case 'f':
        if (is_word(p, "false")) return;
        break;
    case 'n':
        if (is_word(p, "null")) return;
        break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': {
        const JsonNumber found = number(p);
        const std::string_view digits(p, found.size);
        if (!found.integral && !fits_double(digits))
            fail(p, fmt::format("{} is too large for a float", printable(digits)));
        return;
    }
    default: break;
    }
    fail_value(p);
}

void TokenReader::expect_end() {
    const char* p = next();
    if (!at_end(p)) fail_expected(p, "the end after the dump");
    if (scan_.fault().at) fail(p, {});
}

void TokenReader::pass_key(const char* p) {
    check(p, '"', "a key in double quotes");
    check_scalar(p);
    expect(':', "\":\" after the key");
}

const char* TokenReader::pass_value(const char* p) {
    const size_t floor = open_.size();
    for (;;) {
        bool closed = false;
        if (is_open(*p)) {
            enter(p);
            open_.push_back(*p);
            p = next();
            closed = *p == closer(open_.back());
        } else {
            check_scalar(p);
            if (open_.size() == floor) return token_end();
            p = next();
            closed = *p == closer(open_.back());
            if (!closed) {
                if (*p != ',') fail_expected(p, open_.back() == '{' ? "\",\" or \"}\"" : "\",\" or \"]\"");
                p = next();
            }
        }
        while (closed) {
            const char* end = p + 1;
            leave();
            open_.pop_back();
            if (open_.size() == floor) return end;
            p = next();
            closed = *p == closer(open_.back());
            if (!closed) {
                if (*p != ',') fail_expected(p, open_.back() == '{' ? "\",\" or \"}\"" : "\",\" or \"]\"");
                p = next();
            }
        }
        if (open_.back() == '{') {
            pass_key(p);
            p = next();
        }
    }
}

namespace {

// Which of these keys the string may be that starts at `token`, with the next token behind it.
uint8_t which_keys(const char* token, const char* behind, std::span<const std::string> keys, bool may_have_escapes) {
    while (behind[-1] != '"') --behind;
    const std::string_view text(token + 1, behind - 1);
    uint8_t found = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
        const bool may_be = text.size() == keys[i].size()
                                ? same_text(text, keys[i])
                                : may_have_escapes && text.size() > keys[i].size() && has_backslash(text);
        if (may_be) found |= static_cast<uint8_t>(1U << i);
    }
    return found;
}

}  // namespace

// Passes over what stands before the next bracket in the object whose keys are looked for.
void TokenReader::pass_members(KeySearch& search) {
    const char* window = scan_.window();
    const uint32_t* token = scan_.ready_begin();
    const uint32_t* end = scan_.ready_end();
    for (; token != end; ++token) {
        const char* at = window + *token;
        const Part part = part_of[static_cast<unsigned char>(*at)];
        if (part > Part::scalar) break;
        const char* behind = window + token[1];
        if (part == Part::scalar) {
            check_no_quotes(at, behind);
        } else if (*at == '"' && static_cast<size_t>(behind - at) >= search.least_size) {
            if (token + 1 == end)  // whether it is a key, the next window knows
                search.present = 0xFF;
            else if (*behind == ':')
                search.present |= which_keys(at, behind, search.keys, scan_.has_backslashes());
        }
    }
    scan_.skip_to(token);
}

const char* TokenReader::pass_brackets(const char* p, KeySearch& search) {
    if (depth_ == max_depth) fail_depth(p);
    closers_[0] = closer(*p);
    for (;;) {
        pass_members(search);
        const char* at = next();
        if (at_end(at)) fail_closing(at, 0);
        switch (part_of[static_cast<unsigned char>(*at)]) {
        case Part::open: pass_brackets_within(at, 1); break;
        case Part::close:
            if (*at != closers_[0]) fail_closing(at, 0);
            return at + 1;
        default: scan_.skip_to(scan_.ready_begin() - 1);  // the first one of a window
        }
    }
}

// The bracket stands within `floor` others that are passed over too.
const char* TokenReader::pass_brackets_within(const char* p, size_t floor) {
    const size_t room = max_depth - depth_;
    if (floor == room) fail_depth(p);
    closers_[floor] = closer(*p);
    size_t level = floor + 1;
    for (;;) {
        const char* window = scan_.window();
        const uint32_t* token = scan_.ready_begin();
        const uint32_t* end = scan_.ready_end();
        const bool backslashes = scan_.has_backslashes();
        while (token != end) {
            const char* at = window + *token++;
            const Part part = part_of[static_cast<unsigned char>(*at)];
            if (part == Part::other) continue;  // most are
            if (part == Part::scalar) {
                const char last = window[*token - 1];
                if (last == '"' || last <= ' ' || backslashes) check_no_quotes(at, window + *token);
            } else if (part == Part::open) {
                if (level == room) fail_depth(at);
                closers_[level++] = closer(*at);
            } else {
                if (*at != closers_[--level]) fail_closing(at, level);
                if (level != floor) continue;
                scan_.skip_to(token);
                return at + 1;
            }
        }
        scan_.skip_to(token);
        if (at_end(scan_.peek())) fail_closing(scan_.peek(), level - 1);
    }
}

// A quote in a word or number, or a backslash before one, would leave it open where strings start. simdjson takes
// the one for the start of a string, the end of which is then the end of the word.
void TokenReader::check_no_quotes(const char* token, const char* next_token) const {
    const char* last = next_token - 1;
    while (is_json_space(*last)) --last;
    bool bad = *last == '"';
    if (scan_.has_backslashes()) bad |= std::string_view(token, last).find('\\') != std::string_view::npos;
    if (bad) fail_expected(token, "a value");
}

void TokenReader::fail_closing(const char* at, size_t level) const {
    fail_expected(at, fmt::format("\"{}\"", closers_[level]));
}

std::string TokenReader::found(const char* p) const {
    if (scan_.at_end(p)) return "the end";
    if (*p == '"') return fmt::format("the string \"{}\"", printable(raw_string(p), 40));
    if (ends_scalar(*p)) return fmt::format("\"{}\"", *p);
    if (static_cast<unsigned char>(*p) < 0x20) return fmt::format("the byte {:#04x}", static_cast<unsigned>(*p));
    const std::string_view ahead = rest(p);
    size_t size = 0;
    while (size < ahead.size() && size < 200 && !ends_scalar(ahead[size]) && ahead[size] != '"') ++size;
    return printable(ahead.substr(0, size), 40);
}

void TokenReader::fail(const char* at, std::string message) const {
    if (scan_.at_end(at)) {
        if (scan_.fault().at) throw ReadFailure{scan_.fault().at, scan_.fault().message};
        at = text().data() + (text().find_last_not_of(" \t\r\n") + 1);
    }
    throw ReadFailure{at, std::move(message)};
}

void TokenReader::fail_expected(const char* at, std::string_view what) const {
    fail(at, fmt::format("expected {}, found {}", what, found(at)));
}

// No value starts at `p`, or no good one. For what Python writes, the message has the JSON.
void TokenReader::fail_value(const char* p) const {
    constexpr std::pair<std::string_view, std::string_view> python[] = {{"True", "true"},
                                                                        {"False", "false"},
                                                                        {"None", "null"},
                                                                        {"NaN", R"({"float": "nan"})"},
                                                                        {"Infinity", R"({"float": "inf"})"},
                                                                        {"-Infinity", R"({"float": "-inf"})"}};
    const std::string what = found(p);
    for (const auto& [word, json] : python) {
        if (what == word) fail(p, fmt::format("{} is written {} here", word, json));
    }
    const bool numeric = !at_end(p) && (*p == '-' || *p == '+' || *p == '.' || (*p >= '0' && *p <= '9'));
    if (numeric) fail(p, fmt::format("{} is no number of JSON", what));
    fail_expected(p, "a value");
}

void TokenReader::fail_depth(const char* at) const {
    fail(at, fmt::format("brackets are nested more than {} levels deep, the most that is read", max_depth));
}

}  // namespace dqrewrite
