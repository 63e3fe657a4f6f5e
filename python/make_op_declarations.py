"""Writes rules/ops/pytorch.ops: what PyTorch says of its own operators.

    python3 python/make_op_declarations.py > rules/ops/pytorch.ops

One operator a line, in PyTorch's own schema text, "; impure" behind it where dead-code elimination must keep a call
that nobody uses (Node.is_impure), "; commutes" where the first two arguments may change places; for Python functions,
which have no schema, the qualified name as FX prints it.
Sorted by what stands before the bracket, byte by byte: the engine looks a line up by halving. Made with torch 2.13.0,
torchao 0.18.0 and executorch 1.4.1; a package that is not installed is said on standard error, and its operators
are then missing.
"""

from __future__ import annotations

import builtins
import importlib
import math
import operator
import sys
import types
from collections.abc import Callable, Iterator

import torch
from torch._library.utils import _RANDOM_FUNCTIONS, is_impure
from torch.fx.node import _get_qualified_name, _side_effectful_functions

NAMESPACES = ("aten", "prims", "quantized_decomposed", "torchao", "dim_order_ops", "et_vk", "cadence", "tosa",
              "_c10d_functional")

# Imported for the operators that they register.
REGISTERING = ("torch.ao.quantization.fx._decomposed", "torchao.quantization.pt2e", "torchao.quantization.quant_primitives",
               "executorch.exir.passes.dim_order_ops_registry", "executorch.backends.vulkan.custom_ops_lib",
               "executorch.backends.cadence.aot.ops_registrations",
               "executorch.backends.arm.tosa.dialect.ops.custom", "executorch.backends.arm.tosa.dialect")

# The one thing that PyTorch says nowhere, so it is said here: operators that are symmetric in their first two arguments
# by what they compute, as long as all others have their defaults. tests/live/declarations.py tries each of them.
COMMUTING = {
    *(f"aten::{name}.{kind}" for name in ("add", "mul", "eq", "ne") for kind in ("Tensor", "int", "float", "complex")),
    *(f"aten::__{name}__.{kind}" for name in ("and", "or", "xor") for kind in ("Tensor", "int", "bool")),
    *(f"aten::bitwise_{name}.Tensor" for name in ("and", "or", "xor")),
    *(f"aten::logical_{name}" for name in ("and", "or", "xor")),
    *(f"aten::{name}" for name in ("maximum", "minimum", "fmax", "fmin", "hypot", "gcd", "lcm", "logaddexp", "logaddexp2",
                                   "dot", "dist", "equal", "mse_loss", "l1_loss", "smooth_l1_loss", "cosine_similarity")),
    *("aten::max.other", "aten::min.other", "aten::multiply.Tensor", "aten::not_equal.Tensor", "aten::gcd.int"),
    *(f"prims::{name}" for name in ("add", "mul", "eq", "ne", "maximum", "minimum", "fmax", "fmin", "hypot", "gcd",
                                    "bitwise_and", "bitwise_or", "bitwise_xor")),
}

# Targets of call_function in exported graphs that are no operators.
BUILTINS = ("abs", "bool", "float", "getattr", "int", "len", "max", "min", "pow", "round", "setattr", "sum")


def register() -> None:
    """Imports what registers operators."""
    for name in REGISTERING:
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever a package of others raises on import
            print(f"without {name}: {type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)


def operators() -> Iterator[tuple[str, str]]:
    """(key, line) of each operator overload that is registered."""
    names = set(torch._C._dispatch_get_all_op_names())
    for schema in torch._C._jit_get_all_schemas():  # some of aten (sym_size) are no operators of the dispatcher
        names.add(schema.name + ("." + schema.overload_name if schema.overload_name else ""))
    for name in names:
        namespace, rest = name.split("::")
        if namespace not in NAMESPACES:
            continue
        op, _, overload = rest.partition(".")
        try:
            target = getattr(getattr(getattr(torch.ops, namespace), op), overload or "default")
        except AttributeError:  # a name without an overload that Python can call
            continue
        flags = [*(["impure"] if is_impure(target) else []), *(["commutes"] if name in COMMUTING else [])]
        yield name, "; ".join([str(target._schema), *([", ".join(flags)] if flags else [])])


def python_functions() -> Iterator[Callable]:
    """Python functions that stand in graphs, and those that FX keeps by name (torch._assert, torch.rand)."""
    for name in dir(operator):
        if not name.startswith("__") and not isinstance(getattr(operator, name), type):
            yield getattr(operator, name)
    for name in dir(math):
        if callable(getattr(math, name)) and not name.startswith("__"):
            yield getattr(math, name)
    for name in BUILTINS:
        yield getattr(builtins, name)
    for name in dir(torch):
        if name.startswith("sym_") and callable(getattr(torch, name)):
            yield getattr(torch, name)
    functional = torch.nn.functional
    for name in dir(functional):
        function = getattr(functional, name)
        if callable(function) and not name.startswith("_") and getattr(function, "__module__", "") == functional.__name__:
            yield function
    # What torch.fx.symbolic_trace and Dynamo write for torch.cat, torch.einsum and nn.functional.linear.
    for module in (torch, functional):
        for name in dir(module):
            function = getattr(module, name)
            home = getattr(function, "__module__", "")
            if not name.startswith("_") and (home == torch.functional.__name__ or home != torch._C.__name__
                                             and isinstance(function, types.BuiltinFunctionType)):
                yield function
    for function in (*_side_effectful_functions, *_RANDOM_FUNCTIONS):
        if not isinstance(function, (torch._ops.OperatorBase, torch._ops.OpOverloadPacket)):
            yield function
    yield from torch._ops._higher_order_ops.values()


def printed(function: Callable) -> str:
    """As FX prints it: torch.sym_sqrt is torch._sym_sqrt."""
    name = _get_qualified_name(function)
    return name.replace("_operator.", "operator.", 1) if name.startswith("_operator.") else name


def main() -> None:
    """Writes the file to standard output."""
    register()
    lines = dict(operators())
    for function in python_functions():
        name = printed(function)
        lines[name] = name + ("; impure" if is_impure(function, args=()) else "")
    for key in sorted(lines, key=str.encode):
        print(lines[key])


if __name__ == "__main__":
    main()
