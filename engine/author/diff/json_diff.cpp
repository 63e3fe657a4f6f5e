#include "engine/author/diff/json_diff.hpp"

#include "engine/author/diff/merge_sorted.hpp"
#include "engine/author/text/graph_text.hpp"
#include "engine/dump/json_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

bool items_of(const JsonValue& array, std::vector<JsonValue>& out) {
    JsonItems each(array);
    while (each.next()) out.push_back(each.value());
    return !each.failed();
}

// Digits, a fraction or an exponent: an integer is equal to no float.
bool same_number(std::string_view a, std::string_view b) {
    const JsonNumber first = scan_json_number(a), second = scan_json_number(b);
    if (first.integral != second.integral || first.integral || first.size == 0 || second.size == 0) return a == b;
    std::string one, other;  // -0.0 is not 0.0
    append_real(one, parse_real(a));
    append_real(other, parse_real(b));
    return one == other;
}

bool same_scalar(const JsonValue& a, const JsonValue& b) {
    if (a.kind() == JsonKind::string) return a.string() && a.string() == b.string();
    return a.kind() == JsonKind::number && same_number(a.text(), b.text());
}

class Walk {
public:
    explicit Walk(const JsonDiffSink& sink) : sink_(sink) {}

    void compare(const JsonValue& before, const JsonValue& after, const std::string& path, unsigned depth) {
        if (before.text() == after.text()) return;
        if (before.kind() == after.kind() && settled(before, after, path, depth)) return;
        sink_(path, before.text(), after.text());
    }

private:
    // Of two values of one kind: whether they are the same after all, or the differences within them are told.
    bool settled(const JsonValue& before, const JsonValue& after, const std::string& path, unsigned depth) {
        const bool object = before.kind() == JsonKind::object;
        if (!object && before.kind() != JsonKind::array) return same_scalar(before, after);
        if (depth == 0) return canonical_json(before.text()) == canonical_json(after.text());
        return object ? objects(before, after, path, depth - 1) : arrays(before, after, path, depth - 1);
    }

    // False where they cannot be compared member by member.
    bool objects(const JsonValue& before, const JsonValue& after, const std::string& path, unsigned depth) {
        JsonMemberList old, fresh;
        if (!sorted_members(before, old) || !sorted_members(after, fresh)) return false;
        using Member = JsonMemberList::value_type;
        merge_sorted(
            old, fresh, [](const Member& each) -> const std::string& { return each.first; },
            [&](const Member& each) { sink_(path_to_key(path, each.first), each.second.text(), {}); },
            [&](const Member& each) { sink_(path_to_key(path, each.first), {}, each.second.text()); },
            [&](const Member& a, const Member& b) {
                compare(a.second, b.second, path_to_key(path, a.first), depth);
            });
        return true;
    }

    bool arrays(const JsonValue& before, const JsonValue& after, const std::string& path, unsigned depth) {
        std::vector<JsonValue> old, fresh;
        if (!items_of(before, old) || !items_of(after, fresh) || old.size() != fresh.size()) return false;
        for (size_t i = 0; i < old.size(); ++i) compare(old[i], fresh[i], path_to_index(path, i), depth);
        return true;
    }

    const JsonDiffSink& sink_;
};

bool is_good(const JsonValue& value, unsigned depth) {
    const JsonKind kind = value.kind();
    if (kind == JsonKind::string) return value.string().has_value();
    if (kind == JsonKind::number) return scan_json_number(value.text()).size == value.text().size();
    if (kind != JsonKind::array && kind != JsonKind::object) return kind != JsonKind::bad;
    if (depth == 0) return false;
    if (kind == JsonKind::array) {
        JsonItems each(value);
        while (each.next())
            if (!is_good(each.value(), depth - 1)) return false;
        return !each.failed();
    }
    JsonMembers each(value);
    while (each.next())
        if (!decode_string(each.raw_key()) || !is_good(each.value(), depth - 1)) return false;
    return !each.failed();
}

bool is_word(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    });
}

}  // namespace

void diff_json(std::string_view before, std::string_view after, const std::string& path, const JsonDiffSink& sink) {
    Walk(sink).compare(JsonValue(before), JsonValue(after), path, max_diff_depth);
}

bool is_json(std::string_view text) {
    return is_good(JsonValue(text), max_shown_depth);
}

bool sorted_members(const JsonValue& object, JsonMemberList& out) {
    JsonMembers each(object);
    while (each.next())
        out.emplace_back(decode_string(each.raw_key()).value_or(std::string(each.raw_key())), each.value());
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return !each.failed();
}

std::string path_to_key(const std::string& path, std::string_view key) {
    if (is_word(key)) return fmt::format("{}{}{}", path, path.empty() ? "" : ".", key);
    std::string quoted;
    append_json_string(quoted, key);
    return fmt::format("{}[{}]", path, quoted);
}

std::string path_to_index(const std::string& path, size_t index) {
    return fmt::format("{}[{}]", path, index);
}

}  // namespace dqrewrite
