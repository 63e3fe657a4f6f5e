// Following paths through JSON text, and cutting and splicing it.
#include "engine/dump/json_value.hpp"

#include "engine/dump/json_text.hpp"

#include <bit>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dqrewrite {

namespace {

// Sixty-four bytes of text at a time, as masks of what is in them: bit i is byte i.
constexpr ptrdiff_t block_size = 64;

// A key or name is short: sixteen bytes at a time find its end.
constexpr ptrdiff_t short_block = 16;

struct Marks {
    uint64_t quotes, slashes, opens, closes;  // opens and closes: of both kinds of brackets
};

#if defined(__SSE2__)
uint64_t mask_of(const __m128i (&bytes)[4], char wanted) {
    uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) {
        const int part = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes[i], _mm_set1_epi8(wanted)));
        mask |= static_cast<uint64_t>(static_cast<uint32_t>(part)) << (16 * i);
    }
    return mask;
}

uint32_t quotes_and_slashes(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return static_cast<uint32_t>(_mm_movemask_epi8(found));
}

Marks marks_of(const char* at) {
    __m128i bytes[4], folded[4];
    for (int i = 0; i < 4; ++i) {
        bytes[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
        folded[i] = _mm_or_si128(bytes[i], _mm_set1_epi8(0x20));
    }
    return {mask_of(bytes, '"'), mask_of(bytes, '\\'), mask_of(folded, '{'), mask_of(folded, '}')};
}
#else
uint32_t quotes_and_slashes(const char* at) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < short_block; ++i) found |= static_cast<uint32_t>(at[i] == '"' || at[i] == '\\') << i;
    return found;
}

Marks marks_of(const char* at) {
    Marks marks{};
    for (uint32_t i = 0; i < block_size; ++i) {
        const uint64_t bit = uint64_t{1} << i;
        if (at[i] == '"') marks.quotes |= bit;
        if (at[i] == '\\') marks.slashes |= bit;
        if ((at[i] | 0x20) == '{') marks.opens |= bit;
        if ((at[i] | 0x20) == '}') marks.closes |= bit;
    }
    return marks;
}
#endif

// Of the block at `at`; what would lie beyond `limit` is zero.
Marks marks_at(const char* at, const char* limit) {
    if (limit - at >= block_size) return marks_of(at);
    char bytes[block_size] = {};
    std::memcpy(bytes, at, static_cast<size_t>(limit - at));
    return marks_of(bytes);
}

// The bytes that a backslash stands before; `carry` goes from block to block. See G. Langdale and D. Lemire, "Parsing
// gigabytes of JSON per second", 3.1.1.
uint64_t escaped_by(uint64_t slashes, uint64_t& carry) {
    constexpr uint64_t even = 0x5555555555555555;
    if ((slashes | carry) == 0) return 0;
    slashes &= ~carry;
    const uint64_t behind = slashes << 1 | carry;
    const uint64_t odd_starts = slashes & ~even & ~behind;
    const uint64_t sum = odd_starts + slashes;
    carry = sum < slashes ? 1 : 0;
    return (even ^ sum << 1) & behind;
}

