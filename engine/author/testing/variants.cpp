#include "engine/author/testing/variants.hpp"

#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

constexpr unsigned deepest = 100;

// Another name of a dtype, for one.
std::string_view other_dtype(std::string_view name) {
    if (name == "float32") return "float16";
    if (name == "int8") return "uint8";
    if (name == "int64") return "int32";
    return name.starts_with("float") || name.starts_with("bfloat") ? "float32" : "int8";
}

bool is_dtype_name(std::string_view text) {
    for (std::string_view known : {"float", "bfloat", "int", "uint", "bool", "complex"})
        if (text.starts_with(known)) return true;
    return false;
}

class Varied {
public:
    Varied(Arena& arena, const std::vector<NodeId>& nodes) : arena_(arena), nodes_(nodes) {}

    std::vector<Datum> of(const Datum& datum, unsigned depth = 0) {
        using Kind = Datum::Kind;
        std::vector<Datum> out;
        switch (datum.kind) {
        case Kind::none: return {make_integer(0), make_integer(1)};
        case Kind::boolean: return {make_boolean(!datum.boolean), make_integer(datum.boolean)};
        case Kind::integer: return integers(datum.integer);
        case Kind::real:
            return {make_real(datum.real * 2), make_real(datum.real + 1), make_real(0.0), make_real(-datum.real)};
        case Kind::string: return {text(Kind::string, std::string(datum.text_view()) + "_")};
        case Kind::symbolic: return {make_integer(1), text(Kind::symbolic, std::string(datum.text_view()) + " + 1")};
        case Kind::dtype: return {make_text(Kind::dtype, other_dtype(canonical_dtype(datum.text_view())))};
        case Kind::node:
            for (NodeId other : nodes_)
                if (other != datum.node) out.push_back(make_node(other));
            out.push_back(make_none());
            return out;
        case Kind::list:
        case Kind::tuple: return rows(datum, depth);
        default: return {};
        }
    }

private:
    static std::vector<Datum> integers(int64_t value) {
        constexpr int64_t far = int64_t{1} << 62;
        if (value > far || value < -far) return {make_integer(0)};
        std::vector<Datum> out{make_integer(value + 1), make_integer(value - 1)};
        if (value != 0) out.push_back(make_integer(-value));
        if (value > 1 || value < -1) out.push_back(make_integer(0));
        if (value == 0 || value == 1) out.push_back(make_boolean(value == 1));
        out.push_back(make_real(static_cast<double>(value)));
        return out;
    }

    Datum text(Datum::Kind kind, const std::string& value) { return make_text(kind, arena_.copy(value)); }
    Datum row(Datum::Kind kind, std::span<const Datum> items) { return make_items(kind, arena_.copy(items)); }

    std::vector<Datum> rows(const Datum& datum, unsigned depth) {
        std::vector<Datum> out;
        const std::vector<Datum> items(datum.item_span().begin(), datum.item_span().end());
        out.push_back(row(datum.kind == Datum::Kind::list ? Datum::Kind::tuple : Datum::Kind::list, items));
        std::vector<Datum> longer = items;
        longer.push_back(items.empty() ? make_integer(1) : items.back());
        out.push_back(row(datum.kind, longer));
        if (!items.empty()) {
            out.push_back(row(datum.kind, {items.begin(), items.end() - 1}));
            if (items.size() > 2) out.push_back(row(datum.kind, {items.begin() + 1, items.end()}));
        }
        for (size_t i = 0; i + 1 < items.size() && out.size() < max_variants; ++i) {
            if (same(items[i], items[i + 1])) continue;
            std::vector<Datum> exchanged = items;
            std::swap(exchanged[i], exchanged[i + 1]);
            out.push_back(row(datum.kind, exchanged));
        }
        if (depth > deepest) return out;
        for (size_t i = 0; i < items.size() && out.size() < max_variants; ++i) {
            for (const Datum& other : of(items[i], depth + 1)) {
                std::vector<Datum> changed = items;
                changed[i] = other;
                out.push_back(row(datum.kind, changed));
            }
        }
        return out;
    }

