"""What the live checks share: cases made by PyTorch, dqrewrite's answers to them, and how two answers differ.

A case is a random graph as a dump, and what a pass made of that dump loaded afresh. Comparison is of what the JSON says:
keys of an object in any order, items of an array in theirs, and 1, 1.0, true, 0.0 and -0.0 are five values.
Needs torch. Tests of this file: test_harness.py.
"""

import argparse
import collections
import dataclasses
import functools
import io
import json
import logging
import multiprocessing
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time

import torch

import dqrewrite_dump
import features
import random_graphs

logging.disable(logging.WARNING)  # torchao's about its import, and torch's about single graphs

SHOWN = 5  # mismatches that are printed
LEAST_SHARE = 0.05  # of all cases must have each feature


class CannotRun(Exception):
    """The check could not be made; exit status 2."""


@dataclasses.dataclass
class Case:
    """`expected` is the dump after the pass as text, or None where the pass raised `error`."""

    index: int
    before: str
    expected: str | None = None
    error: str | None = None
    features: frozenset = frozenset()


# -- cases


def make_case(run_pass, seed, index):
    """One case. `run_pass` takes a GraphModule and changes it in place."""
    rng = random_graphs.seeded(seed, index)
    module = random_graphs.make(rng)
    random_graphs.churn(rng, module.graph)
    before = dqrewrite_dump.to_document(module, past=rng.random() < 0.5)
    if rng.random() < 0.2:  # then the op declarations that dqrewrite ships have to do
        del before["ops"]
    text = _as_line(before, rng)
    fresh = dqrewrite_dump.load(io.StringIO(text))
    if dqrewrite_dump.to_document(fresh) != json.loads(text):
        raise AssertionError(f"case {index}: dump(load(dump)) is another dump")
    try:
        run_pass(fresh)
    except Exception as error:  # whatever PyTorch finds: such a graph has no right answer
        return Case(index, text, error=type(error).__name__)
    after = dqrewrite_dump.to_document(fresh)
    found = features.of(before)
    if difference(before, after):
        found.add("changed")
    if {node["name"] for node in after["graph"]["nodes"]} - {node["name"] for node in before["graph"]["nodes"]}:
        found.add("copies")
    return Case(index, text, json.dumps(after), features=frozenset(found))


def _as_line(document, rng):
    """One line of JSON, in one of the ways in which JSON is written."""
    separators = rng.choice([(", ", ": "), (",", ":"), (" ,\t", " : ")])
    return json.dumps(document, separators=separators, ensure_ascii=rng.random() < 0.5)


def make_cases(run_pass, seed, indices):
    """The cases, by two processes."""
    one = functools.partial(make_case, run_pass, seed)
    if len(indices) < 20:
        return list(map(one, indices))
    torch.set_num_threads(1)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(one, indices, chunksize=50)


# -- dqrewrite


def answers(command, lines):
    """What dqrewrite writes for these dumps, one line each; its exit status and what it said come second and third."""
    try:
        done = subprocess.run(
            command, input="".join(line + "\n" for line in lines).encode(), capture_output=True, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRun(f"{command[0]}: {error}") from error
    out = done.stdout.decode(errors="replace").split("\n")
    if out[-1] == "":
        out.pop()
    return out, done.returncode, done.stderr.decode(errors="replace")


# -- comparison


def difference(expected, found, path=""):
    """Where two values of JSON part first, as text; None where they do not."""
    if type(expected) is not type(found):
        return f"{path}: expected {_brief(expected)}, found {_brief(found)}"
    if isinstance(expected, dict):
        return _difference_of_objects(expected, found, path)
    if isinstance(expected, list):
        return _difference_of_arrays(expected, found, path)
    same = repr(expected) == repr(found) if isinstance(expected, float) else expected == found
    return None if same else f"{path}: expected {_brief(expected)}, found {_brief(found)}"


def _difference_of_objects(expected, found, path):
    for key in sorted(expected, key=lambda key: (key == "meta", key == "ops")):  # what tells most comes first
        if key not in found:
            return f"{path}/{key}: missing, expected {_brief(expected[key])}"
        if text := difference(expected[key], found[key], f"{path}/{key}"):
            return text
    for key in found:
        if key not in expected:
            return f"{path}/{key}: not expected, found {_brief(found[key])}"
    return None


def _difference_of_arrays(expected, found, path):
    for index, (one, other) in enumerate(zip(expected, found)):
        if text := difference(one, other, f"{path}/{index}"):
            if path.endswith("/nodes") and isinstance(one, dict):
                return f"node {one.get('name')!r}, {text}"
            return text
    if len(expected) != len(found):
        rest = max(expected, found, key=len)[min(len(expected), len(found))]
        return f"{path}: {len(expected)} items expected, {len(found)} found; the first of the rest is {_brief(rest)}"
    return None


def _brief(value):
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:197] + "..."


