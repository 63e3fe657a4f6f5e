// Python's arithmetic of bool, int and float.
//
// Integers are 64 bits wide: what does not fit is an error, as is what Python raises an exception for.
// Tested by tests/rewrite/expressions.tsv, whose results are Python's own.
#pragma once

#include "engine/rewrite/datum.hpp"

#include <complex>

namespace dqrewrite {

// Of two numbers. Null, or why it cannot be calculated; "%1" and "%2" stand for the types of the operands.
const char* calculate(program::Operator op, const Datum& a, const Datum& b, Datum& out);
const char* negate(const Datum& number, Datum& out);
const char* absolute(const Datum& number, Datum& out);  // of a complex number too
// To the nearest int; of two that are as near, to the even one.
const char* rounded(const Datum& number, Datum& out);

// Python's int(text), float(text) and complex(text); nothing where the text is no number, or an int beyond 64 bits.
std::optional<int64_t> parse_python_integer(std::string_view text);
std::optional<double> parse_python_real(std::string_view text);
std::optional<std::complex<double>> parse_python_complex(std::string_view text);
// Python's int(real).
const char* truncate(double real, Datum& out);
// Exact or correctly rounded: an int as a float. Nothing where no float is large enough.
std::optional<double> as_real(const Datum& number);

}  // namespace dqrewrite
