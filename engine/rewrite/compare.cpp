// Equality, order and hashes of data.

#include "engine/rewrite/arithmetic.hpp"
#include "engine/rewrite/hashed.hpp"
#include "engine/rewrite/metadata.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include <fmt/format.h>

namespace dqrewrite {

namespace {

using Kind = Datum::Kind;
using std::partial_ordering;

constexpr double two_to_63 = 9223372036854775808.0;

bool is_number(const Datum& datum) {
    return datum.kind == Kind::boolean || datum.kind == Kind::integer || datum.kind == Kind::real ||
           datum.kind == Kind::big_integer;
}

int64_t whole(const Datum& datum) {
    return datum.kind == Kind::boolean ? datum.boolean : datum.integer;
}

bool is_mapping(const Datum& datum) {
    return datum.kind == Kind::dict || datum.kind == Kind::record;
}

// -- numbers

struct Digits {
    bool negative;
    std::string_view text;  // without leading zeros
};

Digits digits_of(std::string_view text) {
    bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    return {negative, text};
}

std::strong_ordering compare_digits(const Digits& a, const Digits& b) {
    if (a.negative != b.negative) return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
    auto magnitude = a.text.size() != b.text.size() ? a.text.size() <=> b.text.size() : a.text.compare(b.text) <=> 0;
    return a.negative ? 0 <=> magnitude : magnitude;
}

partial_ordering compare_whole_real(int64_t whole, double real) {
    if (std::isnan(real)) return partial_ordering::unordered;
    if (real >= two_to_63) return partial_ordering::less;
    if (real < -two_to_63) return partial_ordering::greater;
    double truncated = std::trunc(real);
    auto as_whole = static_cast<int64_t>(truncated);
    return whole != as_whole ? partial_ordering(whole <=> as_whole) : truncated <=> real;
}

// A big integer is beyond 64 bits.
partial_ordering compare_big_real(const Digits& big, double real) {
    if (std::isnan(real)) return partial_ordering::unordered;
    if (std::abs(real) < two_to_63 || std::isinf(real)) {
        bool less = std::isinf(real) ? real > 0 : big.negative;
        return less ? partial_ordering::less : partial_ordering::greater;
    }
    std::string exact = fmt::format("{:.0f}", real);  // so large a double is whole
    return compare_digits(big, digits_of(exact));
}

partial_ordering compare_numbers(const Datum& a, const Datum& b) {
    bool big_a = a.kind == Kind::big_integer, big_b = b.kind == Kind::big_integer;
    if (big_a && big_b) return compare_digits(digits_of(a.text_view()), digits_of(b.text_view()));
    if (big_b) return 0 <=> compare_numbers(b, a);
    if (big_a && b.kind == Kind::real) return compare_big_real(digits_of(a.text_view()), b.real);
    if (big_a) return digits_of(a.text_view()).negative ? partial_ordering::less : partial_ordering::greater;
    if (a.kind == Kind::real && b.kind == Kind::real) return a.real <=> b.real;
    if (b.kind == Kind::real) return compare_whole_real(whole(a), b.real);
    if (a.kind == Kind::real) return 0 <=> compare_whole_real(whole(b), a.real);
    return whole(a) <=> whole(b);
}

bool same_number(const Datum& a, const Datum& b) {
    if (a.kind != b.kind) return false;
    if (a.kind != Kind::real) return compare_numbers(a, b) == 0;
    if (std::isnan(a.real) || std::isnan(b.real)) return std::isnan(a.real) && std::isnan(b.real);
    return a.real == b.real && std::signbit(a.real) == std::signbit(b.real);
}

// -- equality

class Comparison {
public:
    enum class Mode : uint8_t { equal, as_key, same };

    explicit Comparison(Mode mode) : mode_(mode) {}

