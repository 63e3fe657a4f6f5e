"""What python3 -m dqrewrite_dump shows to its user. Needs torch.

PYTHONPATH=python python3 tests/python/test_command.py
"""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest
import warnings

import torch
from torch import nn

from dqrewrite_dump.__main__ import main

DUMP = """\
{"format": "fx-graph", "version": 1, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "branch", "op": "get_attr", "target": "branch", "args": [], "kwargs": {}},
{"name": "relu", "op": "call_function", "target": "torch.relu", "args": [[{"node": "x"}]], "kwargs": {"k": {"opaque": "what"}}, "meta": {"custom": 1}},
{"name": "output", "op": "output", "target": "output", "args": [{"node": "relu"}], "kwargs": {}}
]}, "submodules": {"branch": {"nodes": [
{"name": "y", "op": "placeholder", "target": "y", "args": [], "kwargs": {}}
]}}}
"""
TEXT = """\
graph():
    %x : [num_users=1] = placeholder[target=x]
    %branch : [num_users=0] = get_attr[target=branch]
    %relu : [num_users=1] = call_function[target=torch.relu](args = ([%x],), kwargs = {k: what})
    return relu

branch = graph():
    %y : [num_users=0] = placeholder[target=y]
"""


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return torch.relu(self.fc(x))


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        warnings.simplefilter("ignore")
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.program = os.path.join(cls.folder.name, "model.pt2")
        torch.export.save(torch.export.export(Net().eval(), (torch.randn(1, 3),)), cls.program)
        cls.dump = os.path.join(cls.folder.name, "graph.json")
        pathlib.Path(cls.dump).write_text(DUMP)

    def run_main(self, *arguments):
        """exit status, standard output, standard error"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(arguments)
            except SystemExit as leave:
                status = leave.code
        return status, out.getvalue(), err.getvalue()

    def nodes(self, *arguments):
        status, out, err = self.run_main(self.program, *arguments)
        self.assertEqual((status, err), (0, ""))
        return json.loads(out)["graph"]["nodes"]

    def test_program(self):
        names = [node["name"] for node in self.nodes()]
        self.assertEqual(names, ["fc_weight", "fc_bias", "x", "_guards_fn", "linear", "relu", "output"])
        lifted = [node["name"] for node in self.nodes("--lifted")]
        self.assertEqual(lifted, ["p_fc_weight", "p_fc_bias", "x", "linear", "relu", "output"])

    def test_meta(self):
        self.assertIn("stack_trace", self.nodes()[-2]["meta"])
        self.assertEqual(list(self.nodes("--meta", "val,custom")[-2]["meta"]), ["val"])
        self.assertNotIn("meta", self.nodes("--meta", "none")[-2])

    def test_a_key_of_meta_that_no_node_has(self):
        status, out, err = self.run_main("--load", self.dump, "--meta", "val, custom")
        self.assertEqual((status, out), (0, self.run_main("--load", self.dump, "--meta", "none")[1]))
        message = "no node has metadata called ' custom', did you mean 'custom'?; the keys that nodes have: 'custom'"
        self.assertEqual(err, f"dqrewrite_dump: warning: {message}\n")

    def test_output_file(self):
        path = os.path.join(self.folder.name, "out.json")
        self.assertEqual(self.run_main("--load", self.dump, "-o", path), (0, "", ""))
        self.assertEqual(pathlib.Path(path).read_text(), DUMP)

    def test_dump_again_and_text(self):
        self.assertEqual(self.run_main("--load", self.dump), (0, DUMP, ""))
        self.assertEqual(self.run_main("--load", self.dump, "--text"), (0, TEXT, ""))

    def test_standard_input(self):
        before = sys.stdin
        self.addCleanup(setattr, sys, "stdin", before)
        sys.stdin = io.StringIO(DUMP)
        self.assertEqual(self.run_main("--load", "-", "--text"), (0, TEXT, ""))

    def test_errors(self):
        bad = os.path.join(self.folder.name, "bad.json")
        pathlib.Path(bad).write_text('{"format": "fx-graph",\n}')
        rows = [
            (["nowhere.pt2"], "nowhere.pt2: no such file"),
            (["--load", "nowhere.json"], "nowhere.json: No such file or directory"),
            (["--load", bad], f"{bad}:2:1: Expecting property name enclosed in double quotes"),
            (["--load", self.folder.name], f"{self.folder.name}: Is a directory"),
            (["--load", self.dump, "--lifted"], "--lifted is about a program; a dump has one form"),
            (["--load", self.dump, "-o", "/nowhere/out.json"], "/nowhere/out.json: No such file or directory"),
        ]
        for arguments, message in rows:
            with self.subTest(message):
                self.assertEqual(self.run_main(*arguments), (2, "", f"dqrewrite_dump: error: {message}\n"))

    def test_not_a_program(self):
        status, out, err = self.run_main(self.dump)
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, f"^dqrewrite_dump: error: {self.dump}: torch.export.load does not take it: .+\n$")

    def test_usage(self):
        status, out, err = self.run_main()
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, "one of the arguments MODEL.pt2 --load is required")
        status, out, err = self.run_main("--help")
        self.assertEqual((status, err), (0, ""))
        for line in (
            "python3 -m dqrewrite_dump model.pt2 -o graph.json",
            "torch.export.save keeps no quantization annotations.",
        ):
            self.assertIn(line, out)


if __name__ == "__main__":
    unittest.main()
