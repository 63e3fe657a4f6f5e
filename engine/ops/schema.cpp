#include "engine/ops/schema.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace dqrewrite {

namespace {

constexpr size_t max_repeated = 1000;  // PyTorch's own lists of a fixed size have six items at most

// The end of the piece that starts at `from`: the first `stop` that stands in no bracket and no string,
// or the end of the text; npos where the brackets do not fit.
size_t piece_end(std::string_view text, size_t from, char stop) {
    size_t depth = 0;
    char quote = 0;
    for (size_t i = from; i < text.size(); ++i) {
        char c = text[i];
        if (quote) {
            if (c == '\\')
                ++i;
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (c == stop && depth == 0) return i;
        if (c == '"' || c == '\'')
            quote = c;
        else if (c == '(' || c == '[')
            ++depth;
        else if (c == ')' || c == ']') {
            if (depth == 0) return std::string_view::npos;
            --depth;
        }
    }
    return depth || quote ? std::string_view::npos : text.size();
}

Value text_value(Value::Kind kind, std::string_view text) {
    Value value;
    value.kind = kind;
    value.size = static_cast<uint32_t>(text.size());
    value.text = text.data();
    return value;
}

bool parse_number(std::string_view text, Value& value) {
    const char* end = text.data() + text.size();
    auto whole = std::from_chars(text.data(), end, value.integer);
    if (whole.ec == std::errc() && whole.ptr == end) {
        value.kind = Value::Kind::integer;
        return true;
    }
    auto fraction = std::from_chars(text.data(), end, value.real);
    value.kind = Value::Kind::real;
    return fraction.ec == std::errc() && fraction.ptr == end;
}

bool parse_default(std::string_view text, std::string_view type, ValueStore& store, Value& value);

bool parse_list_default(std::string_view inside, std::string_view type, ValueStore& store, Value& value) {
    std::vector<Value> items;
    for (size_t at = 0; at < inside.size();) {
        size_t end = piece_end(inside, at, ',');
        if (end == std::string_view::npos) return false;
        Value item;
        std::string_view text = trim(inside.substr(at, end - at));
        // No schema of PyTorch nests its defaults: one level is all.
        if (text.empty() || text.front() == '[' || !parse_default(text, type, store, item)) return false;
        items.push_back(item);
        at = end + 1;
    }
    Value* copy = store.values(items.size());
    if (!items.empty()) std::memcpy(copy, items.data(), items.size() * sizeof(Value));
    value.kind = Value::Kind::list;
    value.size = static_cast<uint32_t>(items.size());
    value.items = copy;
    return true;
}

bool parse_default(std::string_view text, std::string_view type, ValueStore& store, Value& value) {
    if (text == "None") return value.kind = Value::Kind::none, true;
    if (text == "True" || text == "False") {
        value.kind = Value::Kind::boolean;
        value.boolean = text == "True";
        return true;
    }
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        return parse_list_default(text.substr(1, text.size() - 2), type, store, value);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
        value = text_value(Value::Kind::string, text.substr(1, text.size() - 2));
        value.escaped = std::memchr(value.text, '\\', value.size) != nullptr;
        return true;
    }
    if (parse_number(text, value)) {
        // "float x=1" is 1.0 by the time that it reaches the op.
        if (value.kind == Value::Kind::integer && type.starts_with("float")) {
            value.real = static_cast<double>(value.integer);
            value.kind = Value::Kind::real;
        }
        return true;
    }
    for (char c : text)
        if (!is_schema_word(c)) return false;
    if (text.empty()) return false;
    if (type.starts_with("MemoryFormat"))
        value = text_value(Value::Kind::memory_format, text);
    else if (type.starts_with("Layout"))
        value = text_value(Value::Kind::layout, text);
    else if (type.starts_with("Device"))
        value = text_value(Value::Kind::device, text);
    else if (type.starts_with("ScalarType"))
        value = text_value(Value::Kind::dtype, text);
    else
        value = text_value(Value::Kind::opaque, text);
    return true;
}

// Of "int[2]" 2, of types that say no number of items 0.
size_t fixed_size(std::string_view type) {
    if (type.ends_with('?')) type.remove_suffix(1);
    size_t open = type.rfind('['), size = 0;
    if (open == std::string_view::npos || !type.ends_with(']')) return 0;
    auto read = std::from_chars(type.data() + open + 1, type.data() + type.size() - 1, size);
    return read.ec == std::errc() ? size : 0;
}

// "int[2] padding=0" is [0, 0] by the time that it reaches the op.
bool repeat_default(size_t times, ValueStore& store, Value& value) {
    if (times > max_repeated) return false;
    Value* items = store.values(times);
    std::fill_n(items, times, value);
    value = {};
    value.kind = Value::Kind::list;
    value.size = static_cast<uint32_t>(times);
    value.items = items;
    return true;
}

// "SymInt[2] stride=[1, 1]": the name is the last word before the "=".
bool parse_argument(std::string_view text, ValueStore& store, SchemaArgument& argument) {
    size_t equals = piece_end(text, 0, '=');
    if (equals == std::string_view::npos) return false;
    std::string_view head = trim(text.substr(0, equals));
    size_t name = head.size();
    while (name > 0 && is_schema_word(head[name - 1])) --name;
    argument.name = head.substr(name);
    argument.type = trim(head.substr(0, name));
    if (argument.name.empty() || argument.type.empty()) return false;
    argument.has_default = equals < text.size();
    if (!argument.has_default) return true;
    Value& value = argument.default_value;
    if (!parse_default(trim(text.substr(equals + 1)), argument.type, store, value)) return false;
    size_t size = fixed_size(argument.type);
    bool one = value.kind != Value::Kind::list && value.kind != Value::Kind::none;
    return !one || size == 0 || repeat_default(size, store, value);
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

size_t Schema::find(std::string_view name) const {
    for (size_t i = 0; i < arguments.size(); ++i)
        if (arguments[i].name == name) return i;
    return npos;
}

std::optional<Schema> parse_schema(std::string_view text, ValueStore& store) {
    size_t open = text.find('(');
    if (open == std::string_view::npos || text.substr(0, open).find("::") == std::string_view::npos) return {};
    size_t close = piece_end(text, open + 1, ')');
    if (close == std::string_view::npos || close == text.size()) return {};
    std::string_view inside = text.substr(open + 1, close - open - 1);
    Schema schema;
    bool keyword_only = false;
    for (size_t at = 0; at < inside.size();) {
        size_t end = piece_end(inside, at, ',');
        if (end == std::string_view::npos) return {};
        std::string_view piece = trim(inside.substr(at, end - at));
        at = end + 1;
        if (piece == "*") {
            keyword_only = true;
            continue;
        }
        if (piece == "...") {
            schema.vararg = true;
            continue;
        }
        SchemaArgument argument;
        if (!parse_argument(piece, store, argument)) return {};
        argument.keyword_only = keyword_only;
        schema.positional += !keyword_only;
        schema.mutates |= argument.type.find('!') != std::string_view::npos;
        schema.arguments.push_back(argument);
    }
    return schema;
}

}  // namespace dqrewrite
