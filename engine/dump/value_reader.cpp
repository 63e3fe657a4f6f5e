// args and kwargs: JSON -> Value, with a stack of its own.
#include "engine/dump/value_reader.hpp"

#include "engine/dump/error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace dqrewrite {

namespace {

using Kind = Value::Kind;

struct Tag {
    std::string_view name;
    Kind kind;
};

// The objects with one key that stand for what JSON has no word for; "node" is the fastest way out of the table.
constexpr std::array<Tag, 13> tags = {{{"node", Kind::operand},
                                       {"dtype", Kind::dtype},
                                       {"tuple", Kind::tuple},
                                       {"sym", Kind::symbolic},
                                       {"opaque", Kind::opaque},
                                       {"float", Kind::real},
                                       {"int", Kind::big_integer},
                                       {"complex", Kind::complex},
                                       {"dict", Kind::dict},
                                       {"slice", Kind::slice},
                                       {"device", Kind::device},
                                       {"memory_format", Kind::memory_format},
                                       {"layout", Kind::layout}}};

std::string list_of_tags() {
    std::string list;
    for (const Tag& tag : tags) list.append(list.empty() ? "" : ", ").append(tag.name);
    return list;
}

bool starts_number(char c) {
    return c == '-' || (c >= '0' && c <= '9');
}

// How many items a bracket of this kind must have; 0: any number.
size_t wanted_items(Kind kind, bool pair) {
    if (pair || kind == Kind::complex) return 2;
    return kind == Kind::slice ? 3 : 0;
}

bool is_real_number(const Value& value) {
    return value.kind == Kind::integer || value.kind == Kind::real || value.kind == Kind::big_integer;
}

}  // namespace

std::span<const Value> ValueReader::read_args(TokenReader& tokens, const char* p) {
    tokens_ = &tokens;
    tokens.check(p, '[', "an array as \"args\"");
    return read(p).item_span();
}

std::span<const Keyword> ValueReader::read_kwargs(TokenReader& tokens, const char* p) {
    tokens_ = &tokens;
    tokens.check(p, '{', "an object as \"kwargs\"");
    keywords_.clear();
    std::vector<std::pair<std::string_view, const char*>> places;
    tokens.object(p, [&](std::string_view raw) {
        const std::string_view name = keep_decoded(tokens, raw);
        places.emplace_back(name, raw.data() - 1);
        keywords_.push_back({name, read(tokens_->next())});
    });
    std::sort(places.begin(), places.end());
    for (size_t i = 1; i < places.size(); ++i) {
        if (places[i].first != places[i - 1].first) continue;
        tokens.fail(places[i].second,
                    fmt::format(R"(the keyword "{}" stands twice in "kwargs")", printable(places[i].first)));
    }
    Keyword* kept = graph_.store().keywords(keywords_.size());
    std::copy(keywords_.begin(), keywords_.end(), kept);
    return {kept, keywords_.size()};
}

std::string_view ValueReader::keep_decoded(const TokenReader& tokens, std::string_view raw) {
    if (!tokens.has_escapes(raw)) return raw;
    buffer_.clear();
    tokens.decode(raw, buffer_);
    return graph_.store().copy(buffer_);
}

// The value that starts with `p`: brackets are frames on a stack until they close.
Value ValueReader::read(const char* p) {
    values_.clear();
    frames_.clear();
    read_item(p);
    while (!frames_.empty()) {
        Frame& frame = frames_.back();
        p = tokens_->next();
        if (*p == ']') {
            close_frame();
            continue;
        }
        if (frame.started) {
            tokens_->check(p, ',', "\",\" or \"]\"");
            p = tokens_->next();
        }
        frame.started = true;
        if (frame.kind == Kind::dict && !frame.pair) {
            tokens_->check(p, '[', "a pair [key, value] of a dict");
            open_frame(Kind::dict, p, true, false);
        } else {
            read_item(p);
        }
    }
    return values_.back();
}

void ValueReader::read_item(const char* p) {
    switch (*p) {
    case '{': return read_object(p);
    case '[': return open_frame(Kind::list, p, false, false);
    case '"': {
        const std::string_view raw = tokens_->raw_string(p);
        const bool escaped = tokens_->has_escapes(raw);
        if (escaped) tokens_->check_scalar(p);
        return push_text(Kind::string, raw, escaped);
    }
    default: break;
    }
    if (starts_number(*p)) return read_number(p);
    tokens_->check_scalar(p);
    Value value;
    if (*p != 'n') {
        value.kind = Kind::boolean;
        value.boolean = *p == 't';
    }
    values_.push_back(value);
}

void ValueReader::read_number(const char* p) {
    bool integral = false;
    const std::string_view digits = tokens_->number(p, integral);
    Value value;
    if (integral) {
        const auto small = parse_integer(digits);
        if (!small) return push_text(Kind::big_integer, digits);
        value.kind = Kind::integer;
        value.integer = *small;
    } else {
        if (!fits_double(digits)) tokens_->check_scalar(p);  // which says so
        push_text(Kind::real, digits);
        values_.back().as_text = true;
        return;
    }
    values_.push_back(value);
}

void ValueReader::push_text(Kind kind, std::string_view text, bool escaped) {
    Value value;
    value.kind = kind;
    value.escaped = escaped;
    value.size = static_cast<uint32_t>(text.size());
    value.text = text.data();
    values_.push_back(value);
}

