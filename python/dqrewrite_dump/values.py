"""Values in args and kwargs: Python <-> JSON, after the dump format's table of values.

What has no JSON form of its own becomes {"opaque": repr}; back from a dump it is an Opaque, which is the same
text again. A symbolic int, float or bool becomes {"sym": text} and comes back as a Symbolic. Lossy on the way out,
because FX or the format knows no more: a NamedTuple is a tuple, an enum and a tensor are opaque.
Tested by tests/python/test_values.py.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.fx import Node

from .errors import DumpError
from .targets import resolve


@dataclasses.dataclass(frozen=True, repr=False)
class Opaque:
    """What stood in the dump as {"opaque": text}; equal to another of the same text."""

    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return repr(self.text)  # FX writes it into the code of forward, where only a literal is safe


@dataclasses.dataclass(frozen=True, repr=False)
class Symbolic:
    """What stood in the dump as {"sym": text}, such as "s0 + 1"; equal to another of the same text."""

    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return repr(self.text)


SYMBOLIC_TYPES = (Symbolic, torch.SymInt, torch.SymFloat, torch.SymBool)
INT64 = range(-(2**63), 2**63)
_OVERLOAD = re.compile(r"<OpOverload\(op='(\w+\.\w+)', overload='(\w+)'\)>")


def is_text(value: str) -> bool:
    """Whether JSON can hold it: a lone surrogate has no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def encode(value: Any) -> Any:
    """The JSON of an argument value. RecursionError where it is nested too deeply."""
    if isinstance(value, Node):
        return {"node": value.name}
    if value is None or value is True or value is False:
        return value
    if isinstance(value, SYMBOLIC_TYPES):
        return {"sym": str(value)}
    if isinstance(value, enum.Enum):
        return {"opaque": opaque_text(value)}
    if isinstance(value, str):
        return str(value) if is_text(value) else {"opaque": opaque_text(value)}
    if isinstance(value, int):
        return int(value) if value in INT64 else {"int": str(int(value))}
    if isinstance(value, float):
        return encode_float(float(value))
    if isinstance(value, complex):
        return {"complex": [encode_float(value.real), encode_float(value.imag)]}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, slice):
        return {"slice": [encode(value.start), encode(value.stop), encode(value.step)]}
    return _encode_torch(value)


def _encode_torch(value: Any) -> dict:
    """Of torch's own types, and of whatever else there is."""
    if isinstance(value, torch.dtype):
        return {"dtype": without_torch(value)}
    if isinstance(value, torch.device):
        return {"device": str(value)}
    if isinstance(value, torch.memory_format):
        return {"memory_format": without_torch(value)}
    if isinstance(value, torch.layout):
        return {"layout": without_torch(value)}
    return {"opaque": opaque_text(value)}


def encode_float(value: float) -> Any:
    return value if math.isfinite(value) else {"float": repr(value)}


def without_torch(value: Any) -> str:
    """Its name alone: "int8" of torch.int8."""
    return str(value).removeprefix("torch.")


def opaque_text(value: Any) -> str:
    """What repr() says, as text that JSON can hold."""
    text = value.text if isinstance(value, Opaque) else repr(value)
    return text if is_text(text) else ascii(text)


def decode(value: Any, nodes: Mapping[str, Any]) -> Any:
    """The value of some JSON; `nodes` has the nodes defined so far by name.

    DumpError says what is no value. RecursionError where it is nested too deeply.
    """
    if isinstance(value, list):
        return [decode(item, nodes) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise DumpError(f"an object in args has one key, not {sorted(value)}")
    ((kind, held),) = value.items()
    if kind == "node":
        if held not in nodes:
            raise DumpError(f"{held!r} is used before it is defined")
        return nodes[held]
    if kind not in _DECODERS:
        raise DumpError(f"unknown kind of value: {kind!r}")
    try:
        return _DECODERS[kind](held, nodes)
    except (TypeError, ValueError, AttributeError, RuntimeError) as error:
        if isinstance(error, RecursionError):
            raise
        raise DumpError(f"no value of the kind {kind}: {held!r} ({error})") from error


def _items(held: Any, nodes: Mapping[str, Any], count: int | None = None) -> list:
    """The values of an array, of so many items."""
    if not isinstance(held, list) or count not in (None, len(held)):
        raise ValueError(f"an array of {count} is needed" if count else "an array is needed")
    return [decode(item, nodes) for item in held]


def _text(held: Any) -> str:
    if not isinstance(held, str):
        raise TypeError("text is needed")
    return held


def _dict(held: Any, nodes: Mapping[str, Any]) -> dict:
    pairs = [_items(pair, nodes, 2) for pair in held]
    return dict(pairs)


def _float(held: Any) -> float:
    if held not in ("inf", "-inf", "nan"):
        raise ValueError("inf, -inf or nan is needed")
    return float(held)


def _complex(held: Any, nodes: Mapping[str, Any]) -> complex:
    real, imaginary = _items(held, nodes, 2)
    return complex(float(real), float(imaginary))


def _torch(held: Any, kind: type) -> Any:
    """The object of that kind that torch has under the name."""
    found = getattr(torch, _text(held), None)
    if not isinstance(found, kind):
        raise ValueError(f"torch has no such {kind.__name__}")
    return found


def _opaque(held: Any) -> Any:
    """An overload is the overload again: auto_functionalized is as impure as the one it is given."""
    if _text(held) == "Ellipsis":
        return ...
    if overload := _OVERLOAD.fullmatch(held):
        try:
            return resolve(f"torch.ops.{overload[1]}.{overload[2]}")
        except DumpError:
            pass  # some package's operator that is not here; its text is as good
    return Opaque(held)


_DECODERS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "tuple": lambda held, nodes: tuple(_items(held, nodes)),
    "dict": _dict,
    "slice": lambda held, nodes: slice(*_items(held, nodes, 3)),
    "int": lambda held, nodes: int(_text(held)),
    "float": lambda held, nodes: _float(held),
    "complex": _complex,
    "dtype": lambda held, nodes: _torch(held, torch.dtype),
    "device": lambda held, nodes: torch.device(_text(held)),
    "memory_format": lambda held, nodes: _torch(held, torch.memory_format),
    "layout": lambda held, nodes: _torch(held, torch.layout),
    "sym": lambda held, nodes: Symbolic(_text(held)),
    "opaque": lambda held, nodes: _opaque(held),
}
