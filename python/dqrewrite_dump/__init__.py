"""torch.fx graphs as JSON, and back: the dumps that dqrewrite reads and writes.

    import dqrewrite_dump

    dqrewrite_dump.dump(graph_module, "graph.json")            # then: dqrewrite run graph.json -o out.json
    graph_module = dqrewrite_dump.load("out.json")

and for programs that torch.export.save wrote, `python3 -m dqrewrite_dump model.pt2 -o graph.json`. It is found with
PYTHONPATH=python at the top of a clone; docs/graph_dump.md has the format.

Needs torch (2.5 or newer) alone. A dump that names operators of another package can be loaded where that package is
installed; loading imports modules of torch, torchao, torchvision and executorch, and never another.

A loaded module is there to be looked at, rewritten and dumped again. It is not for calling: the format holds no
weights, so parameters and buffers are tensors without data (device "meta"), and modules that are no GraphModules are
empty; a graph of which FX can make no code (say, one without output) has none. What it keeps of the dump: names,
order, arguments, meta (unknown keys too), purity, submodules, and the top-level keys as they came. So dump(load(dump))
is the same bytes, if dump() wrote it.

What cannot be said in a dump: a value that has no JSON form is {"opaque": repr}; a node's type, the graph's codegen,
and weights are left out.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Collection
from typing import Any, TextIO

from torch.fx import GraphModule

from .document import document_of, from_document, to_document
from .errors import DumpError
from .meta import Annotation, GoneNode, Spec, TensorVal
from .values import Opaque, Symbolic

__all__ = [
    "Annotation",
    "DumpError",
    "GoneNode",
    "Opaque",
    "Spec",
    "Symbolic",
    "TensorVal",
    "dump",
    "from_document",
    "load",
    "to_document",
    "to_text",
]


def dump(
    graph_module: GraphModule,
    file: str | os.PathLike | TextIO,
    meta: str | Collection[str] = "all",
    past: bool = True,
) -> None:
    """Write `graph_module`, with the GraphModules below it, as a dump with one node a line.

    file   a path, or a file that is open for writing text
    meta   which keys of the nodes' meta are written: "all", or a collection of keys (() for none at all);
           a rewrite needs those that its rules ask for, and PyTorch's DuplicateDQPass ("quantization_annotation",)
    past   whether the order of users and the names that are taken are written as they are now, after the edits that
           made the graph: a pass then gives the same as on this very graph, and not as on one made anew. A module that
           load() gave has a past where its dump had one

    Nothing is changed. A file that is given by path is opened when the text is complete.
    DumpError: not a GraphModule; a function without a name, arguments nested too deeply, a name without UTF-8.
    Warns of a key of `meta` that no node has and that is none of PyTorch's.
    OSError: as open() and write() raise it.
    """
    text = to_text(document_of(graph_module, meta, past))
    if isinstance(file, (str, os.PathLike)):
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(text)
    else:
        file.write(text)


def load(file: str | os.PathLike | TextIO) -> GraphModule:
    """A fresh GraphModule from a dump.

    file   a path, or a file that is open for reading text

    Nodes are created in order, so `users` are in node order, and every name in the dump is taken; a name that
    create_name refuses (a placeholder called `input`) is kept, and the one that it gives instead (`input_1`) is taken
    as well. Where the dump has a "past", users and names are as that says. `quantization_annotation` comes back as an
    Annotation, a tensor's `val` as a TensorVal.

    DumpError: not JSON (with line and column), not a dump, an operator or function that is not here.
    OSError: as open() raises it.
    """
    if isinstance(file, (str, os.PathLike)):
        with open(file, encoding="utf-8") as opened:
            return load(opened)
    name = getattr(file, "name", None) or "dump"
    try:
        return from_document(_parse(file))
    except json.JSONDecodeError as error:
        raise DumpError(f"{name}:{error.lineno}:{error.colno}: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise DumpError(f"{name}: the text is not UTF-8") from error
    except RecursionError as error:
        raise DumpError(f"{name}: nested too deeply") from error
    except DumpError as error:
        raise DumpError(f"{name}: {error}") from error


def to_text(document: dict) -> str:
    """A document as the text of a dump: one node a line, ASCII, a newline at the end."""
    parts = [f"{_json(key)}: {_json(value)}" for key, value in document.items() if key not in ("graph", "submodules")]
    parts.append('"graph": ' + _graph_text(document["graph"]))
    if "submodules" in document:
        graphs = [f"{_json(path)}: {_graph_text(graph)}" for path, graph in document["submodules"].items()]
        parts.append('"submodules": {' + ", ".join(graphs) + "}")
    return "{" + ", ".join(parts) + "}\n"


def _graph_text(graph: dict) -> str:
    """One graph of a document: its nodes, one a line, then its past."""
    parts = [f"{_json(key)}: {_json(value)}" for key, value in graph.items() if key not in ("nodes", "past")]
    parts.append('"nodes": [\n' + ",\n".join(map(_json, graph["nodes"])) + "\n]")
    if "past" in graph:
        parts.append(f'"past": {_json(graph["past"])}')
    return "{" + ", ".join(parts) + "}"


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _parse(file: TextIO) -> Any:
    """The document, strictly JSON: no key twice, no NaN, no number beyond floats."""
    return json.load(file, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        keys = [key for key, _ in pairs]
        raise DumpError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice in an object")
    return fields


def _no_constant(text: str) -> None:
    raise DumpError(f"{text} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise DumpError(f"no float holds {text}")
    return value
