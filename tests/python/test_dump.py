"""Whole dumps: dump, load and what they keep. Needs torch; the quantized models are skipped without torchao.

PYTHONPATH=python python3 tests/python/test_dump.py
"""

import importlib.util
import io
import json
import logging
import pathlib
import tempfile
import unittest
import warnings

import torch

import dqrewrite_dump
import models
from dqrewrite_dump import DumpError
from small_dumps import X, document, dumped, loaded, node

HAS_TORCHAO = importlib.util.find_spec("torchao") is not None
ATEN = torch.ops.aten


def setUpModule():
    warnings.simplefilter("ignore")  # of torch, about its own export and about symbolic arguments
    logging.disable(logging.WARNING)


class RoundTrip(unittest.TestCase):
    def check(self, make):
        module = make()
        first = dumped(module)
        again = loaded(first)
        self.assertEqual(dumped(again), first)
        self.assertEqual([n.name for n in again.graph.nodes], [n.name for n in module.graph.nodes])
        self.assertEqual([n.target for n in again.graph.nodes], [n.target for n in module.graph.nodes])

    def test_models(self):
        self.assertGreaterEqual(len(models.MODELS), 20)
        for name, make in models.MODELS.items():
            with self.subTest(name):
                self.check(make)

    @unittest.skipUnless(HAS_TORCHAO, "torchao is not installed")
    def test_quantized_models(self):
        for name, make in models.QUANTIZED.items():
            with self.subTest(name):
                self.check(make)

    def test_same_bytes_twice(self):
        module = models.MODELS["cond in cond"]()
        self.assertEqual(dumped(module), dumped(module))

    def test_submodules_as_attribute_paths(self):
        text = dumped(models.module_tree())
        self.assertEqual(list(json.loads(text)["submodules"]), ["first", "again", "blocks.body", "unused"])


class BackOnTheModule(unittest.TestCase):
    """docs/graph_dump.md: the graph computes on the module that has the weights."""

    def test_it_computes_the_same(self):
        inputs = (torch.randn(1, 3, 8, 8),)
        module = models.exported(models.conv_net(), inputs)
        expected = module(*inputs)
        graph = loaded(dumped(module)).graph
        graph.set_codegen(module.graph._codegen)
        module.graph = graph
        module.graph.lint()
        self.assertTrue(torch.equal(module(*inputs), expected))


class Text(unittest.TestCase):
    def test_whole(self):
        graph = torch.fx.Graph()
        x = graph.placeholder("x")
        y = graph.call_function(ATEN.add_.Tensor, (x, 1), {"alpha": 2.0})
        y.meta = {"val": torch.empty(2, 3), "custom": {"part": ("größe", None)}}
        graph.output((y,))
        expected = """\
{"format": "fx-graph", "version": 1, "producer": "torch VERSION", "ops": {"torch.ops.aten.add_.Tensor": \
{"schema": "aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", "impure": true}}, "graph": {"nodes": [
{"name": "x", "op": "placeholder", "target": "x", "args": [], "kwargs": {}},
{"name": "add__tensor", "op": "call_function", "target": "torch.ops.aten.add_.Tensor", "args": [{"node": "x"}, 1], \
"kwargs": {"alpha": 2.0}, "meta": {"val": {"shape": [2, 3], "dtype": "float32", "device": "cpu"}, \
"custom": {"part": ["gr\\u00f6\\u00dfe", null]}}},
{"name": "output", "op": "output", "target": "output", "args": [{"tuple": [{"node": "add__tensor"}]}], "kwargs": {}}
], "past": {}}}
"""
        self.assertEqual(dumped(torch.fx.GraphModule({}, graph)), expected.replace("VERSION", torch.__version__))

    def test_file_by_path(self):
        module = models.odd_names()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "graph.json")
            dqrewrite_dump.dump(module, path)
            self.assertEqual(path.read_text(), dumped(module))
            self.assertEqual(dumped(dqrewrite_dump.load(str(path))), dumped(module))

    def test_chosen_meta(self):
        graph = torch.fx.Graph()
        graph.placeholder("x").meta = {"a": 1, "b": 2, "c": 3}
        for keys, expected in (("all", {"a": 1, "b": 2, "c": 3}), (("c", "a"), {"a": 1, "c": 3}), ((), None)):
            with self.subTest(keys=keys):
                text = dumped(models.bare(graph), keys)
                self.assertEqual(json.loads(text)["graph"]["nodes"][0].get("meta"), expected)

    def test_a_key_of_meta_that_no_node_has(self):
        inner, graph = torch.fx.Graph(), torch.fx.Graph()
        inner.placeholder("y").meta = {"layer": 1}
        graph.placeholder("x").meta = {"val": 2.0}
        module = models.bare(graph)
        module.add_module("inner", models.bare(inner))
        have = "; the keys that nodes have: 'layer', 'val'"
        for keys, message in (
            (("vall",), "no node has metadata called 'vall', did you mean 'val'?" + have),
            (("val", "custm"), "no node has metadata called 'custm', did you mean 'custom'?" + have),
            (("val", "qqq"), "no node has metadata called 'qqq'" + have),
        ):
            with self.subTest(keys=keys):
                with self.assertWarns(UserWarning) as caught:
                    dumped(module, keys)
                self.assertEqual(str(caught.warning), message)
        # For the line that calls.
        with self.assertWarns(UserWarning) as of_document:
            dqrewrite_dump.to_document(module, ("vall",))
        with self.assertWarns(UserWarning) as of_dump:
            dqrewrite_dump.dump(module, io.StringIO(), ("vall",))
        self.assertEqual((of_document.filename, of_dump.filename), (__file__, __file__))
        # One of a submodule, and one of PyTorch's that this graph does not have.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertIn('"layer"', dumped(module, ("layer", "quantization_annotation")))
        del graph._root.next.meta["val"], inner._root.next.meta["layer"]
        with self.assertWarnsRegex(UserWarning, "'tag'; the keys that nodes have: none at all$"):
            dumped(module, ("tag",))


