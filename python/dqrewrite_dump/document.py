"""A whole dump: GraphModule <-> document (the dump as Python's dicts and lists).

What a loaded module must remember of its dump (the top-level keys, the order of the submodules, which graphs have a
past) it keeps in its own meta, under HEAD_KEY.
Tested by tests/python/test_dump.py.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Collection, Iterable
from typing import Any

import torch
from torch.fx import Graph, GraphModule, Node

from .errors import DumpError
from .meta import KEYS_OF_PYTORCH, decode_meta, encode_meta
from .past import past_of, set_past
from .targets import resolve, target_name
from .values import decode, encode, is_text

FORMAT, VERSION = "fx-graph", 1
HEAD_KEY = "fx_graph_dump"
OPCODES = ("placeholder", "get_attr", "call_function", "call_method", "call_module", "output")


# -- GraphModule -> document


def to_document(graph_module: GraphModule, meta: str | Collection[str] = "all", past: bool = True) -> dict:
    """The dump of `graph_module` as a dict; see dump()."""
    return document_of(graph_module, meta, past)


def document_of(graph_module: GraphModule, meta: str | Collection[str], past: bool) -> dict:
    """to_document() for it and dump(): warnings are for the line that calls one of them."""
    if not isinstance(graph_module, GraphModule):
        raise DumpError(f"a dump is made of a torch.fx.GraphModule, not of a {type(graph_module).__name__}")
    if isinstance(meta, str) and meta != "all":
        raise DumpError(f'meta is "all" or a collection of keys, not {meta!r}')
    keys = None if meta == "all" else frozenset(meta)
    modules = _submodules(graph_module)
    graphs = [graph_module.graph, *(module.graph for module in modules.values())]
    if keys is not None:
        _warn_of_keys(keys, graphs)
    known = graph_module.meta.get(HEAD_KEY)
    if known is None:
        head = {
            "format": FORMAT,
            "version": VERSION,
            "producer": f"torch {torch.__version__}",
            "ops": _op_table(graphs),
        }
    else:
        head = known["head"]
    writer = _GraphWriter(keys, head.get("ops", {}))

    def graph_at(path: str, graph: Graph) -> dict:
        with_past = past and (known is None or path in known["pasts"])
        return writer.graph(graph) | ({"past": past_of(graph)} if with_past else {})

    document = {**head, "graph": graph_at("", graph_module.graph)}
    if modules or known and known["submodules"] is not None:
        document["submodules"] = {path: graph_at(path, module.graph) for path, module in modules.items()}
    return document


def _warn_of_keys(keys: frozenset[str], graphs: Iterable[Graph]) -> None:
    """A key of metadata that no node has may be misspelt, unless it is one of PyTorch's, which some graphs have."""
    there = {key for graph in graphs for node in graph.nodes for key in node.meta}
    for key in sorted(keys - there - KEYS_OF_PYTORCH, key=str):
        near = difflib.get_close_matches(str(key), sorted({*there, *KEYS_OF_PYTORCH}, key=str), 1)
        meant = f", did you mean {near[0]!r}?" if near else ""
        have = ", ".join(sorted(map(repr, there))) or "none at all"
        warnings.warn(f"no node has metadata called {key!r}{meant}; the keys that nodes have: {have}", stacklevel=4)


def _submodules(graph_module: GraphModule) -> dict[str, GraphModule]:
    """GraphModules below by attribute path, in the dump's order if there was one; one in two places comes twice."""
    found = {
        path: module
        for path, module in graph_module.named_modules(remove_duplicate=False)
        if path and isinstance(module, GraphModule)
    }
    known = graph_module.meta.get(HEAD_KEY)
    order = [path for path in (known and known["submodules"]) or () if path in found]
    return {path: found[path] for path in dict.fromkeys([*order, *found])}


def _op_table(graphs: Iterable[Graph]) -> dict[str, dict]:
    """What cannot be known of a target by its name: its schema, and whether it is impure whatever its arguments."""
    ops = {}
    for graph in graphs:
        for node in graph.nodes:
            if node.op == "call_function" and (name := target_name(node.target)) not in ops:
                ops[name] = _op_facts(node.target)
    return dict(sorted(ops.items()))


def _op_facts(target: Callable) -> dict:
    """The entry of one target in `ops`."""
    facts = {}
    if hasattr(target, "_schema"):
        schema = target._schema
        facts["schema"] = str(getattr(schema, "schema", schema))  # an edge op's stands in one of its own
    if _is_impure_op(target):
        facts["impure"] = True
    return facts


