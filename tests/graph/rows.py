#!/usr/bin/env python3
"""What real torch makes of the cases in rows/: the right-hand sides of these files are its word.

    python3 tests/graph/rows.py            rewrites the right-hand sides
    python3 tests/graph/rows.py --check    says whether they are what this torch gives (status 1: no)

The left-hand sides are ours; rows_test.cpp runs them on the engine. Their grammar:

    names.txt    case TITLE, then `create CANDIDATE -> NAME` (Namespace.create_name) and `load NAME` (a node that
                 is read with this name); \\n and \\s stand for a line feed and a space, {9*4300} for 4300 nines
    targets.txt  OPCODE TARGET -> the name of a first node of that target
    edits.txt    case TITLE, then a script, then `gives` and the graph after it; see Script
"""
import builtins
import importlib
import pathlib
import re
import sys

import torch
import torch.fx.graph
from torch.fx.graph import _Namespace
from torch.fx.node import _side_effectful_functions

ROWS = pathlib.Path(__file__).parent / "rows"


def unescaped(text):
    text = re.sub(r"\{(.)\*(\d+)\}", lambda run: run[1] * int(run[2]), text)
    return text.replace("\\n", "\n").replace("\\s", " ")


def escaped(text):
    text = re.sub(r"(.)\1{99,}", lambda run: f"{{{run[1]}*{len(run[0])}}}", text)
    return text.replace("\n", "\\n").replace(" ", "\\s")


def load_name(namespace, name):
    """The name of a node that is read is kept: what create_name gave in its place is taken too."""
    if namespace.create_name(name, None) != name:
        namespace._used_names.add(name)


def names(lines):
    namespace = None
    for line in lines:
        verb, _, rest = line.partition(" ")
        if verb == "case":
            namespace = _Namespace()
        elif verb == "load":
            load_name(namespace, unescaped(rest))
        elif verb == "create":
            candidate = rest.rpartition("->")[0].removesuffix(" ") if "->" in rest else rest
            try:
                line = f"create {candidate} -> {escaped(namespace.create_name(unescaped(candidate), None))}"
            except ValueError:
                line = f"create {candidate} -> error"
        yield line


def function(target):
    if "." not in target:
        return getattr(builtins, target)
    module, *rest = target.split(".")
    found = importlib.import_module(module)
    for part in rest:
        found = getattr(found, part)
    return found


def targets(lines):
    graph = torch.fx.Graph()
    for line in lines:
        if line and not line.startswith("#"):
            opcode, target = line.split(" -> ")[0].split(" ", 1)
            called = unescaped(target)
            if opcode == "call_function":
                called = function(target)
                assert torch.fx.Node._pretty_print_target(called).removeprefix("builtins.") == target, target
            line = f"{opcode} {target} -> {escaped(_Namespace().create_name(graph._target_to_str(called), None))}"
        yield line


