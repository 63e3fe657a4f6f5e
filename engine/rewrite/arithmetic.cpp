#include "engine/rewrite/arithmetic.hpp"

#include "engine/dump/json_text.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace dqrewrite {

namespace {

using Kind = Datum::Kind;
using program::Operator;

constexpr std::string_view white_space = " \t\n\r\v\f";

constexpr const char* too_large = "the result is beyond 64 bits";
constexpr const char* no_division = "division by zero";
constexpr const char* unsupported = "%1 and %2 cannot be calculated with";
constexpr const char* big = "an int beyond 64 bits can be compared only";

std::optional<int64_t> whole(const Datum& datum) {
    if (datum.kind == Kind::integer) return datum.integer;
    if (datum.kind == Kind::boolean) return datum.boolean;
    return {};
}

uint64_t magnitude(int64_t value) {
    return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

// Rounded once, to even, as Python does it.
double true_divide(int64_t a, int64_t b) {
    __extension__ using Wide = unsigned __int128;
    uint64_t dividend = magnitude(a), divisor = magnitude(b);
    // So many bits that the quotient has at least 55: two more than a double.
    int shift =
        std::max(0, 55 + static_cast<int>(std::bit_width(divisor)) - static_cast<int>(std::bit_width(dividend)));
    Wide wide = static_cast<Wide>(dividend) << shift;
    auto quotient = static_cast<uint64_t>(wide / divisor);
    quotient |= wide % divisor != 0;  // for the rounding, that something follows is enough
    double result = std::ldexp(static_cast<double>(quotient), -shift);
    return (a < 0) != (b < 0) ? -result : result;
}

const char* raise_whole(int64_t base, int64_t exponent, Datum& out) {
    int64_t result = 1;
    if (base == 0 || base == 1)
        result = exponent == 0 ? 1 : base;
    else if (base == -1)
        result = exponent % 2 == 0 ? 1 : -1;
    else
        for (; exponent > 0; --exponent)  // overflows after 63 rounds at the latest
            if (__builtin_mul_overflow(result, base, &result)) return too_large;
    out = make_integer(result);
    return nullptr;
}

const char* raise_real(double base, double exponent, Datum& out) {
    if (base == 0 && exponent < 0 && std::isfinite(exponent)) return "zero cannot be raised to a negative power";
    if (base < 0 && std::isfinite(base) && std::isfinite(exponent) && std::floor(exponent) != exponent)
        return "the result is no real number";
    double result = std::pow(base, exponent);
    if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) return "the result is too large";
    out = make_real(result);
    return nullptr;
}

const char* calculate_whole(Operator op, int64_t a, int64_t b, Datum& out) {
    int64_t result = 0;
    bool overflow = false;
    switch (op) {
    case Operator::add: overflow = __builtin_add_overflow(a, b, &result); break;
    case Operator::subtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case Operator::multiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    case Operator::divide:
        if (b == 0) return no_division;
        out = make_real(true_divide(a, b));
        return nullptr;
    case Operator::floor_divide:
    case Operator::modulo: {
        if (b == 0) return no_division;
        bool divides = op == Operator::floor_divide;
        if (b == -1) {  // the smallest integer has no negative
            overflow = divides && __builtin_sub_overflow(int64_t{0}, a, &result);
            break;
        }
        int64_t quotient = a / b, remainder = a % b;
        bool down = remainder != 0 && (remainder < 0) != (b < 0);
        result = divides ? quotient - down : remainder + (down ? b : 0);
        break;
    }
    case Operator::power:
        if (b < 0) return raise_real(static_cast<double>(a), static_cast<double>(b), out);
        return raise_whole(a, b, out);
    default: return unsupported;
    }
    if (overflow) return too_large;
    out = make_integer(result);
    return nullptr;
}

// The remainder has the sign of the divisor; the quotient is a whole number.
void floor_divide_real(double a, double b, double& quotient, double& remainder) {
    remainder = std::fmod(a, b);
    double exact = (a - remainder) / b;
    if (remainder == 0) {
        remainder = std::copysign(0.0, b);
    } else if ((b < 0) != (remainder < 0)) {
        remainder += b;
        exact -= 1;
    }
    quotient = std::floor(exact);
    if (exact - quotient > 0.5) quotient += 1;
    if (exact == 0) quotient = std::copysign(0.0, a / b);
}

const char* calculate_real(Operator op, double a, double b, Datum& out) {
    double quotient = 0, remainder = 0;
    switch (op) {
    case Operator::add: out = make_real(a + b); return nullptr;
    case Operator::subtract: out = make_real(a - b); return nullptr;
    case Operator::multiply: out = make_real(a * b); return nullptr;
    case Operator::power: return raise_real(a, b, out);
    case Operator::divide:
        if (b == 0) return no_division;
        out = make_real(a / b);
        return nullptr;
    case Operator::floor_divide:
    case Operator::modulo:
        if (b == 0) return no_division;
        floor_divide_real(a, b, quotient, remainder);
        out = make_real(op == Operator::modulo ? remainder : quotient);
        return nullptr;
    default: return unsupported;
    }
}

const char* absolute_complex(const Datum& number, Datum& out) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double real = as_real(number.items[0]).value_or(infinity);
    const double imaginary = as_real(number.items[1]).value_or(infinity);
    out = make_real(std::hypot(real, imaginary));
    const bool overflows = std::isinf(out.real) && std::isfinite(real) && std::isfinite(imaginary);
    return overflows ? "the absolute value is beyond any float" : nullptr;
}