// Bit i is whether an odd number of bits up to i is set.
uint64_t parity_up_to(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

const char* skip_space(const char* at, const char* limit) {
    while (at < limit && is_json_space(*at)) ++at;
    return at;
}

// One past the closing quote of the string that opens at `at`; null where there is none.
const char* skip_string(const char* at, const char* limit) {
    for (++at; at < limit && limit - at >= short_block; at += short_block) {
        const uint32_t found = quotes_and_slashes(at);
        if (found == 0) continue;
        const char* first = at + std::countr_zero(found);
        if (*first == '"') return first + 1;
        break;  // a backslash: the long way
    }
    uint64_t carry = 0;
    for (; at < limit; at += block_size) {
        const Marks marks = marks_at(at, limit);
        const uint64_t quotes = marks.quotes & ~escaped_by(marks.slashes, carry);
        if (quotes != 0) return at + std::countr_zero(quotes) + 1;
    }
    return nullptr;
}

// One past the bracket that closes the one at `at`; null where there is none.
const char* skip_brackets(const char* at, const char* limit) {
    size_t depth = 0;
    uint64_t carry = 0, inside = 0;  // of a string: all bits set where the block before ended in one
    for (; at < limit; at += block_size) {
        const Marks marks = marks_at(at, limit);
        const uint64_t quotes = marks.quotes & ~escaped_by(marks.slashes, carry);
        const uint64_t strings = parity_up_to(quotes) ^ inside;
        inside = 0 - (strings >> 63);
        const uint64_t opens = marks.opens & ~strings;
        const uint64_t closes = marks.closes & ~strings;
        const auto most = static_cast<size_t>(std::popcount(closes));
        if (most < depth) {  // none of them closes the first
            depth += static_cast<size_t>(std::popcount(opens)) - most;
            continue;
        }
        for (uint64_t left = opens | closes; left != 0; left &= left - 1) {
            if ((left & -left & opens) != 0) {
                ++depth;
            } else if (--depth == 0) {
                return at + std::countr_zero(left) + 1;
            }
        }
    }
    return nullptr;
}

// One past the value at `at`; null where there is no value.
const char* skip_value(const char* at, const char* limit) {
    if (at >= limit) return nullptr;
    if (*at == '"') return skip_string(at, limit);
    if ((*at | 0x20) == '{') return skip_brackets(at, limit);
    const char* begin = at;
    while (at < limit && !ends_scalar(*at) && *at != '"') ++at;
    return at == begin ? nullptr : at;
}

std::string_view slice(const char* begin, const char* end) {
    return {begin, static_cast<size_t>(end - begin)};
}

bool breaks_line(std::string_view text) {
    return text.find_first_of("\r\n") != text.npos;
}

// `{"a": {"b": json}}` for the path a, b.
void append_nested(std::string& out, std::span<const std::string_view> path, std::string_view json,
                   const std::string& colon) {
    for (const std::string_view key : path) {
        out += '{';
        append_json_string(out, key);
        out += colon;
    }
    out += json;
    out.append(path.size(), '}');
}

// Where the object that holds the last key of a path stands, and how far the path could be followed.
struct Followed {
    std::string_view object;
    std::optional<JsonPlace> place;  // of path[steps] in `object`
    size_t steps = 0;
    JsonStyle style;
};

bool is_object(std::string_view text) {
    JsonMembers members{JsonValue(text)};
    while (members.next()) {
    }
    return !members.failed();
}

std::optional<Followed> follow(std::string_view object, std::span<const std::string_view> path) {
    Followed at;
    at.object = JsonValue(object).text();
    for (;; ++at.steps) {
        if (!is_object(at.object)) return {};
        at.style = style_of(at.object, at.style);
        at.place = find_place(at.object, path[at.steps]);
        if (!at.place || at.steps + 1 == path.size()) return at;
        at.object = at.object.substr(at.place->value, at.place->value_end - at.place->value);
    }
}

std::string splice(std::string_view whole, const char* begin, const char* end, std::string_view fresh) {
    std::string out;
    out.reserve(whole.size() + fresh.size());
    out.append(whole.data(), begin);
    out += fresh;
    out.append(end, whole.data() + whole.size());
    return out;
}

}  // namespace

void JsonValue::pass_space() {
    at_ = skip_space(at_, limit_);
}

JsonKind JsonValue::kind_of_scalar() const {
    const std::string_view rest = slice(at_, limit_);
    switch (*at_) {
    case '"': return JsonKind::string;
    case 'n': return rest.starts_with("null") ? JsonKind::null : JsonKind::bad;
    case 't': return rest.starts_with("true") ? JsonKind::boolean : JsonKind::bad;
    case 'f': return rest.starts_with("false") ? JsonKind::boolean : JsonKind::bad;
    default: return *at_ == '-' || (*at_ >= '0' && *at_ <= '9') ? JsonKind::number : JsonKind::bad;
    }
}

std::string_view JsonValue::text() const {
    const char* end = skip_value(at_, limit_);
    return end ? slice(at_, end) : std::string_view();
}

std::optional<JsonValue> JsonValue::member(std::string_view key) const {
    for (JsonMembers i(*this); i.next();) {
        if (i.key_is(key)) return i.value();
    }
    return {};
}

bool JsonValue::empty() const {
    if (at_ == limit_ || (*at_ | 0x20) != '{') return false;
    const char* inside = skip_space(at_ + 1, limit_);
    return inside < limit_ && *inside == *at_ + 2;
}

