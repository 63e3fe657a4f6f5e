#include "tests/reference/object.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace dqrewrite::reference {

namespace {

using Kind = Object::Kind;

std::string_view digits_of(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return text;
}

std::partial_ordering order_big(const Object& a, const Object& b) {
    auto sign = [](const Object& object) {
        return object.kind == Kind::big_integer ? (object.text.starts_with('-') ? -1 : 1) : 0;
    };
    if (sign(a) != sign(b)) return sign(a) <=> sign(b);
    std::string_view left = digits_of(a.text), right = digits_of(b.text);
    auto magnitude = left.size() != right.size() ? left.size() <=> right.size() : left.compare(right) <=> 0;
    return sign(a) < 0 ? 0 <=> magnitude : magnitude;
}

// 64 bits of mantissa hold every integer and every double.
long double number(const Object& object) {
    if (object.kind == Kind::real) return object.real;
    if (object.kind == Kind::big_integer) return std::strtold(object.text.c_str(), nullptr);
    return static_cast<long double>(object.integer);
}

std::partial_ordering order_numbers(const Object& a, const Object& b) {
    bool big = a.kind == Kind::big_integer || b.kind == Kind::big_integer;
    if (big && a.kind != Kind::real && b.kind != Kind::real) return order_big(a, b);
    return number(a) <=> number(b);
}

bool same_number(const Object& a, const Object& b) {
    if (a.kind != b.kind) return false;
    if (a.kind != Kind::real) return order_numbers(a, b) == 0;
    if (std::isnan(a.real) && std::isnan(b.real)) return true;
    return a.real == b.real && std::signbit(a.real) == std::signbit(b.real);
}

using Relation = bool (*)(const Object&, const Object&);

bool rows(const Object& a, const Object& b, Relation alike) {
    return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), alike);
}

const Object* find_item(const Object& set, const Object& item) {
    for (const Object& each : set.items)
        if (equal(each, item)) return &each;
    return nullptr;
}

bool mappings(const Object& a, const Object& b, Relation alike) {
    if (a.items.size() != b.items.size()) return false;
    for (size_t i = 0; i < a.items.size(); i += 2) {
        const Object* found = find(b, a.items[i]);
        if (!found || !alike(*found, a.items[i + 1]) || !alike(*(found - 1), a.items[i])) return false;
    }
    return true;
}

bool sets(const Object& a, const Object& b, Relation alike) {
    if (a.items.size() != b.items.size()) return false;
    for (const Object& item : a.items) {
        const Object* found = find_item(b, item);
        if (!found || !alike(*found, item)) return false;
    }
    return true;
}

// Of one kind, and neither numbers nor sequences nor mappings.
bool alike_of_kind(const Object& a, const Object& b, Relation alike) {
    if (a.kind == Kind::set) return sets(a, b, alike);
    if (a.kind == Kind::node) return a.node == b.node;
    return a.text == b.text && rows(a, b, alike);
}

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && std::strchr(" \t\r\n", text.front())) text.remove_prefix(1);
    while (!text.empty() && std::strchr(" \t\r\n", text.back())) text.remove_suffix(1);
    return text;
}

Object whole_number(std::string_view digits) {
    int64_t value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc())
        return make_integer(value);
    return make_text(digits, Kind::big_integer);
}

double real_number(std::string_view digits) {
    return std::strtod(std::string(digits).c_str(), nullptr);
}

void append_utf8(std::string& out, uint32_t code) {
    auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
    if (code < 0x10000) return put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)),
        put(0x80 | (code & 0x3F));
}

uint32_t hex(std::string_view digits) {
    uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + 4, value, 16);
    return value;
}

std::string decode(std::string_view raw) {
    std::string out;
    for (size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\') {
            out += raw[i];
            continue;
        }
        char escape = raw[++i];
        constexpr std::string_view letters = "bfnrt", meant = "\b\f\n\r\t";
        if (size_t at = letters.find(escape); at != std::string_view::npos) {
            out += meant[at];
        } else if (escape == 'u') {
            uint32_t code = hex(raw.substr(i + 1));
            i += 4;
            if (code >= 0xD800 && code < 0xDC00) {
                code = 0x10000 + ((code - 0xD800) << 10) + (hex(raw.substr(i + 3)) - 0xDC00);
                i += 6;
            }
            append_utf8(out, code);
        } else {
            out += escape;
        }
    }
    return out;
}

struct Tag {
    std::string_view key;
    Kind kind;
    bool has_items;  // else text
};

