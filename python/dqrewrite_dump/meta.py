"""A node's meta: Python <-> JSON.

Two keys have a form of their own in the format: `quantization_annotation` (any object with input_qspec_map and
output_qspec, such as torchao's) and `val`. All others are made JSON as they are: None, bool, int, float, str, list
and dict stay, a tuple is an array, a node {"node": name}, a tensor its shape; dtypes, devices, inf and others for which
arguments have a form are in that form ({"dtype": "int8"}), an op of the edge dialect is its short name, what `from_node`
tells of a node's origin its to_dict(), and the rest its str.

Back from a dump, `quantization_annotation` is an Annotation, tensors in `val` are TensorVals, and every other key
is the JSON that it was. Whatever comes back is dumped as the same JSON again.
Tested by tests/python/test_values.py.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from typing import Any

import torch
import torch.fx.traceback
from torch.fx import Node

from .errors import DumpError
from .targets import EDGE
from .values import SYMBOLIC_TYPES, decode, encode, is_text, without_torch

ANNOTATION_KEY = "quantization_annotation"
# Those that PyTorch and torchao write; which of them a graph has depends on where it comes from.
KEYS_OF_PYTORCH = frozenset(
    ("val", "tensor_meta", "stack_trace", "nn_module_stack", "source_fn_stack", "torch_fn", "from_node", "custom")
    + (ANNOTATION_KEY, "quantization_tag")
)
NOT_A_FUNCTION = (type, types.FunctionType, types.BuiltinFunctionType)
AS_IN_ARGS = (float, complex, torch.dtype, torch.device, torch.memory_format, torch.layout)
NODE_SOURCE = getattr(torch.fx.traceback, "NodeSource", ())  # torch 2.5 has none


@dataclasses.dataclass(frozen=True)
class GoneNode:
    """A node that an annotation names and the graph does not have (PyTorch leaves such names behind)."""

    name: str


class Spec:
    """A quantization spec out of a dump: `kind` (its class) and its fields as attributes. Never changes.

    dtype and qscheme are torch's, nodes are the graph's own or a GoneNode. Equal to another with the same JSON.
    """

    def __init__(self, fields: dict, nodes: Mapping[str, Node]) -> None:
        self.__dict__.update(_fields=fields, _nodes=nodes)

    def __getattr__(self, name: str) -> Any:
        fields = self.__dict__.get("_fields", {})
        if name not in fields:
            raise AttributeError(f"this {fields.get('kind', 'Spec')} has no {name}")
        if name == "qscheme" and isinstance(fields[name], str):
            return getattr(torch, fields[name])
        return decode(fields[name], _AnyNode(self._nodes))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a Spec does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(json.dumps(self._fields, sort_keys=True))

    def __repr__(self) -> str:
        return f"Spec({self._fields})"


class _AnyNode(dict):
    """Nodes by name, where a name that no node bears is a GoneNode."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> GoneNode:
        return GoneNode(name)


class Annotation:
    """A quantization annotation out of a dump, with the attributes that torchao's QuantizationAnnotation has.

    `input_qspec_map` is a dict from Node (or GoneNode) to Spec or None, `output_qspec` a Spec or None; all other
    keys are attributes with their JSON. It may be edited as torchao's may, and its copies share it likewise.
    """

    def __init__(self, fields: dict, nodes: Mapping[str, Node]) -> None:
        for key, value in fields.items():
            if key == "input_qspec_map":
                value = {
                    nodes.get(pair[0]["node"]) or GoneNode(pair[0]["node"]): _decode_spec(pair[1], nodes)
                    for pair in value
                }
            elif key == "output_qspec":
                value = _decode_spec(value, nodes)
            self.__dict__[key] = value

    @staticmethod
    def fits(value: Any) -> bool:
        """Whether some JSON is an annotation in the format's form; other JSON stays as it is."""
        if not (isinstance(value, dict) and "output_qspec" in value and isinstance(value.get("input_qspec_map"), list)):
            return False
        names = []
        for pair in value["input_qspec_map"]:
            if not (
                isinstance(pair, list)
                and len(pair) == 2
                and isinstance(pair[0], dict)
                and list(pair[0]) == ["node"]
                and isinstance(pair[0]["node"], str)
            ):
                return False
            names.append(pair[0]["node"])
        return len(set(names)) == len(names)

    def __repr__(self) -> str:
        return f"Annotation({vars(self)})"


def _decode_spec(value: Any, nodes: Mapping[str, Node]) -> Any:
    return Spec(value, nodes) if isinstance(value, dict) else value


@dataclasses.dataclass(frozen=True)
class Json:
    """JSON under `val` that has no other meaning here."""

    value: object


class TensorVal:
    """What `val` says of a tensor: shape (ints and Symbolics), dtype, device, and stride() where it is said."""

    def __init__(self, fields: dict) -> None:
        self._fields = fields
        self.shape = tuple(decode(size, {}) for size in fields["shape"])
        self.dtype = getattr(torch, fields["dtype"])
        self.device = torch.device(fields["device"])

    def stride(self) -> tuple | None:
        """The strides as the dump has them; None where it has none (contiguous, or symbolic sizes)."""
        return tuple(decode(step, {}) for step in self._fields["stride"]) if "stride" in self._fields else None

    def __repr__(self) -> str:
        return f"TensorVal({self._fields})"


# -- Python -> JSON