def _is_impure_op(target: Callable) -> bool:
    return Graph().call_function(target).is_impure()


class _GraphWriter:
    """Graphs of one dump -> JSON; `ops` is its table, with which a node's own purity is compared."""

    def __init__(self, keys: frozenset[str] | None, ops: dict[str, dict]) -> None:
        self._keys = keys  # None: all
        self._impure = {name: facts.get("impure", False) for name, facts in ops.items()}

    def graph(self, graph: Graph) -> dict:
        return {"nodes": [self._node(node) for node in graph.nodes]}

    def _node(self, node: Node) -> dict:
        try:
            out = {
                "name": node.name,
                "op": node.op,
                "target": target_name(node.target),
                "args": [encode(value) for value in node.args],
                "kwargs": {key: encode(value) for key, value in node.kwargs.items()},
            }
        except RecursionError as error:
            raise DumpError(f"node {node.name!r}: the arguments are nested too deeply") from error
        except DumpError as error:
            raise DumpError(f"node {node.name!r}: {error}") from error
        if not all(map(is_text, (node.name, out["target"], *out["kwargs"]))):
            raise DumpError(f"node {ascii(node.name)}: a lone surrogate in a name has no UTF-8")
        self._add_purity(node, out)
        meta = encode_meta(node.meta, self._keys)
        if meta:
            out["meta"] = meta
        return out

    def _add_purity(self, node: Node, out: dict) -> None:
        """A node's own "impure", where its target does not say it."""
        if node.op == "call_module":
            if node.is_impure():
                out["impure"] = True
        elif node.op == "call_function":
            target = out["target"]
            if target not in self._impure:
                self._impure[target] = _is_impure_op(node.target)
            if node.is_impure() != self._impure[target]:
                out["impure"] = node.is_impure()


# -- document -> GraphModule


def from_document(document: dict) -> GraphModule:
    """A GraphModule from a dump as a dict; see load()."""
    _check_head(document)
    graphs = {"": document["graph"], **document.get("submodules", {})}
    root = _Tree()
    for path, graph in graphs.items():
        _check_graph(graph, path)
        root.place(path).graph = graph
    for path, graph in graphs.items():
        for node in graph["nodes"]:
            if node["op"] in ("get_attr", "call_module"):
                root.place(f"{path}.{node['target']}" if path else node["target"]).use(node)
    module = root.build()
    module.meta[HEAD_KEY] = {
        "head": {key: value for key, value in document.items() if key not in ("graph", "submodules")},
        "submodules": list(document["submodules"]) if "submodules" in document else None,
        "pasts": {path for path, graph in graphs.items() if "past" in graph},
    }
    return module


