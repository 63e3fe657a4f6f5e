"""Would the live checks notice? Differences of all kinds, answers that are wrong, features that are rare.

PYTHONPATH=python python3 tests/live/test_harness.py
"""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import types
import unittest

import dqrewrite_dump
import features
import harness
import random_graphs
import variants

ECHO = [sys.executable, "-c", "import sys; sys.stdout.write(sys.stdin.read())"]
LOSE_THE_LAST = [sys.executable, "-c", "import sys; sys.stdout.writelines(list(sys.stdin)[:-1])"]
FAIL = [
    sys.executable,
    "-c",
    "import sys; sys.stdout.write(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(2)",
]


def nothing(module):
    """A pass that changes nothing: an echo is the right answer to it."""


class Difference(unittest.TestCase):
    ROWS = [
        (1, 1.0, ": expected 1, found 1.0"),
        (1, True, ": expected 1, found true"),
        (0.0, -0.0, ": expected 0.0, found -0.0"),
        (None, False, ": expected null, found false"),
        ("1", 1, ': expected "1", found 1'),
        (2.0, 2.5, ": expected 2.0, found 2.5"),
        ([1, 2], [2, 1], "/0: expected 1, found 2"),
        ([1], [1, 2], ": 1 items expected, 2 found; the first of the rest is 2"),
        ([1, 2], [1], ": 2 items expected, 1 found; the first of the rest is 2"),
        ({"a": 1}, {}, "/a: missing, expected 1"),
        ({}, {"a": 1}, "/a: not expected, found 1"),
        ({"a": [0]}, {"a": [1]}, "/a/0: expected 0, found 1"),
        (
            {"nodes": [{"name": "x", "args": [1]}]},
            {"nodes": [{"name": "x", "args": [2]}]},
            "node 'x', /nodes/0/args/0: expected 1, found 2",
        ),
    ]
    SAME = [({"a": 1, "b": [2.5]}, {"b": [2.5], "a": 1}), (-0.0, -0.0), ([], []), (2**70, 2**70)]

    def test_different(self):
        for expected, found, text in self.ROWS:
            with self.subTest(text):
                self.assertEqual(harness.difference(expected, found), text)

    def test_same(self):
        for expected, found in self.SAME:
            with self.subTest(expected=expected):
                self.assertIsNone(harness.difference(expected, found))

    def test_answers(self):
        changed = harness.Case(0, '{"a": 1}', '{"a": 2, "b": 3}', features=frozenset(["changed"]))
        unchanged = harness.Case(0, '{"a":1}', '{"a": 1}')
        rows = [
            (changed, '{"b":3,"a":2}', None),
            (changed, '{"a": 2, "b": 3, "b": 3}', "the answer is not good JSON: a key stands twice in an object"),
            (changed, '{"a": NaN}', "the answer is not good JSON: NaN is not JSON"),
            (changed, '{"error": "no"}', "/a: missing, expected 2"),
            (changed, "", "the answer is not good JSON: Expecting value: line 1 column 1 (char 0)"),
            (unchanged, '{"a":1}', None),
            (unchanged, '{"a": 1}', "nothing changed, and the bytes did, first at 5: '1}' became ' 1}'"),
        ]
        for case, line, text in rows:
            with self.subTest(line=line):
                self.assertEqual(harness.mismatch(case, line), text)


