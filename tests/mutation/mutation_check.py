#!/usr/bin/env python3
"""Would the tests of the shipped rule files notice a slip of the pen?

Of each rule file that has tests, and of the files of words that it imports, one token at a time is changed
(mutate.py). What `dqrewrite check` refuses, and what changes no result on the graphs of the corpus, does not count.
Of the rest `dqrewrite test` must catch enough, where each file has near misses of its own tests beside them, made from
the file as it is (`dqrewrite test --generate`).

    mutation_check.py build/dqrewrite rules --corpus /where/the/corpus/is

The corpus: library/NAME.ndjson for rules/library/NAME.rules, a line {"before": dump} for each case; graphs
duplicate_dq/*.before.json (or *.before.json) for the rules that apply by default. Files without cases are left out and
named. Exit status: 0 enough are caught, 1 not. Nothing but Python's standard library.
"""

import argparse
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import mutate

DEFAULT_RULES = "duplicate_dq"
TIMEOUT = 20  # seconds; what takes longer is another result


def run(command, **how):
    return subprocess.run([str(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          timeout=TIMEOUT, **how)


def imports_of(text):
    return re.findall(r'^import "([^"]+\.rules)"', text, re.M)


class Subject:
    """A rule file with cases: near misses of its tests, graphs, and what it makes of them."""

    def __init__(self, options, path, folder):
        self.options, self.path = options, path
        self.text = path.read_text()
        self.graphs = folder / (path.stem + ".graphs")
        self.graphs.write_text(self.cases())
        made = run([options.dqrewrite, "test", path, "--generate", options.generate, "--seed", options.seed])
        self.near_misses = made.stdout.decode() if made.returncode == 0 else ""
        original = folder / (path.stem + ".original")
        self.results = self.results_of(original, self.text)

    def cases(self):
        lines = []
        corpus = self.options.corpus
        library = corpus / "library" / (self.path.stem + ".ndjson")
        if library.exists():
            for line in library.read_text().splitlines():
                lines.append(json.dumps(json.loads(line)["before"]))
        elif self.path.stem == DEFAULT_RULES:
            folder = corpus / "duplicate_dq" if (corpus / "duplicate_dq").exists() else corpus
            if (folder / "random.ndjson").exists():
                with open(folder / "random.ndjson") as random_cases:
                    lines += [json.dumps(json.loads(next(random_cases))["before"]) for _ in range(150)]
            for graph in sorted(folder.glob("*.before.json")):
                if graph.stat().st_size < 500_000:
                    lines.append(" ".join(graph.read_text().splitlines()))
        kept, size = [], 0
        for line in lines:
            size += len(line)
            if size < self.options.most_bytes:
                kept.append(line + "\n")
        return "".join(kept)

    def usable(self):
        return self.graphs.stat().st_size > 0 and self.results is not None and "\ntest " in self.text

    def results_of(self, folder, text, words=None):
        """A line for each graph; errors are all alike. None where the file is no good rule file."""
        folder.mkdir(exist_ok=True)
        self.write(folder, text, words)
        file = folder / self.path.name
        try:
            ran = run([self.options.dqrewrite, "run", "--rules", file, "--ndjson", self.graphs])
        except subprocess.TimeoutExpired:
            return ["timeout"]
        if not ran.stdout:  # not one line: the rules were refused
            return None
        return ["error" if line.startswith(b'{"error"') else line for line in ran.stdout.splitlines()]

    def caught(self, folder, text, words=None):
        """By the file's own tests, or by near misses of them. The few of its own come first: rules that do not end take
        their time in each test."""
        return self.fails(folder, text, words) or self.fails(folder, text + "\n" + self.near_misses, words)

    def fails(self, folder, text, words):
        self.write(folder, text, words)
        try:
            return run([self.options.dqrewrite, "test", folder / self.path.name, "--near-misses",
                        "none"]).returncode != 0
        except subprocess.TimeoutExpired:
            return True

    def write(self, folder, text, words):
        """The file, the changed file of words if there is one, and beside them all others that may be imported."""
        own = dict([(self.path.name, text)] + ([words] if words else []))
        for other in self.options.all_files:
            link = folder / other.name
            if other.name not in own and not link.exists():
                link.symlink_to(other.resolve())
        for name, content in own.items():
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_text(content)


def verdict(mutant):
    """"bad", "same", "caught" or "missed"."""
    path, line, what, text, subjects = mutant
    with tempfile.TemporaryDirectory() as name:
        folder, changed = pathlib.Path(name), []
        for subject in subjects:
            own = subject.path == path
            words = None if own else (path.name, text)
            results = subject.results_of(folder, text if own else subject.text, words)
            if results is None:
                return "bad"
            if results != subject.results:
                changed.append((subject, text if own else subject.text, words))
        if not changed:
            return "same"
        return "caught" if any(subject.caught(folder, own, words) for subject, own, words in changed) else "missed"


def mutants(options, files, subjects):
    for path in files:
        touched = [each for each in subjects if each.path == path] or [
            each for each in subjects if path.name in imports_of(each.text)]
        if not touched:
            continue
        made = [(path, line, what, text, touched) for line, what, text in mutate.mutants_of(path.read_text())]
        random.Random(options.seed).shuffle(made)
        yield from sorted(made[:options.limit], key=lambda each: each[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dqrewrite", type=pathlib.Path)
    parser.add_argument("rules", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "corpus")
    parser.add_argument("--generate", type=int, default=200, help="near misses of a file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=1_000_000, help="mutants of a file, taken by chance")
    parser.add_argument("--most-bytes", type=int, default=1_000_000, help="of the graphs of a file")
    parser.add_argument("--least", type=float, default=95, help="percent that must be caught")
    parser.add_argument("--only", nargs="*", help="names of rule files; default: the rules that apply by default")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    files = sorted(options.rules.glob("*.rules")) + sorted(options.rules.glob("library/*.rules"))
    options.all_files = files
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            only = [DEFAULT_RULES if each == "default" else each for each in options.only or []]
            with_passes = [path for path in files if "\npass " in path.read_text()
                           and (not only or path.stem in only)]
            all_subjects = list(pool.map(lambda path: Subject(options, path, folder), with_passes))
        subjects = [each for each in all_subjects if each.usable()]
        left_out = [each.path.stem for each in all_subjects if not each.usable()]
        for subject in subjects:
            if subject.caught(folder / (subject.path.stem + ".original"), subject.text):
                print(f"{subject.path}: its own tests fail")
                return 1
        counts, by_file = {"bad": 0, "same": 0, "caught": 0, "missed": 0}, {}
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            todo = list(mutants(options, files, subjects))
            for mutant, found in zip(todo, pool.map(verdict, todo)):
                counts[found] += 1
                of_file = by_file.setdefault(mutant[0], {"caught": 0, "missed": 0})
                if found in of_file:
                    of_file[found] += 1
                if found == "missed":
                    print(f"{mutant[0]}:{mutant[1]}: missed: {mutant[2]}", flush=True)
    for path, of_file in by_file.items():
        print(f"{path}: {of_file['caught']} of {of_file['caught'] + of_file['missed']} caught")
    if left_out:
        print(f"left out, without tests or cases: {', '.join(left_out)}")
    changed = counts["caught"] + counts["missed"]
    percent = 100 * counts["caught"] / changed if changed else 0
    print(f"{sum(counts.values())} mutants, {counts['bad']} no good rules, {counts['same']} change no result; of the other "
          f"{changed} {counts['caught']} are caught, {percent:.1f} %")
    return 0 if percent >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
