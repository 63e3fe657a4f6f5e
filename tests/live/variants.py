"""Three other policies of the same pass, in Python on torch.fx; as rules they are tests/rules/variant_*.rules.

    every_user   each user gets a dequantize of its own, annotated or not
    before_user  the copy stands right before its user, not right after the original
    first_keeps  the first user keeps the original

    PYTHONPATH=python python3 tests/live/variants.py --dqrewrite PATH [--seed N] [--count N] [--keep FOLDER]
    PYTHONPATH=python python3 tests/live/variants.py --write tests/rules

The first compares them with dqrewrite on random graphs, as compare.py does for PyTorch's own. The second writes
variant_*.ndjson: small graphs, {"before", "after"} a line, for tests that have no torch.
Exit status: 0 all identical, 1 not, 2 it could not be run.
"""

import functools
import json
import operator
import pathlib

import torch
import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed

import dqrewrite_dump
import harness
import random_graphs

QD, ATEN = torch.ops.quantized_decomposed, torch.ops.aten
QUANTIZE = (QD.quantize_per_tensor.default, QD.quantize_per_tensor.tensor, QD.quantize_per_channel.default)
DEQUANTIZE = (QD.dequantize_per_tensor.default, QD.dequantize_per_tensor.tensor, QD.dequantize_per_channel.default)
SHAPE_QUERIES = (ATEN.sym_size, ATEN.sym_size.default, ATEN.sym_numel, ATEN.sym_numel.default)


def is_call(node, targets):
    return isinstance(node, torch.fx.Node) and node.op == "call_function" and node.target in targets


def is_annotated(node):
    annotation = node.meta.get("quantization_annotation")
    return annotation is not None and (len(annotation.input_qspec_map) > 0 or annotation.output_qspec is not None)


def is_dynamic(dequantize):
    quantize = dequantize.args[0]
    if not isinstance(quantize, torch.fx.Node):
        raise TypeError("no node is dequantized here: PyTorch's pass raises too")
    if not is_call(quantize, QUANTIZE):
        return False
    scale = quantize.args[1]
    return is_call(scale, (operator.getitem,)) and is_call(scale.args[0], (QD.choose_qparams.tensor,))


def give_copy(dequantize, user, place):
    """A copy of `dequantize` for `user`, at a place of the graph that `place` (inserting_after …) opens."""
    with place:
        own = dequantize.graph.node_copy(dequantize)
    user.replace_input_with(dequantize, own)


def run(share_out, module):
    """The pass: `share_out(dequantize, users)` for each dequantize that two users or more share, then dead code."""
    for node in module.graph.nodes:
        if is_call(node, DEQUANTIZE):
            users = [user for user in node.users if not is_call(user, SHAPE_QUERIES)]
            if len(users) > 1 and not is_dynamic(node):
                share_out(node, users)
    module.graph.eliminate_dead_code()
    module.recompile()


def every_user(dequantize, users):
    for user in users:
        give_copy(dequantize, user, dequantize.graph.inserting_after(dequantize))


def before_user(dequantize, users):
    for user in filter(is_annotated, users):
        give_copy(dequantize, user, dequantize.graph.inserting_before(user))


def first_keeps(dequantize, users):
    for user in filter(is_annotated, users[1:]):
        give_copy(dequantize, user, dequantize.graph.inserting_after(dequantize))


VARIANTS = {
    share_out.__name__: functools.partial(run, share_out) for share_out in (every_user, before_user, first_keeps)
}


# -- expectations for tests without torch


SMALL = 9  # nodes at most
LINES = 20
UNCHANGED = 4  # of those, at most


def write_expectations(folder):
    """The same files each time: of the graphs of one seed the first that are small and that the variant changes."""
    for name, variant in VARIANTS.items():
        lines, unchanged, index = [], 0, 0
        while len(lines) < LINES:
            before = dqrewrite_dump.to_document(
                random_graphs.make(random_graphs.seeded("expectations", index)), meta=("quantization_annotation",)
            )
            index += 1
            del before["producer"], before["ops"]  # the operators are all declared in rules/ops
            before = json.loads(
                json.dumps(before).replace(json.dumps(random_graphs.SPEC), '{"kind": "QuantizationSpec"}')
            )
            after = expectation(before, variant)
            if after and (after != before or unchanged < UNCHANGED):
                unchanged += after == before
                lines.append(json.dumps({"before": before, "after": after}, separators=(",", ":")) + "\n")
        pathlib.Path(folder, f"variant_{name}.ndjson").write_text("".join(lines))


def expectation(before, variant):
    """What the variant makes of a dump; None where that is not small, has nothing to share out, or is an error."""
    nodes = before["graph"]["nodes"]
    if len(nodes) > SMALL or "submodules" in before or not any("dequantize" in node["target"] for node in nodes):
        return None
    module = dqrewrite_dump.from_document(before)
    try:
        variant(module)
    except Exception:  # such a graph has no right answer
        return None
    after = dqrewrite_dump.to_document(module)
    copied = {node["name"] for node in after["graph"]["nodes"]} - {node["name"] for node in nodes}
    return after if copied or after == before else None


# -- against dqrewrite


def main():
    parser = harness.options(__doc__.partition("\n")[0], 1000)
    parser.add_argument("--write", metavar="FOLDER", help="write the files of expectations there, and compare nothing")
    chosen = parser.parse_args()
    if chosen.write:
        write_expectations(chosen.write)
        return True
    rules = pathlib.Path(__file__).resolve().parent.parent / "rules"
    results = []
    for name, variant in VARIANTS.items():
        command = [chosen.dqrewrite, "run", "--rules", str(rules / f"variant_{name}.rules"), "--ndjson", "-", "-o", "-"]
        results.append(harness.check(f"variant {name}", variant, command, chosen))
    return all(results)


if __name__ == "__main__":
    harness.exit_with(main)