std::optional<bool> JsonValue::boolean() const {
    const std::string_view word = kind() == JsonKind::boolean ? text() : std::string_view();
    if (word == "true") return true;
    if (word == "false") return false;
    return {};
}

std::optional<int64_t> JsonValue::integer() const {
    if (kind() != JsonKind::number) return {};
    const JsonNumber number = scan_json_number(slice(at_, limit_));
    if (number.size == 0 || !number.integral) return {};
    return parse_integer(slice(at_, at_ + number.size));
}

std::optional<std::string_view> JsonValue::raw_string() const {
    if (kind() != JsonKind::string) return {};
    const char* end = skip_string(at_, limit_);
    if (!end) return {};
    return slice(at_ + 1, end - 1);
}

std::optional<std::string> JsonValue::string() const {
    const auto raw = raw_string();
    return raw ? decode_string(*raw) : std::nullopt;
}

JsonItems::JsonItems(const JsonValue& array) : value_(array) {
    failed_ = array.kind() != JsonKind::array;
}

bool JsonItems::next() {
    if (failed_) return false;
    const char* limit = value_.limit_;
    const char* at = started_ ? skip_value(value_.at_, limit) : value_.at_ + 1;
    failed_ = true;  // until it turns out well
    if (!at) return false;
    at = skip_space(at, limit);
    if (at == limit) return false;
    if (*at == ']') {
        failed_ = false;
        value_.at_ = limit;
        return false;
    }
    if (started_) {
        if (*at != ',') return false;
        at = skip_space(at + 1, limit);
    }
    if (at == limit || (ends_scalar(*at) && (*at | 0x20) != '{')) return false;
    value_.at_ = at;
    started_ = true;
    failed_ = false;
    return true;
}

JsonMembers::JsonMembers(const JsonValue& object) : value_(object) {
    failed_ = object.kind() != JsonKind::object;
}

std::string_view JsonMembers::value_text() {
    const std::string_view text = value_.text();
    value_end_ = text.data() + text.size();
    return text;
}

bool JsonMembers::next() {
    if (failed_) return false;
    const char* limit = value_.limit_;
    const char* at = !started_ ? value_.at_ + 1 : value_end_ ? value_end_ : skip_value(value_.at_, limit);
    value_end_ = nullptr;
    failed_ = true;  // until it turns out well
    if (!at) return false;
    at = skip_space(at, limit);
    if (at == limit) return false;
    if (*at == '}') {
        failed_ = false;
        value_.at_ = limit;
        return false;
    }
    if (started_) {
        if (*at != ',') return false;
        at = skip_space(at + 1, limit);
    }
    if (at == limit || *at != '"') return false;
    const char* key_end = skip_string(at, limit);
    if (!key_end) return false;
    key_ = slice(at + 1, key_end - 1);
    at = skip_space(key_end, limit);
    if (at == limit || *at != ':') return false;
    at = skip_space(at + 1, limit);
    if (at == limit || (ends_scalar(*at) && (*at | 0x20) != '{')) return false;
    value_.at_ = at;
    started_ = true;
    failed_ = false;
    return true;
}

bool JsonMembers::escaped_key_is(std::string_view key) const {
    if (!has_backslash(key_)) return false;
    const auto text = decode_string(key_);
    return text && *text == key;
}

std::optional<std::string_view> find_member(std::string_view text, std::string_view key) {
    const auto value = JsonValue(text).member(key);
    if (!value) return {};
    const std::string_view found = value->text();
    if (found.empty()) return {};
    return found;
}

std::optional<std::string> decode_string(std::string_view raw) {
    std::string out;
    if (decode_json_string(raw, out)) return {};
    return out;
}

std::optional<JsonPlace> find_place(std::string_view object, std::string_view key) {
    const auto offset = [object](const char* at) { return static_cast<size_t>(at - object.data()); };
    size_t before = object.npos;  // the end of the value before
    for (JsonMembers i{JsonValue(object)}; i.next();) {
        const std::string_view value = i.value().text();
        if (value.empty()) return {};
        JsonPlace place;
        place.value = offset(value.data());
        place.value_end = place.value + value.size();
        if (!i.key_is(key)) {
            before = place.value_end;
            continue;
        }
        place.cut = before != object.npos ? before : offset(i.raw_key().data()) - 1;
        place.cut_end = place.value_end;
        if (before == object.npos && i.next()) place.cut_end = offset(i.raw_key().data()) - 1;
        return place;
    }
    return {};
}

