#include "engine/rewrite/metadata.hpp"

#include "engine/dump/json_text.hpp"
#include "engine/rewrite/hashed.hpp"
#include "engine/rewrite/print.hpp"

#include <algorithm>
#include <cmath>

namespace dqrewrite {

namespace {

struct Tag {
    std::string_view key;
    Datum::Kind kind;
    JsonKind payload;
};

constexpr Tag tags[] = {
    {"node", Datum::Kind::node, JsonKind::string},
    {"int", Datum::Kind::integer, JsonKind::string},
    {"float", Datum::Kind::real, JsonKind::string},
    {"complex", Datum::Kind::complex, JsonKind::array},
    {"tuple", Datum::Kind::tuple, JsonKind::array},
    {"dict", Datum::Kind::dict, JsonKind::array},
    {"slice", Datum::Kind::slice, JsonKind::array},
    {"dtype", Datum::Kind::dtype, JsonKind::string},
    {"device", Datum::Kind::device, JsonKind::string},
    {"memory_format", Datum::Kind::memory_format, JsonKind::string},
    {"layout", Datum::Kind::layout, JsonKind::string},
    {"sym", Datum::Kind::symbolic, JsonKind::string},
    {"opaque", Datum::Kind::opaque, JsonKind::string},
};

// Most keys of records are no tags, which their length and first letter tell.
constexpr uint32_t bit_of_size(std::string_view key) {
    return key.size() < 32 ? uint32_t{1} << key.size() : 0;
}
constexpr uint32_t bit_of_letter(std::string_view key) {
    return key.empty() ? 0 : uint32_t{1} << (static_cast<unsigned char>(key[0]) % 32);
}
constexpr uint32_t tag_sizes = [] {
    uint32_t bits = 0;
    for (const Tag& each : tags) bits |= bit_of_size(each.key);
    return bits;
}();
constexpr uint32_t tag_letters = [] {
    uint32_t bits = 0;
    for (const Tag& each : tags) bits |= bit_of_letter(each.key);
    return bits;
}();

const Tag* find_tag(std::string_view key) {
    if ((bit_of_size(key) & tag_sizes) == 0 || (bit_of_letter(key) & tag_letters) == 0) return nullptr;
    for (const Tag& each : tags)
        if (each.key == key) return &each;
    return nullptr;
}

std::string_view tag_of(Datum::Kind kind) {
    for (const Tag& each : tags)
        if (each.kind == kind) return each.key;
    return {};
}

// -- reading

// An object whose one key is a tag, with a value of the JSON kind that it has.
struct Tagged {
    const Tag* tag;
    JsonValue value;
};

std::optional<Tagged> tagged(const JsonValue& object) {
    JsonMembers members(object);
    if (!members.next()) return {};
    const Tag* tag = find_tag(members.raw_key());
    if (!tag || members.value().kind() != tag->payload) return {};
    Tagged found{tag, members.value()};
    if (members.next() || members.failed()) return {};
    return found;
}

class Reader {
public:
    Reader(const Graph* graph, Arena& arena) : graph_(graph), arena_(arena) {}

    bool read(const JsonValue& json, Datum& out) {
        switch (json.kind()) {
        case JsonKind::null: out = make_none(); return json.text() == "null";
        case JsonKind::boolean: return boolean(json, out);
        case JsonKind::number: return number(json, out);
        case JsonKind::string: return text(json, Datum::Kind::string, out);
        case JsonKind::array: return array(json, Datum::Kind::list, out);
        case JsonKind::object: return object(json, out);
        case JsonKind::bad: return false;
        }
        return false;
    }

    bool members(const JsonValue& json, Datum& out) {
        HashedItems items(Datum::Kind::dict, arena_);
        JsonMembers members(json);
        while (members.next()) {
            Datum key, value;
            if (!decode(members.raw_key(), Datum::Kind::string, key) || !read(members.value(), value)) return false;
            if (const Datum so_far = items.finish(); !find_key(so_far, key)) items.insert(key, value);
        }
        out = items.finish();
        return !members.failed();
    }

private:
    static bool boolean(const JsonValue& json, Datum& out) {
        auto value = json.boolean();
        if (value) out = make_boolean(*value);
        return value.has_value();
    }

    static bool number(const JsonValue& json, Datum& out) {
        std::string_view digits = json.text();
        JsonNumber scanned = scan_json_number(digits);
        if (scanned.size == 0 || scanned.size != digits.size()) return false;
        out = scanned.integral ? make_integer_of(digits) : make_real(parse_real(digits));
        return scanned.integral || fits_double(digits);
    }

