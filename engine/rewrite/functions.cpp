// The evaluator: built-in functions.

#include "engine/program/words.hpp"
#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/hashed.hpp"

#include <algorithm>

namespace dqrewrite {

using Kind = program::Expression::Kind;
using program::Function;

namespace {

constexpr const char* wrong_count = "this is not the number of arguments that the function takes";

bool is_extreme(Function function) {
    return function == Function::min || function == Function::max;
}

struct Arity {
    size_t least, most;
};

// Of the functions that take values.
Arity arity(Function function) {
    switch (function) {
    case Function::zip: return {0, SIZE_MAX};
    case Function::list:
    case Function::tuple:
    case Function::set: return {0, 0};
    case Function::dict: return {0, 1};
    case Function::slice: return {1, 3};
    case Function::complex: return {0, 2};
    case Function::isinstance:
    case Function::with_leaves: return {2, 2};
    default: return {1, 1};
    }
}

}  // namespace

bool Evaluator::call(const Expression& e, Datum* frame, Datum& out) {
    std::span<const ExpressionId> arguments = e.children;
    if (e.function == Function::range)
        return collect(
            e.location, Datum::Kind::list, [&](Visitor visit) { return each_in_range(e, frame, visit); }, out);
    if (e.function == Function::enumerate)
        return collect(
            e.location, Datum::Kind::list, [&](Visitor visit) { return each_numbered(e, frame, visit); }, out);
    bool spread = !arguments.empty() && program_[arguments[0]].kind == Kind::star;
    if (e.function == Function::len && arguments.size() == 1 && !spread) {
        size_t count = 0;
        if (!length(e, SIZE_MAX, frame, count)) return false;
        out = make_integer(static_cast<int64_t>(count));
        return true;
    }
    bool of_items = program::takes_items(e.function) && !arguments.empty();
    std::span<const Datum> values;
    if (of_items && !spread && (arguments.size() == 1 || !is_extreme(e.function))) {
        if (!row(arguments.subspan(1), frame, values)) return false;
        return call_on_items(
            e, [&](Visitor visit) { return each(arguments[0], frame, visit); }, values, out);
    }
    if (!row(arguments, frame, values)) return false;
    if (!of_items || values.empty()) return call_on_values(e, values, out);
    if (is_extreme(e.function) && values.size() > 1) {
        Datum all = make_items(Datum::Kind::tuple, values);
        return extreme(
            e, [&](Visitor visit) { return each_of(e.location, all, visit); }, out);
    }
    Datum first = values[0];
    return call_on_items(
        e, [&](Visitor visit) { return each_of(e.location, first, visit); }, values.subspan(1), out);
}

bool Evaluator::call_on_items(const Expression& e, Iteration items, std::span<const Datum> rest, Datum& out) {
    bool takes_rest = e.function == Function::sum || e.function == Function::next;
    if (rest.size() > (takes_rest ? 1 : 0) || (e.function == Function::next && rest.empty()))
        return fail(e.location, wrong_count);
    switch (e.function) {
    case Function::all:
    case Function::any: return any_or_all(e, items, out);
    case Function::min:
    case Function::max: return extreme(e, items, out);
    case Function::sum:
    case Function::prod: return total(e, items, rest, out);
    case Function::next: return next(items, rest[0], out);
    case Function::list: return collect(e.location, Datum::Kind::list, items, out);
    case Function::tuple: return collect(e.location, Datum::Kind::tuple, items, out);
    case Function::set: return make_set(e.location, items, out);
    default: return sorted(e.location, items, out);
    }
}

bool Evaluator::call_on_values(const Expression& e, std::span<const Datum> values, Datum& out) {
    Arity takes = arity(e.function);
    if (values.size() < takes.least || values.size() > takes.most) return fail(e.location, wrong_count);
    Referent referent;
    bool is_it = false;
    switch (e.function) {
    case Function::list: out = make_items(Datum::Kind::list, {}); return true;
    case Function::tuple: out = make_items(Datum::Kind::tuple, {}); return true;
    case Function::set: out = make_items(Datum::Kind::set, {}); return true;
    case Function::dict:
        out = make_items(Datum::Kind::dict, {});
        return values.empty() || make_dict(e.location, values[0], out);
    case Function::len: {
        size_t count = 0;
        referent.datum = values[0];
        if (!length_of(e.location, referent, SIZE_MAX, count)) return false;
        out = make_integer(static_cast<int64_t>(count));
        return true;
    }
    case Function::zip: return zip(e.location, values, out);
    case Function::reversed: return reversed(e.location, values[0], out);
    case Function::isinstance:
        if (!is_instance(e.location, values[0], values[1], is_it)) return false;
        out = make_boolean(is_it);
        return true;
    case Function::slice: return make_slice(e.location, values, out);
    case Function::complex: return make_complex(e.location, values, out);
    case Function::with_leaves: return replace_leaves(e.location, values[0], values[1], out);
    default: return convert(e, values[0], out);
    }
}

// -- what asks for items

bool Evaluator::any_or_all(const Expression& e, Iteration items, Datum& out) {
    bool stop_at = e.function == Function::any;
    Visit end =
        items([&](const Datum& item) { return truth_of_value(item) == stop_at ? Visit::enough : Visit::more; });
    out = make_boolean((end == Visit::enough) == stop_at);
    return end != Visit::failed;
}

// The first of the largest, or of the smallest.
bool Evaluator::extreme(const Expression& e, Iteration items, Datum& out) {
    bool largest = e.function == Function::max, found = false;
    Visit end = items([&](const Datum& item) {
        if (!found) {
            out = item;
            found = true;
            return Visit::more;
        }
        spend_on_comparison(e.location, item, out);
        auto ordered = order(item, out);
        if (!ordered) return stop(e.location, largest ? "max() of unlike values" : "min() of unlike values");
        if (largest ? *ordered > 0 : *ordered < 0) out = item;
        return Visit::more;
    });
    if (end == Visit::failed) return false;
    return found || fail(e.location, largest ? "max() of nothing" : "min() of nothing");
}

// The sum, from `rest` on where that is given, or the product.
bool Evaluator::total(const Expression& e, Iteration items, std::span<const Datum> rest, Datum& out) {
    const bool product = e.function == Function::prod;
    const auto op = product ? program::Operator::multiply : program::Operator::add;
    out = rest.empty() ? make_integer(product ? 1 : 0) : rest[0];
    if (out.kind == Datum::Kind::string) return fail(e.location, "sum() of str");
    Visit end = items([&](const Datum& item) {
        Datum so_far = out;
        return calculated(e.location, op, so_far, item, out) ? Visit::more : Visit::failed;
    });
    return end != Visit::failed;
}

bool Evaluator::next(Iteration items, const Datum& otherwise, Datum& out) {
    out = otherwise;
    return items([&](const Datum& item) {
               out = item;
               return Visit::enough;
           }) != Visit::failed;
}

bool Evaluator::collect(const Location& at, Datum::Kind kind, Iteration items, Datum& out) {
    Scratch scratch(*this);
    Visit end = items([&](const Datum& item) {
        stack_.push_back(item);
        return Visit::more;
    });
    return end != Visit::failed && finish(at, kind, pushed(scratch.base()), out);
}

bool Evaluator::make_set(const Location& at, Iteration items, Datum& out) {
    HashedItems set(Datum::Kind::set, arena_);
    Visit end = items([&](const Datum& item) {
        if (!check_key(at, item)) return Visit::failed;
        set.insert(item);
        return Visit::more;
    });
    out = set.finish();
    return end != Visit::failed && check_extent(at, out.item_span());
}

bool Evaluator::sorted(const Location& at, Iteration items, Datum& out) {
    return collect(at, Datum::Kind::list, items, out) && sort(at, {const_cast<Datum*>(out.items), out.size});
}

// Merges runs of 1, 2, 4 … items. The items are the evaluator's own, fresh in the arena.
bool Evaluator::sort(const Location& at, std::span<Datum> items) {
    size_t count = items.size();
    Datum* room = arena_.data(count);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width) {
            size_t middle = std::min(begin + width, count), end = std::min(begin + 2 * width, count);
            size_t left = begin, right = middle;
            for (size_t to = begin; to < end; ++to) {
                bool comparable = true;
                const bool both = left != middle && right < end;
                if (both) spend_on_comparison(at, items[right], items[left]);
                bool take_right = left == middle || (both && less(items[right], items[left], comparable));
                if (!comparable) return fail(at, "%1 and %2 have no order", items[right], items[left]);
                room[to] = items[take_right ? right++ : left++];
            }
        }
        std::copy(room, room + count, items.begin());
    }
    return true;
}

