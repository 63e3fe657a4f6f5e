"""What the random graphs of a live check must have often enough, so that the check means something.

    of(document) -> set         which of FEATURES a dump has, but for what a pass did ("changed", "copies")
Needs torch. Tested by test_harness.py.
"""

import operator
import re

import torch

FEATURES = ("changed", "copies", "dynamic", "nested arguments", "submodules", "odd names", "ill-fitting calls")


def of(document):
    """The FEATURES that can be seen in a dump alone: all but what a pass did ("changed", "copies")."""
    nodes = document["graph"]["nodes"]
    found = set()
    if _has_dynamic_chain(nodes):
        found.add("dynamic")
    if any(_nested(value) for node in nodes for value in [*node["args"], *node["kwargs"].values()]):
        found.add("nested arguments")
    if document.get("submodules"):
        found.add("submodules")
    if any(_odd(node["name"]) for node in nodes):
        found.add("odd names")
    if any(_fits_not(node) for node in nodes):
        found.add("ill-fitting calls")
    return found


def _has_dynamic_chain(nodes):
    """A dequantize with two users or more whose scale is chosen at run time."""
    named = {node["name"]: node for node in nodes}
    users = {}
    for node in nodes:
        if not any(word in node["target"] for word in ("sym_size", "sym_numel")):
            for name in set(_named(node["args"])) | set(_named(node["kwargs"])):
                users[name] = users.get(name, 0) + 1

    def operand(node, index, target):
        value = node["args"][index] if node and len(node["args"]) > index else None
        found = named.get(value.get("node")) if isinstance(value, dict) else None
        return found if found and re.match(target, found["target"]) else None

    ops = r"torch\.ops\.quantized_decomposed\."
    return any(
        operand(
            operand(operand(node, 0, ops + "quantize_per"), 1, r"operator\.getitem"), 0, ops + r"choose_qparams\.tensor"
        )
        for node in nodes
        if users.get(node["name"], 0) > 1 and re.match(ops + "dequantize_per", node["target"])
    )


def _named(value):
    """Names of nodes in some JSON of arguments."""
    if isinstance(value, dict):
        if isinstance(value.get("node"), str):
            yield value["node"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _named(item)


def _nested(value, depth=0):
    """Whether a node stands in a container that stands in a container."""
    if isinstance(value, list):
        return any(_nested(item, depth + 1) for item in value)
    if not isinstance(value, dict):
        return False
    ((kind, held),) = value.items()
    if kind == "node":
        return depth > 1
    if kind == "dict":
        return any(_nested(item, depth + 1) for _, item in held)
    return kind in ("tuple", "slice") and any(_nested(item, depth + 1) for item in held)


def _odd(name):
    """Whether create_name would not give this name to any node that asks for it."""
    return (
        not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)
        or name in torch.fx.graph._illegal_names
        or re.search(r"_(0\d+|\d{10,})$", name)
    )


def _fits_not(node):
    target = node["target"]
    if node["op"] != "call_function" or target.count(".") != 4 or not target.startswith("torch.ops."):
        return False
    arguments = operator.attrgetter(target.removeprefix("torch.ops."))(torch.ops)._schema.arguments
    positional = [argument.name for argument in arguments if not argument.kwarg_only]
    known = {argument.name for argument in arguments}
    given = set(positional[: len(node["args"])])
    return len(node["args"]) > len(positional) or not set(node["kwargs"]) <= known or bool(given & set(node["kwargs"]))
