// args and kwargs: JSON -> Value, with a stack of its own.
#include "engine/dump/value_reader.hpp"

#include "engine/dump/error.hpp"
#include "engine/dump/seen_keys.hpp"

#include <algorithm>
#include <array>
#include <cstring>
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

const Tag* find_tag(std::string_view name) {
    const auto* tag =
        std::find_if(tags.begin(), tags.end(), [name](const Tag& each) { return same_text(each.name, name); });
    return tag == tags.end() ? nullptr : tag;
}

std::string list_of_tags() {
    std::string list;
    for (const Tag& tag : tags) list.append(list.empty() ? "" : ", ").append(tag.name);
    return list;
}

bool starts_number(char c) {
    return c == '-' || (c >= '0' && c <= '9');
}

bool is_bracket(Kind kind) {
    return kind == Kind::tuple || kind == Kind::dict || kind == Kind::slice || kind == Kind::complex;
}

// How many items a bracket of this kind must have; 0: any number.
size_t wanted_items(Kind kind, bool pair) {
    if (pair || kind == Kind::complex) return 2;
    return kind == Kind::slice ? 3 : 0;
}

// Among the tokens of args behind their bracket, of which the first so many are operands `{"node": "x"},`: the place
// behind the last one, and that of a name.
size_t place_behind(size_t operands) {
    return operands == 0 ? 0 : 6 * operands - 1;
}
size_t name_place(size_t operand) {
    return 6 * operand + 3;
}

bool is_real_number(const Value& value) {
    return value.kind == Kind::integer || value.kind == Kind::real || value.kind == Kind::big_integer;
}

}  // namespace

std::span<const Value> ValueReader::read_args(TokenReader& tokens, const char* p) {
    tokens_ = &tokens;
    tokens.check(p, '[', "an array as \"args\"");
    const size_t operands = leading_operands();
    const char* rest = operands == 0 ? p + 1 : tokens.ahead(place_behind(operands) - 1) + 1;
    Seen& seen = place_of(operands, rest);
    if (stands_at(seen, operands, rest)) {
        for (size_t i = 0; i < operands; ++i) operands_.push_back(find(tokens.raw_string_ahead(name_place(i))));
        tokens.take_ahead(place_behind(operands) + seen.tokens - 1);
        return seen.args;
    }
    const TokenReader::Mark start = tokens.mark();
    const std::span<const Value> args = read(p).item_span();
    const auto taken = tokens.taken_since(start);
    if (taken && operands_.size() == operands)
        seen = {operands, {rest, tokens.token_end()}, *taken - place_behind(operands), args};
    return args;
}

// How many operands stand at the start of the args, as far as their tokens are at hand.
size_t ValueReader::leading_operands() const {
    size_t count = 0;
    while (tokens_->next_are(count == 0 ? "{\":\"}" : ",{\":\"}", place_behind(count)) &&
           tokens_->ahead_is(name_place(count) - 2, R"("node")"))
        ++count;
    return count;
}

// By the bytes that follow the operands.
ValueReader::Seen& ValueReader::place_of(size_t operands, const char* rest) {
    uint64_t words[2];
    static_assert(sizeof words <= Input::padding);
    std::memcpy(words, rest, sizeof words);
    return seen_[(words[0] ^ (words[1] + operands) * 3) * 0x9E3779B97F4A7C15 >> (64 - seen_bits)];
}

// Whether the args that begin with so many operands go on at `rest` as those did. The same bytes are the same tokens.
bool ValueReader::stands_at(const Seen& seen, size_t operands, const char* rest) const {
    const size_t size = seen.rest.size(), end = place_behind(operands) + seen.tokens;
    return size != 0 && seen.operands == operands && tokens_->at_hand(end) &&
           tokens_->ahead(end - 1) == rest + size - 1 && std::memcmp(rest, seen.rest.data(), size) == 0;
}

std::span<const Keyword> ValueReader::read_kwargs(TokenReader& tokens, const char* p) {
    tokens_ = &tokens;
    tokens.check(p, '{', "an object as \"kwargs\"");
    if (tokens.next_are("}")) {
        tokens.take_ahead(0);
        return {};
    }
    keywords_.clear();
    KeyPlaces<std::string_view> places;
    tokens.object(p, [&](std::string_view raw) {
        const std::string_view name = keep_decoded(tokens, raw);
        places.emplace_back(name, raw.data() - 1);
        keywords_.push_back({name, read(tokens_->next())});
    });
    refuse_twice(tokens, std::move(places), "keyword", "kwargs");
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
    case '"': return push_string(Kind::string, tokens_->raw_string(p));
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
    const JsonNumber number = tokens_->number(p);
    const std::string_view digits(p, number.size);
    if (number.integral) return push_integer(digits);
    if (!fits_double(digits)) tokens_->check_scalar(p);  // which says so
    push_text(Kind::real, digits);
    values_.back().as_text = true;
}