class Modules(unittest.TestCase):
    def test_top_level_keys_come_back(self):
        top = {"producer": "someone", "ops": {}, "extra": {"k": [1.0]}}
        whole = document([X, node("add", target="torch.ops.aten.add_.Tensor", args=[{"node": "x"}, 1])], **top)
        again = dqrewrite_dump.to_document(dqrewrite_dump.from_document(whole))
        self.assertEqual(
            json.dumps(again), json.dumps({**{k: v for k, v in whole.items() if k != "graph"}, "graph": whole["graph"]})
        )

    def test_order_of_submodules_comes_back(self):
        subs = {path: {"nodes": [X]} for path in ("b.inner", "a", "b", "plain.body")}
        again = dqrewrite_dump.to_document(dqrewrite_dump.from_document(document([X], submodules=subs)))
        self.assertEqual(list(again["submodules"].items()), list(subs.items()))

    def test_dead_code_goes_as_the_dump_says(self):
        nodes = [
            X,
            node("loud", "call_module", "loud", [{"node": "x"}], impure=True),
            node("quiet", "call_module", "quiet", [{"node": "x"}]),
            node("mutates", target="torch.ops.aten.add_.Tensor", args=[{"node": "x"}, 1]),
            node("dead"),
            node("branch", "get_attr", "branch"),
            node("used", "get_attr", "used"),
            node("weight", "get_attr", "used.weight"),
            node("output", "output", "output", [[{"node": "x"}, {"node": "used"}, {"node": "weight"}]]),
        ]
        body = {"nodes": [X, node("dead"), node("output", "output", "output", [{"node": "x"}])]}
        module = dqrewrite_dump.from_document(
            document(nodes, submodules={"branch": body, "used": body, "plain.body": body})
        )
        module.graph.eliminate_dead_code()
        after = dqrewrite_dump.to_document(module)
        self.assertEqual(
            [n["name"] for n in after["graph"]["nodes"]], ["x", "loud", "mutates", "used", "weight", "output"]
        )
        self.assertEqual(
            {path: [n["name"] for n in graph["nodes"]] for path, graph in after["submodules"].items()},
            {"branch": ["x", "dead", "output"], "used": ["x", "output"], "plain.body": ["x", "dead", "output"]},
        )

    def test_stand_ins_hold_no_data(self):
        weight = node("w", "get_attr", "w", meta={"val": {"shape": [2000, 3000], "dtype": "int8", "device": "cuda:0"}})
        module = dqrewrite_dump.from_document(document([weight]))
        self.assertEqual((module.w.shape, module.w.dtype, module.w.device.type), ((2000, 3000), torch.int8, "meta"))