def _check_head(document: Any) -> None:
    """What stands beside the graphs."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else None
        raise DumpError(f"the format is {found!r}, and {FORMAT!r} is needed")
    version = document.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise DumpError(f"version {version!r} of {FORMAT} cannot be read, {VERSION} can")
    for key, kind in (("graph", dict), ("submodules", dict), ("ops", dict)):
        if not isinstance(document.get(key, {} if key != "graph" else None), kind):
            raise DumpError(f"{key!r} must be an object")
    for target, facts in document.get("ops", {}).items():
        if not isinstance(facts, dict):
            raise DumpError(f"the entry of {target!r} in 'ops' must be an object")


_NODE_KEYS = {"name": str, "op": str, "target": str, "args": list, "kwargs": dict}
_OPTIONAL_KEYS = {"impure": bool, "meta": dict}


def _check_graph(graph: Any, path: str) -> None:
    """That the nodes have their keys, of the right types, and names of their own."""
    if not isinstance(graph, dict) or not isinstance(graph.get("nodes"), list):
        raise DumpError(f"{_where(path)}'nodes' must be an array")
    names = set()
    for index, node in enumerate(graph["nodes"]):
        where = f"{_where(path)}node {index}"
        if not isinstance(node, dict):
            raise DumpError(f"{where} must be an object")
        for key, kind in {**_NODE_KEYS, **_OPTIONAL_KEYS}.items():
            if key in node and not isinstance(node[key], kind) or key in _NODE_KEYS and key not in node:
                raise DumpError(f"{where} ({node.get('name')!r}): {key!r} must be of the type {kind.__name__}")
        if node["op"] not in OPCODES:
            raise DumpError(f"{where} ({node['name']!r}): unknown op {node['op']!r}")
        if not node["name"] or node["name"] in names:
            raise DumpError(f"{where}: the name {node['name']!r} is {'taken' if node['name'] else 'empty'}")
        names.add(node["name"])


def _where(path: str) -> str:
    """What messages about a submodule begin with."""
    return f"submodule {path!r}: " if path else ""


class _Tree:
    """What hangs at one attribute path: a GraphModule, a plain module, or (with nothing below) a tensor."""

    def __init__(self) -> None:
        self.graph: dict | None = None
        self.path = ""
        self.children: dict[str, _Tree] = {}
        self.called = self.impure = False
        self.val = None

    def place(self, path: str) -> _Tree:
        """The place `path` (relative), made with all that it needs above it."""
        found = self
        for name in path.split(".") if path else ():
            if not name:
                raise DumpError(f"{path!r} is no path of attributes")
            if name not in found.children:
                found.children[name] = child = _Tree()
                child.path = f"{found.path}.{name}" if found.path else name
            found = found.children[name]
        return found

    def use(self, node: dict) -> None:
        """`node` (get_attr or call_module) stands for what is here."""
        if node["op"] == "call_module":
            self.called = True
            self.impure = self.impure or node.get("impure", False)
        elif self.val is None:
            self.val = node.get("meta", {}).get("val")

    def build(self) -> torch.nn.Module | torch.Tensor:
        """The module or tensor. No recursion deeper than the longest path."""
        if self.graph is None and not self.children and not self.called:
            return _tensor(self.val)
        module = torch.nn.Module() if self.graph is None else GraphModule(torch.nn.Module(), Graph())
        if self.impure:
            module._is_impure = True
        for name, child in self.children.items():
            try:
                built = child.build()
                add = module.add_module if isinstance(built, torch.nn.Module) else module.register_buffer
                add(name, built)
            except KeyError as error:
                raise DumpError(f"torch takes no attribute called {child.path!r}: {error}") from error
        if self.graph is not None:
            self._set_graph(module)
        return module

    def _set_graph(self, module: GraphModule) -> None:
        graph = _load_graph(self.graph, _where(self.path))
        try:
            module.graph = graph
        except Exception:  # no code can be made of it (no output, a name with a line break): it is still a graph
            if module.graph is not graph:
                raise


def _tensor(val: Any) -> torch.Tensor:
    """Stands in for a parameter or buffer: a tensor without data, of the shape that the dump says, if it does."""
    try:
        return torch.empty(val["shape"], dtype=getattr(torch, val["dtype"]), device="meta")
    except (TypeError, KeyError, AttributeError, RuntimeError):
        return torch.empty(0, device="meta")


def _load_graph(document: dict, where: str) -> Graph:
    """A fresh Graph, node by node: each name is made by create_name, and where that refuses it (a builtin's, or no
    identifier) the node bears it nonetheless, and both names are taken. Then it gets its past, if it has one."""
    graph, nodes, shared = Graph(), {}, {}
    fields = document["nodes"]
    for node in fields:
        try:
            made = _create(graph, node, nodes)
        except DumpError as error:
            raise DumpError(f"{where}node {node['name']!r}: {error}") from error
        except RecursionError as error:
            raise DumpError(f"{where}node {node['name']!r}: nested too deeply") from error
        nodes[node["name"]] = made
    for node in fields:  # when all are there: an annotation may name a later node
        if "meta" in node:
            nodes[node["name"]].meta.update(decode_meta(node["meta"], nodes, shared))
    try:
        set_past(graph, document.get("past", {}))
    except DumpError as error:
        raise DumpError(f"{where}{error}") from error
    return graph


def _create(graph: Graph, node: dict, nodes: dict[str, Node]) -> Node:
    """One node of a dump; `nodes` has those before it by name."""
    target = resolve(node["target"]) if node["op"] == "call_function" else node["target"]
    args = tuple([decode(value, nodes) for value in node["args"]])
    kwargs = {key: decode(value, nodes) for key, value in node["kwargs"].items()}
    name = node["name"]
    made: Node = graph.create_node(node["op"], target, args, kwargs, name=name)
    if made.name != name:
        graph._graph_namespace._used_names.add(name)
        made.name = name
    return made