constexpr Tag tags[] = {
    {"node", Kind::node, false},     {"int", Kind::big_integer, false},
    {"float", Kind::real, false},    {"complex", Kind::complex, true},
    {"tuple", Kind::tuple, true},    {"dict", Kind::dict, true},
    {"slice", Kind::slice, true},    {"dtype", Kind::dtype, false},
    {"device", Kind::device, false}, {"memory_format", Kind::memory_format, false},
    {"layout", Kind::layout, false}, {"sym", Kind::symbolic, false},
    {"opaque", Kind::opaque, false},
};

// JSON by recursive descent.
class JsonReader {
public:
    JsonReader(const Graph& graph, std::string_view text) : graph_(graph), left_(text) {}

    std::vector<Member> members() {
        std::vector<Member> all;
        take('{');
        while (!take('}')) {
            skip();
            std::string key = string();
            take(':');
            skip();
            std::string_view before = left_;
            value();
            all.push_back({key, std::string(before.substr(0, before.size() - left_.size()))});
            take(',');
        }
        return all;
    }

    Object value() {
        skip();
        char first = left_.empty() ? '\0' : left_.front();
        if (first == '{') return object();
        if (first == '[') return array();
        if (first == '"') return make_text(string());
        size_t size = std::min(left_.find_first_of(",]} \t\r\n"), left_.size());
        std::string_view word = left_.substr(0, size);
        left_.remove_prefix(size);
        if (word == "true" || word == "false") return make_boolean(word == "true");
        if (word == "null") return {};
        bool whole = word.find_first_of(".eE") == std::string_view::npos;
        return whole ? whole_number(word) : make_real(real_number(word));
    }

private:
    void skip() { left_ = left_.substr(std::min(left_.find_first_not_of(" \t\r\n"), left_.size())); }
    bool take(char wanted) {
        skip();
        if (left_.empty() || left_.front() != wanted) return false;
        left_.remove_prefix(1);
        return true;
    }

    std::string string() {
        take('"');
        size_t end = 0;
        while (left_[end] != '"') end += left_[end] == '\\' ? 2 : 1;
        std::string text = decode(left_.substr(0, end));
        left_.remove_prefix(end + 1);
        return text;
    }

    Object array() {
        Object list = make_items(Kind::list, {});
        list.from_metadata = true;
        take('[');
        while (!take(']')) {
            list.items.push_back(value());
            take(',');
        }
        return list;
    }

    Object object() {
        Object record = make_items(Kind::record, {});
        std::string_view before = left_;
        take('{');
        while (!take('}')) {
            skip();
            Object key = make_text(string());
            take(':');
            Object content = value();
            if (!find(record, key)) record.items.insert(record.items.end(), {key, content});
            take(',');
        }
        record.text = before.substr(0, before.size() - left_.size());
        if (record.items.size() != 2) return record;
        for (const Tag& tag : tags) {
            const Object& content = record.items[1];
            if (record.items[0].text == tag.key && content.kind == (tag.has_items ? Kind::list : Kind::text))
                return tagged(tag, content);
        }
        return record;
    }

    Object tagged(const Tag& tag, const Object& content) {
        if (tag.kind == Kind::node) {
            NodeId node = graph_.find(content.text);
            return node == no_node ? make_text(content.text, Kind::gone_node) : make_node(node);
        }
        if (tag.kind == Kind::big_integer) return whole_number(content.text);
        if (tag.kind == Kind::real) return make_real(real_number(content.text));
        if (!tag.has_items) return make_text(content.text, tag.kind);
        if (tag.kind != Kind::dict) return make_items(tag.kind, content.items);
        Object dict = make_items(Kind::dict, {});
        for (const Object& pair : content.items) insert(dict, pair.items[0], pair.items[1]);
        return dict;
    }

    const Graph& graph_;
    std::string_view left_;
};

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string describe_real(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.17g", value);
    bool whole = !std::strpbrk(text, ".en");
    return std::isnan(value) ? "nan" : whole ? std::string(text) + ".0" : text;
}

// The same with a tuple for each list.
Object with_tuples(Object object) {
    if (is_sequence(object)) object.kind = Kind::tuple;
    for (Object& item : object.items) item = with_tuples(item);
    return object;
}

std::string describe_items(const Graph& graph, const Object& object, const char* open, const char* close) {
    std::string out = open;
    bool pairs = is_mapping(object);
    for (size_t i = 0; i < object.items.size(); ++i) {
        if (i > 0) out += pairs && i % 2 == 1 ? ": " : ", ";
        out += describe(graph, object.items[i]);
    }
    return out + close;
}

}  // namespace