class Script:
    """A graph, and edits of it, one a line. Nodes are named; `-` as a place is FX's None (no node).

    OPCODE NAME [INPUT...]                reads a node
    create NAME before|after PLACE [INPUT...]   a call of a function NAME
    clone NODE before|after PLACE
    move NODE before|after PLACE
    erase NODE
    set NODE [INPUT...]                   its arguments
    replace OLD FRESH USER                USER.replace_input_with
    replace_all OLD FRESH
    lint, dce
    sweep, sweep_back                     visits the nodes, live; `at NODE EDIT` lines before it are done when
                                          NODE is visited, each once
    A call_function or call_module whose name begins with `impure` is impure.
    """

    def __init__(self):
        self.graph = torch.fx.Graph()
        self.module = torch.nn.Module()
        self.graph.owning_module = self.module
        self.nodes = {}
        self.functions = {}
        self.pending = []
        self.out = []

    def function(self, name):
        if name not in self.functions:
            def called():
                pass
            called.__name__ = name
            self.functions[name] = called
            if name.startswith("impure"):
                _side_effectful_functions.add(called)
        return self.functions[name]

    def read(self, opcode, name, inputs):
        target = name
        if opcode == "call_function":
            target = self.function(name)
        elif opcode == "get_attr":
            setattr(self.module, name, 0)
        elif opcode == "call_module":
            setattr(self.module, name, torch.nn.Module())
            getattr(self.module, name)._is_impure = name.startswith("impure")
        node = self.graph.create_node(opcode, target, inputs, {}, name=name)
        if node.name != name:
            self.graph._graph_namespace._used_names.add(name)
            node.name = name
        self.nodes[name] = node

    def place(self, side, name):
        node = None if name == "-" else self.nodes[name]
        if side == "after":  # FX's None: after no node is the start here, before no node the end
            return self.graph.inserting_before(None) if node is None else self.graph.inserting_after(node)
        return self.graph.inserting_after(None) if node is None else self.graph.inserting_before(node)

    def edit(self, verb, *words):
        nodes = self.nodes
        if verb == "create":
            name, side, place, *inputs = words
            with self.place(side, place):
                node = self.graph.call_function(self.function(name), tuple(nodes[i] for i in inputs))
            nodes[node.name] = node
        elif verb == "clone":
            with self.place(*words[1:]):
                node = self.graph.node_copy(nodes[words[0]])
            nodes[node.name] = node
        elif verb == "move":
            at = nodes.get(words[2], self.graph._root)
            (at.prepend if words[1] == "before" else at.append)(nodes[words[0]])
        elif verb == "erase":
            self.graph.erase_node(nodes[words[0]])
        elif verb == "set":
            nodes[words[0]].args = tuple(nodes[i] for i in words[1:])
        elif verb == "replace":
            nodes[words[2]].replace_input_with(nodes[words[0]], nodes[words[1]])
        elif verb == "replace_all":
            nodes[words[0]].replace_all_uses_with(nodes[words[1]])
        elif verb == "lint":
            self.graph.lint()
        elif verb == "dce":
            self.graph.eliminate_dead_code()
        elif verb in ("sweep", "sweep_back"):
            self.sweep(self.graph.nodes if verb == "sweep" else reversed(self.graph.nodes))
        else:
            self.read(verb, words[0], tuple(nodes[i] for i in words[1:]))

    def sweep(self, nodes):
        visits = []
        for node in nodes:
            visits.append(node.name)
            now = [edit for name, edit in self.pending if name == node.name]
            self.pending = [(name, edit) for name, edit in self.pending if name != node.name]
            for edit in now:
                self.line(edit)
        self.out.append("visits " + " ".join(visits))

    def line(self, words):
        if words[0] == "at":
            self.pending.append((words[1], words[2:]))
            return
        try:
            self.edit(*words)
        except RuntimeError as error:
            self.out.append("error " + str(error).split("\n")[0])

    def result(self):
        for node in self.graph.nodes:
            inputs = "".join(f" {i.name}" for i in node.args)
            users = "".join(f" {u.name}" for u in node.users)
            self.out.append(f"{node.name} <-{inputs} ->{users}")
        return self.out


def edits(lines):
    script, in_result = None, False
    for line in lines:
        words = line.split()
        if words[:1] == ["gives"]:
            in_result = True
            yield line
            yield from ("    " + out for out in script.result())
            continue
        if not words:
            in_result = False
        elif words[0] == "case":
            script = Script()
        elif words[0] != "#" and not in_result:
            script.line(words)
        if not in_result:
            yield line


def main():
    same = True
    for file, make in (("names.txt", names), ("targets.txt", targets), ("edits.txt", edits)):
        path = ROWS / file
        old = path.read_text(encoding="utf-8")
        new = "\n".join(make(old.rstrip("\n").split("\n"))) + "\n"
        if old != new:
            same = False
            print(f"{path}: torch {torch.__version__} gives something else", file=sys.stderr)
            if "--check" not in sys.argv:
                path.write_text(new, encoding="utf-8")
    return 1 if "--check" in sys.argv and not same else 0


if __name__ == "__main__":
    sys.exit(main())