// -- what asks for values

bool Evaluator::make_dict(const Location& at, const Datum& value, Datum& out) {
    bool is_mapping = false;
    if (!as_dict(at, value, is_mapping, out)) return false;
    if (is_mapping) return true;
    HashedItems dict(Datum::Kind::dict, arena_);
    Visit end = each_of(at, value, [&](const Datum& pair) {
        if (!is_sequence(pair) || pair.size != 2) return stop(at, "dict() takes pairs, not %1", pair);
        if (!check_key(at, pair.items[0])) return Visit::failed;
        dict.insert(pair.items[0], pair.items[1]);
        return Visit::more;
    });
    out = dict.finish();
    return end != Visit::failed;
}

bool Evaluator::reversed(const Location& at, const Datum& value, Datum& out) {
    if (value.kind == Datum::Kind::set) return fail(at, "%1 cannot be reversed", value);
    if (!collect(
            at, Datum::Kind::list, [&](Visitor visit) { return each_of(at, value, visit); }, out))
        return false;
    std::reverse(const_cast<Datum*>(out.items), const_cast<Datum*>(out.items) + out.size);
    return true;
}

bool Evaluator::zip(const Location& at, std::span<const Datum> values, Datum& out) {
    Datum* rows = arena_.data(values.size());
    size_t shortest = values.empty() ? 0 : SIZE_MAX;
    for (size_t i = 0; i < values.size(); ++i) {
        rows[i] = values[i];
        const auto items = [&](Visitor visit) { return each_of(at, values[i], visit); };
        if (!is_sequence(values[i]) && !collect(at, Datum::Kind::list, items, rows[i])) return false;
        shortest = std::min(shortest, size_t{rows[i].size});
    }
    Datum* tuples = arena_.data(shortest);
    for (size_t i = 0; i < shortest; ++i) {
        budget_.spend(1, at);
        Datum* items = arena_.data(values.size());
        for (size_t k = 0; k < values.size(); ++k) items[k] = rows[k].items[i];
        if (!finish(at, Datum::Kind::tuple, {items, values.size()}, tuples[i])) return false;
    }
    return finish(at, Datum::Kind::list, {tuples, shortest}, out);
}

}  // namespace dqrewrite
