// The evaluator: types, and functions that make a value of one type from one of another.

#include "engine/rewrite/arithmetic.hpp"
#include "engine/rewrite/evaluate.hpp"
#include "engine/rewrite/evaluate_scopes.hpp"
#include "engine/rewrite/print.hpp"

#include <algorithm>
#include <cmath>

namespace dqrewrite {

using program::Function;

namespace {

using Kind = Datum::Kind;

bool is_of_type(const Datum& value, Function type) {
    switch (type) {
    case Function::bool_: return value.kind == Kind::boolean;
    case Function::int_:
        return value.kind == Kind::boolean || value.kind == Kind::integer || value.kind == Kind::big_integer;
    case Function::float_: return value.kind == Kind::real;
    case Function::complex: return value.kind == Kind::complex;
    case Function::slice: return value.kind == Kind::slice;
    case Function::sym: return value.kind == Kind::symbolic;
    case Function::str: return value.kind == Kind::string;
    case Function::list: return value.kind == Kind::list;
    case Function::tuple: return value.kind == Kind::tuple;
    case Function::set: return value.kind == Kind::set;
    case Function::dict: return value.kind == Kind::dict || value.kind == Kind::record || value.kind == Kind::table;
    default: return false;
    }
}

}  // namespace

bool Evaluator::is_instance(const Location& at, const Datum& value, const Datum& types, bool& out) {
    if (types.kind == Kind::type) {
        out = is_of_type(value, types.function);
        return true;
    }
    if (types.kind != Kind::tuple)
        return fail(at, "isinstance() asks for a type or a tuple of types, not for %1", types);
    out = false;
    for (const Datum& type : types.item_span()) {
        if (!is_instance(at, value, type, out)) return false;
        if (out) return true;
    }
    return true;
}

bool Evaluator::convert(const Expression& e, const Datum& value, Datum& out) {
    const char* problem = nullptr;
    switch (e.function) {
    case Function::bool_: out = make_boolean(truth_of_value(value)); return true;
    case Function::int_: return convert_to_integer(e.location, value, out);
    case Function::float_: return convert_to_real(e.location, value, out);
    case Function::abs: problem = absolute(value, out); return !problem || fail(e.location, problem, value);
    case Function::round: problem = rounded(value, out); return !problem || fail(e.location, problem, value);
    case Function::dtype: return convert_to_dtype(e.location, value, out);
    case Function::device:
        out = value;
        if (value.kind == Kind::string) out.kind = Kind::device;
        return out.kind == Kind::device || fail(e.location, "%1 names no device", value);
    case Function::sym:
        out = value;
        if (value.kind == Kind::string) out.kind = Kind::symbolic;
        return out.kind == Kind::symbolic || fail(e.location, "%1 is no text of a symbolic value", value);
    case Function::structure:
        if (is_container(value)) budget_.spend(extent_of(value).weight, e.location);
        return finish_text(e.location, structure_of(graph_, value, max_text), out);
    case Function::leaves: {
        Scratch scratch(*this);
        leaves(value);
        budget_.spend(stack_.size() - scratch.base(), e.location);
        return finish(e.location, Kind::list, pushed(scratch.base()), out);
    }
    default:
        if (is_container(value)) budget_.spend(extent_of(value).weight, e.location);
        return finish_text(e.location, to_text(graph_, value, max_text), out);
    }
}

// Pushes what nested lists and tuples hold. Data nest to a limit.
void Evaluator::leaves(const Datum& value) {
    if (!is_sequence(value)) return stack_.push_back(value);
    for (const Datum& item : value.item_span()) leaves(item);
}

// Takes its leaves from the front of the row.
Datum Evaluator::with_leaves(const Datum& like, std::span<const Datum>& row) {
    if (!is_sequence(like)) {
        Datum leaf = row.front();
        row = row.subspan(1);
        return leaf;
    }
    Datum* items = arena_.data(like.size);
    for (size_t i = 0; i < like.size; ++i) items[i] = with_leaves(like.items[i], row);
    return make_items(like.kind, {items, like.size});
}

bool Evaluator::replace_leaves(const Location& at, const Datum& like, const Datum& row, Datum& out) {
    if (!is_sequence(row)) return fail(at, "with_leaves() takes a list or tuple of leaves, not %1", row);
    Scratch scratch(*this);
    leaves(like);
    budget_.spend(stack_.size() - scratch.base(), at);
    if (stack_.size() - scratch.base() != row.size)
        return fail(at, "with_leaves() takes as many leaves as there are, and here it is another number");
    std::span<const Datum> rest = row.item_span();
    out = with_leaves(like, rest);
    return !is_container(out) || check_extent(at, out.item_span());
}

bool Evaluator::convert_to_integer(const Location& at, const Datum& value, Datum& out) {
    switch (value.kind) {
    case Kind::boolean: out = make_integer(value.boolean); return true;
    case Kind::integer:
    case Kind::big_integer: out = value; return true;
    case Kind::real: {
        const char* problem = truncate(value.real, out);
        return !problem || fail(at, problem);
    }
    case Kind::string:
        if (auto parsed = parse_python_integer(value.text_view())) {
            out = make_integer(*parsed);
            return true;
        }
        return fail(at, "%a is no int", value);
    default: return fail(at, "%1 cannot be made an int", value);
    }
}

bool Evaluator::convert_to_real(const Location& at, const Datum& value, Datum& out) {
    auto real = value.kind == Kind::string ? parse_python_real(value.text_view()) : as_real(value);
    if (!real) return fail(at, value.kind == Kind::string ? "%a is no float" : "%1 cannot be made a float", value);
    out = make_real(*real);
    return true;
}

// Python's arguments: a stop; a start and a stop; all three. What holds other values is no part of one, so that
// slices do not nest.
bool Evaluator::make_slice(const Location& at, std::span<const Datum> values, Datum& out) {
    Datum* parts = arena_.data(3);
    std::fill_n(parts, 3, make_none());
    std::copy(values.begin(), values.end(), parts + (values.size() == 1 ? 1 : 0));
    for (const Datum& part : values) {
        const bool holds_others =
            is_container(part) || part.kind == Kind::slice || part.kind == Kind::record || part.kind == Kind::table;
        if (holds_others) return fail(at, "slice() takes int, None and the like, not %1", part);
    }
    out = make_items(Kind::slice, {parts, 3});
    return true;
}

bool Evaluator::make_complex(const Location& at, std::span<const Datum> values, Datum& out) {
    if (values.size() == 1 && values[0].kind == Kind::complex) {
        out = values[0];
        return true;
    }
    Datum* parts = arena_.data(2);
    std::fill_n(parts, 2, make_real(0));
    if (values.size() == 1 && values[0].kind == Kind::string) {
        const auto parsed = parse_python_complex(values[0].text_view());
        if (!parsed) return fail(at, "%a is no complex number", values[0]);
        parts[0] = make_real(parsed->real());
        parts[1] = make_real(parsed->imag());
        out = make_items(Kind::complex, {parts, 2});
        return true;
    }
    for (size_t i = 0; i < values.size(); ++i) {
        const auto real = as_real(values[i]);
        if (!real) return fail(at, "complex() takes numbers, not %1", values[i]);
        parts[i] = make_real(*real);
    }
    out = make_items(Kind::complex, {parts, 2});
    return true;
}

bool Evaluator::convert_to_dtype(const Location& at, const Datum& value, Datum& out) {
    if (value.kind == Kind::dtype) {
        out = value;
        return true;
    }
    std::string_view name = value.kind == Kind::string ? value.text_view() : std::string_view();
    if (name.starts_with("torch.")) name.remove_prefix(6);
    bool is_word = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!is_word) return fail(at, "%a names no dtype", value);
    out = make_text(Kind::dtype, canonical_dtype(name));
    return true;
}

}  // namespace dqrewrite