    bool operator()(const Datum& a, const Datum& b) {
        if (is_number(a) && is_number(b)) return mode_ == Mode::same ? same_number(a, b) : compare_numbers(a, b) == 0;
        if (is_sequence(a) && is_sequence(b)) return sequences(a, b);
        if (is_mapping(a) && is_mapping(b)) return mappings(a, b);
        if (a.kind == Kind::complex || b.kind == Kind::complex) return complexes(a, b);
        return a.kind == b.kind && alike(a, b);
    }

private:
    // Both of one kind.
    bool alike(const Datum& a, const Datum& b) {
        switch (a.kind) {
        case Kind::none: return true;
        case Kind::node: return a.node == b.node;
        case Kind::op: return a.symbol == b.symbol;
        case Kind::type: return a.function == b.function;
        case Kind::table: return a.table == b.table;
        case Kind::set: return sets(a, b);
        case Kind::slice: return rows(a.item_span(), b.item_span());
        default: return a.text_view() == b.text_view();
        }
    }

    bool rows(std::span<const Datum> a, std::span<const Datum> b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), std::ref(*this));
    }

    bool sequences(const Datum& a, const Datum& b) {
        bool one_kind = a.kind == b.kind || mode_ == Mode::as_key;
        bool either_kind = mode_ == Mode::equal && (a.from_metadata || b.from_metadata);
        return (one_kind || either_kind) && rows(a.item_span(), b.item_span());
    }

    // A number equals the complex number without imaginary part.
    bool complexes(const Datum& a, const Datum& b) {
        if (a.kind == Kind::complex && b.kind == Kind::complex)
            return complex_part(a.items[0], b.items[0]) && complex_part(a.items[1], b.items[1]);
        if (mode_ == Mode::same) return false;
        const Datum& complex = a.kind == Kind::complex ? a : b;
        const Datum& other = a.kind == Kind::complex ? b : a;
        return is_number(other) && (*this)(complex.items[1], make_integer(0)) && (*this)(complex.items[0], other);
    }

    // Real numbers, also where a dump writes them without a point.
    bool complex_part(const Datum& a, const Datum& b) {
        const auto x = as_real(a), y = as_real(b);
        return x && y ? (*this)(make_real(*x), make_real(*y)) : (*this)(a, b);
    }

    bool sets(const Datum& a, const Datum& b) {
        return a.size == b.size && std::ranges::all_of(a.item_span(), [&](const Datum& item) {
                   const Datum* found = find_key(b, item);
                   return found && (mode_ != Mode::same || (*this)(*found, item));
               });
    }

    bool mappings(const Datum& a, const Datum& b) {
        if (a.kind == Kind::record && b.kind == Kind::record && a.text_view() == b.text_view()) return true;
        Datum left = a, right = b;
        if (a.kind == Kind::record && !record_to_dict(nullptr, a.text_view(), arena_, left)) return false;
        if (b.kind == Kind::record && !record_to_dict(nullptr, b.text_view(), arena_, right)) return false;
        if (left.size != right.size) return false;
        for (size_t i = 0; i < left.size; i += 2) {
            const Datum* found = find_key(right, left.items[i]);
            if (!found || !(*this)(found[1], left.items[i + 1])) return false;
            if (mode_ == Mode::same && !(*this)(*found, left.items[i])) return false;
        }
        return true;
    }

    Mode mode_;
    Arena arena_;
};

// -- hashes

size_t mix(size_t seed, size_t value) {
    uint64_t bits = seed * 0x9E3779B97F4A7C15u + value + 0x632BE59BD9B4E019u;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
    return bits ^ bits >> 31;
}

size_t hash_real(double real) {
    if (std::isnan(real)) return 1;
    if (real >= -two_to_63 && real < two_to_63 && std::trunc(real) == real)
        return mix(2, static_cast<size_t>(static_cast<int64_t>(real)));
    return mix(3, std::hash<double>()(real));
}

// The double nearest to it has the same hash.
size_t hash_big(std::string_view digits) {
    double nearest = 0;
    auto read = std::from_chars(digits.data(), digits.data() + digits.size(), nearest);
    if (read.ec == std::errc()) return hash_real(nearest);
    return mix(4, digits.starts_with('-'));
}

// Of a complex number, see Comparison::complex_part().
size_t hash_part(const Datum& part) {
    const auto real = as_real(part);
    return real ? hash_real(*real) : hash(part);
}