def parse(line):
    """The JSON of a line; ValueError where it is none or a key stands twice in an object."""

    def unique(pairs):
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise ValueError("a key stands twice in an object")
        return fields

    def no_constant(text):
        raise ValueError(f"{text} is not JSON")

    return json.loads(line, object_pairs_hook=unique, parse_constant=no_constant)


def mismatch(case, line):
    """What is wrong with dqrewrite's answer to a case; None where nothing is."""
    expected = json.loads(case.expected)
    try:
        found = parse(line)
    except (ValueError, RecursionError) as error:
        return f"the answer is not good JSON: {error}"
    if text := difference(expected, found):
        return text
    if "changed" not in case.features and line != case.before:
        at = next(index for index, (one, other) in enumerate(zip(case.before + "\n", line + "\n")) if one != other)
        return f"nothing changed, and the bytes did, first at {at}: {case.before[at:at + 40]!r} became {line[at:at + 40]!r}"
    return None


# -- the whole check


def options(description, count):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--dqrewrite",
        metavar="PATH",
        default="build/release/dqrewrite",
        help="the command to check (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, help="a number that the graphs follow from (default: another one each time)"
    )
    parser.add_argument("--count", type=int, default=count, help="how many graphs (default: %(default)s)")
    parser.add_argument("--only", type=int, metavar="INDEX", help="this case of the seed alone")
    parser.add_argument(
        "--keep", metavar="FOLDER", help="where mismatches are written (default: a new temporary folder)"
    )
    return parser


def check(title, run_pass, command, chosen):
    """Makes cases, asks, compares, prints. True where all answers are right and each feature is frequent enough."""
    seed = chosen.seed if chosen.seed is not None else secrets.randbelow(10**9)
    print(f"{title}: --seed {seed} --count {chosen.count}, torch {torch.__version__}", flush=True)
    start = time.monotonic()
    cases = make_cases(run_pass, seed, range(chosen.count) if chosen.only is None else [chosen.only])
    asked = [case for case in cases if case.expected is not None]
    errors = collections.Counter(case.error for case in cases if case.error)
    print(
        f"  {len(asked)} graphs, {sum(errors.values())} left out where PyTorch raises"
        + (f" ({', '.join(f'{name} {count}' for name, count in errors.most_common())})" if errors else ""),
        flush=True,
    )
    made = time.monotonic()
    frequent = _shares(asked, len(cases)) or chosen.only is not None
    right = compare(asked, command, seed, chosen.keep)
    print(f"  {made - start:.1f} s in PyTorch, {time.monotonic() - made:.1f} s for dqrewrite and comparing", flush=True)
    return right and frequent


def _shares(asked, count):
    """Prints how many cases have each feature; False where one is too rare for the check to mean anything."""
    shares = {name: sum(name in case.features for case in asked) / max(count, 1) for name in features.FEATURES}
    print("  " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
    rare = [name for name, share in shares.items() if share < LEAST_SHARE]
    if rare:
        print(f"  too few of these (at least {LEAST_SHARE:.0%} are needed): {', '.join(rare)}")
    return not rare


def compare(asked, command, seed, keep):
    """Asks dqrewrite for all cases, and prints how its answers differ. True where none does."""
    lines, status, said = answers(command, [case.before for case in asked])
    wrong = [(case, text) for case, line in zip(asked, lines) if (text := mismatch(case, line))]
    for case, text in wrong[:SHOWN]:
        print(f"  seed {seed} case {case.index}: {text}")
        print(f"    written to {_write(case, lines[asked.index(case)], seed, keep)}")
    if len(wrong) > SHOWN:
        print(f"  and {len(wrong) - SHOWN} more")
    short = len(lines) != len(asked)
    if short:
        print(f"  {len(asked)} dumps in, {len(lines)} lines out")
    if status or short:
        print(f"  exit status {status}: {said.strip()[-2000:] or 'no message'}")
    print(f"  {len(asked) - len(wrong)} of {len(asked)} identical", flush=True)
    return not wrong and not short and status == 0


def _write(case, found, seed, keep):
    """A mismatch as files: the dump to run, what PyTorch made of it, what dqrewrite did."""
    folder = pathlib.Path(keep or _own_folder())
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"seed-{seed}-case-{case.index}"
    for kind, text in (("before", case.before), ("expected", case.expected), ("found", found)):
        stem.with_suffix(f".{kind}.json").write_text(text + "\n")
    return stem.with_suffix(".{before,expected,found}.json")


@functools.cache
def _own_folder():
    return tempfile.mkdtemp(prefix="dqrewrite-mismatches-")


def exit_with(check_all):
    """Runs `check_all` as a program's end: 0 all right, 1 a mismatch, 2 it could not run."""
    try:
        sys.exit(0 if check_all() else 1)
    except CannotRun as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
