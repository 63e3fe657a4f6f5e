// The evaluator: methods of dicts, records, tables, lists and tuples. Those of text are in text_methods.cpp.

#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/hashed.hpp"
#include "engine/rewrite/metadata.hpp"

#include <algorithm>

namespace dqrewrite {

using program::Method;

namespace {

bool is_search(Method method) {
    return method == Method::index || method == Method::count;
}

}  // namespace

bool Evaluator::method(const Expression& e, Datum* frame, Datum& out) {
    Datum object;
    std::span<const Datum> arguments;
    if (!evaluate(e.children[0], frame, object)) return false;
    if (!row(std::span(e.children).subspan(1), frame, arguments)) return false;
    if (e.method >= Method::startswith || (object.kind == Datum::Kind::string && is_search(e.method)))
        return text_method(e, object, arguments, out);
    switch (e.method) {
    case Method::get: return get(e.location, object, arguments, out);
    case Method::index:
    case Method::count:
        if (arguments.size() != 1) return fail(e.location, "index() and count() take one argument");
        return find_item(e, object, arguments[0], out);
    case Method::items:
    case Method::keys:
    case Method::values:
        if (!arguments.empty()) return fail(e.location, "items(), keys() and values() take no arguments");
        return dict_view(e, object, out);
    default: return false;
    }
}

bool Evaluator::get(const Location& at, const Datum& object, std::span<const Datum> arguments, Datum& out) {
    if (arguments.empty() || arguments.size() > 2) return fail(at, "get() takes a key and what there is otherwise");
    bool is_mapping =
        object.kind == Datum::Kind::dict || object.kind == Datum::Kind::record || object.kind == Datum::Kind::table;
    if (!is_mapping) return fail(at, "%1 has no get()", object);
    bool found = false;
    if (!look_up(at, object, arguments[0], found, out)) return false;
    if (!found) out = arguments.size() == 2 ? arguments[1] : make_none();
    return true;
}

// index() or count() of a list or tuple.
bool Evaluator::find_item(const Expression& e, const Datum& object, const Datum& wanted, Datum& out) {
    if (!is_sequence(object)) return fail(e.location, "%1 has no index() and no count()", object);
    spend_on_items(e.location, object, wanted);
    auto is_it = [&](const Datum& item) { return equal(item, wanted); };
    std::span<const Datum> items = object.item_span();
    if (e.method == Method::count) {
        out = make_integer(std::ranges::count_if(items, is_it));
        return true;
    }
    auto found = std::ranges::find_if(items, is_it);
    if (found == items.end()) return fail(e.location, "%a is not in the %2", wanted, object);
    out = make_integer(found - items.begin());
    return true;
}

// Of a record and of a table the dict that it is; of all else the value itself.
bool Evaluator::as_dict(const Location& at, const Datum& value, bool& is_mapping, Datum& out) {
    is_mapping =
        value.kind == Datum::Kind::dict || value.kind == Datum::Kind::record || value.kind == Datum::Kind::table;
    if (value.kind == Datum::Kind::record) {
        Datum record = value;
        budget_.spend(record.size / read_per_step, at);
        return record_to_dict(&graph_, record.text_view(), arena_, out) || fail(at, "the metadata is not JSON");
    }
    if (value.kind != Datum::Kind::table) {
        out = value;
        return true;
    }
    std::span<const Datum> keys = tables_.keys(value.table), values = tables_.values(value.table);
    HashedItems items(Datum::Kind::dict, arena_);
    budget_.spend(keys.size(), at);
    for (size_t i = 0; i < keys.size(); ++i) items.insert(keys[i], values[i]);
    out = items.finish();
    return true;
}

bool Evaluator::dict_view(const Expression& e, const Datum& object, Datum& out) {
    bool is_mapping = false;
    Datum dict;
    if (!as_dict(e.location, object, is_mapping, dict)) return false;
    if (!is_mapping) return fail(e.location, "%1 has no items(), keys() and values()", object);
    size_t count = dict.size / 2;
    budget_.spend(count, e.location);
    Datum* items = arena_.data(count);
    for (size_t i = 0; i < count; ++i) {
        if (e.method == Method::items)
            items[i] = make_items(Datum::Kind::tuple, dict.item_span().subspan(2 * i, 2));
        else
            items[i] = dict.items[2 * i + (e.method == Method::values)];
    }
    return finish(e.location, Datum::Kind::list, {items, count}, out);
}

}  // namespace dqrewrite