// Order of items does not count.
size_t hash_mapping(const Datum& datum) {
    Arena arena;
    Datum dict = datum;
    if (datum.kind == Kind::record && !record_to_dict(nullptr, datum.text_view(), arena, dict)) return 5;
    size_t sum = mix(6, dict.size);
    for (size_t i = 0; i < dict.size; i += 2) sum += mix(hash(dict.items[i]), hash(dict.items[i + 1]));
    return sum;
}

// -- order

std::optional<partial_ordering> order_sequences(std::span<const Datum> a, std::span<const Datum> b) {
    size_t common = std::min(a.size(), b.size());
    for (size_t i = 0; i < common; ++i)
        if (!equal(a[i], b[i])) return order(a[i], b[i]);
    return a.size() <=> b.size();
}

// Sets are ordered by inclusion.
partial_ordering order_sets(const Datum& a, const Datum& b) {
    auto within = [](const Datum& inner, const Datum& outer) {
        return std::ranges::all_of(inner.item_span(), [&](const Datum& item) { return find_key(outer, item); });
    };
    bool below = a.size <= b.size && within(a, b), above = b.size <= a.size && within(b, a);
    if (below && above) return partial_ordering::equivalent;
    return below ? partial_ordering::less : above ? partial_ordering::greater : partial_ordering::unordered;
}

}  // namespace

bool equal(const Datum& a, const Datum& b) {
    return Comparison(Comparison::Mode::equal)(a, b);
}
bool equal_as_key(const Datum& a, const Datum& b) {
    return Comparison(Comparison::Mode::as_key)(a, b);
}
bool same_of_any_kind(const Datum& a, const Datum& b) {
    return Comparison(Comparison::Mode::same)(a, b);
}

size_t hash(const Datum& datum) {
    auto kind = static_cast<size_t>(datum.kind);
    switch (datum.kind) {
    case Kind::none: return 7;
    case Kind::boolean:
    case Kind::integer: return mix(2, static_cast<size_t>(whole(datum)));
    case Kind::big_integer: return hash_big(datum.text_view());
    case Kind::real: return hash_real(datum.real);
    case Kind::complex:
        if (equal(datum.items[1], make_integer(0))) return hash(datum.items[0]);
        return mix(hash_part(datum.items[0]), hash_part(datum.items[1]));
    case Kind::list:
    case Kind::tuple:
    case Kind::slice: {
        size_t seed = mix(8, datum.size);
        for (const Datum& item : datum.item_span()) seed = mix(seed, hash(item));
        return seed;
    }
    case Kind::set: {
        size_t sum = mix(9, datum.size);
        for (const Datum& item : datum.item_span()) sum += hash(item);
        return sum;
    }
    case Kind::dict:
    case Kind::record: return hash_mapping(datum);
    case Kind::node: return mix(kind, static_cast<size_t>(datum.node));
    case Kind::op: return mix(kind, static_cast<size_t>(datum.symbol));
    case Kind::type: return mix(kind, static_cast<size_t>(datum.function));
    case Kind::table: return mix(kind, static_cast<size_t>(datum.table));
    default: return mix(kind, std::hash<std::string_view>()(datum.text_view()));
    }
}

bool hashable(const Datum& datum) {
    switch (datum.kind) {
    case Kind::list:
    case Kind::dict:
    case Kind::set:
    case Kind::record:
    case Kind::slice:
    case Kind::table: return false;
    case Kind::tuple: return std::ranges::all_of(datum.item_span(), hashable);
    default: return true;
    }
}

std::optional<partial_ordering> order(const Datum& a, const Datum& b) {
    if (is_number(a) && is_number(b)) return compare_numbers(a, b);
    bool alike = a.kind == b.kind || a.from_metadata || b.from_metadata;
    if (is_sequence(a) && is_sequence(b) && alike) return order_sequences(a.item_span(), b.item_span());
    if (a.kind != b.kind) return {};
    if (a.kind == Kind::string) return a.text_view().compare(b.text_view()) <=> 0;
    if (a.kind == Kind::slice) return order_sequences(a.item_span(), b.item_span());
    if (a.kind == Kind::set) return order_sets(a, b);
    return {};
}

bool less(const Datum& a, const Datum& b, bool& comparable) {
    auto found = order(a, b);
    comparable = found.has_value();
    return found && *found < 0;
}

}  // namespace dqrewrite