void ValueReader::push_integer(std::string_view digits) {
    const auto small = parse_integer(digits);
    if (!small) return push_text(Kind::big_integer, digits);
    Value value;
    value.kind = Kind::integer;
    value.integer = *small;
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

// {"tag": "text"} with all its tokens at hand, as objects are, mostly. False, and nothing is taken, where it is any
// other.
bool ValueReader::read_usual_object() {
    constexpr size_t key = 0, text = 2, close = 3;
    if (!tokens_->next_are("\":\"}") || tokens_->depth() == TokenReader::max_depth) return false;
    const Tag* tag = find_tag(tokens_->raw_string_ahead(key));
    if (!tag || is_bracket(tag->kind)) return false;
    const std::string_view raw = tokens_->raw_string_ahead(text);
    tokens_->take_ahead(close);
    push_tagged(tag->kind, raw);
    return true;
}

// {"tag": …}
void ValueReader::read_object(const char* open) {
    if (read_usual_object()) return;
    tokens_->enter(open);
    const char* p = tokens_->next();
    if (*p == '}')
        tokens_->fail(open, fmt::format("an object without a key is no value; the keys are {}", list_of_tags()));
    tokens_->check(p, '"', "a key in double quotes");
    const std::string_view name = tokens_->decoded(tokens_->raw_string(p), buffer_);
    const Tag* tag = find_tag(name);
    if (!tag) fail_tag(p, name);
    tokens_->expect(':', "\":\" after the key");
    const bool bracket = is_bracket(tag->kind);
    p = tokens_->next();
    if (*p != (bracket ? '[' : '"'))
        tokens_->fail_expected(p, fmt::format(R"({} as "{}")", bracket ? "an array" : "a string", tag->name));
    if (bracket) return open_frame(tag->kind, p, false, true);
    push_tagged(tag->kind, tokens_->raw_string(p));
    close_tagged(open);
}

void ValueReader::push_tagged(Kind kind, std::string_view raw) {
    switch (kind) {
    case Kind::operand: return push_operand(raw);
    case Kind::real: return push_special_real(raw);
    case Kind::big_integer: return push_special_integer(raw);
    case Kind::symbolic:
    case Kind::opaque: return push_string(kind, raw);
    default: return push_text(kind, keep_decoded(*tokens_, raw));
    }
}

void ValueReader::close_tagged(const char* open) {
    const char* p = tokens_->next();
    if (*p == ',') tokens_->fail(open, "an object that is a value has one key, this one has more");
    tokens_->check(p, '}', "\"}\"");
    tokens_->leave();
}

// The node that a string names: one of those before, as a rule.
void ValueReader::push_operand(std::string_view raw) {
    Value value;
    value.kind = Kind::operand;
    value.operand = static_cast<uint32_t>(operands_.size());
    operands_.push_back(find(raw));
    values_.push_back(value);
}

NodeId ValueReader::find(std::string_view raw) {
    for (const Recent& recent : recent_)
        if (same_text(recent.name, raw) && recent.node != no_node) return recent.node;
    const std::string_view name = tokens_->decoded(raw, buffer_);
    const NodeId node = graph_.find(name);
    if (node == no_node) throw UnknownNode{raw.data() - 1, std::string(name)};
    return node;
}

// A string that keeps its escapes, if they are good ones.
void ValueReader::push_string(Kind kind, std::string_view raw) {
    const bool escaped = tokens_->has_escapes(raw);
    if (escaped) tokens_->decoded(raw, buffer_);
    push_text(kind, raw, escaped);
}

// {"float": "inf"}
void ValueReader::push_special_real(std::string_view text) {
    if (text != "inf" && text != "-inf" && text != "nan") {
        tokens_->fail(text.data() - 1, fmt::format(R"("float" is "inf", "-inf" or "nan", found "{}"; )"
                                                   "any other float is written as a plain number",
                                                   printable(text, 40)));
    }
    push_text(Kind::real, text);
    values_.back().as_text = true;
}

// {"int": "123…"}
void ValueReader::push_special_integer(std::string_view text) {
    const JsonNumber number = scan_json_number(text);
    if (number.size != text.size() || !number.integral) {
        tokens_->fail(text.data() - 1,
                      fmt::format(R"("int" is a string of decimal digits, found "{}")", printable(text, 40)));
    }
    push_integer(text);
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
