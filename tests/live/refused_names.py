"""Does dqrewrite refuse the same names for new nodes as torch.fx does?

    PYTHONPATH=python python3 tests/live/refused_names.py --dqrewrite build/live/dqrewrite

FX gives no new node the name of a builtin, a keyword, or one of its own few (torch.fx.graph._illegal_names). For each
of those, and for many names that look alike, a dequantize of that name is copied, once with the plain name and once
with a number after it. What is refused are the builtins of the Python that runs; dqrewrite has those of 3.11. On
another Python this is skipped (77).
Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import json
import keyword
import math
import operator
import sys

import torch

import dqrewrite_dump
import harness
from compare import torchao_pass

DEQUANTIZE = "torch.ops.quantized_decomposed.dequantize_per_tensor.default"
SKIPPED = 77


def document(name):
    annotation = {"input_qspec_map": [], "output_qspec": {"kind": "QuantizationSpec"}}

    def node(name, op, target, *args, **rest):
        return {"name": name, "op": op, "target": target, "args": list(args), "kwargs": {}, **rest}

    def user(name):
        return node(
            name, "call_function", "torch.relu", {"node": dequantize}, meta={"quantization_annotation": annotation}
        )

    dequantize = name
    return {
        "format": "fx-graph",
        "version": 1,
        "graph": {
            "nodes": [
                node("the_input", "placeholder", "the_input"),
                node(
                    dequantize, "call_function", DEQUANTIZE, {"node": "the_input"}, 0.5, 0, -128, 127, {"dtype": "int8"}
                ),
                user("first_user"),
                user("second_user"),
                node("the_output", "output", "output", [{"node": "first_user"}, {"node": "second_user"}]),
            ]
        },
    }


def names():
    """Those in FX's own table, and others that look like them."""
    table = list(torch.fx.graph._illegal_names)
    alike = [
        *dir(torch),
        *dir(operator),
        *dir(math),
        *dir(str),
        *keyword.softkwlist,
        "self",
        "cls",
        "aiter_1",
        "PythonFinalizationError",
        "Node",
        "_",
        "__",
    ]
    plain = dict.fromkeys([*table, *alike])
    return [*plain, *(f"{name}_7" for name in table)]


def main():
    chosen = harness.options(__doc__.partition("\n")[0], 0).parse_args()
    if sys.version_info[:2] != (3, 11):
        print(
            f"skipped: dqrewrite has the names of Python 3.11, and this is {sys.version_info[0]}.{sys.version_info[1]}"
        )
        sys.exit(SKIPPED)
    duplicate = torchao_pass()()
    cases, refused = [], 0
    for index, name in enumerate(names()):
        before = document(name)
        module = dqrewrite_dump.from_document(before)
        duplicate(module)
        after = dqrewrite_dump.to_document(module)
        made = [node["name"] for node in after["graph"]["nodes"]]
        refused += name in torch.fx.graph._illegal_names and f"{name}_1" not in made
        cases.append(harness.Case(index, json.dumps(before), json.dumps(after), features=frozenset(["changed"])))
    print(f"{len(cases)} names, of which FX refuses {refused}")
    return harness.compare(cases, [chosen.dqrewrite, "run", "--ndjson", "-", "-o", "-"], "names", chosen.keep)


if __name__ == "__main__":
    harness.exit_with(main)
