"""Writes what Python says of the expressions of expressions.tsv, and makes all of arithmetic.tsv, slices.tsv and texts.tsv.

The first column of expressions.tsv is written by hand, the second is the repr of the result, or "!" where Python
raises, or where an int beyond 64 bits or a complex number comes out. Run after adding rows:
    python3 tests/rewrite/expressions.py
"""
import builtins
import itertools
import math
import pathlib
import random
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


def too_large(value, complex_too):
    if isinstance(value, complex):
        return not complex_too
    if isinstance(value, int):
        return not -(2**63) <= value < 2**63
    return isinstance(value, (list, tuple)) and any(too_large(item, complex_too) for item in value)


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
    return "!" if too_large(value, "complex(" in expression) else repr(value)


def write(name, expressions):
    path = HERE / name
    path.write_text("".join(f"{e}\t{result(e)}\n" for e in expressions))


def text_of(letters, chance, longest):
    return "".join(chance.choice(letters) for _ in range(chance.randrange(longest + 1)))


def texts(count):
    """Methods of texts by chance, of few letters, so that what is looked for is found: some of them are white space,
    some of more than one byte, one of those begins with the bytes of another."""
    chance = random.Random(1)
    for _ in range(count):
        letters = chance.choice(["ab", "a.b_", "aé€😀", "ab \t\n", "a\u00a0\u2003\x1f \u0085\u00e0"])
        text = repr(text_of(letters, chance, 9))
        part = lambda longest=2: repr(text_of(letters, chance, longest))
        most = lambda: chance.choice(["-1", "0", "1", "2", "True"])
        name = chance.choice(["startswith", "endswith", "removeprefix", "removesuffix", "find", "rfind", "index", "count",
                              "partition", "rpartition", "split", "rsplit", "replace", "strip", "lstrip", "rstrip", "join",
                              "in", "[]", "len"])
        if name in ("split", "rsplit"):
            between = chance.choice([part(), part(), "None"])
            yield f"{text}.{name}(" + chance.choice(["", between, f"{between}, {most()}", f"maxsplit={most()}",
                                                      f"sep={between}", f"{between}, maxsplit={most()}"]) + ")"
        elif name == "replace":
            yield f"{text}.replace({part()}, {part()}" + chance.choice(["", "", f", {most()}"]) + ")"
        elif name.endswith("strip"):
            yield f"{text}.{name}({chance.choice(['', part(), 'None'])})"
        elif name == "join":
            yield f"{part()}.join({chance.choice([part(5), f'[{part()}, {part()}]', f'({part()},)', '[]'])})"
        elif name in ("startswith", "endswith") and chance.random() < 0.3:
            yield f"{text}.{name}(({part()}, {part()}))"
        elif name == "in":
            yield f"{part()} in {text}"
        elif name == "[]":
            yield f"{text}[{chance.randrange(-5, 5)}]"
        elif name == "len":
            yield f"len({text} + {part()} * {chance.randrange(4)})"
        else:
            yield f"{text}.{name}({part()})"


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
    write("texts.tsv", dict.fromkeys(texts(2400)))


if __name__ == "__main__":
    main()
