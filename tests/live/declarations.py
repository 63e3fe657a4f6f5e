"""Are the operator declarations that dqrewrite ships what this PyTorch says?

    PYTHONPATH=python python3 tests/live/declarations.py

Each line of rules/ops/pytorch.ops is compared with the entry that a dump has for the same operator (schema, and whether
dead-code elimination must keep it); and all that FX keeps by name is there. Operators of packages that are not
installed are left out.
Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import contextlib
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
    """target -> the entry of a dump's `ops` that its line stands for"""
    path = pathlib.Path(__file__).resolve().parents[2] / "rules" / "ops" / "pytorch.ops"
    entries = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            text, _, flags = line.partition("; ")
            entry = {"schema": text} if "(" in text else {}
            if flags:
                entry[flags] = True
            entries[target_of(text.partition("(")[0])] = entry
    return entries


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


def main():
    entries = declared()
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
    for text in wrong[:SHOWN]:
        print(text)
    unknown = len(entries) - len(known)
    print(f"{len(known)} declarations, {len(wrong)} wrong; {unknown} of operators that are not registered here")
    return not wrong and unknown <= MOST_UNKNOWN * len(entries)


if __name__ == "__main__":
    harness.exit_with(main)
