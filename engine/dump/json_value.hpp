// Reading and editing one JSON text, a node's meta above all, without making anything of the rest of it.
//
// A JsonValue is a place in a text: it knows where a value starts and looks for its end only when asked, so
// that a path is followed through the keys alone. Meta is not checked beyond brackets and closed strings, so
// nothing here trusts its text: what is not JSON reads as `bad`, as no member, or ends an iteration with
// failed(). No recursion. Where a key stands twice in an object the first one counts.
// Tested by tests/dump/json_value_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dqrewrite {

enum class JsonKind : uint8_t { null, boolean, number, string, array, object, bad };

class JsonValue {
public:
    JsonValue() = default;  // a bad one
    // The value at the start of `text`, white space aside; it may be followed by anything.
    explicit JsonValue(std::string_view text) : at_(text.data()), limit_(text.data() + text.size()) {
        if (at_ != limit_ && *at_ <= ' ') pass_space();
    }

    JsonKind kind() const {  // by the first byte
        if (at_ == limit_) return JsonKind::bad;
        if (*at_ == '{') return JsonKind::object;
        if (*at_ == '[') return JsonKind::array;
        return kind_of_scalar();
    }
    // From the first byte to the last; empty where it has no end.
    std::string_view text() const;
    // Of an object: the value of `key`, which is plain text without escapes.
    std::optional<JsonValue> member(std::string_view key) const;
    // Whether an array or object has nothing in it.
    bool empty() const;

    // Nothing where the value is of another kind, or none at all.
    std::optional<bool> boolean() const;
    std::optional<int64_t> integer() const;  // a number without fraction and exponent that 64 bits hold
    std::optional<std::string> string() const;
    // Of a string: what stands between its quotes, escapes and all.
    std::optional<std::string_view> raw_string() const;

    const char* begin() const { return at_; }

private:
    friend class JsonItems;
    friend class JsonMembers;
    JsonKind kind_of_scalar() const;
    void pass_space();
    const char* at_ = nullptr;
    const char* limit_ = nullptr;
};

// Walks an array: for (JsonItems i(value); i.next();) use(i.value());
class JsonItems {
public:
    explicit JsonItems(const JsonValue& array);
    bool next();
    const JsonValue& value() const { return value_; }
    bool failed() const { return failed_; }  // it was no array, or no good one

private:
    JsonValue value_;
    bool started_ = false;
    bool failed_ = false;
};

// Walks an object, likewise.
class JsonMembers {
public:
    explicit JsonMembers(const JsonValue& object);
    bool next();
    // Between the quotes, escapes and all; see key_is().
    std::string_view raw_key() const { return key_; }
    bool key_is(std::string_view key) const {
        return key_ == key || (key_.size() > key.size() && escaped_key_is(key));
    }
    const JsonValue& value() const { return value_; }
    // The text of the value, whose end next() need not look for again.
    std::string_view value_text();
    bool failed() const { return failed_; }

private:
    bool escaped_key_is(std::string_view key) const;

    JsonValue value_;
    const char* value_end_ = nullptr;  // once it was asked for
    std::string_view key_;
    bool started_ = false;
    bool failed_ = false;
};

// The text of the value of `key` in the object that is `text`.
std::optional<std::string_view> find_member(std::string_view text, std::string_view key);

// The text of what stands between the quotes of a JSON string; nothing where an escape is none.
std::optional<std::string> decode_string(std::string_view raw);

// The white space and punctuation that an object's members are parted by.
struct JsonStyle {
    std::string open = "{";  // with the white space behind it
    std::string comma = ", ";
    std::string colon = ": ";
    std::string close = "}";  // with the white space before it
};
// The style of `object`; what it does not show is taken from `otherwise`, but never a line break.
JsonStyle style_of(std::string_view object, const JsonStyle& otherwise);

// `object` with the value at `path` set to `json`: no other byte changes. A key that is missing is added as the
// last one, in the style of its object; objects on the way are made where there are none. Empty text is an
// object without members. Nothing where something on the path, or `object` itself, is no good object.
std::optional<std::string> set_member(std::string_view object, std::span<const std::string_view> path,
                                      std::string_view json);

// `object` with all members of the object `from`, as if set_member() had set one after the other; of those with one
// key the first. The time it takes is as the sizes of both. Nothing as for set_member.
std::optional<std::string> set_members(std::string_view object, std::string_view from);

// `object` without the member at `path` and the comma that parted it from its neighbours; unchanged where
// there is none. Nothing as for set_member.
std::optional<std::string> remove_member(std::string_view object, std::span<const std::string_view> path);

// Where a member of an object stands, and what goes with it when it goes.
struct JsonPlace {
    size_t value = 0;
    size_t value_end = 0;
    size_t cut = 0;      // from the end of the value before it, or for the first one from its key …
    size_t cut_end = 0;  // … to its own end, or for the first one to the next key
};
// Offsets are from the start of `object`.
std::optional<JsonPlace> find_place(std::string_view object, std::string_view key);

}  // namespace dqrewrite
