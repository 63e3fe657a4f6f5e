"""The parts of a dump: values, targets, names, meta. Needs torch; torchao's own question about annotations is skipped
without torchao.

    PYTHONPATH=python python3 tests/python/test_values.py
"""

import importlib.util
import json
import logging
import math
import operator
import unittest
import warnings

import torch
import torch.fx.traceback

import dqrewrite_dump
import models
from dqrewrite_dump import Annotation, GoneNode, Opaque, Symbolic, TensorVal
from small_dumps import X, document, node

HAS_TORCHAO = importlib.util.find_spec("torchao") is not None
ATEN = torch.ops.aten


def setUpModule():
    warnings.simplefilter("ignore")  # of torch, about its own export and about symbolic arguments
    logging.disable(logging.WARNING)


class Values(unittest.TestCase):
    # Python, JSON; each way gives the other
    ROWS = [
        (None, None),
        (True, True),
        (1, 1),
        (1.0, 1.0),
        (-0.0, -0.0),
        (1e-05, 1e-05),
        ("a", "a"),
        (2**63 - 1, 9223372036854775807),
        (2**63, {"int": "9223372036854775808"}),
        (-(2**63) - 1, {"int": "-9223372036854775809"}),
        (math.inf, {"float": "inf"}),
        (-math.inf, {"float": "-inf"}),
        (math.nan, {"float": "nan"}),
        (1 + 2j, {"complex": [1.0, 2.0]}),
        (complex("infj"), {"complex": [0.0, {"float": "inf"}]}),
        ([1, [2]], [1, [2]]),
        ((1, (2,)), {"tuple": [1, {"tuple": [2]}]}),
        ((), {"tuple": []}),
        ({"a": 1, 2: [3]}, {"dict": [["a", 1], [2, [3]]]}),
        (slice(None, 2, None), {"slice": [None, 2, None]}),
        (torch.int8, {"dtype": "int8"}),
        (torch.device("cuda:0"), {"device": "cuda:0"}),
        (torch.channels_last, {"memory_format": "channels_last"}),
        (torch.strided, {"layout": "strided"}),
        (Symbolic("s0 + 1"), {"sym": "s0 + 1"}),
        (Opaque("range(0, 3)"), {"opaque": "range(0, 3)"}),
        (ATEN.mul.Tensor, {"opaque": "<OpOverload(op='aten.mul', overload='Tensor')>"}),
        (..., {"opaque": "Ellipsis"}),
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
        rows = [
            (torch.Size([1, 2]), {"tuple": [1, 2]}),
            (models.Pair(1, 2), {"tuple": [1, 2]}),
            (models.Colour.RED, {"opaque": "<Colour.RED: 1>"}),
            (torch.ones(1), {"opaque": "tensor([1.])"}),
            ("\ud800", {"opaque": "'\\ud800'"}),
            (ATEN.mul, {"opaque": "<OpOverloadPacket(op='aten.mul')>"}),
            (torch.per_tensor_affine, {"opaque": "torch.per_tensor_affine"}),
        ]
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
        rows = {
            "getattr": getattr,
            "operator.getitem": operator.getitem,
            "math.ceil": math.ceil,
            "torch.relu": torch.relu,
            "torch.Tensor.add": torch.Tensor.add,
            "torch.nn.functional.relu": torch.nn.functional.relu,
            "torch._C._nn.gelu": torch.nn.functional.gelu,
            "torch.ops.aten.add.Tensor": ATEN.add.Tensor,
            "torch.ops.aten.add": ATEN.add,
            "torch.ops.higher_order.cond": torch.ops.higher_order.cond,
        }
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
        self.assertEqual(
            json.dumps(dqrewrite_dump.to_document(last.graph.owning_module)["graph"]["nodes"][1]["meta"]),
            json.dumps(meta),
        )

    # Python in a node's meta, its JSON
    WRITTEN = [
        (torch.int8, {"dtype": "int8"}),
        ((torch.device("cuda:1"), [torch.channels_last]), [{"device": "cuda:1"}, [{"memory_format": "channels_last"}]]),
        ({"low": float("-inf"), 1: 2 + 1j}, {"low": {"float": "-inf"}, "1": {"complex": [2.0, 1.0]}}),
        (ATEN.relu.default, "aten.relu.default"),
    ]

    def test_values_are_written_as_in_arguments(self):
        for value, form in self.WRITTEN:
            with self.subTest(form):
                last = self.last({})
                last.meta["key"] = value
                written = dqrewrite_dump.to_document(last.graph.owning_module)["graph"]["nodes"][1]["meta"]
                self.assertEqual(json.dumps(written), json.dumps({"key": form}))

    @unittest.skipUnless(hasattr(torch.fx.traceback, "NodeSource"), "this torch keeps no origins")
    def test_where_a_node_comes_from(self):
        module = torch.fx.symbolic_trace(torch.nn.ReLU())
        first = list(module.graph.nodes)[1]
        first.meta["from_node"] = [torch.fx.traceback.NodeSource(first, "one")]
        first.meta["from_node"] = [torch.fx.traceback.NodeSource(first, "two")]
        (found,) = dqrewrite_dump.to_document(module)["graph"]["nodes"][1]["meta"]["from_node"]
        self.assertEqual((found["name"], found["pass_name"]), (first.name, "two"))
        self.assertEqual([origin["pass_name"] for origin in found["from_node"]], ["one"])

    def test_annotation(self):
        form = {
            "input_qspec_map": [[{"node": "x"}, SPEC], [{"node": "gone"}, None]],
            "output_qspec": SHARED,
            "allow_implicit_sharing": True,
            "_annotated": True,
            "_is_output_of_quantized_pattern": False,
        }
        last = self.last({"quantization_annotation": form})
        annotation = last.meta["quantization_annotation"]
        x = next(iter(last.graph.nodes))
        self.assertEqual(list(annotation.input_qspec_map), [x, GoneNode("gone")])
        spec = annotation.input_qspec_map[x]
        self.assertEqual(
            (spec.kind, spec.dtype, spec.qscheme, spec.ch_axis),
            ("QuantizationSpec", torch.int8, torch.per_tensor_affine, None),
        )
        self.assertEqual(annotation.output_qspec.edge_or_node, (x, GoneNode("gone")))
        self.assertIs(annotation._annotated, True)
        x.name = "renamed"
        annotation.output_qspec = None
        written = dqrewrite_dump.to_document(last.graph.owning_module)["graph"]["nodes"][1]["meta"][
            "quantization_annotation"
        ]
        self.assertEqual(
            written,
            {**form, "input_qspec_map": [[{"node": "renamed"}, SPEC], [{"node": "gone"}, None]], "output_qspec": None},
        )

    # JSON, what torchao's is_valid_annotation says; None where it raises
    FORMS = [
        (None, False),
        ({"input_qspec_map": [], "output_qspec": None}, False),
        ({"input_qspec_map": [], "output_qspec": SPEC}, True),
        ({"input_qspec_map": [[{"node": "x"}, None]], "output_qspec": None}, True),
        ({"input_qspec_map": [[{"node": "gone"}, SPEC]], "output_qspec": None}, True),
        ({"input_qspec_map": [], "output_qspec": {}}, True),
        ({"input_qspec_map": [], "output_qspec": False}, True),
        ({}, None),
        ("text", None),
        ({"input_qspec_map": {}, "output_qspec": None}, None),
        ({"input_qspec_map": [1], "output_qspec": None}, None),
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
        forms = [
            tensor,
            [tensor, 1, None],
            3,
            {"sym": "s0"},
            {"dict": [["a", tensor]]},
            {"other": 1, "form": 2},
            {"shape": "odd"},
            {"shape": [], "dtype": "none", "device": "cpu"},
        ]
        for form in forms:
            with self.subTest(form=form):
                module = self.last({"val": form}).graph.owning_module
                self.assertEqual(dqrewrite_dump.to_document(module)["graph"]["nodes"][1]["meta"], {"val": form})
        val = self.last({"val": tensor}).meta["val"]
        self.assertIsInstance(val, TensorVal)
        self.assertEqual(
            (val.shape, val.dtype, val.device, val.stride()),
            ((2, Symbolic("s0")), torch.int64, torch.device("cpu"), (1, 2)),
        )

    def test_equal_ids_are_one_object(self):
        def tensor(id):
            return {"val": {"shape": [], "dtype": "int8", "device": "cpu", "id": id}}

        a, b, c = dqrewrite_dump.from_document(
            document([node("a", meta=tensor(1)), node("b", meta=tensor(1)), node("c", meta=tensor(2))])
        ).graph.nodes
        self.assertIs(a.meta["val"], b.meta["val"])
        self.assertIsNot(a.meta["val"], c.meta["val"])


if __name__ == "__main__":
    unittest.main()