Object make_boolean(bool value) {
    Object object;
    object.kind = Kind::boolean;
    object.integer = value;
    return object;
}

Object make_integer(int64_t value) {
    Object object;
    object.kind = Kind::integer;
    object.integer = value;
    return object;
}

Object make_real(double value) {
    Object object;
    object.kind = Kind::real;
    object.real = value;
    return object;
}

Object make_text(std::string_view text, Kind kind) {
    Object object;
    object.kind = kind;
    object.text = text;
    return object;
}

Object make_node(NodeId node) {
    Object object;
    object.kind = Kind::node;
    object.node = node;
    return object;
}

Object make_items(Kind kind, std::vector<Object> items) {
    Object object;
    object.kind = kind;
    object.items = std::move(items);
    return object;
}

bool is_sequence(const Object& object) {
    return object.kind == Kind::list || object.kind == Kind::tuple;
}

bool is_mapping(const Object& object) {
    return object.kind == Kind::dict || object.kind == Kind::record;
}

bool is_number(const Object& object) {
    return object.kind == Kind::boolean || object.kind == Kind::integer || object.kind == Kind::big_integer ||
           object.kind == Kind::real;
}

bool holds_node(const Object& object) {
    return object.kind == Kind::node || object.kind == Kind::gone_node || object.kind == Kind::table ||
           std::ranges::any_of(object.items, holds_node);
}

bool same(const Object& a, const Object& b) {
    if (a.kind == Kind::complex && b.kind == Kind::complex) {
        auto part = [](const Object& object, size_t index) {
            return make_real(static_cast<double>(number(object.items[index])));
        };
        return same_number(part(a, 0), part(b, 0)) && same_number(part(a, 1), part(b, 1));
    }
    if (is_number(a) && is_number(b)) return same_number(a, b);
    if (is_mapping(a) && is_mapping(b)) return mappings(a, b, same);
    return a.kind == b.kind && alike_of_kind(a, b, same);
}

bool equal(const Object& a, const Object& b) {
    if (is_number(a) && is_number(b)) return order_numbers(a, b) == 0;
    if (is_mapping(a) && is_mapping(b)) return mappings(a, b, equal);
    if (is_sequence(a) && is_sequence(b))
        return (a.kind == b.kind || a.from_metadata || b.from_metadata) && rows(a, b, equal);
    if (a.kind == Kind::complex && is_number(b)) return equal(a.items[1], make_integer(0)) && equal(a.items[0], b);
    if (b.kind == Kind::complex && is_number(a)) return equal(b, a);
    return a.kind == b.kind && alike_of_kind(a, b, equal);
}

bool truth(const Object& object) {
    switch (object.kind) {
    case Kind::none: return false;
    case Kind::boolean:
    case Kind::integer: return object.integer != 0;
    case Kind::real: return object.real != 0;
    case Kind::complex: return truth(object.items[0]) || truth(object.items[1]);
    case Kind::text: return !object.text.empty();
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::set:
    case Kind::record:
    case Kind::table: return !object.items.empty();
    default: return true;
    }
}

bool hashable(const Object& object) {
    switch (object.kind) {
    case Kind::list:
    case Kind::dict:
    case Kind::set:
    case Kind::record:
    case Kind::table:
    case Kind::slice: return false;
    case Kind::tuple: return std::all_of(object.items.begin(), object.items.end(), hashable);
    default: return true;
    }
}

std::partial_ordering order(const Object& a, const Object& b) {
    if (is_number(a) && is_number(b)) return order_numbers(a, b);
    bool sequences = is_sequence(a) && is_sequence(b) && (a.kind == b.kind || a.from_metadata || b.from_metadata);
    if (sequences || (a.kind == Kind::slice && b.kind == Kind::slice)) {
        for (size_t i = 0; i < a.items.size() && i < b.items.size(); ++i)
            if (!equal(a.items[i], b.items[i])) return order(a.items[i], b.items[i]);
        return a.items.size() <=> b.items.size();
    }
    if (a.kind == Kind::text && b.kind == Kind::text) return a.text.compare(b.text) <=> 0;
    if (a.kind != Kind::set || b.kind != Kind::set) throw CannotEvaluate{};
    auto within = [](const Object& inner, const Object& outer) {
        return std::all_of(inner.items.begin(), inner.items.end(),
                           [&](const Object& item) { return find_item(outer, item); });
    };
    if (within(a, b)) return within(b, a) ? std::partial_ordering::equivalent : std::partial_ordering::less;
    return within(b, a) ? std::partial_ordering::greater : std::partial_ordering::unordered;
}

