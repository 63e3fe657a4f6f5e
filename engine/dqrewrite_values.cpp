// The two ways between v1::Value and the engine's Value.

#include "engine/dump/json_text.hpp"
#include "engine/dump/json_value.hpp"
#include "engine/dump/token_reader.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "engine/dqrewrite_values.hpp"  // last, as the header that it includes

namespace dqrewrite::v1 {

namespace {

using Kind = dqrewrite::Value::Kind;

constexpr size_t max_text = size_t{1} << 30;

// Brackets of the dump around a node's arguments, in a submodule's graph, where there are most.
constexpr size_t outer_depth = 6;

// How many brackets of a dump a value opens.
size_t brackets(Kind kind) {
    switch (kind) {
    case Kind::list: return 1;
    case Kind::dict: return 3;  // {"dict": [[key, value], …]}
    default: return 2;
    }
}

size_t deeper(size_t depth, Kind kind) {
    depth += brackets(kind);
    if (depth > TokenReader::max_depth)
        throw BadNode(fmt::format("the arguments are nested deeper than the {} levels that a dump may have",
                                  TokenReader::max_depth));
    return depth;
}

template <class T>
std::span<const T> kept(T* room, const std::vector<T>& items) {
    std::copy(items.begin(), items.end(), room);
    return {room, items.size()};
}

dqrewrite::Value real(double number) {
    dqrewrite::Value value;
    value.kind = Kind::real;
    value.real = number;
    return value;
}

dqrewrite::Value integer(int64_t number) {
    dqrewrite::Value value;
    value.kind = Kind::integer;
    value.integer = number;
    return value;
}

double number_of(const dqrewrite::Value& value) {
    if (value.kind == Kind::integer) return static_cast<double>(value.integer);
    return value.kind == Kind::real && !value.as_text ? value.real : parse_real(value.text_view());
}

std::string text_of(const dqrewrite::Value& value) {
    if (value.escaped) return decode_string(value.text_view()).value_or("");
    return std::string(value.text_view());
}

}  // namespace

void check_text(std::string_view text, std::string_view what) {
    if (text.size() > max_text) throw BadNode(fmt::format("{} is longer than 1 GiB", what));
    for (const char* at = text.data(); at != text.data() + text.size();) {
        const size_t size = utf8_length(at, text.data() + text.size());
        if (size == 0) throw BadNode(fmt::format("{} is not UTF-8", what));
        at += size;
    }
}

// -- from the header to the engine

// What to do with each kind of v1::Value.
struct ArgumentWriter::Converter {
    ArgumentWriter& writer;
    size_t depth;

    using Out = dqrewrite::Value;
    Out operator()(None) const { return {}; }
    Out operator()(bool truth) const {
        Out value;
        value.kind = Kind::boolean;
        value.boolean = truth;
        return value;
    }
    Out operator()(int64_t number) const { return integer(number); }
    Out operator()(double number) const { return real(number); }
    Out operator()(const BigInteger& number) const {
        const JsonNumber scanned = scan_json_number(number.digits);
        if (number.digits.empty() || scanned.size != number.digits.size() || !scanned.integral)
            throw BadNode("the digits of a BigInteger are no whole number");
        if (const auto small = parse_integer(number.digits)) return integer(*small);
        return writer.text(Kind::big_integer, number.digits);
    }
    Out operator()(const std::complex<double>& number) const {
        const std::vector<Out> parts{real(number.real()), real(number.imag())};
        Out value;
        value.kind = Kind::complex;
        value.size = 2;
        value.items = kept(writer.graph_.store().values(2), parts).data();
        return value;
    }
    Out operator()(const std::string& text) const { return writer.text(Kind::string, text); }
    Out operator()(const List& list) const { return writer.items(Kind::list, pointers(list.items), depth); }
    Out operator()(const Tuple& tuple) const { return writer.items(Kind::tuple, pointers(tuple.items), depth); }
    Out operator()(const Dict& dict) const {
        std::vector<const Value*> all;
        for (const auto& [key, value] : dict.items) all.insert(all.end(), {&key, &value});
        return writer.items(Kind::dict, all, depth);
    }
    Out operator()(const Slice& slice) const {
        return writer.items(Kind::slice, {&slice.start(), &slice.stop(), &slice.step()}, depth);
    }
    Out operator()(const Dtype& dtype) const { return writer.text(Kind::dtype, dtype.name); }
    Out operator()(const Device& device) const { return writer.text(Kind::device, device.name); }
    Out operator()(const MemoryFormat& format) const { return writer.text(Kind::memory_format, format.name); }
    Out operator()(const Layout& layout) const { return writer.text(Kind::layout, layout.name); }
    Out operator()(const Symbolic& symbolic) const { return writer.text(Kind::symbolic, symbolic.expression); }
    Out operator()(const Opaque& opaque) const { return writer.text(Kind::opaque, opaque.repr); }
    Out operator()(Node node) const {
        const NodeId id{static_cast<uint32_t>(node)};
        if (index_of(id) >= writer.graph_.id_count())
            throw BadNode(fmt::format("an argument is the node {}, and the graph has none of that id", index_of(id)));
        Out value;
        value.kind = Kind::operand;
        value.operand = static_cast<uint32_t>(writer.operands_.size());
        writer.operands_.push_back(id);
        return value;
    }

