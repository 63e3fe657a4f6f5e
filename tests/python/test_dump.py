"""What dqrewrite_dump promises: dump and load as a library. Only torch is needed; the quantized models and torchao's
own question about annotations are skipped without torchao.

    PYTHONPATH=python python3 tests/python/test_dump.py
"""
import importlib.util
import io
import json
import logging
import math
import operator
import pathlib
import tempfile
import unittest
import warnings

import torch

import dqrewrite_dump
import models
from dqrewrite_dump import Annotation, DumpError, GoneNode, Opaque, Symbolic, TensorVal

HAS_TORCHAO = importlib.util.find_spec("torchao") is not None
ATEN = torch.ops.aten


def setUpModule():
    warnings.simplefilter("ignore")  # of torch, about its own export and about symbolic arguments
    logging.disable(logging.WARNING)


def dumped(module, meta="all"):
    file = io.StringIO()
    dqrewrite_dump.dump(module, file, meta)
    return file.getvalue()


def loaded(text):
    return dqrewrite_dump.load(io.StringIO(text))


def document(nodes, **top):
    return {"format": "fx-graph", "version": 1, "graph": {"nodes": nodes}, **top}


def node(name, op="call_function", target="torch.relu", args=(), kwargs=None, **rest):
    return {"name": name, "op": op, "target": target, "args": list(args), "kwargs": kwargs or {}, **rest}


X = node("x", "placeholder", "x")


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
]}}
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


class Values(unittest.TestCase):
    # Python, JSON; each way gives the other
    ROWS = [
        (None, None), (True, True), (1, 1), (1.0, 1.0), (-0.0, -0.0), (1e-05, 1e-05), ("a", "a"),
        (2**63 - 1, 9223372036854775807), (2**63, {"int": "9223372036854775808"}), (-(2**63) - 1, {"int": "-9223372036854775809"}),
        (math.inf, {"float": "inf"}), (-math.inf, {"float": "-inf"}), (math.nan, {"float": "nan"}),
        (1 + 2j, {"complex": [1.0, 2.0]}), (complex("infj"), {"complex": [0.0, {"float": "inf"}]}),
        ([1, [2]], [1, [2]]), ((1, (2,)), {"tuple": [1, {"tuple": [2]}]}), ((), {"tuple": []}),
        ({"a": 1, 2: [3]}, {"dict": [["a", 1], [2, [3]]]}), (slice(None, 2, None), {"slice": [None, 2, None]}),
        (torch.int8, {"dtype": "int8"}), (torch.device("cuda:0"), {"device": "cuda:0"}),
        (torch.channels_last, {"memory_format": "channels_last"}), (torch.strided, {"layout": "strided"}),
        (Symbolic("s0 + 1"), {"sym": "s0 + 1"}), (Opaque("range(0, 3)"), {"opaque": "range(0, 3)"}),
        (ATEN.mul.Tensor, {"opaque": "<OpOverload(op='aten.mul', overload='Tensor')>"}), (..., {"opaque": "Ellipsis"}),
    ]

    def test_table(self):
        for value, form in self.ROWS:
            with self.subTest(value=value):
                graph = torch.fx.Graph()
                graph.call_function(torch.relu, (value,), {"key": [value]})
                module = models.bare(graph)
                made = dqrewrite_dump.to_document(module)["graph"]["nodes"][0]
                self.assertEqual(json.dumps([made["args"], made["kwargs"]]), json.dumps([[form], {"key": [form]}]))
                again = next(iter(dqrewrite_dump.from_document(document([made])).graph.nodes)).args[0]
                self.assertEqual(repr(again), repr(value))
                self.assertEqual(isinstance(again, type(value)), True)

    def test_one_way(self):
        """What has no form of its own, or a simpler one."""
        rows = [(torch.Size([1, 2]), {"tuple": [1, 2]}), (models.Pair(1, 2), {"tuple": [1, 2]}),
                (models.Colour.RED, {"opaque": "<Colour.RED: 1>"}), (torch.ones(1), {"opaque": "tensor([1.])"}),
                ("\ud800", {"opaque": "'\\ud800'"}), (ATEN.mul, {"opaque": "<OpOverloadPacket(op='aten.mul')>"}),
                (torch.per_tensor_affine, {"opaque": "torch.per_tensor_affine"})]
        for value, form in rows:
            with self.subTest(value=value):
                graph = torch.fx.Graph()
                graph.call_function(torch.relu, (value,))
                self.assertEqual(dqrewrite_dump.to_document(models.bare(graph))["graph"]["nodes"][0]["args"], [form])

    def test_nodes_at_any_depth_are_inputs(self):
        arguments = [[{"tuple": [{"dict": [["k", {"slice": [{"node": "x"}, None, {"node": "y"}]}]]}]}]]
        graph = dqrewrite_dump.from_document(document([X, node("y"), node("z", args=arguments)])).graph
        x, y, z = graph.nodes
        self.assertEqual(z.all_input_nodes, [x, y])
        self.assertEqual(list(y.users), [z])

    def test_targets(self):
        rows = {"getattr": getattr, "operator.getitem": operator.getitem, "math.ceil": math.ceil, "torch.relu": torch.relu,
                "torch.Tensor.add": torch.Tensor.add, "torch.nn.functional.relu": torch.nn.functional.relu,
                "torch._C._nn.gelu": torch.nn.functional.gelu, "torch.ops.aten.add.Tensor": ATEN.add.Tensor,
                "torch.ops.aten.add": ATEN.add, "torch.ops.higher_order.cond": torch.ops.higher_order.cond}
        for name, function in rows.items():
            with self.subTest(name):
                graph = torch.fx.Graph()
                graph.call_function(function, ())
                module = models.bare(graph)
                self.assertEqual(dqrewrite_dump.to_document(module)["graph"]["nodes"][0]["target"], name)
                again = dqrewrite_dump.from_document(dqrewrite_dump.to_document(module))
                self.assertIs(next(iter(again.graph.nodes)).target, function)

    def test_operators_that_a_module_of_torch_registers(self):
        target = "torch.ops.quantized_decomposed.dequantize_per_tensor.default"
        graph = dqrewrite_dump.from_document(document([node("dq", target=target)])).graph
        self.assertEqual(str(next(iter(graph.nodes)).target), target.removeprefix("torch.ops."))