class Past(unittest.TestCase):
    def edited(self):
        graph = torch.fx.Graph()
        x = graph.placeholder("x")
        first, second = graph.call_function(torch.neg, (x,)), graph.call_function(torch.neg, (x, x))
        graph.erase_node(graph.call_function(torch.neg, (x,)))
        first.args = first.args
        graph.output((second, first))
        return models.bare(graph)

    def test_it_is_restored(self):
        live = self.edited()
        past = {"users": {"x": ["neg_1", "neg"]}, "taken": ["neg_2"], "counts": {"neg": 2}}
        self.assertEqual(dqrewrite_dump.to_document(live)["graph"]["past"], past)
        again = loaded(dumped(live))
        for module in (live, again):
            x = next(iter(module.graph.nodes))
            self.assertEqual([user.name for user in x.users], ["neg_1", "neg"])
            self.assertEqual(module.graph.call_function(torch.neg, (x,)).name, "neg_3")
        self.assertEqual(dumped(again), dumped(live))

    def test_left_out(self):
        without = dqrewrite_dump.to_document(self.edited(), past=False)
        self.assertNotIn("past", without["graph"])
        again = dqrewrite_dump.from_document(without)
        self.assertEqual([user.name for user in next(iter(again.graph.nodes)).users], ["neg", "neg_1"])
        self.assertNotIn("past", dqrewrite_dump.to_document(again)["graph"])

    def test_of_submodules(self):
        subs = {"a": {"nodes": [X], "past": {"taken": ["y"]}}, "b": {"nodes": [X]}}
        again = dqrewrite_dump.to_document(dqrewrite_dump.from_document(document([X], submodules=subs)))
        self.assertEqual(again["submodules"], subs)
        self.assertNotIn("past", again["graph"])

    def test_a_name_that_fx_has_lost_is_none_of_it(self):
        module = self.edited()
        next(iter(module.graph.nodes)).name = "neg_5"
        self.assertEqual(dqrewrite_dump.to_document(module)["graph"]["past"]["taken"], ["neg_2", "x"])

    def test_errors(self):
        keys = "'past' must be an object with the keys users, taken, counts"
        rows = [
            ([], keys),
            ({"used": {}}, keys),
            ({"users": {"x": "y"}}, "'past': 'users' must be an object of arrays of names"),
            ({"users": {"x": ["z"]}}, "'past': these must be all users of 'x', each once: y"),
            ({"users": {"x": ["y", "y"]}}, "'past': these must be all users of 'x', each once: y"),
            ({"users": {"y": ["x"]}}, "'past': these must be all users of 'y', each once: none"),
            ({"users": {"z": []}}, "'past' speaks of 'z', but no node of this graph has that name"),
            ({"taken": [1]}, "'past': 'taken' must be an array of names"),
            ({"counts": {"x": -1}}, "'past': 'counts' must be an object of whole numbers"),
            ({"counts": {"x": True}}, "'past': 'counts' must be an object of whole numbers"),
        ]
        for past, message in rows:
            whole = document([X, node("y", args=[{"node": "x"}])])
            whole["graph"]["past"] = past
            with self.subTest(message):
                with self.assertRaises(DumpError) as caught:
                    dqrewrite_dump.from_document(whole)
                self.assertEqual(str(caught.exception), message)