// The float at the start of the text, which is taken off; nothing where there is none.
std::optional<double> take_real(std::string_view& text) {
    std::string_view digits = text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (text.starts_with('+') && digits.starts_with('-')) return {};
    double value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec == std::errc::invalid_argument) return {};
    digits = digits.substr(0, static_cast<size_t>(read.ptr - digits.data()));
    // from_chars takes "nan(…)" too.
    digits = digits.substr(0, digits.find('('));
    text.remove_prefix(static_cast<size_t>(digits.data() - text.data()) + digits.size());
    return parse_real(digits);
}

// Without white space around it and without the underscores that Python allows between digits; empty where they
// stand elsewhere.
std::string plain_number(std::string_view text) {
    size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    text = text.substr(first, text.find_last_not_of(white_space) - first + 1);
    auto is_digit = [&](size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    std::string plain;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_')
            plain += text[i];
        else if (i == 0 || !is_digit(i - 1) || !is_digit(i + 1))
            return {};
    }
    if (plain.starts_with('+') && plain.size() > 1 && plain[1] != '-') plain.erase(0, 1);
    return plain;
}

}  // namespace

const char* calculate(Operator op, const Datum& a, const Datum& b, Datum& out) {
    if (a.kind == Kind::big_integer || b.kind == Kind::big_integer) return big;
    auto whole_a = whole(a), whole_b = whole(b);
    if (whole_a && whole_b) return calculate_whole(op, *whole_a, *whole_b, out);
    bool numbers = (whole_a || a.kind == Kind::real) && (whole_b || b.kind == Kind::real);
    if (!numbers) return unsupported;
    return calculate_real(op, whole_a ? static_cast<double>(*whole_a) : a.real,
                          whole_b ? static_cast<double>(*whole_b) : b.real, out);
}

const char* negate(const Datum& number, Datum& out) {
    if (number.kind == Kind::big_integer) return big;
    if (number.kind == Kind::real) {
        out = make_real(-number.real);
        return nullptr;
    }
    if (!whole(number)) return "%1 has no negative";
    return calculate_whole(Operator::subtract, 0, *whole(number), out);
}

const char* absolute(const Datum& number, Datum& out) {
    if (number.kind == Kind::real) {
        out = make_real(std::abs(number.real));
        return nullptr;
    }
    if (number.kind == Kind::complex) return absolute_complex(number, out);
    if (whole(number).value_or(0) < 0) return negate(number, out);
    if (number.kind == Kind::big_integer) return big;
    if (!whole(number)) return "%1 has no absolute value";
    out = make_integer(*whole(number));
    return nullptr;
}

const char* rounded(const Datum& number, Datum& out) {
    if (number.kind == Kind::real) return truncate(std::nearbyint(number.real), out);
    if (number.kind == Kind::big_integer) return big;
    if (!whole(number)) return "%1 cannot be rounded";
    out = make_integer(*whole(number));
    return nullptr;
}

std::optional<int64_t> parse_python_integer(std::string_view text) {
    std::string digits = plain_number(text);
    int64_t value = 0;
    auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return {};
    return value;
}

std::optional<double> parse_python_real(std::string_view text) {
    std::string digits = plain_number(text);
    // from_chars takes "nan(…)" too.
    if (digits.empty() || digits.find('(') != std::string::npos) return {};
    const char* end = digits.data() + digits.size();
    double value = 0;
    auto read = std::from_chars(digits.data(), end, value);
    if (read.ptr != end || read.ec == std::errc::invalid_argument) return {};
    return parse_real(digits);
}

std::optional<std::complex<double>> parse_python_complex(std::string_view text) {
    const std::string kept = plain_number(text);
    std::string_view rest = kept;
    const auto skip = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(white_space), rest.size())); };
    const auto take = [&](std::string_view any) {
        const bool is_there = !rest.empty() && any.find(rest[0]) != std::string_view::npos;
        if (is_there) rest.remove_prefix(1);
        return is_there;
    };
    const auto signed_one = [&] {
        const bool negative = rest.starts_with('-');
        take("+-");
        return negative ? -1.0 : 1.0;
    };
    const bool in_brackets = take("(");
    if (in_brackets) skip();
    std::complex<double> number;
    const auto first = take_real(rest);
    if (!first) {
        number.imag(signed_one());
        if (!take("jJ")) return {};
    } else if (take("jJ")) {
        number.imag(*first);
    } else {
        number.real(*first);
        if (rest.starts_with('+') || rest.starts_with('-')) {
            const auto second = take_real(rest);
            number.imag(second ? *second : signed_one());
            if (!take("jJ")) return {};
        }
    }
    skip();
    if (in_brackets && !take(")")) return {};
    skip();
    if (!rest.empty()) return {};
    return number;
}

const char* truncate(double real, Datum& out) {
    if (std::isnan(real)) return "nan is no int";
    if (!(real >= -0x1p63 && real < 0x1p63)) return too_large;
    out = make_integer(static_cast<int64_t>(real));
    return nullptr;
}

std::optional<double> as_real(const Datum& number) {
    if (number.kind == Kind::real) return number.real;
    if (auto value = whole(number)) return static_cast<double>(*value);
    if (number.kind != Kind::big_integer || !fits_double(number.text_view())) return {};
    return parse_real(number.text_view());
}

}  // namespace dqrewrite