class Names(unittest.TestCase):
    # names in the dump, what is copied, the names of its copies
    ROWS = [
        (["dq"], "dq", ["dq_1", "dq_2"]),
        (["dq", "dq_3"], "dq", ["dq_4", "dq_5"]),
        (["dq_3", "dq"], "dq_3", ["dq_4", "dq_5"]),
        (["dq_3", "dq_1"], "dq_3", ["dq_2", "dq_4"]),
        (["input"], "input", ["input_2", "input_3"]),
        (["input", "input_1"], "input", ["input_3", "input_4"]),
        (["input_1", "input"], "input", ["input_3", "input_4"]),
        (["a.b"], "a.b", ["a_b_1", "a_b_2"]),
        (["x_01"], "x_01", ["x_2", "x_3"]),
        (["x_99999999999999999999"], "x_99999999999999999999", ["x_100000000000000000000", "x_100000000000000000001"]),
        (["None"], "None", ["None_1", "None_2"]),
        (["größe"], "größe", ["gr_e_1", "gr_e_2"]),
    ]

    def test_new_names(self):
        for names, copied, expected in self.ROWS:
            with self.subTest(names=names):
                graph = dqrewrite_dump.from_document(document([node(name) for name in names])).graph
                self.assertEqual([n.name for n in graph.nodes], names)
                original = next(n for n in graph.nodes if n.name == copied)
                self.assertEqual([graph.node_copy(original).name for _ in expected], expected)

    def test_users_are_in_node_order(self):
        nodes = [X, *(node(name, args=[{"node": "x"}]) for name in ("c", "a", "b"))]
        x = next(iter(dqrewrite_dump.from_document(document(nodes)).graph.nodes))
        self.assertEqual([user.name for user in x.users], ["c", "a", "b"])


SPEC = {"kind": "QuantizationSpec", "dtype": {"dtype": "int8"}, "qscheme": "per_tensor_affine", "ch_axis": None}
SHARED = {"kind": "SharedQuantizationSpec", "edge_or_node": {"tuple": [{"node": "x"}, {"node": "gone"}]}}