class Check(unittest.TestCase):
    """The whole check, with programs in dqrewrite's place whose answers are known to be wrong, or right."""

    def check(self, run_pass, command, count=60):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
            chosen = types.SimpleNamespace(seed=7, count=count, only=None, keep=folder)
            right = harness.check("a test", run_pass, command, chosen)
            return right, out.getvalue(), sorted(path.name for path in pathlib.Path(folder).iterdir())

    def test_right_answers_and_too_few_features(self):
        """Nothing is wrong with an echo of a pass that does nothing, but nothing is changed either."""
        right, out, written = self.check(nothing, ECHO)
        self.assertFalse(right)
        self.assertIn("  60 of 60 identical\n", out)
        self.assertIn("too few of these (at least 5% are needed): changed, copies\n", out)
        self.assertEqual(written, [])

    def test_wrong_answers(self):
        right, out, written = self.check(variants.VARIANTS["every_user"], ECHO)
        self.assertFalse(right)
        self.assertRegex(out, r"  seed 7 case \d+: .+\n    written to .+\n")
        self.assertRegex(out, r"  and \d+ more\n")
        self.assertEqual(len(written), 3 * harness.SHOWN)

    def test_missing_answer(self):
        right, out, _ = self.check(nothing, LOSE_THE_LAST)
        self.assertFalse(right)
        self.assertIn("  60 dumps in, 59 lines out\n", out)

    def test_exit_status(self):
        right, out, _ = self.check(nothing, FAIL)
        self.assertFalse(right)
        self.assertIn("  exit status 2: no\n", out)

    def test_no_command(self):
        with self.assertRaisesRegex(harness.CannotRun, "^/nowhere/dqrewrite: "):
            self.check(nothing, ["/nowhere/dqrewrite"])


class Cases(unittest.TestCase):
    def test_a_case_can_be_made_again(self):
        run_pass = variants.VARIANTS["every_user"]
        self.assertEqual(harness.make_case(run_pass, 3, 11), harness.make_case(run_pass, 3, 11))
        self.assertNotEqual(harness.make_case(run_pass, 3, 11).before, harness.make_case(run_pass, 4, 11).before)

    def test_features(self):
        def found(*nodes, **top):
            return features.of({"graph": {"nodes": list(nodes)}, **top})

        def node(name, target, *args, **kwargs):
            return {"name": name, "op": "call_function", "target": target, "args": list(args), "kwargs": kwargs}

        ops = "torch.ops.quantized_decomposed."
        chain = [
            node("c", ops + "choose_qparams.tensor"),
            node("s", "operator.getitem", {"node": "c"}, 0),
            node("q", ops + "quantize_per_tensor.tensor", None, {"node": "s"}),
            node("dq", ops + "dequantize_per_tensor.tensor", {"node": "q"}),
        ]
        users = [node("a", "len", {"node": "dq"}), node("b", "len", {"node": "dq"})]
        rows = [
            ([*chain, *users], {"dynamic"}),
            ([*chain, users[0]], set()),
            ([*chain[1:], *users], set()),
            ([node("x", "len"), node("y", "len", [{"tuple": [{"node": "x"}]}])], {"nested arguments"}),
            (
                [node("x", "len"), node("y", "len", k={"dict": [["a", {"slice": [None, {"node": "x"}, 1]}]]})],
                {"nested arguments"},
            ),
            ([node("x", "len"), node("y", "len", [{"node": "x"}])], set()),
            ([node("len", "len")], {"odd names"}),
            ([node("x_01", "len")], {"odd names"}),
            ([node("a.b", "len")], {"odd names"}),
            ([node("x_1", "len")], set()),
            ([node("x", "torch.ops.aten.relu.default", 1, 2)], {"ill-fitting calls"}),
            ([node("x", "torch.ops.aten.relu.default", nope=2)], {"ill-fitting calls"}),
            ([node("x", "torch.ops.aten.relu.default", 1, self=2)], {"ill-fitting calls"}),
            ([node("x", "torch.ops.aten.relu.default", self=2)], set()),
        ]
        for nodes, expected in rows:
            with self.subTest(nodes=nodes):
                self.assertEqual(found(*nodes), expected)
        self.assertEqual(found(submodules={"a": {}}), {"submodules"})

    def test_expectations_are_those_of_the_variants(self):
        """The committed files are what the variants make of their graphs today."""
        rules = pathlib.Path(__file__).resolve().parent.parent / "rules"
        for name, variant in variants.VARIANTS.items():
            lines = (rules / f"variant_{name}.ndjson").read_text().splitlines()
            self.assertEqual(len(lines), variants.LINES)
            for line in lines:
                case = json.loads(line)
                module = dqrewrite_dump.from_document(case["before"])
                variant(module)
                self.assertIsNone(harness.difference(case["after"], dqrewrite_dump.to_document(module)))


if __name__ == "__main__":
    unittest.main()