JsonStyle style_of(std::string_view object, const JsonStyle& otherwise) {
    JsonStyle style;
    style.colon = otherwise.colon;
    style.comma = breaks_line(otherwise.comma) ? ", " : otherwise.comma;
    const JsonValue value(object);
    const std::string_view text = value.text();
    JsonMembers members(value);
    if (text.empty() || !members.next()) return style;

    const char* key = members.raw_key().data() - 1;
    const char* colon = members.raw_key().data() + members.raw_key().size() + 1;
    style.open = slice(text.data(), key);
    style.colon = slice(colon, members.value().begin());
    const std::string_view inside = text.substr(0, text.size() - 1);
    const size_t last = inside.find_last_not_of(" \t\r\n");
    style.close = text.substr(last + 1);
    const std::string_view first = members.value().text();
    if (members.next()) {
        style.comma = slice(first.data() + first.size(), members.raw_key().data() - 1);
    } else if (style.open.size() > 1) {
        style.comma = ',';
        style.comma.append(style.open, 1);
    }
    return style;
}

std::optional<std::string> set_member(std::string_view object, std::span<const std::string_view> path,
                                      std::string_view json) {
    if (path.empty()) return std::string(json);
    std::string fresh;
    if (trim_json(object).empty()) {
        append_nested(fresh, path, json, JsonStyle().colon);
        return fresh;
    }
    const auto at = follow(object, path);
    if (!at) return {};
    if (at->place) {
        return splice(object, at->object.data() + at->place->value, at->object.data() + at->place->value_end, json);
    }
    const bool first = JsonValue(at->object).empty();
    if (!first) fresh += at->style.comma;
    append_json_string(fresh, path[at->steps]);
    fresh += at->style.colon;
    append_nested(fresh, path.subspan(at->steps + 1), json, at->style.colon);
    const char* end = at->object.data() + at->object.size() - 1;
    if (first) return splice(object, at->object.data() + 1, end, fresh);
    const char* last = end - (at->style.close.size() - 1);
    return splice(object, last, last, fresh);
}

std::optional<std::string> set_members(std::string_view object, std::string_view from) {
    if (trim_json(object).empty()) return std::string(from);
    std::vector<std::pair<std::string, std::string_view>> members;
    for (JsonMembers i{JsonValue(from)}; i.next();)
        if (auto key = decode_string(i.raw_key())) members.emplace_back(std::move(*key), i.value().text());
    std::map<std::string_view, size_t> missing;  // by key
    for (size_t i = 0; i < members.size(); ++i) missing.emplace(members[i].first, i);

    object = JsonValue(object).text();
    if (!is_object(object)) return {};
    if (JsonValue(object).empty() && !members.empty()) object = "{}";
    std::string out;
    const char* copied = object.data();
    JsonMembers old{JsonValue(object)};
    while (old.next()) {
        const auto key = decode_string(old.raw_key());
        const auto fresh = key ? missing.find(*key) : missing.end();
        if (fresh == missing.end()) continue;
        out.append(copied, old.value().begin()).append(members[fresh->second].second);
        copied = old.value_text().data() + old.value_text().size();
        missing.erase(fresh);
    }

    const JsonStyle style = style_of(object, JsonStyle());
    out.append(copied, object.data() + object.size() - style.close.size());
    bool first = JsonValue(object).empty();
    for (size_t i = 0; i < members.size(); ++i) {
        const auto fresh = missing.find(members[i].first);
        if (fresh == missing.end() || fresh->second != i) continue;
        if (!std::exchange(first, false)) out += style.comma;
        append_json_string(out, members[i].first);
        out.append(style.colon).append(members[i].second);
    }
    return out += style.close;
}

std::optional<std::string> remove_member(std::string_view object, std::span<const std::string_view> path) {
    if (path.empty()) return {};
    if (trim_json(object).empty()) return std::string(object);
    const auto at = follow(object, path);
    if (!at) return {};
    if (!at->place) return std::string(object);
    return splice(object, at->object.data() + at->place->cut, at->object.data() + at->place->cut_end, {});
}

}  // namespace dqrewrite
