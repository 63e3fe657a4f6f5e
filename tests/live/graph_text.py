"""Does `dqrewrite show --format text` print what str(graph) of this PyTorch is, byte for byte?

    PYTHONPATH=python python3 tests/live/graph_text.py --dqrewrite PATH [--seed N] [--count N] [--corpus FOLDER]

Asked are random graphs, the graphs of tests/corpus and of FOLDER (*.json, and the dumps in each line of *.ndjson), each
with all its submodules. Every second random graph returns values of all kinds, which FX prints in another way there
than in a call. Graphs that do not load here (their operators are of a package that is not installed: executorch, and
tosa-tools for Arm's) are left out and counted; so are those that FX itself cannot print.
Exit status: 0 all identical, 1 not, 2 it could not be run.
"""

import collections
import concurrent.futures
import io
import json
import pathlib
import secrets
import subprocess

import torch

import dqrewrite_dump
import harness
import random_graphs
from dqrewrite_dump import Opaque, Symbolic

HERE = pathlib.Path(__file__).resolve().parents[1] / "corpus"
LEAST_FROM_CORPUS = 16

# What repr() and str() print differently, or with care.
RETURNED = [
    'quotes " and \'',
    "it's",
    "line\nbreak\ttab\\",
    "größe \xa0\xad\u200b\u2028\U0001f600\U000e0041\x7f",
    Symbolic("s0 + 1"),
    Opaque("<an 'object'>"),
    torch.ops.aten.mul.Tensor,
    torch.ops.aten.relu.default,
    slice(None, Symbolic("u0"), "step"),
    torch.device("cuda:1"),
    torch.device("cpu"),
    torch.float16,
    torch.channels_last,
    torch.strided,
    {"key": 1e-7, 2: 1e22, None: -0.0, 1.5: float("nan"), (1, "a"): True},
    complex(-0.0, 1),
    complex(1, float("-inf")),
    ...,
    2**80,
    (),
    (1,),
    [],
    {},
]


def random_documents(seed, count):
    for index in range(count):
        rng = random_graphs.seeded(seed, index)
        document = dqrewrite_dump.to_document(random_graphs.make(rng))
        if index % 2:
            return_values(document, rng)
        yield f"seed {seed} case {index}", document


def return_values(document, rng):
    """Any value may stand in an output, alone or in a container, in a placeholder's default and in a call."""
    values = [dqrewrite_dump.values.encode(rng.choice(RETURNED)) for _ in range(rng.randint(1, 3))]
    for node in document["graph"]["nodes"]:
        if node["op"] == "output":
            alone = rng.random() < 0.2
            node["args"] = [values[0]] if alone else [{"tuple": [*node["args"], *values]}]
        elif node["op"] == "placeholder" and node["args"]:
            node["args"] = [{"tuple": values}] if rng.random() < 0.5 else values[:1]
        elif node["op"] == "call_method":
            node["args"] += values


def corpus_documents(folder):
    for path in sorted(pathlib.Path(folder).rglob("*.json")):
        document = json.loads(path.read_text())
        if isinstance(document, dict) and document.get("format") == "fx-graph":
            yield str(path), document
    for path in sorted(pathlib.Path(folder).rglob("*.ndjson")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            case = json.loads(line)
            for key in ("before", "after"):
                if key in case:
                    yield f"{path}:{number} {key}", case[key]


class Check:
    """Counts, and the texts of what is wrong."""

    def __init__(self, command):
        self.command = command
        self.same = 0
        self.left_out = collections.Counter()
        self.wrong = []

    def documents(self, named):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for name, text, found in pool.map(self.ask, self.expected(named)):
                if text + "\n" == found:
                    self.same += 1
                else:
                    self.wrong.append(f"{name}: {first_difference(text, found)}")

    def expected(self, named):
        """(name, dump, submodule, str(graph)) of each graph."""
        for name, document in named:
            try:
                module = dqrewrite_dump.from_document(document)
            except dqrewrite_dump.DumpError:
                self.left_out["not loaded"] += 1
                continue
            text = json.dumps(document)
            for path in ("", *document.get("submodules", {})):
                graph = module.get_submodule(path).graph
                try:
                    yield f"{name} {path}", text, path, str(graph)
                except IndexError:  # an output without arguments
                    self.left_out["not printed by FX"] += 1

    def ask(self, asked):
        name, dump, path, text = asked
        command = [self.command, "show", "--format", "text", "-", *(["--submodule", path] if path else [])]
        try:
            done = subprocess.run(command, input=dump.encode(), capture_output=True, timeout=100)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise harness.CannotRun(f"{self.command}: {error}") from error
        return name, text, (done.stdout + done.stderr).decode(errors="replace")


def first_difference(expected, found):
    for one, other in zip(io.StringIO(expected + "\n"), io.StringIO(found)):
        if one != other:
            return f"\n    expected {one!r}\n    found    {other!r}"
    return f"{expected.count(chr(10)) + 1} lines expected, {found.count(chr(10))} found"


def main():
    parser = harness.options(__doc__.partition("\n")[0], 1000)
    parser.add_argument("--corpus", metavar="FOLDER", help="more graphs")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else secrets.randbelow(10**9)
    print(f"str(graph): --seed {seed} --count {chosen.count}, torch {torch.__version__}", flush=True)
    sources = [("random", random_documents(seed, chosen.count), chosen.count)]
    sources.append(("tests/corpus", corpus_documents(HERE), LEAST_FROM_CORPUS))
    if chosen.corpus:
        sources.append((chosen.corpus, corpus_documents(chosen.corpus), LEAST_FROM_CORPUS))
    right = True
    for title, documents, least in sources:
        check = Check(chosen.dqrewrite)
        check.documents(documents)
        for text in check.wrong[: harness.SHOWN]:
            print(f"  {text}")
        left_out = "".join(f", {count} {why}" for why, count in check.left_out.items())
        print(f"  {title}: {check.same} identical, {len(check.wrong)} not{left_out}", flush=True)
        right = right and not check.wrong and check.same >= least
    return right


if __name__ == "__main__":
    harness.exit_with(main)
