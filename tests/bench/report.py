#!/usr/bin/env python3
"""Measures everything that docs/performance.md speaks of, and prints it with its goal: one table, one run.

    report.py BUILD [--quick] [--large] [--only WORD] [--rounds N]

BUILD is a build directory with -DDQREWRITE_BENCHMARKS=ON (the preset `bench`). A goal that is a ratio compares programs
that took turns in this run: on a machine that others use too, times move by half, ratios by a tenth. A ratio is the
median of the rounds' own. --quick takes a tenth of the nodes, --large adds 10 M nodes (10 GB of memory, 10 GB in the
scratch directory). PyTorch is measured where python3 has torch and torchao. Scratch files lie in TMPDIR, else in
/dev/shm, and go away. Exit: 0, also where goals are missed; 1 where a run failed or gave the wrong graph.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = []


def row(what, reached, goal, unit=""):
    """`reached` is good where it is at most `goal`."""
    if reached is None or math.isnan(reached):
        ROWS.append((what, "-", f"{goal:g}{unit}", "-"))
    else:
        ROWS.append((what, f"{reached:.3g}{unit}", f"{goal:g}{unit}", f"{reached / goal:.2f}"))
    print("  ".join(ROWS[-1]), file=sys.stderr, flush=True)


def row_at_least(what, reached, goal, unit=""):
    ROWS.append((what, f"{reached:.3g}{unit}", f"at least {goal:g}{unit}", f"{goal / reached:.2f}"))
    print("  ".join(ROWS[-1]), file=sys.stderr, flush=True)


class Failed(Exception):
    pass


# -- what Google Benchmark measures

def benchmarks(program, pattern, large_ok=True):
    """Median CPU nanoseconds of each benchmark that matches, by its name without the settings."""
    command = [program, f"--benchmark_filter={pattern}", "--benchmark_format=json", "--benchmark_enable_random_interleaving=true"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{program}: {done.stderr.strip()}")
    found = {}
    for each in json.loads(done.stdout)["benchmarks"]:
        if each.get("error_occurred"):
            raise Failed(f"{each['name']}: {each['error_message']}")
        if each.get("aggregate_name") == "median":
            found[each["run_name"].split("/iterations")[0]] = each["cpu_time"] * 1e6
    return found


def in_memory(a):
    job = os.path.join(a.build, "tests/bench/bench_job")
    nodes = 2_000_000
    for kind, goal in (("warm", 30), ("cold", 60)):
        found = benchmarks(job, f"job/chain_.*_{kind}/")
        rule, late, hand = (found[f"job/chain_{way}_{kind}/{nodes}"] for way in ("by_rule", "late", "by_hand"))
        row(f"job in memory, {kind}, by rule", rule / nodes, goal, " ns/node")
        row(f"the same on a graph read without the rules, {kind}", late / nodes, goal, " ns/node")
        row(f"the same by hand, {kind}", hand / nodes, goal, " ns/node")
        row(f"by rule / by hand, both on a graph read without rules, {kind}", late / hand, 1.25)


def many_rules(a):
    nodes = 1_000_000
    found = benchmarks(os.path.join(a.build, "tests/bench/bench_rules"), ".")
    for kind in ("roots", "inner", "mix"):
        row(f"1,000 rules / 10 rules, {kind}", found[f"sweep/{kind}_1000"] / found[f"sweep/{kind}_10"], 1.3)
        row(f"1,000 rules, {kind}", found[f"sweep/{kind}_1000"] / nodes, 60, " ns/node")
        row(f"1,000 rules from file to matcher, {kind}", found[f"compile/{kind}_1000"] / 1e6, 50, " ms")


def growth_in_memory(a):
    sizes = [1_000_000, 4_000_000] + ([10_000_000] if a.large else [])
    job = os.path.join(a.build, "tests/bench/bench_job")
    for shape in ("chain", "star", "fan"):
        times = [benchmarks(job, f"job/{shape}_growth/{n}/")[f"job/{shape}_growth/{n}"] for n in sizes]
        for (n, t), (m, u) in zip(zip(sizes, times), zip(sizes[1:], times[1:])):
            row(f"growth in memory, {shape}, {n // 1000} k to {m // 1000} k: exponent", math.log(u / t) / math.log(m / n), 1.05)


# -- whole processes

class Process:
    """A command and what its runs took: wall and CPU seconds, peak memory.

    `out`, which it writes, is not there before: to free the pages of an old file is not what is measured."""

    def __init__(self, *argv, out=None):
        self.argv, self.out, self.wall, self.cpu, self.memory = argv, out, [], [], 0

    def run(self):
        if self.out and os.path.exists(self.out):
            os.unlink(self.out)
        start = time.perf_counter()
        pid = os.posix_spawn(self.argv[0], self.argv, os.environ,
                             file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        self.wall.append(time.perf_counter() - start)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory = max(self.memory, usage.ru_maxrss * 1024)
        if status:
            raise Failed(f"{' '.join(self.argv)} ended with {os.waitstatus_to_exitcode(status)}")


def take_turns(rounds, *processes):
    for _ in range(rounds):
        for process in processes:
            process.run()


def ratio(a, b):
    return statistics.median(x / y for x, y in zip(a, b))


def make(a, shape, meta, nodes, lines=0):
    """A dump: its path, its nodes, and how many must come out."""
    path = os.path.join(a.scratch, f"{shape}.{meta}.{nodes}.{lines}.json")
    argv = [os.path.join(a.build, "tests/bench/make_dump"), shape, meta, str(nodes)] + ([str(lines)] if lines else [])
    with open(path, "wb") as out:
        counts = subprocess.run(argv, stdout=out, stderr=subprocess.PIPE, text=True, check=True).stderr.split()
    return path, int(counts[0]), int(counts[1])


def count_nodes(path):
    count, rest = 0, b""
    with open(path, "rb") as dump:
        while block := dump.read(1 << 24):
            count += (rest + block).count(b'{"name": "')
            rest = block[-9:]
    return count


def run_of(a, path, *more):
    out = os.path.join(a.scratch, "out.json")
    return Process(os.path.join(a.build, "dqrewrite"), "run", *more, path, "-o", out, out=out)


def whole_runs(a):
    nodes = 100_000 if a.quick else 1_000_000
    for meta, goal in (("slim", 1.0), ("full", 0.8)):
        path, _, expected = make(a, "chain", meta, nodes)
        ours = run_of(a, path)
        copy = os.path.join(a.scratch, "copy.json")
        floor = Process(os.path.join(a.build, "tests/bench/floor"), "copy", path, copy, out=copy)
        take_turns(a.rounds, floor, ours)
        if count_nodes(os.path.join(a.scratch, "out.json")) != expected:
            raise Failed(f"chain {meta}: the wrong number of nodes came out")
        row(f"dump to dump, {meta} / parse + copy, wall", ratio(ours.wall, floor.wall), goal)
        row(f"dump to dump, {meta} / parse + copy, CPU", ratio(ours.cpu, floor.cpu), goal)
        row(f"peak memory, {meta} / input", ours.memory / os.path.getsize(path), 2)
        os.unlink(path)


def growth_of_runs(a):
    sizes = [10_000, 100_000] + ([] if a.quick else [1_000_000]) + ([10_000_000] if a.large else [])
    for shape in ("chain", "star", "fan"):
        made = [make(a, shape, "slim", n) for n in sizes]
        runs = [run_of(a, path) for path, _, _ in made]
        for process, n in zip(runs, sizes):
            take_turns(max(3, min(40, 2_000_000 // n)), process)
        for i in range(1, len(sizes)):
            step = math.log(made[i][1] / made[i - 1][1])
            exponent = math.log(statistics.median(runs[i].cpu) / statistics.median(runs[i - 1].cpu)) / step
            row(f"growth of whole runs, {shape}, {sizes[i - 1] // 1000} k to {sizes[i] // 1000} k: exponent", exponent, 1.05)
        for path, _, _ in made:
            os.unlink(path)


def small_graph(a):
    path, _, _ = make(a, "chain", "slim", 1000)
    ours, empty = run_of(a, path), Process(os.path.join(a.build, "tests/bench/empty_program"))
    take_turns(100, empty, ours)
    row("1,000 nodes, whole process / empty program", ratio(ours.wall, empty.wall), 3)


def many_graphs(a):
    path, _, _ = make(a, "chain", "slim", 300, lines=2000)
    one, two = run_of(a, path, "--ndjson", "--jobs", "1"), run_of(a, path, "--ndjson", "--jobs", "2")
    one.run()
    alone = open(os.path.join(a.scratch, "out.json"), "rb").read()
    two.run()
    if open(os.path.join(a.scratch, "out.json"), "rb").read() != alone:
        raise Failed("--jobs 2 gives other lines than --jobs 1")
    take_turns(3 * a.rounds, one, two)
    row_at_least("--ndjson --jobs 1 / --jobs 2, 2,000 graphs of 300 nodes", ratio(one.wall, two.wall), 1.8)


TORCH = """
import sys, time
sys.path.insert(0, sys.argv[1])
import torch
from dqrewrite_dump import load
from torchao.quantization.pt2e.quantizer.duplicate_dq_pass import DuplicateDQPass
module = load(sys.argv[2])
start = time.perf_counter()
DuplicateDQPass()(module)
print(time.perf_counter() - start)
"""


def against_torch(a):
    if subprocess.run([a.python, "-c", "import torch, torchao"], capture_output=True).returncode:
        print("PyTorch is not measured: no torch and torchao in", a.python, file=sys.stderr)
        return
    path, nodes, _ = make(a, "chain", "slim", 10_000)
    script = [a.python, "-W", "ignore", "-c", TORCH, os.path.join(HERE, "..", "..", "python"), path]
    done = [subprocess.run(script, capture_output=True, text=True) for _ in range(3)]
    if any(each.returncode for each in done):
        raise Failed(f"PyTorch's pass: {done[0].stderr.strip().splitlines()[-1:]}")
    torch = statistics.median(float(each.stdout.split()[-1]) for each in done)
    ours = run_of(a, path)
    take_turns(20, ours)
    row_at_least("PyTorch's pass / dump to dump, 10,000 nodes", torch / statistics.median(ours.wall), 60)
    job = os.path.join(a.build, "tests/bench/bench_job")
    memory = benchmarks(job, "job/chain_small")["job/chain_small/10000"] / 1e9
    row_at_least("PyTorch's pass / in memory, 10,000 nodes", torch / memory, 1000)


PARTS = {"memory": in_memory, "rules": many_rules, "growth": growth_in_memory, "whole": whole_runs,
         "growth-of-runs": growth_of_runs, "small": small_graph, "ndjson": many_graphs, "torch": against_torch}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--python", default="python3", help="the Python that may have torch and torchao")
    a = parser.parse_args()
    a.build = os.path.abspath(a.build)
    a.scratch = tempfile.mkdtemp(prefix="dqrewrite-bench.",
                                 dir=os.environ.get("TMPDIR") or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    failed = 0
    try:
        for name, part in PARTS.items():
            if a.only and name not in a.only:
                continue
            try:
                part(a)
            except Failed as failure:
                failed = 1
                print(f"FAILED {name}: {failure}", file=sys.stderr)
    finally:
        shutil.rmtree(a.scratch)
    head = ("what", "reached", "goal", "reached / goal")
    widths = [max(len(each[i]) for each in [head, *ROWS]) for i in range(4)]
    for each in [head, tuple("-" * w for w in widths), *ROWS]:
        print("  ".join(text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(each, widths))))
    return failed


if __name__ == "__main__":
    sys.exit(main())
