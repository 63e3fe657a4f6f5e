"""Writes what Python says of the expressions of expressions.tsv, and makes all of arithmetic.tsv and slices.tsv.

The first column of expressions.tsv is written by hand, the second is the repr of the result, or "!" where Python
raises, or where an int beyond 64 bits or a complex number comes out. Run after adding rows:
    python3 tests/rewrite/expressions.py
"""
import builtins
import itertools
import math
import pathlib
import warnings

HERE = pathlib.Path(__file__).parent


class Dict(dict):
    """Views are lists in rules."""

    def items(self):
        return list(super().items())

    def keys(self):
        return list(super().keys())

    def values(self):
        return list(super().values())


def leaves(x):
    return [leaf for item in x for leaf in leaves(item)] if isinstance(x, (list, tuple)) else [x]


def with_leaves(x, row):
    if not isinstance(row, (list, tuple)) or len(row) != len(leaves(x)):
        raise TypeError
    row = iter(row)
    fill = lambda part: type(part)(map(fill, part)) if isinstance(part, (list, tuple)) else next(row)
    return fill(x)


NAMES = {
    "math": math,
    "prod": math.prod,
    "inf": float("inf"),
    "nan": float("nan"),
    "range": lambda *a: list(range(*a)),
    "zip": lambda *a: list(zip(*a)),
    "enumerate": lambda *a: list(enumerate(*a)),
    "reversed": lambda a: list(reversed(a)),
    "dict": Dict,
    "isinstance": lambda v, t: isinstance(v, dict if t is Dict else t),
    "next": lambda i, d: next(iter(i), d),
    "leaves": lambda x: leaves(x),
    "with_leaves": lambda x, row: with_leaves(x, row),
}


def too_large(value):
    if isinstance(value, complex):
        return True
    if isinstance(value, int):
        return not -(2**63) <= value < 2**63
    return isinstance(value, (list, tuple)) and any(map(too_large, value))


def takes_forever(expression):
    """An int to a power that Python would calculate to the last digit."""
    base, _, exponent = expression.partition(" ** ")
    is_int = lambda text: text.strip("()-").isdigit()
    return is_int(base) and is_int(exponent) and abs(int(base.strip("()"))) > 1 and int(exponent.strip("()")) > 1000


def result(expression):
    if takes_forever(expression):
        return "!"
    try:
        value = eval(expression, {"__builtins__": builtins, **NAMES})
    except Exception:
        return "!"
    return "!" if too_large(value) else repr(value)


def write(name, expressions):
    path = HERE / name
    path.write_text("".join(f"{e}\t{result(e)}\n" for e in expressions))


def main():
    warnings.simplefilter("ignore", SyntaxWarning)
    path = HERE / "expressions.tsv"
    write(path.name, [line.split("\t")[0] for line in path.read_text().splitlines()])
    numbers = ["0", "1", "-2", "7", "True", "9223372036854775807", "9007199254740993", "0.0", "-0.0", "-2.5", "0.1",
               "1e308", "inf", "-inf", "nan"]
    write("arithmetic.tsv", (f"({a}) {op} ({b})" for op in ["+", "-", "*", "/", "//", "%", "**", "==", "<", ">="]
                             for a, b in itertools.product(numbers, numbers)))
    places = ["", "-7", "-2", "0", "3", "9"]
    write("slices.tsv", (f"{text}[{a}:{b}:{c}]" for text in ["[0, 1, 2, 3, 4]", "'aé€😀z'"]
                         for a, b, c in itertools.product(places, places, ["", "2", "-1", "-3"])))


if __name__ == "__main__":
    main()
