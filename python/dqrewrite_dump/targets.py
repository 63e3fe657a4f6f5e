"""Targets of call_function: the function <-> its qualified name.

A name is the one that FX prints: `torch.ops.aten.add.Tensor` (an overload), `torch.ops.aten.add` (a packet),
`operator.getitem`, `torch.nn.functional.relu`, `torch.Tensor.add`, and a builtin bare (`getattr`).
Tested by tests/python/test_values.py.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import operator
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.fx.node import _get_qualified_name

from .errors import DumpError

# Operator namespaces that are empty until some module is imported, and that module.
REGISTERED_BY = {
    "cadence": "executorch.backends.cadence.aot.ops_registrations",
    "dim_order_ops": "executorch.exir.passes.dim_order_ops_registry",
    "et_vk": "executorch.backends.vulkan.custom_ops_lib",
    "quantized_decomposed": "torch.ao.quantization.fx._decomposed",
    "torchao": "torchao",
    "tosa": "executorch.backends.arm.tosa.dialect",
    "torchvision": "torchvision",
}
# resolve() imports below these alone: a dump is data, and must not make Python run whatever it names.
IMPORTABLE = ("torch", "torchao", "torchvision", "executorch", "operator", "math")

EDGE = "executorch.exir.dialects."


def target_name(target: str | Callable) -> str:
    """The text that stands for `target` in a dump; a str (every op but call_function) is its own.

    DumpError for a callable without a name (a lambda whose source is out of reach, an instance).
    """
    if isinstance(target, str):
        return target
    return _function_name(target)


@functools.lru_cache(maxsize=4096)
def _function_name(function: Callable) -> str:
    kind = type(function)
    if kind.__module__.startswith(EDGE):  # FX prints these so, but for packets
        return f"{kind.__module__}.{function.__name__}"
    try:
        name = _get_qualified_name(function)
    except Exception as error:  # FX fails in as many ways as there are callables
        raise DumpError(f"the target {function!r} has no qualified name: {error}") from error
    for spelled, meant in (("_operator.", "operator."), ("builtins.", "")):
        if name.startswith(spelled):
            return meant + name[len(spelled) :]
    return name


@functools.lru_cache(maxsize=4096)
def resolve(name: str) -> Callable:
    """The function that `name` stands for.

    DumpError where nothing here bears that name: the operator is not registered, the package is not
    installed, or it is a module that only the caller may import.
    """
    if name.startswith("torch.ops."):
        found = _operator(name)
    elif name.startswith(EDGE):
        found = _edge_operator(name)
    elif "." not in name:
        found = getattr(builtins, name, None)
    elif name.startswith("operator."):
        found = _attribute(operator, name.split(".")[1:])
    else:
        found = _python_name(name)
    if not callable(found):
        raise DumpError(f"no function is called {name} here")
    return found


def _attribute(found: Any, path: Sequence[str]) -> Any:
    """What the path of attributes leads to; None where it leads nowhere."""
    for part in path:
        try:
            found = getattr(found, part, None)
        except RuntimeError:  # the edge dialect's, of a backend's namespace that no module has filled yet
            return None
    return found


def _operator(name: str) -> Callable:
    """torch.ops.NAMESPACE.NAME[.OVERLOAD]"""
    path = name.split(".")[2:]
    return _registered(torch.ops, path, path[0], name)


def _registered(ops: Any, path: Sequence[str], namespace: str, name: str) -> Callable:
    """What stands there, if need be after the import of the module that registers it."""
    found = _attribute(ops, path)
    if found is None and namespace in REGISTERED_BY:
        _import(REGISTERED_BY[namespace], name)
        found = _attribute(ops, path)
    if found is None:
        raise DumpError(f"no operator {name} is registered: import the package that registers it before loading")
    return found


def _edge_operator(name: str) -> Callable:
    """executorch.exir.dialects.DIALECT._ops.NAMESPACE.NAME.OVERLOAD"""
    dialect, dot, path = name[len(EDGE) :].partition("._ops.")
    if not dot:
        raise DumpError(f"no function is called {name} here")
    ops = _import(EDGE + "_ops", name).ops
    return _registered(ops, [dialect, *path.split(".")], path.partition(".")[0], name)


def _python_name(name: str) -> Any:
    """A function in a module: the longest prefix that is a module, then attributes."""
    path = name.split(".")
    for end in range(len(path) - 1, 0, -1):
        module_name = ".".join(path[:end])
        module = sys.modules.get(module_name)
        if module is None and path[0] in IMPORTABLE:
            try:
                module = importlib.import_module(module_name)
            except ImportError:
                continue
        if module is not None:
            return _attribute(module, path[end:])
    raise DumpError(f"no module here has {name}: import it before loading")


def _import(module_name: str, wanted_by: str) -> types.ModuleType:
    try:
        return importlib.import_module(module_name)
    except ImportError as error:
        package = module_name.partition(".")[0]
        raise DumpError(f"{wanted_by} needs the package {package}, which does not import: {error}") from error
