"""Does a pass give on the dump of a graph with a past what it gives on that very graph?

    PYTHONPATH=python python3 tests/live/past.py --dqrewrite build/live/dqrewrite --count 300

Random graphs are edited at random, so that users do not stand in the order of the nodes, and names are taken that no
node bears. A pass that makes copies and new nodes for users in their order is run in PyTorch on the graph itself, and by
dqrewrite on its dump: both dumps after it are the same, with the past that the graphs have then. So they are after a second run.
Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import json
import pathlib
import secrets
import tempfile

import torch

import dqrewrite_dump
import harness
import random_graphs

RULES = """
rule split {
    match n: node(...)
    where n is not output and n is not placeholder and len(n.users) > 1
    rewrite {
        for u in n.users {
            if u is not output and u in n.users {
                clone n as copy after n
                replace n with copy in u
            }
        }
        insert aten.alias.default(n) as new after n  meta none
    }
}
pass Split { sweep split over snapshot }
"""


def split(graph):
    """The same in FX."""
    for n in list(graph.nodes):
        if n.op in ("output", "placeholder") or len(n.users) < 2:
            continue
        for u in list(n.users):
            if u.op != "output":
                with graph.inserting_after(n):
                    copy = graph.node_copy(n)
                u.replace_input_with(n, copy)
        with graph.inserting_after(n):
            graph.call_function(torch.ops.aten.alias.default, (n,))


def makes_names_anew(graph):
    """Whether a node bears a name that FX has not taken, and may give once more: no dump says that."""
    return not {node.name for node in graph.nodes} <= graph._graph_namespace._used_names


def case(rng):
    """The dumps of a graph before the pass, and after one and two runs of it in FX."""
    module = random_graphs.make(rng)
    random_graphs.churn(rng, module.graph)
    for node in module.graph.nodes:
        node.meta.clear()  # what nodes share, and a dump does not, is another matter
    if makes_names_anew(module.graph):
        return None
    documents = []
    for _ in range(3):
        documents.append(dqrewrite_dump.to_document(module))
        split(module.graph)
    return documents


def after(command, rules, documents):
    lines, status, said = harness.answers([command, "run", "--ndjson", "--rules", rules, "-"], map(json.dumps, documents))
    if status != 0:
        raise harness.CannotRun(said)
    return map(json.loads, lines)


def main():
    chosen = harness.options(__doc__.partition("\n")[0], 300).parse_args()
    seed = chosen.seed if chosen.seed is not None else secrets.randbelow(10**9)
    indices = range(chosen.count) if chosen.only is None else [chosen.only]
    cases = {index: case(random_graphs.seeded(seed, index)) for index in indices}
    runs = [(index, *pair) for index, found in cases.items() if found for pair in zip(found, found[1:])]
    with tempfile.TemporaryDirectory() as folder:
        rules = pathlib.Path(folder) / "split.rules"
        rules.write_text(RULES, encoding="utf-8")
        results = after(chosen.dqrewrite, str(rules), [before for _, before, _ in runs])
    wrong = 0
    for (index, _, wanted), found in zip(runs, results, strict=True):
        if difference := harness.difference(wanted["graph"], found["graph"]):
            wrong += 1
            print(f"--seed {seed} --only {index}: {difference}")
    odd = sum("users" in before["graph"]["past"] for _, before, _ in runs)
    print(f"seed {seed}: {len(runs)} runs, {odd} on graphs with users in an order of their own, {wrong} with another result")
    return not wrong and odd > len(runs) // 4


if __name__ == "__main__":
    harness.exit_with(main)