    static std::vector<const Value*> pointers(const std::vector<Value>& values) {
        std::vector<const Value*> all;
        all.reserve(values.size());
        for (const Value& value : values) all.push_back(&value);
        return all;
    }
};

Arguments ArgumentWriter::write(const NodeInfo& info) {
    std::vector<dqrewrite::Value> args;
    for (const Value& arg : info.args) args.push_back(convert(arg, outer_depth));
    std::vector<Keyword> kwargs;
    std::set<std::string_view> names;
    for (const auto& [name, value] : info.kwargs) {
        check_text(name, "a keyword");
        if (!names.insert(name).second) throw BadNode(fmt::format("the keyword \"{}\" stands twice", name));
        kwargs.push_back({graph_.store().copy(name), convert(value, outer_depth)});
    }
    ValueStore& store = graph_.store();
    return {kept(store.values(args.size()), args), kept(store.keywords(kwargs.size()), kwargs), operands_};
}

dqrewrite::Value ArgumentWriter::convert(const Value& value, size_t depth) {
    return std::visit(Converter{*this, depth}, value.variant());
}

dqrewrite::Value ArgumentWriter::items(Kind kind, const std::vector<const Value*>& from, size_t depth) {
    depth = deeper(depth, kind);
    if (from.size() > UINT32_MAX) throw BadNode("an argument has too many items");
    const size_t operands = operands_.size();
    std::vector<dqrewrite::Value> converted;
    converted.reserve(from.size());
    for (const Value* each : from) converted.push_back(convert(*each, depth));
    dqrewrite::Value value;
    value.kind = kind;
    value.size = static_cast<uint32_t>(converted.size());
    value.items = kept(graph_.store().values(converted.size()), converted).data();
    value.has_operands = operands_.size() > operands;
    return value;
}

dqrewrite::Value ArgumentWriter::text(Kind kind, std::string_view text) {
    check_text(text, "the text of an argument");
    const std::string_view copy = graph_.store().copy(text);
    dqrewrite::Value value;
    value.kind = kind;
    value.size = static_cast<uint32_t>(copy.size());
    value.text = copy.data();
    return value;
}

// -- from the engine to the header

namespace {

class ValueConverter {
public:
    ValueConverter(const dqrewrite::Graph& graph, NodeId owner) : graph_(graph), owner_(owner) {}

    Value convert(const dqrewrite::Value& value, size_t depth) const {
        switch (value.kind) {
        case Kind::none: return {};
        case Kind::boolean: return value.boolean;
        case Kind::integer: return value.integer;
        case Kind::big_integer: return BigInteger{text_of(value)};
        case Kind::real: return number_of(value);
        case Kind::complex:
            return std::complex<double>(number_of(value.item_span()[0]), number_of(value.item_span()[1]));
        case Kind::string: return text_of(value);
        case Kind::list: return List{items(value, depth)};
        case Kind::tuple: return Tuple{items(value, depth)};
        case Kind::dict: return dict(items(value, depth));
        case Kind::slice: {
            std::vector<Value> parts = items(value, depth);
            return Slice(std::move(parts[0]), std::move(parts[1]), std::move(parts[2]));
        }
        case Kind::dtype: return Dtype{text_of(value)};
        case Kind::device: return Device{text_of(value)};
        case Kind::memory_format: return MemoryFormat{text_of(value)};
        case Kind::layout: return Layout{text_of(value)};
        case Kind::symbolic: return Symbolic{text_of(value)};
        case Kind::opaque: return Opaque{text_of(value)};
        case Kind::operand: break;
        }
        const NodeId node = graph_.operand(owner_, value.operand);
        return node == no_node ? Value() : Value(Node{static_cast<uint32_t>(node)});
    }

private:
    std::vector<Value> items(const dqrewrite::Value& value, size_t depth) const {
        depth = deeper(depth, value.kind);
        std::vector<Value> converted;
        converted.reserve(value.size);
        for (const dqrewrite::Value& item : value.item_span()) converted.push_back(convert(item, depth));
        return converted;
    }

    static Dict dict(std::vector<Value> items) {
        Dict dict;
        for (size_t i = 0; i + 1 < items.size(); i += 2)
            dict.items.emplace_back(std::move(items[i]), std::move(items[i + 1]));
        return dict;
    }

    const dqrewrite::Graph& graph_;
    NodeId owner_;
};

}  // namespace

Value read_value(const dqrewrite::Graph& graph, NodeId owner, const dqrewrite::Value& value) {
    return ValueConverter(graph, owner).convert(value, outer_depth);
}

}  // namespace dqrewrite::v1