class Errors(unittest.TestCase):
    # text of a dump, the message
    TEXTS = [
        ("{", "dump:1:2: Expecting property name enclosed in double quotes"),
        ('{"format": "fx-graph",\n "version": nope}', "dump:2:13: Expecting value"),
        ('{"format": "fx-graph", "version": 1} x', "dump:1:38: Extra data"),
        ('{"format": "fx-graph", "format": "fx-graph"}', "dump: the key 'format' stands twice in an object"),
        ('{"version": NaN}', "dump: NaN is not JSON"),
        ('{"version": 1e999}', "dump: no float holds 1e999"),
        ("[" * 100000, "dump: nested too deeply"),
        ("3", "dump: the format is None, and 'fx-graph' is needed"),
        ('{"format": "onnx"}', "dump: the format is 'onnx', and 'fx-graph' is needed"),
        ('{"format": "fx-graph", "version": 2}', "dump: version 2 of fx-graph cannot be read, 1 can"),
        ('{"format": "fx-graph", "version": true}', "dump: version True of fx-graph cannot be read, 1 can"),
        ('{"format": "fx-graph", "version": 1}', "dump: 'graph' must be an object"),
        ('{"format": "fx-graph", "version": 1, "graph": {}}', "dump: 'nodes' must be an array"),
    ]
    # nodes, the message
    NODES = [
        ([3], "node 0 must be an object"),
        ([{"name": "x"}], "node 0 ('x'): 'op' must be of the type str"),
        ([node("x", "call")], "node 0 ('x'): unknown op 'call'"),
        ([X, X], "node 1: the name 'x' is taken"),
        ([node("")], "node 0: the name '' is empty"),
        ([node("y", args=[{"node": "z"}]), node("z")], "node 'y': 'z' is used before it is defined"),
        (
            [node("y", args=[{"tuple": [], "list": []}])],
            "node 'y': an object in args has one key, not ['list', 'tuple']",
        ),
        ([node("y", args=[{}])], "node 'y': an object in args has one key, not []"),
        ([node("y", args=[{"kind": 1}])], "node 'y': unknown kind of value: 'kind'"),
        ([node("y", args=[{"slice": [1]}])], "node 'y': no value of the kind slice: [1] (an array of 3 is needed)"),
        (
            [node("y", args=[{"dtype": "relu"}])],
            "node 'y': no value of the kind dtype: 'relu' (torch has no such dtype)",
        ),
        (
            [node("y", args=[{"float": "1.0"}])],
            "node 'y': no value of the kind float: '1.0' (inf, -inf or nan is needed)",
        ),
        (
            [node("y", target="torch.ops.aten.nope.default")],
            "node 'y': no operator torch.ops.aten.nope.default is registered: import the package that registers it before loading",
        ),
        ([node("y", target="torch.nope")], "node 'y': no function is called torch.nope here"),
        (
            [node("y", target="antigravity.fly")],
            "node 'y': no module here has antigravity.fly: import it before loading",
        ),
        ([node("y", target="no_builtin")], "node 'y': no function is called no_builtin here"),
        ([node("y", "get_attr", "a..b")], "'a..b' is no path of attributes"),
        (
            [node("y", "get_attr", "forward")],
            "torch takes no attribute called 'forward': \"attribute 'forward' already exists\"",
        ),
    ]

    def test_texts(self):
        for text, message in self.TEXTS:
            with self.subTest(text=text[:60]):
                with self.assertRaises(DumpError) as caught:
                    loaded(text)
                self.assertEqual(str(caught.exception), message)

    def test_nodes(self):
        for nodes, message in self.NODES:
            with self.subTest(message):
                with self.assertRaises(DumpError) as caught:
                    dqrewrite_dump.from_document(document(nodes))
                self.assertEqual(str(caught.exception), message)

    def test_other_packages(self):
        if importlib.util.find_spec("executorch"):
            self.skipTest("executorch is installed")
        target = "executorch.exir.dialects.edge._ops.aten.add.Tensor"
        with self.assertRaisesRegex(
            DumpError, f"^node 'y': {target} needs the package executorch, which does not import: "
        ):
            dqrewrite_dump.from_document(document([node("y", target=target)]))

    def test_in_a_submodule(self):
        with self.assertRaises(DumpError) as caught:
            dqrewrite_dump.from_document(document([X], submodules={"a.b": {"nodes": [node("y", target="nope")]}}))
        self.assertEqual(str(caught.exception), "submodule 'a.b': node 'y': no function is called nope here")

    def test_what_cannot_be_dumped(self):
        deep, value = torch.fx.Graph(), []
        for _ in range(2000):
            value = [value]
        deep.call_function(torch.relu, ()).args = (value,)
        lambdas = torch.fx.Graph()
        lambdas.call_function(eval("lambda: 1"), ())
        surrogate = torch.fx.Graph()
        surrogate.placeholder("x").name = "\ud800"
        rows = [
            (torch.nn.ReLU(), "a dump is made of a torch.fx.GraphModule, not of a ReLU"),
            (models.bare(deep), "node 'relu': the arguments are nested too deeply"),
            (models.bare(surrogate), "node '\\ud800': a lone surrogate in a name has no UTF-8"),
        ]
        for module, message in rows:
            with self.subTest(message):
                with self.assertRaises(DumpError) as caught:
                    dumped(module)
                self.assertEqual(str(caught.exception), message)
        with self.assertRaisesRegex(DumpError, "^the target <function <lambda> at .*> has no qualified name: "):
            dumped(models.bare(lambdas))
        with self.assertRaises(DumpError) as caught:
            dumped(models.odd_names(), "val")
        self.assertEqual(str(caught.exception), "meta is \"all\" or a collection of keys, not 'val'")


if __name__ == "__main__":
    unittest.main()
