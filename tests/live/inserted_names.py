"""Does dqrewrite name what `insert` makes of methods, modules, attributes and inputs as torch.fx's create_node() does?

    PYTHONPATH=python python3 tests/live/inserted_names.py --dqrewrite build/live/dqrewrite

Nodes of each kind are inserted for each of some thousand targets, all into one graph, so that most names are taken when
their turn comes: words of FX and Python, paths, numbers, capitals, letters beyond ASCII. Skipped (77) where Python is
not 3.11, as refused_names.py is. Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import io
import json
import pathlib
import subprocess
import sys
import tempfile

import torch

import dqrewrite_dump
import harness
from refused_names import SKIPPED, names

KINDS = ("call_method", "call_module", "get_attr", "placeholder")
ODD = ["a.b.0", "a..b", "x.y", "0abc", "9", "é", "é_1", "a-b", "a b", "_x", "x_1", "x_01", "x_1_1", "relu_2", "___", "A",
       "Linear", "ConvBN", "fooBar", "HTTPServer", "aB", "ABC", "a.0", "a_0", "*args", "**kwargs", "torch.nn", "_tensor"]  # fmt: skip


def before():
    graph = torch.fx.Graph()
    graph.output(graph.call_method("relu", (graph.placeholder("x"),)))
    return json.dumps(dqrewrite_dump.to_document(torch.fx.GraphModule(torch.nn.Module(), graph)))


def inserted():
    return [(kind, target) for target in [*names(), *ODD, *ODD] for kind in KINDS]


def rules():
    calls = [
        f"insert {kind}({json.dumps(target, ensure_ascii=False)}{', n' if kind.startswith('call') else ''})"
        f" as _made{number} before n  meta none"
        for number, (kind, target) in enumerate(inserted())
    ]
    statements = "\n".join(call.replace(", n)", ", n.args[0])") for call in calls)
    return f"rule all {{\nmatch n: call_method(...)\nrewrite {{\n{statements}\n}}\n}}\npass InsertAll {{ sweep all over snapshot }}\n"


def names_of_fx(document):
    graph = dqrewrite_dump.load(io.StringIO(document)).graph
    relu = next(node for node in graph.nodes if node.target == "relu")
    with graph.inserting_before(relu):
        for kind, target in inserted():
            graph.create_node(kind, target, relu.args if kind.startswith("call") else (), {})
    return [node.name for node in graph.nodes]


def names_of_dqrewrite(program, document):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "names.rules"
        file.write_text(rules(), encoding="utf-8")
        command = [program, "run", "--rules", str(file), "-", "-o", "-"]
        ran = subprocess.run(command, input=document, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise harness.CannotRun(ran.stderr)
    return [node["name"] for node in json.loads(ran.stdout)["graph"]["nodes"]]


def main():
    chosen = harness.options(__doc__.partition("\n")[0], 0).parse_args()
    if sys.version_info[:2] != (3, 11):
        print(f"skipped: dqrewrite has the names of Python 3.11, and this is {sys.version_info[0]}.{sys.version_info[1]}")
        sys.exit(SKIPPED)
    document = before()
    expected, found = names_of_fx(document), names_of_dqrewrite(chosen.dqrewrite, document)
    wrong = [(asked, *pair) for asked, *pair in zip([None, *inserted()], expected, found) if pair[0] != pair[1]]
    for (kind, target), right, name in wrong[:20]:
        print(f"{kind}({target!r}) is {name}, and {right} in torch.fx")
    print(f"{len(inserted())} nodes inserted, {len(wrong)} with another name")
    return not wrong and len(expected) == len(found)


if __name__ == "__main__":
    harness.exit_with(main)