    bool text(const JsonValue& json, Datum::Kind kind, Datum& out) {
        auto raw = json.raw_string();
        return raw && decode(*raw, kind, out);
    }

    bool decode(std::string_view raw, Datum::Kind kind, Datum& out) {
        if (!has_backslash(raw)) {
            out = make_text(kind, raw);
            return true;
        }
        auto decoded = decode_string(raw);
        if (decoded) out = make_text(kind, arena_.copy(*decoded));
        return decoded.has_value();
    }

    // How many items there are shows at the end: they move to twice the room when it gets too small.
    bool array(const JsonValue& json, Datum::Kind kind, Datum& out) {
        if (depth_ == max_nesting) return false;
        ++depth_;
        size_t count = 0, capacity = 4;
        Datum* kept = arena_.data(capacity);
        JsonItems items(json);
        bool good = true;
        while (good && items.next()) {
            if (count == capacity) {
                Datum* larger = arena_.data(capacity *= 2);
                std::copy(kept, kept + count, larger);
                kept = larger;
            }
            good = read(items.value(), kept[count++]);
        }
        --depth_;
        out = make_items(kind, {kept, count});
        out.from_metadata = kind == Datum::Kind::list;
        return good && !items.failed();
    }

    bool object(const JsonValue& json, Datum& out) {
        if (auto found = tagged(json)) return tagged_value(*found->tag, found->value, out) || record(json, out);
        return record(json, out);
    }

    static bool record(const JsonValue& json, Datum& out) {
        out = make_text(Datum::Kind::record, json.text());
        return !json.text().empty();
    }

    bool tagged_value(const Tag& tag, const JsonValue& json, Datum& out) {
        if (tag.payload == JsonKind::string) return text(json, tag.kind, out) && tagged_text(out);
        return array(json, tag.kind, out) && tagged_items(out);
    }

    bool tagged_text(Datum& out) {
        std::string_view text = out.text_view();
        if (out.kind == Datum::Kind::node) {
            NodeId node = graph_ ? graph_->find(text) : no_node;
            out = node == no_node ? make_text(Datum::Kind::gone_node, text) : make_node(node);
        } else if (out.kind == Datum::Kind::integer) {
            JsonNumber scanned = scan_json_number(text);
            if (!scanned.integral || scanned.size != text.size()) return false;
            out = make_integer_of(text);
        } else if (out.kind == Datum::Kind::real) {
            if (text != "inf" && text != "-inf" && text != "nan") return false;
            out = make_real(parse_real(text));
        } else if (out.kind == Datum::Kind::dtype) {
            out = make_text(Datum::Kind::dtype, canonical_dtype(text));
        }
        return true;
    }

    bool tagged_items(Datum& out) {
        auto is_number = [](const Datum& item) {
            return item.kind == Datum::Kind::integer || item.kind == Datum::Kind::real;
        };
        if (out.kind == Datum::Kind::slice) return out.size == 3;
        if (out.kind == Datum::Kind::complex) return out.size == 2 && std::ranges::all_of(out.item_span(), is_number);
        if (out.kind != Datum::Kind::dict) return true;
        HashedItems items(Datum::Kind::dict, arena_);
        for (const Datum& pair : out.item_span()) {
            if (pair.kind != Datum::Kind::list || pair.size != 2 || !hashable(pair.items[0])) return false;
            items.insert(pair.items[0], pair.items[1]);
        }
        out = items.finish();
        return true;
    }

    const Graph* graph_;
    Arena& arena_;
    size_t depth_ = 0;
};

// -- writing

// Brackets within brackets in JSON text that is known to be good.
size_t json_nesting(std::string_view json) {
    size_t depth = 0, deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < json.size(); ++i) {
        char c = json[i];
        if (in_string && c == '\\')
            ++i;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            deepest = std::max(deepest, ++depth);
        else if (!in_string && (c == '}' || c == ']'))
            --depth;
    }
    return deepest;
}

class Writer {
public:
    Writer(const Graph& graph, std::string& out, TypeForm form, size_t limit)
        : graph_(graph), out_(out), form_(form), limit_(limit) {}