class Meta(unittest.TestCase):
    def last(self, meta):
        return list(dqrewrite_dump.from_document(document([X, node("y", meta=meta)])).graph.nodes)[-1]

    def test_unknown_keys_come_back(self):
        meta = {"custom": {"a": [1, 1.0, True, None, "x"]}, "3": {"tuple": 1, "list": 2}, "stack_trace": "File"}
        last = self.last(meta)
        self.assertEqual(last.meta, meta)
        self.assertEqual(json.dumps(dqrewrite_dump.to_document(last.graph.owning_module)["graph"]["nodes"][1]["meta"]), json.dumps(meta))

    def test_annotation(self):
        form = {"input_qspec_map": [[{"node": "x"}, SPEC], [{"node": "gone"}, None]], "output_qspec": SHARED,
                "allow_implicit_sharing": True, "_annotated": True, "_is_output_of_quantized_pattern": False}
        last = self.last({"quantization_annotation": form})
        annotation = last.meta["quantization_annotation"]
        x = next(iter(last.graph.nodes))
        self.assertEqual(list(annotation.input_qspec_map), [x, GoneNode("gone")])
        spec = annotation.input_qspec_map[x]
        self.assertEqual((spec.kind, spec.dtype, spec.qscheme, spec.ch_axis), ("QuantizationSpec", torch.int8, torch.per_tensor_affine, None))
        self.assertEqual(annotation.output_qspec.edge_or_node, (x, GoneNode("gone")))
        self.assertIs(annotation._annotated, True)
        x.name = "renamed"
        annotation.output_qspec = None
        written = dqrewrite_dump.to_document(last.graph.owning_module)["graph"]["nodes"][1]["meta"]["quantization_annotation"]
        self.assertEqual(written, {**form, "input_qspec_map": [[{"node": "renamed"}, SPEC], [{"node": "gone"}, None]], "output_qspec": None})

    # JSON, what torchao's is_valid_annotation says; None where it raises
    FORMS = [
        (None, False), ({"input_qspec_map": [], "output_qspec": None}, False), ({"input_qspec_map": [], "output_qspec": SPEC}, True),
        ({"input_qspec_map": [[{"node": "x"}, None]], "output_qspec": None}, True),
        ({"input_qspec_map": [[{"node": "gone"}, SPEC]], "output_qspec": None}, True),
        ({"input_qspec_map": [], "output_qspec": {}}, True), ({"input_qspec_map": [], "output_qspec": False}, True),
        ({}, None), ("text", None), ({"input_qspec_map": {}, "output_qspec": None}, None), ({"input_qspec_map": [1], "output_qspec": None}, None),
        ({"input_qspec_map": [[{"node": "x"}, None], [{"node": "x"}, None]], "output_qspec": None}, None),
    ]

    def test_annotations_of_all_forms_come_back(self):
        for form, _ in self.FORMS:
            with self.subTest(form=form):
                module = self.last({"quantization_annotation": form}).graph.owning_module
                written = dqrewrite_dump.to_document(module)["graph"]["nodes"][1]["meta"]["quantization_annotation"]
                self.assertEqual(json.dumps(written), json.dumps(form))

    @unittest.skipUnless(HAS_TORCHAO, "torchao is not installed")
    def test_annotations_are_what_torchao_takes(self):
        from torchao.quantization.pt2e.quantizer.utils import is_valid_annotation
        for form, valid in self.FORMS:
            with self.subTest(form=form):
                annotation = self.last({"quantization_annotation": form}).meta["quantization_annotation"]
                if valid is None:
                    self.assertNotIsInstance(annotation, Annotation)
                    self.assertRaises(AttributeError, is_valid_annotation, annotation)
                else:
                    self.assertIs(is_valid_annotation(annotation), valid)

    def test_val(self):
        tensor = {"shape": [2, {"sym": "s0"}], "dtype": "int64", "device": "cpu", "stride": [1, 2], "id": 7}
        forms = [tensor, [tensor, 1, None], 3, {"sym": "s0"}, {"dict": [["a", tensor]]}, {"other": 1, "form": 2}, {"shape": "odd"},
                 {"shape": [], "dtype": "none", "device": "cpu"}]
        for form in forms:
            with self.subTest(form=form):
                module = self.last({"val": form}).graph.owning_module
                self.assertEqual(dqrewrite_dump.to_document(module)["graph"]["nodes"][1]["meta"], {"val": form})
        val = self.last({"val": tensor}).meta["val"]
        self.assertIsInstance(val, TensorVal)
        self.assertEqual((val.shape, val.dtype, val.device, val.stride()), ((2, Symbolic("s0")), torch.int64, torch.device("cpu"), (1, 2)))

    def test_equal_ids_are_one_object(self):
        def tensor(id):
            return {"val": {"shape": [], "dtype": "int8", "device": "cpu", "id": id}}
        a, b, c = dqrewrite_dump.from_document(document([node("a", meta=tensor(1)), node("b", meta=tensor(1)), node("c", meta=tensor(2))])).graph.nodes
        self.assertIs(a.meta["val"], b.meta["val"])
        self.assertIsNot(a.meta["val"], c.meta["val"])


