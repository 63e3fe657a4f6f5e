// The evaluator: attributes, subscripts, slices, and what a path of them refers to.

#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/hashed.hpp"
#include "engine/rewrite/metadata.hpp"
#include "engine/rewrite/strings.hpp"

#include <algorithm>
#include <limits>

namespace dqrewrite {

using Kind = program::Expression::Kind;
using Form = program::Expression::Form;
using program::Field;

namespace {

std::optional<int64_t> as_index(const Datum& datum) {
    if (datum.kind == Datum::Kind::integer) return datum.integer;
    if (datum.kind == Datum::Kind::boolean) return datum.boolean;
    return {};
}

// The place that an index means, from the end where it is negative.
std::optional<size_t> position(int64_t index, size_t size) {
    if (index < 0) index += static_cast<int64_t>(size);
    if (index < 0 || index >= static_cast<int64_t>(size)) return {};
    return static_cast<size_t>(index);
}

// In a slice what is beyond 64 bits is as good as the last number within them.
std::optional<int64_t> as_bound(const Datum& datum) {
    using Limits = std::numeric_limits<int64_t>;
    if (datum.kind != Datum::Kind::big_integer) return as_index(datum);
    return datum.text_view().starts_with('-') ? Limits::min() : Limits::max();
}

// The items that a slice takes: `count` of them, the first at `start`.
struct Range {
    size_t start = 0;
    size_t count = 0;
    int64_t step = 1;
};

// Null, or what is wrong with the slice.
const char* resolve_slice(const Datum& slice, size_t size, Range& out) {
    auto length = static_cast<int64_t>(size);
    int64_t given[3] = {};
    for (int i = 0; i < 3; ++i) {
        if (slice.items[i].kind == Datum::Kind::none) continue;
        auto index = as_bound(slice.items[i]);
        if (!index) return "a slice is made of int and None";
        given[i] = *index;
    }
    auto absent = [&](int i) { return slice.items[i].kind == Datum::Kind::none; };
    int64_t step = absent(2) ? 1 : given[2];
    if (step == 0) return "the step of a slice cannot be zero";
    int64_t least = step < 0 ? -1 : 0, most = step < 0 ? length - 1 : length;
    auto bounded = [&](int64_t index) { return std::clamp(index < 0 ? index + length : index, least, most); };
    int64_t start = absent(0) ? (step < 0 ? most : least) : bounded(given[0]);
    int64_t stop = absent(1) ? (step < 0 ? least : most) : bounded(given[1]);
    int64_t distance = step < 0 ? start - stop : stop - start;
    if (distance <= 0) return nullptr;
    uint64_t stride = step < 0 ? 0 - static_cast<uint64_t>(step) : static_cast<uint64_t>(step);
    out = {static_cast<size_t>(start), static_cast<size_t>((static_cast<uint64_t>(distance) - 1) / stride + 1), step};
    return nullptr;
}

template <class Item>
std::span<const Item> pick(std::span<const Item> items, const Range& range, Item* room) {
    if (range.step == 1) return items.subspan(range.start, range.count);
    for (size_t i = 0; i < range.count; ++i) room[i] = items[range.start + static_cast<uint64_t>(range.step) * i];
    return {room, range.count};
}

bool may_be_metadata(const Datum& datum) {
    switch (datum.kind) {
    case Datum::Kind::none:
    case Datum::Kind::boolean:
    case Datum::Kind::integer:
    case Datum::Kind::real:
    case Datum::Kind::string: return true;
    default: return datum.from_metadata;
    }
}

// `s.start`, `s.stop`, `s.step`; null for all else.
const Datum* part_of_slice(const Datum& value, std::string_view name) {
    if (value.kind != Datum::Kind::slice) return nullptr;
    return name == "start"  ? &value.items[0]
           : name == "stop" ? &value.items[1]
           : name == "step" ? &value.items[2]
                            : nullptr;
}

bool is_stored_row(const Value& value) {
    return value.kind == Value::Kind::list || value.kind == Value::Kind::tuple;
}

}  // namespace

bool Evaluator::refer(ExpressionId expression, Datum* frame, Referent& out) {
    const Expression& e = program_[expression];
    bool either = e.kind == Kind::and_ || e.kind == Kind::or_;
    if (e.kind != Kind::attribute && e.kind != Kind::subscript && !either) {
        out.kind = Referent::Kind::datum;
        return evaluate(expression, frame, out.datum);
    }
    if (either) return this->either(e, frame, out);
    return e.kind == Kind::attribute ? attribute(e, frame, out) : subscript(e, frame, out);
}

bool Evaluator::referred(const Expression& e, Datum* frame, Datum& out) {
    Referent found;
    bool good = e.kind == Kind::attribute   ? attribute(e, frame, found)
                : e.kind == Kind::subscript ? subscript(e, frame, found)
                                            : either(e, frame, found);
    return good && value_of(e.location, found, out);
}

// What decides `and` and `or` is not made a value for that.
bool Evaluator::either(const Expression& e, Datum* frame, Referent& out) {
    for (ExpressionId child : e.children) {
        bool truth = false;
        if (!refer(child, frame, out)) return false;
        if (child == e.children.back()) return true;
        if (!truth_of_referent(program_[child].location, out, truth)) return false;
        if (truth == (e.kind == Kind::or_)) return true;
    }
    return true;
}

bool Evaluator::truth_of_referent(const Location& at, const Referent& referent, bool& out) {
    if (referent.kind == Referent::Kind::datum) {
        out = truth_of_value(referent.datum);
        return true;
    }
    if (referent.kind == Referent::Kind::json) {
        JsonKind kind = referent.json.kind();
        if (kind == JsonKind::array || (kind == JsonKind::object && !is_tagged(referent.json))) {
            out = !referent.json.empty();
            return true;
        }
    }
    Datum value;
    if (!value_of(at, referent, value)) return false;
    out = truth_of_value(value);
    return true;
}

bool Evaluator::value_of(const Location& at, const Referent& referent, Datum& out) {
    switch (referent.kind) {
    case Referent::Kind::datum: out = referent.datum; return true;
    case Referent::Kind::arguments: return list_of(at, Datum::Kind::list, referent.owner, referent.values, out);
    case Referent::Kind::stored:
        out = from_value(graph_, referent.owner, referent.values[0], arena_);
        if (is_container(out)) budget_.spend(extent_of(out).weight, at);
        return true;
    case Referent::Kind::json:
        if (!from_json(graph_, referent.json, arena_, out)) return fail(at, "the metadata is not JSON");
        if (is_container(out)) budget_.spend(extent_of(out).weight, at);
        return true;
    }
    return false;
}

bool Evaluator::list_of(const Location& at, Datum::Kind kind, NodeId owner, std::span<const Value> values,
                        Datum& out) {
    Datum* items = arena_.data(values.size());
    for (size_t i = 0; i < values.size(); ++i) items[i] = from_value(graph_, owner, values[i], arena_);
    out = make_items(kind, {items, values.size()});
    budget_.spend(extent_of(out).weight, at);
    return true;
}

// -- attributes

// `n.meta.a.b`. False where the path leaves plain records, for the general way to decide.
// Neighbours in a graph tend to have metadata that begins alike, so the text before the value that was found last is
// kept: where it stands again, the same value follows.
bool Evaluator::follow(const Expression& e, Datum* frame, Referent& out) {
    const Datum& owner = frame[static_cast<size_t>(e.variable)];
    if (owner.kind != Datum::Kind::node || graph_.erased(owner.node)) return false;
    const std::string_view meta = graph_.meta(owner.node);
    std::string_view& last = last_found_[e.path];
    out.kind = Referent::Kind::json;
    if (!last.empty() && meta.starts_with(last)) {
        out.json = JsonValue(meta.substr(last.size()));
        if (out.json.kind() != JsonKind::bad) return true;
    }
    budget_.spend(meta.size() / read_per_step, e.location);
    JsonValue json(meta.empty() ? "{}" : meta);
    bool early = true;
    for (const std::string& key : e.keys) {
        const RecordMember found = record_member(json, key, json);
        if (found == RecordMember::no_record) return false;
        early &= found == RecordMember::found_early;
        if (found != RecordMember::none) continue;
        out.kind = Referent::Kind::datum;
        out.datum = make_none();
        return true;
    }
    out.json = json;
    if (early) last = meta.substr(0, static_cast<size_t>(json.begin() - meta.data()));
    return true;
}

// `n.meta.a.b`: attributes one after the other, so that a path is no deeper a recursion than its start.
bool Evaluator::attribute(const Expression& e, Datum* frame, Referent& out) {
    if (e.form == Form::meta_path && follow(e, frame, out)) return true;
    constexpr size_t most = 8;
    const Expression* steps[most];
    size_t count = 0;
    ExpressionId start = e.children[0];
    steps[count++] = &e;
    for (; count < most && !is_arg(start) && is_attribute(start) && !is_arg(program_[start].children[0]);
         start = program_[start].children[0])
        steps[count++] = &program_[start];
    // What follows `.arg` is an argument of the node before it.
    if (!refer(is_arg(start) ? program_[start].children[0] : start, frame, out)) return false;
    while (count > 0) {
        const Expression& step = *steps[--count];
        if (out.kind == Referent::Kind::json && !is_arg(step.children[0])) {
            RecordMember found = record_member(out.json, step.text, out.json);
            if (found == RecordMember::none) {
                out.kind = Referent::Kind::datum;
                out.datum = make_none();
            }
            if (found != RecordMember::no_record) continue;
        }
        Referent object = out;
        if (!attribute_of_referent(step, object, out)) return false;
    }
    return true;
}

bool Evaluator::attribute_of_referent(const Expression& e, const Referent& object, Referent& out) {
    bool of_arg = is_arg(e.children[0]);
    bool is_record = object.kind == Referent::Kind::json && object.json.kind() == JsonKind::object;
    if (is_record && !of_arg && !is_tagged(object.json)) return member(e.text, object.json, out);
    Datum value;
    if (!value_of(e.location, object, value)) return false;
    const bool in_metadata = object.kind == Referent::Kind::json;
    if (in_metadata && (value.kind == Datum::Kind::node || value.kind == Datum::Kind::gone_node)) {
        left_metadata_ = true;
        if (!may_leave_metadata_) return fail(e.location, "%1 is more than metadata", value);
    }
    bool strict = strict_ && !in_metadata;  // on a path through metadata there need not be a node
    if (!of_arg) return attribute_of(e, value, strict, out);
    if (value.kind == Datum::Kind::node) {
        out.kind = Referent::Kind::datum;
        return schema_argument(e.location, value.node, e.text, out.datum);
    }
    const Expression& child = program_[e.children[0]];
    Referent inner;
    if (!attribute_of(child, value, strict, inner) || !value_of(child.location, inner, value)) return false;
    return attribute_of(e, value, strict, out);
}

// What a path through metadata finds: None where there is no such member.
bool Evaluator::member(std::string_view key, const JsonValue& record, Referent& out) {
    if (auto found = record.member(key)) {
        out.kind = Referent::Kind::json;
        out.json = *found;
    } else {
        out.kind = Referent::Kind::datum;
        out.datum = make_none();
    }
    return true;
}

bool Evaluator::attribute_of(const Expression& e, const Datum& value, bool strict, Referent& out) {
    bool of_node = value.kind == Datum::Kind::node;
    if (of_node && !alive(e.location, value.node)) return false;
    if (value.kind == Datum::Kind::record) return member(e.text, JsonValue(value.text_view()), out);
    if ((of_node || value.kind == Datum::Kind::gone_node) && e.field == Field::meta) {
        std::string_view meta = of_node ? graph_.meta(value.node) : std::string_view();
        out.kind = Referent::Kind::json;
        out.json = JsonValue(meta.empty() ? "{}" : meta);
        budget_.spend(meta.size() / read_per_step, e.location);
        return true;
    }
    if (of_node && e.field == Field::args) {
        out.kind = Referent::Kind::arguments;
        out.owner = value.node;
        out.values = graph_.args(value.node);
        return true;
    }
    out.kind = Referent::Kind::datum;
    if (of_node) return node_field(e, value.node, out.datum);
    if (value.kind == Datum::Kind::gone_node) return gone_field(e, value, out.datum);
    if (const Datum* part = part_of_slice(value, e.text)) {
        out.datum = *part;
        return true;
    }
    if (strict && e.field != Field::none && value.kind != Datum::Kind::none)
        return fail(e.location, "%1 has no %b", value, make_text(Datum::Kind::opaque, e.text));
    out.datum = make_none();
    return true;
}

// -- subscripts

bool Evaluator::subscript(const Expression& e, Datum* frame, Referent& out) {
    Referent object;
    Datum index, value;
    if (!refer(e.children[0], frame, object) || !evaluate(e.children[1], frame, index)) return false;
    out.kind = Referent::Kind::datum;
    if (index.kind == Datum::Kind::slice) return slice_of(e, object, index, out.datum);
    auto number = as_index(index);
    bool stored = object.kind == Referent::Kind::arguments ||
                  (object.kind == Referent::Kind::stored && is_stored_row(object.values[0]));
    if (!stored || !number) return value_of(e.location, object, value) && element(e, value, index, out.datum);
    std::span<const Value> items =
        object.kind == Referent::Kind::arguments ? object.values : object.values[0].item_span();
    auto at = position(*number, items.size());
    if (!at) return fail(e.location, "index %a is out of range", index);
    out.kind = Referent::Kind::stored;
    out.owner = object.owner;
    out.values = items.subspan(*at, 1);
    return true;
}

bool Evaluator::element(const Expression& e, const Datum& object, const Datum& index, Datum& out) {
    bool is_text = object.kind == Datum::Kind::string;
    if (auto number = as_index(index); number && (is_text || is_sequence(object))) {
        if (is_text) budget_.spend(object.size / text_per_step, e.location);
        size_t size = is_text ? count_characters(object.text_view()) : object.size;
        auto at = position(*number, size);
        if (!at) return fail(e.location, "index %a is out of range", index);
        out = is_text ? make_text(object.kind, characters(object.text_view(), *at, 1)) : object.items[*at];
        return true;
    }
    if (object.kind == Datum::Kind::dict || object.kind == Datum::Kind::table || object.kind == Datum::Kind::record) {
        bool found = false;
        if (!look_up(e.location, object, index, found, out)) return false;
        if (!found && object.kind != Datum::Kind::record) return fail(e.location, "there is no key %a", index);
        if (!found) out = make_none();
        return true;
    }
    // A path through metadata, spelled with brackets: None where there is no record.
    out = make_none();
    return (index.kind == Datum::Kind::string && may_be_metadata(object)) ||
           fail(e.location, "%1 has no item %b", object, index);
}

bool Evaluator::slice(const Expression& e, Datum* frame, Datum& out) {
    Datum* parts = arena_.data(3);
    for (size_t i = 0; i < 3; ++i)
        if (!evaluate(e.children[i], frame, parts[i])) return false;
    out = make_items(Datum::Kind::slice, {parts, 3});
    return true;
}

bool Evaluator::slice_of(const Expression& e, const Referent& object, const Datum& slice, Datum& out) {
    bool stored = object.kind == Referent::Kind::stored && is_stored_row(object.values[0]);
    Datum value;
    std::span<const Value> values;
    size_t size = 0;
    if (stored || object.kind == Referent::Kind::arguments) {
        values = stored ? object.values[0].item_span() : object.values;
        size = values.size();
    } else {
        if (!value_of(e.location, object, value)) return false;
        if (value.kind != Datum::Kind::string && !is_sequence(value))
            return fail(e.location, "%1 cannot be sliced", value);
        if (!is_sequence(value)) budget_.spend(value.size / text_per_step, e.location);
        size = is_sequence(value) ? value.size : count_characters(value.text_view());
    }
    Range range;
    if (const char* problem = resolve_slice(slice, size, range)) return fail(e.location, problem);
    if (value.kind == Datum::Kind::string) {
        if (range.step != 1) {
            append_every(value.text_view(), range.start, range.step, range.count, cleared_text());
            return finish_text(e.location, text_, out);
        }
        out = make_text(value.kind, characters(value.text_view(), range.start, range.count));
        return true;
    }
    if (is_sequence(value)) {
        if (range.step != 1) budget_.spend(range.count, e.location);
        Datum* room = range.step == 1 ? nullptr : arena_.data(range.count);
        std::span<const Datum> picked = pick(value.item_span(), range, room);
        out = value;
        out.items = picked.data();
        out.size = static_cast<uint32_t>(picked.size());
        return true;
    }
    bool tuple = stored && object.values[0].kind == Value::Kind::tuple;
    void* room = range.step == 1 ? nullptr : arena_.bytes(range.count * sizeof(Value));
    return list_of(e.location, tuple ? Datum::Kind::tuple : Datum::Kind::list, object.owner,
                   pick(values, range, static_cast<Value*>(room)), out);
}

// -- keys and lengths

bool Evaluator::look_up(const Location& at, const Datum& object, const Datum& key, bool& found, Datum& out) {
    const Datum* value = nullptr;
    if (object.kind == Datum::Kind::table) {
        value = tables_.find(object.table, key);
    } else if (!check_key(at, key)) {
        return false;
    } else if (object.kind == Datum::Kind::dict) {
        if (const Datum* place = find_key(object, key)) value = place + 1;
    } else if (key.kind == Datum::Kind::string) {
        Referent referent;
        budget_.spend(object.size / read_per_step, at);
        member(key.text_view(), JsonValue(object.text_view()), referent);
        found = referent.kind == Referent::Kind::json;
        return value_of(at, referent, out);
    }
    found = value != nullptr;
    if (found) out = *value;
    return true;
}

// What len() is asked of most is not made a list first. Counts no further than to `enough`.
bool Evaluator::length(const Expression& e, size_t enough, Datum* frame, size_t& out) {
    const Expression& child = program_[e.children[0]];
    Referent object;
    if (is_users(e.children[0])) {
        Datum owner;
        if (!evaluate(child.children[0], frame, owner)) return false;
        if (owner.kind == Datum::Kind::node) {
            out = graph_.user_count(owner.node);
            return alive(child.location, owner.node);
        }
        return attribute_of(child, owner, strict_, object) && length_of(e.location, object, enough, out);
    }
    if (child.form == Form::or_empty) return length_or_none(e.location, child, enough, frame, out);
    return refer(e.children[0], frame, object) && length_of(e.location, object, enough, out);
}

// Of `x or []`. What has no items is false.
bool Evaluator::length_or_none(const Location& at, const Expression& e, size_t enough, Datum* frame, size_t& out) {
    const ExpressionId first = e.children[0];
    Referent object;
    if (!refer(first, frame, object)) return false;
    bool array = object.kind == Referent::Kind::json && object.json.kind() == JsonKind::array;
    bool holds = true;
    if (!array && !truth_of_referent(program_[first].location, object, holds)) return false;
    out = 0;
    return !holds || length_of(at, object, enough, out);
}

bool Evaluator::length_of(const Location& at, const Referent& referent, size_t enough, size_t& out) {
    if (referent.kind == Referent::Kind::arguments) {
        out = referent.values.size();
        return true;
    }
    if (referent.kind == Referent::Kind::stored && is_stored_row(referent.values[0])) {
        out = referent.values[0].size;
        return true;
    }
    if (referent.kind == Referent::Kind::json && referent.json.kind() == JsonKind::array)
        return count_items(at, referent.json, enough, out);
    Datum value;
    bool is_mapping = false;
    if (!value_of(at, referent, value)) return false;
    if (value.kind == Datum::Kind::record && !as_dict(at, value, is_mapping, value)) return false;
    if (value.kind == Datum::Kind::table)
        out = tables_.keys(value.table).size();
    else if (value.kind == Datum::Kind::dict)
        out = value.size / 2;
    else if (value.kind == Datum::Kind::string)
        budget_.spend(value.size / text_per_step, at), out = count_characters(value.text_view());
    else if (is_sequence(value) || value.kind == Datum::Kind::set)
        out = value.size;
    else
        return fail(at, "%1 has no length", value);
    return true;
}

// The items are passed over by their brackets and not read.
bool Evaluator::count_items(const Location& at, const JsonValue& array, size_t enough, size_t& out) {
    JsonItems items(array);
    for (out = 0; out < enough && items.next(); ++out) budget_.spend(1, at);
    return !items.failed() || fail(at, "the metadata is not JSON");
}

}  // namespace dqrewrite
