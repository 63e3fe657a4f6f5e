#include "engine/rewrite/argument_builder.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

// Up to so many keywords, to compare them all is quicker than a table.
constexpr size_t few = 16;

template <class T>
std::span<const T> kept(T* room, const std::vector<T>& items) {
    std::copy(items.begin(), items.end(), room);
    return {room, items.size()};
}

}  // namespace

void ArgumentBuilder::add(std::string_view name, const Datum& argument) {
    if (Named* keyword = find(name))
        keyword->datum = argument;  // Python's {**a, k: v}: the key keeps its place
    else
        kwargs_.push_back({std::string(name), argument});
}

ArgumentBuilder::Named* ArgumentBuilder::find(std::string_view name) {
    if (kwargs_.size() <= few) {
        const auto found = std::ranges::find(kwargs_, name, &Named::name);
        return found == kwargs_.end() ? nullptr : &*found;
    }
    if (!places_) places_ = std::make_unique<std::unordered_map<std::string, size_t>>();
    for (size_t place = places_->size(); place < kwargs_.size(); ++place)
        places_->emplace(kwargs_[place].name, place);
    const auto found = places_->find(std::string(name));
    return found == places_->end() ? nullptr : &kwargs_[found->second];
}

uint64_t ArgumentBuilder::weight() const {
    uint64_t weight = 0;
    for (const Datum& each : args_) weight += extent_of(each).weight;
    for (const Named& each : kwargs_) weight += extent_of(each.datum).weight + each.name.size() / text_in_weight;
    return weight;
}

Arguments ArgumentBuilder::arguments() {
    ValueStore& store = graph_.store();
    operands_.clear();
    Value* args = store.values(args_.size());
    Keyword* kwargs = store.keywords(kwargs_.size());
    for (size_t i = 0; i < args_.size(); ++i) args[i] = value(args_[i]);
    for (size_t i = 0; i < kwargs_.size(); ++i) kwargs[i] = {store.copy(kwargs_[i].name), value(kwargs_[i].datum)};
    return {{args, args_.size()}, {kwargs, kwargs_.size()}, operands_};
}

Value ArgumentBuilder::text(Value::Kind kind, std::string_view text) {
    std::string_view copy = graph_.store().copy(text);
    Value value;
    value.kind = kind;
    value.size = static_cast<uint32_t>(copy.size());
    value.text = copy.data();
    return value;
}

Value ArgumentBuilder::items(Value::Kind kind, const Datum& datum) {
    std::vector<Value> converted;
    converted.reserve(datum.size);
    Value value;
    for (const Datum& item : datum.item_span()) {
        converted.push_back(this->value(item));
        value.has_operands |= converted.back().has_operands || converted.back().kind == Value::Kind::operand;
    }
    value.kind = kind;
    value.size = datum.size;
    value.items = kept(graph_.store().values(converted.size()), converted).data();
    return value;
}

Value ArgumentBuilder::value(const Datum& datum) {
    using Kind = Datum::Kind;
    Value value;
    switch (datum.kind) {
    case Kind::none: return value;
    case Kind::boolean:
        value.kind = Value::Kind::boolean;
        value.boolean = datum.boolean;
        return value;
    case Kind::integer:
        value.kind = Value::Kind::integer;
        value.integer = datum.integer;
        return value;
    case Kind::real:
        value.kind = Value::Kind::real;
        value.real = datum.real;
        return value;
    case Kind::node:
        value.kind = Value::Kind::operand;
        value.operand = static_cast<uint32_t>(operands_.size());
        operands_.push_back(datum.node);
        return value;
    case Kind::big_integer: return text(Value::Kind::big_integer, datum.text_view());
    case Kind::string: return text(Value::Kind::string, datum.text_view());
    case Kind::dtype: return text(Value::Kind::dtype, datum.text_view());
    case Kind::device: return text(Value::Kind::device, datum.text_view());
    case Kind::memory_format: return text(Value::Kind::memory_format, datum.text_view());
    case Kind::layout: return text(Value::Kind::layout, datum.text_view());
    case Kind::symbolic: return text(Value::Kind::symbolic, datum.text_view());
    case Kind::opaque: return text(Value::Kind::opaque, datum.text_view());
    case Kind::complex: return items(Value::Kind::complex, datum);
    case Kind::list: return items(Value::Kind::list, datum);
    case Kind::tuple: return items(Value::Kind::tuple, datum);
    case Kind::dict: return items(Value::Kind::dict, datum);
    case Kind::slice: return items(Value::Kind::slice, datum);
    case Kind::op: return text(Value::Kind::opaque, to_repr(graph_, datum));
    default: throw ArgumentError(fmt::format("a {} cannot be an argument of a node", type_name(datum)));
    }
}

}  // namespace dqrewrite