const Object* find(const Object& mapping, const Object& key) {
    bool is_table = mapping.kind == Kind::table;
    for (size_t i = 0; i < mapping.items.size(); i += 2)
        if (is_table ? equal(with_tuples(mapping.items[i]), with_tuples(key)) : equal(mapping.items[i], key))
            return &mapping.items[i + 1];
    return nullptr;
}

void insert(Object& container, const Object& key, const Object& value) {
    if (container.kind == Kind::set) {
        if (!find_item(container, key)) container.items.push_back(key);
        return;
    }
    if (const Object* found = find(container, key))
        container.items[static_cast<size_t>(found - container.items.data())] = value;
    else
        container.items.insert(container.items.end(), {key, value});
}

Object from_stored(const Graph* graph, NodeId owner, const Value& value) {
    auto text = [&] { return value.escaped ? decode(value.text_view()) : std::string(value.text_view()); };
    auto items = [&](Kind kind) {
        Object object = make_items(kind, {});
        for (const Value& item : value.item_span()) object.items.push_back(from_stored(graph, owner, item));
        return object;
    };
    switch (value.kind) {
    case Value::Kind::none: return {};
    case Value::Kind::boolean: return make_boolean(value.boolean);
    case Value::Kind::integer: return make_integer(value.integer);
    case Value::Kind::big_integer: return whole_number(without_spaces(value.text_view()));
    case Value::Kind::real: return make_real(value.as_text ? real_number(value.text_view()) : value.real);
    case Value::Kind::complex: return items(Kind::complex);
    case Value::Kind::string: return make_text(text());
    case Value::Kind::list: return items(Kind::list);
    case Value::Kind::tuple: return items(Kind::tuple);
    case Value::Kind::slice: return items(Kind::slice);
    case Value::Kind::dtype: return make_text(text(), Kind::dtype);
    case Value::Kind::device: return make_text(text(), Kind::device);
    case Value::Kind::memory_format: return make_text(text(), Kind::memory_format);
    case Value::Kind::layout: return make_text(text(), Kind::layout);
    case Value::Kind::symbolic: return make_text(text(), Kind::symbolic);
    case Value::Kind::opaque: return make_text(text(), Kind::opaque);
    case Value::Kind::operand: {
        NodeId node = graph->operand(owner, value.operand);
        return node == no_node ? Object() : make_node(node);  // an erased node has lost its inputs
    }
    case Value::Kind::dict: break;
    }
    Object pairs = items(Kind::list), dict = make_items(Kind::dict, {});
    for (size_t i = 0; i < pairs.items.size(); i += 2) insert(dict, pairs.items[i], pairs.items[i + 1]);
    return dict;
}

Object from_json(const Graph& graph, std::string_view json) {
    return JsonReader(graph, json).value();
}

std::vector<Member> members_of(std::string_view json) {
    Symbols symbols;
    return JsonReader(Graph(symbols), json).members();
}

std::string describe(const Graph& graph, const Object& object) {
    switch (object.kind) {
    case Kind::none: return "None";
    case Kind::boolean: return object.integer ? "True" : "False";
    case Kind::integer: return std::to_string(object.integer);
    case Kind::big_integer: return object.text;
    case Kind::real: return describe_real(object.real);
    case Kind::text: return quoted(object.text);
    case Kind::list: return describe_items(graph, object, "[", "]");
    case Kind::tuple: return describe_items(graph, object, "(", object.items.size() == 1 ? ",)" : ")");
    case Kind::dict: return describe_items(graph, object, "{", "}");
    case Kind::set: return describe_items(graph, object, "set(", ")");
    case Kind::record: return describe_items(graph, object, "record{", "}");
    case Kind::table: return describe_items(graph, object, "table{", "}");
    case Kind::complex: return describe_items(graph, object, "complex(", ")");
    case Kind::slice: return describe_items(graph, object, "slice(", ")");
    case Kind::node: return graph.name(object.node);
    case Kind::gone_node: return "gone " + object.text;
    case Kind::dtype: return "torch." + object.text;
    case Kind::device: return "device " + object.text;
    case Kind::memory_format: return "memory format " + object.text;
    case Kind::layout: return "layout " + object.text;
    case Kind::symbolic: return "symbol " + object.text;
    case Kind::opaque: return "opaque " + object.text;
    case Kind::op: return "op " + object.text;
    case Kind::type: return "type " + object.text;
    }
    return {};
}

}  // namespace dqrewrite::reference