def encode_meta(meta: dict, keys: frozenset[str] | None) -> dict:
    """The JSON of those keys of a node's meta that `keys` has (None: all of them), in meta's order."""
    out = {}
    for key, value in meta.items():
        if keys is not None and key not in keys:
            continue
        try:
            out[_as_text(key)] = _encode_key(key, value)
        except RecursionError:
            out[_as_text(key)] = _as_text(f"<{type(value).__name__}, nested too deeply>")
    return out


def _encode_key(key: Any, value: Any) -> Any:
    if key == ANNOTATION_KEY and hasattr(value, "input_qspec_map") and hasattr(value, "output_qspec"):
        return _encode_annotation(value)
    return _encode_val(value) if key == "val" else _plain(value)


def _encode_annotation(annotation: Any) -> dict:
    """Its attributes; the map as pairs, for keys of JSON are text."""
    out = {}
    for key, value in vars(annotation).items():
        if key == "input_qspec_map" and isinstance(value, dict):
            out[key] = [[_plain(node), _encode_spec(spec)] for node, spec in value.items()]
        elif key == "output_qspec":
            out[key] = _encode_spec(value)
        else:
            out[_as_text(key)] = _plain(value)
    return out


def _encode_spec(spec: Any) -> Any:
    """`kind` and the fields, without those that hold code: observer classes, functions that derive."""
    if isinstance(spec, Spec):
        return spec._fields
    if not dataclasses.is_dataclass(spec) or isinstance(spec, type):
        return _plain(spec)
    out = {"kind": type(spec).__name__}
    for field in dataclasses.fields(spec):
        value = getattr(spec, field.name)
        if isinstance(value, torch.qscheme):
            out[field.name] = without_torch(value)
        elif not callable(value):
            out[field.name] = encode(value)
    return out


def _encode_val(value: Any) -> Any:
    """What `val` holds: a tensor, a number, or several of them."""
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value)
    if isinstance(value, TensorVal):
        return value._fields
    if isinstance(value, Json):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_encode_val(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[encode(key), _encode_val(item)] for key, item in value.items()]}
    return encode(value)


def _encode_tensor(tensor: torch.Tensor) -> dict:
    """Its shape, type and place, and its strides where they do not follow from the shape."""
    out = {
        "shape": [encode(size) for size in tensor.shape],
        "dtype": without_torch(tensor.dtype),
        "device": str(tensor.device),
    }
    if tensor.layout == torch.strided and not any(isinstance(size, SYMBOLIC_TYPES) for size in tensor.shape):
        if tensor.stride() != _contiguous_stride(tensor.shape):
            out["stride"] = [encode(step) for step in tensor.stride()]
    return out


def _contiguous_stride(shape: torch.Size) -> tuple[int, ...]:
    stride, step = [], 1
    for size in reversed(shape):
        stride.append(step)
        step *= max(size, 1)
    return tuple(reversed(stride))


def _plain(value: Any) -> Any:
    """Any meta as JSON; what is JSON already stays exactly as it is."""
    if value is None or type(value) in (bool, int):
        return value
    if isinstance(value, str):
        return _as_text(value)
    if isinstance(value, AS_IN_ARGS):
        return encode(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_as_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (Node, GoneNode)):
        return {"node": value.name}
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value)
    if isinstance(value, NODE_SOURCE):
        return _plain(value.to_dict())
    if type(value).__module__.startswith(EDGE):  # its str has the schema, too
        return value.__name__
    if isinstance(value, NOT_A_FUNCTION):
        return _as_text(f"{value.__module__}.{value.__qualname__}")
    return _as_text(value)


def _as_text(value: Any) -> str:
    text = str(value)
    return text if is_text(text) else text.encode(errors="backslashreplace").decode()


# -- JSON -> Python


def decode_meta(fields: dict, nodes: Mapping[str, Node], shared: dict[int, TensorVal]) -> dict:
    """The meta of a node. `nodes`: all of the graph by name; `shared`: a dict, kept from node to node, of the
    objects that several nodes hold (`id` of a val)."""
    meta = dict(fields)
    if Annotation.fits(meta.get(ANNOTATION_KEY)):
        meta[ANNOTATION_KEY] = Annotation(meta[ANNOTATION_KEY], nodes)
    if "val" in meta:
        meta["val"] = _decode_val(meta["val"], shared)
    return meta


def _decode_val(value: Any, shared: dict[int, TensorVal]) -> Any:
    """Json where there is no value that would be written as this JSON."""
    if isinstance(value, list):
        return [_decode_val(item, shared) for item in value]
    if isinstance(value, dict) and "shape" in value:
        return _decode_tensor(value, shared)
    if not isinstance(value, dict):
        return value
    try:
        decoded = decode(value, {})
    except DumpError:
        return Json(value)
    return decoded if encode(decoded) == value else Json(value)


def _decode_tensor(value: dict, shared: dict[int, TensorVal]) -> TensorVal | Json:
    """Where an earlier node holds the same object, that one."""
    known = shared.get(value["id"]) if isinstance(value.get("id"), int) else None
    if known is not None and known._fields == value:
        return known
    try:
        tensor = TensorVal(value)
    except (DumpError, KeyError, TypeError, AttributeError, RuntimeError, ValueError):
        return Json(value)
    if isinstance(value.get("id"), int):
        shared[value["id"]] = tensor
    return tensor