class Modules(unittest.TestCase):
    def test_top_level_keys_come_back(self):
        top = {"producer": "someone", "ops": {}, "extra": {"k": [1.0]}}
        whole = document([X, node("add", target="torch.ops.aten.add_.Tensor", args=[{"node": "x"}, 1])], **top)
        again = dqrewrite_dump.to_document(dqrewrite_dump.from_document(whole))
        self.assertEqual(json.dumps(again), json.dumps({**{k: v for k, v in whole.items() if k != "graph"}, "graph": whole["graph"]}))

    def test_order_of_submodules_comes_back(self):
        subs = {path: {"nodes": [X]} for path in ("b.inner", "a", "b", "plain.body")}
        again = dqrewrite_dump.to_document(dqrewrite_dump.from_document(document([X], submodules=subs)))
        self.assertEqual(list(again["submodules"].items()), list(subs.items()))

    def test_dead_code_goes_as_the_dump_says(self):
        nodes = [X, node("loud", "call_module", "loud", [{"node": "x"}], impure=True), node("quiet", "call_module", "quiet", [{"node": "x"}]),
                 node("mutates", target="torch.ops.aten.add_.Tensor", args=[{"node": "x"}, 1]), node("dead"),
                 node("branch", "get_attr", "branch"), node("used", "get_attr", "used"), node("weight", "get_attr", "used.weight"),
                 node("output", "output", "output", [[{"node": "x"}, {"node": "used"}, {"node": "weight"}]])]
        body = {"nodes": [X, node("dead"), node("output", "output", "output", [{"node": "x"}])]}
        module = dqrewrite_dump.from_document(document(nodes, submodules={"branch": body, "used": body, "plain.body": body}))
        module.graph.eliminate_dead_code()
        after = dqrewrite_dump.to_document(module)
        self.assertEqual([n["name"] for n in after["graph"]["nodes"]], ["x", "loud", "mutates", "used", "weight", "output"])
        self.assertEqual({path: [n["name"] for n in graph["nodes"]] for path, graph in after["submodules"].items()},
                         {"branch": ["x", "dead", "output"], "used": ["x", "output"], "plain.body": ["x", "dead", "output"]})

    def test_stand_ins_hold_no_data(self):
        weight = node("w", "get_attr", "w", meta={"val": {"shape": [2000, 3000], "dtype": "int8", "device": "cuda:0"}})
        module = dqrewrite_dump.from_document(document([weight]))
        self.assertEqual((module.w.shape, module.w.dtype, module.w.device.type), ((2000, 3000), torch.int8, "meta"))


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
        ([node("y", args=[{"tuple": [], "list": []}])], "node 'y': an object in args has one key, not ['list', 'tuple']"),
        ([node("y", args=[{}])], "node 'y': an object in args has one key, not []"),
        ([node("y", args=[{"kind": 1}])], "node 'y': unknown kind of value: 'kind'"),
        ([node("y", args=[{"slice": [1]}])], "node 'y': no value of the kind slice: [1] (an array of 3 is needed)"),
        ([node("y", args=[{"dtype": "relu"}])], "node 'y': no value of the kind dtype: 'relu' (torch has no such dtype)"),
        ([node("y", args=[{"float": "1.0"}])], "node 'y': no value of the kind float: '1.0' (inf, -inf or nan is needed)"),
        ([node("y", target="torch.ops.aten.nope.default")],
         "node 'y': no operator torch.ops.aten.nope.default is registered: import the package that registers it before loading"),
        ([node("y", target="torch.nope")], "node 'y': no function is called torch.nope here"),
        ([node("y", target="antigravity.fly")], "node 'y': no module here has antigravity.fly: import it before loading"),
        ([node("y", target="no_builtin")], "node 'y': no function is called no_builtin here"),
        ([node("y", "get_attr", "a..b")], "'a..b' is no path of attributes"),
        ([node("y", "get_attr", "forward")], "torch takes no attribute called 'forward': \"attribute 'forward' already exists\""),
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
        with self.assertRaisesRegex(DumpError, f"^node 'y': {target} needs the package executorch, which does not import: "):
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
        rows = [(torch.nn.ReLU(), "a dump is made of a torch.fx.GraphModule, not of a ReLU"),
                (models.bare(deep), "node 'relu': the arguments are nested too deeply"),
                (models.bare(surrogate), "node '\\ud800': a lone surrogate in a name has no UTF-8")]
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