// {"tag": …}
void ValueReader::read_object(const char* open) {
    tokens_->enter(open);
    const char* p = tokens_->next();
    if (*p == '}')
        tokens_->fail(open, fmt::format("an object without a key is no value; the keys are {}", list_of_tags()));
    tokens_->check(p, '"', "a key in double quotes");
    const std::string_view name = tokens_->decoded(tokens_->raw_string(p), buffer_);
    const auto* tag = std::find_if(tags.begin(), tags.end(), [name](const Tag& each) { return each.name == name; });
    if (tag == tags.end()) fail_tag(p, name);
    tokens_->expect(':', "\":\" after the key");
    switch (tag->kind) {
    case Kind::operand: return read_operand(open);
    case Kind::real:
    case Kind::big_integer: return read_special_number(tag->kind, open);
    case Kind::tuple:
    case Kind::dict:
    case Kind::slice:
    case Kind::complex:
        p = tokens_->next();
        tokens_->check(p, '[', fmt::format(R"(an array as "{}")", tag->name));
        return open_frame(tag->kind, p, false, true);
    default: return read_tagged_text(tag->kind, open);
    }
}

// The string token after the colon of a tagged object.
const char* ValueReader::tagged_string(std::string_view tag) {
    const char* p = tokens_->next();
    if (*p != '"') tokens_->fail_expected(p, fmt::format(R"(a string as "{}")", tag));
    return p;
}

void ValueReader::close_tagged(const char* open) {
    const char* p = tokens_->next();
    if (*p == ',') tokens_->fail(open, "an object that is a value has one key, this one has more");
    tokens_->check(p, '}', "\"}\"");
    tokens_->leave();
}

void ValueReader::read_operand(const char* open) {
    const char* p = tagged_string("node");
    const NodeId node = find(p);
    Value value;
    value.kind = Kind::operand;
    value.operand = static_cast<uint32_t>(operands_.size());
    operands_.push_back(node);
    values_.push_back(value);
    close_tagged(open);
}

// The node that the string token names: one of those before, as a rule.
NodeId ValueReader::find(const char* p) {
    const std::string_view raw = tokens_->raw_string(p);
    for (const Recent& recent : recent_)
        if (recent.name == raw && recent.node != no_node) return recent.node;
    const std::string_view name = tokens_->decoded(raw, buffer_);
    const NodeId node = graph_.find(name);
    if (node == no_node) throw UnknownNode{p, std::string(name)};
    return node;
}

void ValueReader::read_tagged_text(Kind kind, const char* open) {
    const auto* tag = std::find_if(tags.begin(), tags.end(), [kind](const Tag& each) { return each.kind == kind; });
    const char* p = tagged_string(tag->name);
    const std::string_view raw = tokens_->raw_string(p);
    if (kind == Kind::symbolic || kind == Kind::opaque) {
        const bool escaped = tokens_->has_escapes(raw);
        if (escaped) tokens_->check_scalar(p);
        push_text(kind, raw, escaped);
    } else {
        push_text(kind, keep_decoded(*tokens_, raw));
    }
    close_tagged(open);
}

// {"float": "inf"}, {"int": "123…"}
void ValueReader::read_special_number(Kind kind, const char* open) {
    const char* p = tagged_string(kind == Kind::real ? "float" : "int");
    const std::string_view text = tokens_->raw_string(p);
    if (kind == Kind::real) {
        if (text != "inf" && text != "-inf" && text != "nan") {
            tokens_->fail(p, fmt::format(R"("float" is "inf", "-inf" or "nan", found "{}"; )"
                                         "any other float is written as a plain number",
                                         printable(text, 40)));
        }
        push_text(kind, text);
        values_.back().as_text = true;
    } else {
        const JsonNumber number = scan_json_number(text);
        if (number.size != text.size() || !number.integral) {
            tokens_->fail(p, fmt::format(R"("int" is a string of decimal digits, found "{}")", printable(text, 40)));
        }
        Value value;
        if (const auto small = parse_integer(text)) {
            value.kind = Kind::integer;
            value.integer = *small;
            values_.push_back(value);
        } else {
            push_text(kind, text);
        }
    }
    close_tagged(open);
}

void ValueReader::open_frame(Kind kind, const char* open, bool pair, bool wrapped) {
    tokens_->enter(open);
    frames_.push_back({kind, pair, wrapped, false, static_cast<uint32_t>(operands_.size()), values_.size(), open});
}

void ValueReader::close_frame() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    tokens_->leave();
    const size_t count = values_.size() - frame.first;
    const size_t wanted = wanted_items(frame.kind, frame.pair);
    if (wanted != 0 && count != wanted) {
        const std::string_view what = frame.pair                  ? "a pair of a dict"
                                      : frame.kind == Kind::slice ? "a slice (start, stop, step)"
                                                                  : "a complex number (real, imaginary)";
        tokens_->fail(frame.open, fmt::format("{} has {} items, this one has {}", what, wanted, count));
    }
    if (frame.pair) return;  // key and value stay, as items of the dict
    const Value* first = values_.data() + frame.first;
    if (frame.kind == Kind::complex && !(is_real_number(first[0]) && is_real_number(first[1]))) {
        tokens_->fail(frame.open, "the parts of a complex number are numbers");
    }
    if (count > UINT32_MAX) tokens_->fail(frame.open, "more items than are read: 4,294,967,295");
    Value* items = graph_.store().values(count);
    std::copy(values_.begin() + static_cast<ptrdiff_t>(frame.first), values_.end(), items);
    values_.resize(frame.first);
    Value value;
    value.kind = frame.kind;
    value.size = static_cast<uint32_t>(count);
    value.items = items;
    value.has_operands = operands_.size() > frame.operands_before;
    values_.push_back(value);
    if (frame.wrapped) close_tagged(frame.open);
}

void ValueReader::fail_tag(const char* at, std::string_view tag) const {
    tokens_->fail(at, fmt::format("\"{}\" is no kind of value; the keys are {}", printable(tag, 40), list_of_tags()));
}

}  // namespace dqrewrite
