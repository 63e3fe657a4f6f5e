"""Are the operator declarations that dqrewrite ships what this PyTorch says?

    PYTHONPATH=python python3 tests/live/declarations.py

Each line of rules/ops/pytorch.ops is compared with the entry that a dump has for the same operator (schema, and whether
dead-code elimination must keep it); and all that FX keeps by name is there. What is said to commute is called with
values of many types and shapes in both orders: the results are the same to the bit; as near as rounding where numbers
are complex, or of two types. Operators of packages that are not installed are left out.
Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import contextlib
import itertools
import math
import pathlib

import torch
from torch import nn
from torch._library.utils import _RANDOM_FUNCTIONS
from torch.fx.node import _side_effectful_functions

import dqrewrite_dump
import harness
from dqrewrite_dump.targets import resolve, target_name

SHOWN = 10
MOST_UNKNOWN = 0.1  # of the lines may be operators that are not registered here


def declared():
    """target -> the entry of a dump's `ops` that its line stands for; and the targets that commute"""
    path = pathlib.Path(__file__).resolve().parents[2] / "rules" / "ops" / "pytorch.ops"
    entries, commuting = {}, []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            text, _, flags = line.partition("; ")
            entry = {"schema": text} if "(" in text else {}
            target = target_of(text.partition("(")[0])
            if "commutes" in flags:
                commuting.append(target)
            if "impure" in flags:
                entry["impure"] = True
            entries[target] = entry
    return entries, commuting


def target_of(key):
    """aten::add.Tensor -> torch.ops.aten.add.Tensor, aten::relu -> torch.ops.aten.relu.default; else as it is"""
    namespace, is_operator, name = key.partition("::")
    if not is_operator:
        return key
    return f"torch.ops.{namespace}.{name}" if "." in name else f"torch.ops.{namespace}.{name}.default"


def said_by_torch(targets):
    """The same from the dump of a graph that calls each of them; without those that are not here."""
    graph = torch.fx.Graph()
    for target in targets:
        try:
            graph.call_function(resolve(target), ())
        except dqrewrite_dump.DumpError:
            continue
    module = torch.fx.GraphModule(nn.Module(), torch.fx.Graph())
    with contextlib.suppress(Exception):  # FX makes no code of calls without arguments
        module.graph = graph
    return dqrewrite_dump.to_document(module)["ops"]


# -- what commutes

SHAPES = [((4, 4), (4, 4)), ((4,), (4,)), ((3, 1), (4,)), ((), (3,)), ((2, 3, 4), (3, 4))]
DTYPES = [torch.float32, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.bool, torch.complex64]
SPECIAL = torch.tensor([0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 2.5])
NUMBERS = {"int": [(3, 4), (-2, 5), (0, 7)], "float": [(1.5, -2.5), (0.0, 3.0), (math.inf, 1.0)],
           "complex": [(1j, 2 + 1j), (1 - 2j, -3j)], "bool": [(True, False), (True, True)]}  # fmt: skip


def sample(shape, dtype):
    numbers = torch.randn(shape, dtype=torch.complex64 if dtype.is_complex else torch.float32) * 3
    return (numbers.abs() if dtype is torch.uint8 else numbers).to(dtype)


def pairs(kind):
    """Two arguments of a schema's type that commute if anything does."""
    if kind != "Tensor":
        yield from NUMBERS[kind]
        return
    yield SPECIAL.repeat(8), SPECIAL.repeat_interleave(8)
    for one, other in itertools.product(DTYPES, DTYPES):
        for shapes in SHAPES:
            yield sample(shapes[0], one), sample(shapes[1], other)


def called(operator, *arguments):
    """None where it does not take them."""
    try:
        return operator(*arguments)
    except (RuntimeError, IndexError):
        return None


def equal(one, other, exactly):
    if not isinstance(one, torch.Tensor):
        return one == other
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    rounded = not exactly and (one.is_floating_point() or one.is_complex())
    tolerance = 2 * torch.finfo(one.dtype).eps if rounded else 0
    return torch.allclose(one, other, rtol=tolerance, atol=0, equal_nan=True)


def short(value):
    return f"{value.dtype} {tuple(value.shape)}" if isinstance(value, torch.Tensor) else repr(value)


def does_not_commute(target):
    """A pair for which the order makes a difference; None where there is none."""
    operator = resolve(target)
    kind = str(operator._schema.arguments[0].type)
    tried = 0
    for one, other in pairs(kind):
        forth, back = called(operator, one, other), called(operator, other, one)
        exactly = kind != "Tensor" or (one.dtype == other.dtype and not one.is_complex())
        if (forth is None) != (back is None) or (forth is not None and not equal(forth, back, exactly)):
            return f"with {short(one)} and {short(other)} the order makes a difference"
        tried += forth is not None
    return None if tried else "takes none of the values that are tried"


def main():
    entries, commuting = declared()
    kept_by_name = {
        target_name(function)
        for function in (*_side_effectful_functions, *_RANDOM_FUNCTIONS)
        if not isinstance(function, (torch._ops.OperatorBase, torch._ops.OpOverloadPacket))
    }
    known = said_by_torch(entries)
    wrong = [
        f"{target}: {text}"
        for target in known
        if target in entries and (text := harness.difference(known[target], entries[target]))
    ]
    wrong += [
        f"{target}: not declared, or by another name than FX's"
        for target in sorted((kept_by_name | known.keys()) - entries.keys())
    ]
    torch.manual_seed(0)
    wrong += [f"{target} commutes: {text}" for target in commuting if (text := does_not_commute(target))]
    for text in wrong[:SHOWN]:
        print(text)
    unknown = len(entries) - len(known)
    print(f"{len(known)} declarations, {len(commuting)} of them commute, {len(wrong)} wrong; "
          f"{unknown} of operators that are not registered here")
    return not wrong and unknown <= MOST_UNKNOWN * len(entries)


if __name__ == "__main__":
    harness.exit_with(main)