    bool write(const Datum& datum) {
        switch (datum.kind) {
        case Datum::Kind::none: out_ += "null"; return true;
        case Datum::Kind::boolean: out_ += datum.boolean ? "true" : "false"; return true;
        case Datum::Kind::integer: out_ += std::to_string(datum.integer); return true;
        case Datum::Kind::big_integer: tagged("int", datum.text_view()); return true;
        case Datum::Kind::real: real(datum.real); return true;
        case Datum::Kind::string: append_json_string(out_, datum.text_view()); return true;
        case Datum::Kind::list:
        case Datum::Kind::tuple: return items(datum.item_span());
        case Datum::Kind::complex:
        case Datum::Kind::slice:
            out_ += '{';
            append_json_string(out_, tag_of(datum.kind));
            out_ += ": ";
            return items(datum.item_span()) && (out_ += '}', true);
        case Datum::Kind::dict: return dict(datum);
        case Datum::Kind::dtype:
        case Datum::Kind::device:
        case Datum::Kind::memory_format:
        case Datum::Kind::layout:
            if (form_ == TypeForm::text)
                append_json_string(out_, datum.text_view());
            else
                tagged(tag_of(datum.kind), datum.text_view());
            return true;
        case Datum::Kind::symbolic:
        case Datum::Kind::opaque: tagged(tag_of(datum.kind), datum.text_view()); return true;
        case Datum::Kind::node: tagged("node", graph_.name(datum.node)); return true;
        case Datum::Kind::gone_node: tagged("node", datum.text_view()); return true;
        case Datum::Kind::op: append_json_string(out_, op_text(graph_.symbols().text(datum.symbol))); return true;
        case Datum::Kind::record: out_ += datum.text_view(); return true;
        case Datum::Kind::set:
        case Datum::Kind::type:
        case Datum::Kind::table: return false;
        }
        return false;
    }

private:
    void check_length() const {
        if (out_.size() > limit_) throw JsonTooLong();
    }

    void tagged(std::string_view tag, std::string_view text) {
        out_ += '{';
        append_json_string(out_, tag);
        out_ += ": ";
        append_json_string(out_, text);
        out_ += '}';
    }

    void real(double value) {
        std::string digits;
        append_real(digits, value);
        if (std::isfinite(value))
            out_ += digits;
        else
            tagged("float", digits);
    }

    bool items(std::span<const Datum> items) {
        out_ += '[';
        for (const Datum& item : items) {
            if (&item != items.data()) out_ += ", ";
            check_length();
            if (!write(item)) return false;
        }
        out_ += ']';
        return true;
    }

    bool dict(const Datum& datum) {
        bool plain = true;
        for (size_t i = 0; i < datum.size; i += 2) plain &= datum.items[i].kind == Datum::Kind::string;
        out_ += plain ? "{" : "{\"dict\": [";
        for (size_t i = 0; i < datum.size; i += 2) {
            if (i > 0) out_ += ", ";
            if (!plain) out_ += '[';
            check_length();
            if (!write(datum.items[i])) return false;
            out_ += plain ? ": " : ", ";
            if (!write(datum.items[i + 1])) return false;
            if (!plain) out_ += ']';
        }
        out_ += plain ? "}" : "]}";
        return true;
    }

    const Graph& graph_;
    std::string& out_;
    TypeForm form_;
    size_t limit_;
};

}  // namespace

bool from_json(const Graph& graph, const JsonValue& json, Arena& arena, Datum& out) {
    return Reader(&graph, arena).read(json, out);
}

bool from_json(const Graph& graph, std::string_view json, Arena& arena, Datum& out) {
    return from_json(graph, JsonValue(json), arena, out);
}

bool is_tagged(const JsonValue& object) {
    return tagged(object).has_value();
}

// The first key tells of most objects that they are no tagged values.
RecordMember record_member(const JsonValue& object, std::string_view key, JsonValue& out) {
    JsonMembers members(object);
    if (members.failed()) return RecordMember::no_record;
    bool more = members.next();
    const bool may_be_tagged = more && find_tag(members.raw_key());
    if (may_be_tagged && is_tagged(object)) return RecordMember::no_record;
    for (; more; more = members.next()) {
        if (!members.key_is(key)) continue;
        out = members.value();
        return may_be_tagged ? RecordMember::found : RecordMember::found_early;
    }
    return RecordMember::none;
}

bool record_to_dict(const Graph* graph, std::string_view record, Arena& arena, Datum& out) {
    return Reader(graph, arena).members(JsonValue(record), out);
}

bool to_json(const Graph& graph, const Datum& datum, std::string& out, TypeForm form, size_t limit) {
    size_t before = out.size();
    bool good = Writer(graph, out, form, limit).write(datum) &&
                json_nesting(std::string_view(out).substr(before)) <= max_nesting;
    if (!good) out.resize(before);
    return good;
}

}  // namespace dqrewrite
