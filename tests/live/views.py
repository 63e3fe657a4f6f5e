"""Does rules/library/inductor_remove_redundant_views.rules give what Inductor's own function gives, on random graphs?

    PYTHONPATH=python python3 tests/live/views.py --dqrewrite PATH [--seed N] [--count N] [--only CASE] [--keep FOLDER]

The graphs are families of views as other dtypes: rows and forks of them, views back, what nobody reads, and other readers
between. Exit status: 0 all identical, 1 not, 2 it could not be run.
"""

import io
import json
import pathlib
import random
import secrets

import torch

import dqrewrite_dump
import harness

RULES = pathlib.Path(__file__).resolve().parents[2] / "rules/library/inductor_remove_redundant_views.rules"
DTYPES = (torch.int8, torch.uint8, torch.bool)
LEAST_CHANGED = 0.5  # of the graphs


def module_of(rng):
    graph = torch.fx.Graph()
    values = [graph.placeholder(f"x{index}") for index in range(rng.randint(1, 3))]
    for value in values:
        value.meta["val"] = torch.empty(2, 3, dtype=rng.choice(DTYPES), device="meta")
    for _ in range(rng.randint(1, 20)):
        source = values[-1 - min(int(rng.expovariate(0.4)), len(values) - 1)]
        if rng.random() < 0.8:
            dtype = rng.choice(DTYPES)
            made = graph.call_function(torch.ops.aten.view.dtype, (source, dtype))
            made.meta["val"] = torch.empty(2, 3, dtype=dtype, device="meta")
        else:
            made = graph.call_function(torch.ops.aten.neg.default, (source,))
            made.meta["val"] = torch.empty(2, 3, dtype=source.meta["val"].dtype, device="meta")
        if rng.random() < 0.5:
            made.meta[rng.choice("abc")] = rng.randint(0, 9)
        values.append(made)
    graph.output(tuple(rng.choice(values) for _ in range(rng.randint(1, 3))))
    return torch.fx.GraphModule(torch.nn.Module(), graph)


def case(remove_redundant_views, seed, index):
    before = json.dumps(dqrewrite_dump.to_document(module_of(random.Random(f"{seed}/{index}"))))
    fresh = dqrewrite_dump.load(io.StringIO(before))
    remove_redundant_views(fresh)
    after = dqrewrite_dump.to_document(fresh)
    changed = harness.difference(json.loads(before), after) is not None
    return harness.Case(index, before, json.dumps(after), features=frozenset({"changed"} if changed else ()))


def main():
    try:
        from torch._inductor.fx_passes.joint_graph import remove_redundant_views
    except ImportError as error:
        raise harness.CannotRun(f"this torch has no remove_redundant_views: {error}") from error
    chosen = harness.options(__doc__.partition("\n")[0], 1000).parse_args()
    seed = chosen.seed if chosen.seed is not None else secrets.randbelow(10**9)
    print(f"remove_redundant_views: --seed {seed} --count {chosen.count}, torch {torch.__version__}", flush=True)
    indices = range(chosen.count) if chosen.only is None else [chosen.only]
    cases = [case(remove_redundant_views, seed, index) for index in indices]
    changed = sum("changed" in each.features for each in cases)
    print(f"  {len(cases)} graphs, {changed} of them changed")
    command = [chosen.dqrewrite, "run", "--rules", str(RULES), "--ndjson", "-", "-o", "-"]
    right = harness.compare(cases, command, seed, chosen.keep)
    return right and (changed >= LEAST_CHANGED * len(cases) or chosen.only is not None)


if __name__ == "__main__":
    harness.exit_with(main)