    Arena& arena_;
    const std::vector<NodeId>& nodes_;
};

// Texts in which one value within a JSON text is another.
class VariedJson {
public:
    explicit VariedJson(std::string_view whole) : whole_(whole) {}

    std::vector<std::string> run() {
        value(JsonValue(whole_), 0);
        return std::move(out_);
    }

private:
    void value(const JsonValue& at, unsigned depth) {
        if (depth > deepest || out_.size() >= max_variants) return;
        const std::string_view text = at.text();
        switch (at.kind()) {
        case JsonKind::boolean: return put(text, *at.boolean() ? "false" : "true");
        case JsonKind::null: return put(text, "1");
        case JsonKind::number: return number(at);
        case JsonKind::string: return string(at);
        case JsonKind::array: return array(at, depth);
        case JsonKind::object: return object(at, depth);
        case JsonKind::bad: return;
        }
    }

    void number(const JsonValue& at) {
        auto integer = at.integer();
        constexpr int64_t far = int64_t{1} << 62;
        if (!integer || *integer > far || *integer < -far) return put(at.text(), "0.5");
        put(at.text(), std::to_string(*integer + 1));
        put(at.text(), std::to_string(*integer - 1));
        if (*integer != 1 && *integer != 0 && *integer != 2) put(at.text(), "1");
    }

    void string(const JsonValue& at) {
        auto text = at.string();
        if (!text) return;
        std::string other;
        append_json_string(other, is_dtype_name(*text) ? std::string(other_dtype(*text)) : *text + "_");
        put(at.text(), other);
    }

    void array(const JsonValue& at, unsigned depth) {
        std::vector<std::string_view> items;
        for (JsonItems each(at); each.next();) items.push_back(each.value().text());
        auto put_row = [&](const std::vector<std::string_view>& row) {
            put(at.text(), fmt::format("[{}]", fmt::join(row, ", ")));
        };
        std::vector<std::string_view> longer = items;
        longer.push_back("1");
        put_row(longer);
        if (!items.empty()) {
            longer = items;
            longer.insert(longer.begin(), "1");
            put_row(longer);
            put_row({items.begin(), items.end() - 1});
        }
        for (size_t i = 0; i + 1 < items.size() && out_.size() < max_variants; ++i) {
            if (items[i] == items[i + 1]) continue;
            std::vector<std::string_view> exchanged = items;
            std::swap(exchanged[i], exchanged[i + 1]);
            put_row(exchanged);
        }
        for (JsonItems each(at); each.next();) value(each.value(), depth + 1);
    }

    void object(const JsonValue& at, unsigned depth) {
        std::vector<std::string> members;
        for (JsonMembers each(at); each.next();)
            members.push_back(fmt::format("\"{}\": {}", each.raw_key(), each.value().text()));
        for (size_t i = 0; i < members.size() && out_.size() < max_variants; ++i) {
            std::vector<std::string> fewer = members;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            put(at.text(), fmt::format("{{{}}}", fmt::join(fewer, ", ")));
        }
        for (JsonMembers each(at); each.next();) value(each.value(), depth + 1);
    }

    // `old` is a piece of the whole.
    void put(std::string_view old, std::string_view fresh) {
        if (out_.size() >= max_variants) return;
        const auto begin = static_cast<size_t>(old.data() - whole_.data());
        std::string text(whole_);
        text.replace(begin, old.size(), fresh);
        out_.push_back(std::move(text));
    }

    std::string_view whole_;
    std::vector<std::string> out_;
};

}  // namespace

std::vector<Datum> variants_of(const Datum& datum, Arena& arena, const std::vector<NodeId>& nodes) {
    std::vector<Datum> out = Varied(arena, nodes).of(datum);
    if (out.size() > max_variants) out.resize(max_variants);
    return out;
}

std::vector<std::string> variants_of_json(std::string_view json) {
    return VariedJson(json).run();
}

}  // namespace dqrewrite
