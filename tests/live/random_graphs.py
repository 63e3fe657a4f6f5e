"""Random GraphModules around shared dequantizes, made to be hard: every condition of PyTorch's DuplicateDQPass is met,
and nearly met, and what stands around it is as odd as FX allows.

    make(rng) -> GraphModule          the same for the same random.Random
    seeded(seed, index)               the randomness of one case
Needs torch. Used by compare.py and variants.py.
"""

import contextlib
import operator
import random

import torch
import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed
import torch.fx
from torch import nn

from dqrewrite_dump import Annotation, Symbolic

QD, ATEN, HOP = torch.ops.quantized_decomposed, torch.ops.aten, torch.ops.higher_order
INT8 = (-128, 127, torch.int8)
SPEC = {
    "kind": "QuantizationSpec",
    "dtype": {"dtype": "int8"},
    "quant_min": -128,
    "quant_max": 127,
    "qscheme": "per_tensor_affine",
    "ch_axis": None,
    "is_dynamic": False,
}

DEQUANTIZE = [QD.dequantize_per_tensor.default] * 4 + [
    QD.dequantize_per_tensor.tensor,
    QD.dequantize_per_channel.default,
]
QUANTIZE = [QD.quantize_per_tensor.default] * 3 + [QD.quantize_per_tensor.tensor, QD.quantize_per_channel.default]
# one step beside each set of operators that the pass names
NO_DEQUANTIZE = [
    QD.dequantize_per_tensor,
    QD.dequantize_per_tensor.tensor2,
    QD.dequantize_per_token.default,
    QD.dequantize_per_channel_group.default,
    QD.quantize_per_tensor.default,
    ATEN.relu.default,
]
NO_QUANTIZE = [QD.quantize_per_tensor, QD.quantize_per_tensor.tensor2, QD.quantize_per_token.default, ATEN.relu.default]
NO_CHOICE = [
    QD.choose_qparams_symmetric.tensor,
    QD.choose_qparams,
    QD.choose_qparams_per_token.default,
    ATEN.split.Tensor,
]
NO_GETITEM = [operator.add, torch.ops.aten.select.int, getattr]

SHAPE_QUERIES = [ATEN.sym_size.default, ATEN.sym_numel.default, ATEN.sym_size, ATEN.sym_numel]
NO_SHAPE_QUERIES = [ATEN.sym_size.int, ATEN.sym_stride.default, ATEN.size.default, ATEN.numel.default, torch.numel]
UNARY = [ATEN.relu.default, ATEN.neg.default, ATEN.sigmoid, torch.relu, torch.nn.functional.gelu, len]
IMPURE = [ATEN.relu_.default, ATEN.relu_, ATEN.bernoulli.default, torch.rand, torch._assert, ATEN._assert_async.default]

# What create_name would never give, or what makes it count in another way; among them digits that are not ASCII.
ODD_NAMES = """
    input max len None True class match inf nan torch device pytree self NoneType Tensor dq dq_1 dq_2 dq_3 dq_10
    dq_01 dq_00 dq_0 dq_1_2 dq__1 dq_ _ __ _1 _0_0 x_01 input_1 max_1 dq_4294967294 dq_4294967295 dq_4294967296
    dq_18446744073709551615 dq_99999999999999999999999 dq_000000000000000000001 a.b a-b_2 größe größe_2 0dq 7 $
    dq.1 漢字 é_1 _unnamed add_tensor dequantize_per_tensor_default dequantize_per_tensor_default_2 add_tensor_007
""".split()
ODD_NAMES += ["dq 2", "'quoted\"", "tab\tname", "dq_\u0663", "dq_1\u0663", "dq_\U0001d7db", "dq\xb2"]


def make(rng):
    """One GraphModule, with whatever hangs below it."""
    return Maker(rng).module()


def churn(rng, graph):
    """Edits that leave nodes as they are, but not the order of their users, nor which names are taken."""
    nodes = [node for node in graph.nodes if node.op not in ("placeholder", "output")]
    for node in rng.choices(nodes, k=rng.randint(0, len(nodes))):
        if rng.random() < 0.7:
            node.args = node.args
            continue
        with graph.inserting_after(node):
            other = graph.node_copy(node) if rng.random() < 0.5 else graph.call_function(ATEN.neg.default, (node,))
        graph.erase_node(other)


class Maker:
    """Builds one graph; `depth` is how far below the top it hangs."""

    def __init__(self, rng, depth=0):
        self.rng, self.depth = rng, depth
        self.graph = torch.fx.Graph()
        self.values = []  # nodes that others may use
        self.children = {}  # attribute path -> module or tensor
        self.odd = rng.random() < 0.3
        self.ill_fitting = rng.random() < 0.25
        self.defaults = rng.random() < 0.1  # of placeholders

    def chance(self, share):
        return self.rng.random() < share

    def pick(self):
        """Recent nodes more often, so that there are chains as well as fans."""
        return self.values[-1 - min(int(self.rng.expovariate(0.3)), len(self.values) - 1)]

    def module(self):
        rng = self.rng
        for index in range(rng.randint(1, 3)):
            self.placeholder(index)
        size = rng.choice([4, 8, 12, 20, 30, 60]) if self.depth == 0 else rng.choice([2, 3, 5])
        if self.depth == 0 and self.chance(0.01):
            self.fan(rng.randint(100, 250))
        while len(self.graph.nodes) < size:
            if self.chance(0.35):
                self.shared_dequantize()
            else:
                self.keep(self.user(self.pick()))
        self.output()
        self.annotate_all()
        if self.ill_fitting:
            self.spoil_calls()
        if self.odd:
            self.rename()
        return self.finish()

    # -- nodes

    def call(self, target, /, *args, **kwargs):
        name = (
            self.rng.choice(["dq", "dq_3", "dq_1", "x_01", "input", "f_2"]) if self.odd and self.chance(0.2) else None
        )
        return self.graph.create_node("call_function", target, args, kwargs, name)

    def keep(self, node):
        self.values.append(node)
        return node

    def placeholder(self, index):
        target = self.rng.choice(["input", "max", "self_1", "dq_3"]) + str(index) if self.odd else f"x{index}"
        default = (self.rng.choice([None, 1, 2.5]),) if self.defaults else ()
        self.keep(self.graph.create_node("placeholder", target, default))

    def attribute(self, path=None):
        path = path or self.rng.choice(["scale", "zero_point", "block.weight", "block.0.bias"])
        self.children.setdefault(path, torch.ones(1))
        return self.graph.get_attr(path)

    def source(self):
        return self.attribute() if self.chance(0.2) else self.pick()

    # -- dequantizes

    def shared_dequantize(self):
        made = self.dequantize()
        self.keep(made)
        for _ in range(self.rng.choice([0, 1, 2, 2, 2, 3, 3, 5, 9])):
            self.keep(self.user(made))

    def fan(self, width):
        made = self.keep(self.dequantize())
        users = [self.user(made) for _ in range(width)]
        self.keep(self.call(ATEN.cat.default, users, 0))

    def dequantize(self):
        """A dequantize in some chain: static, dynamic, one step beside either, or with nothing before it."""
        kind = self.rng.choice(
            ["static"] * 5 + ["dynamic"] * 3 + ["beside"] * 4 + ["bare", "of dequantize", "of input", "no dequantize"]
        )
        if kind in ("static", "no dequantize"):
            parameters = (round(self.rng.uniform(0.001, 1), 5), self.rng.randint(-128, 127))
            return self.chain(
                self.rng.choice(QUANTIZE),
                self.rng.choice(DEQUANTIZE if kind == "static" else NO_DEQUANTIZE),
                parameters,
            )
        if kind in ("dynamic", "beside"):
            return self.dynamic(
                beside=(
                    self.rng.choice(["quantize", "quantize", "getitem", "choice", "choice", "place", "list", "method"])
                    if kind == "beside"
                    else None
                )
            )
        operand = {"bare": self.source, "of dequantize": self.dequantize_below, "of input": lambda: self.values[0]}[
            kind
        ]()
        if kind == "bare" and self.chance(0.02):
            operand = self.rng.choice([None, 3, [operand]])  # PyTorch's pass raises
        return self.call(self.rng.choice(DEQUANTIZE), operand, 0.5, 1, *INT8)

    def dequantize_below(self):
        return self.call(self.rng.choice(DEQUANTIZE), self.source(), 0.25, 0, *INT8)

    def chain(self, quantize, dequantize, parameters):
        quantized = self.call(quantize, self.source(), *parameters, *INT8)
        if self.chance(0.1):
            self.keep(quantized)
        if self.chance(0.1):
            return self.call(dequantize, quantized, *parameters, *INT8, out_dtype=torch.float16)
        if self.chance(0.03):
            return self.graph.call_method("dequantize_per_tensor", (quantized, *parameters))
        if self.chance(0.1):  # by keyword, what the pass does not look at
            return self.call(
                dequantize,
                quantized,
                *parameters[:1],
                zero_point=parameters[1],
                quant_min=-128,
                quant_max=127,
                dtype=torch.int8,
            )
        return self.call(dequantize, quantized, *parameters, *INT8)

    def dynamic(self, beside):
        rng = self.rng
        source = self.source()
        choose = rng.choice(NO_CHOICE) if beside == "choice" else QD.choose_qparams.tensor
        chosen = self.call(choose, source, -128, 127, 1.1920928955078125e-07, torch.int8)
        if beside == "method":
            chosen = self.graph.call_method("quantized_decomposed.choose_qparams.tensor", (source,))
        getitem = rng.choice(NO_GETITEM) if beside == "getitem" else operator.getitem
        scale, zero_point = self.call(getitem, chosen, 0), self.call(operator.getitem, chosen, 1)
        if beside == "getitem" and self.chance(0.3):
            scale = self.graph.call_method("getitem", (chosen, 0))
        if beside == "list":
            scale = self.call(operator.getitem, [chosen], 0) if self.chance(0.5) else [scale]
        if beside == "place":  # the zero point is chosen at run time, and the scale is not
            scale = 0.5
        quantize = rng.choice(NO_QUANTIZE) if beside == "quantize" else rng.choice(QUANTIZE)
        quantized = self.call(quantize, source, scale, zero_point, *INT8)
        if self.chance(0.1):
            self.keep(rng.choice([chosen, zero_point, quantized]))
        return self.call(rng.choice(DEQUANTIZE), quantized, scale, zero_point, *INT8)

    # -- users

    def user(self, node):
        """A new node that uses `node`, and is a value itself."""
        make = self.rng.choice(
            [
                self.unary,
                self.unary,
                self.binary,
                self.binary,
                self.keywords,
                self.nested,
                self.nested,
                self.shape_query,
                self.shape_query,
                self.no_shape_query,
                self.impure,
                self.method,
                self.several_outputs,
                self.plain_module,
                self.functionalized,
                self.requantized,
                self.branch,
                self.values_of_all_kinds,
            ]
        )
        return make(node)

    def unary(self, node):
        return self.call(self.rng.choice(UNARY), node)

    def binary(self, node):
        other = node if self.chance(0.3) else self.pick()
        pair = (node, other) if self.chance(0.5) else (other, node)
        return self.call(self.rng.choice([ATEN.add.Tensor, ATEN.mul.Tensor, operator.add, ATEN.add]), *pair)

    def keywords(self, node):
        if self.chance(0.5):
            return self.call(ATEN.lerp.Tensor, self.pick(), end=node, weight=self.rng.choice([node, 1, 1.0]))
        return (
            self.call(ATEN.relu.default, self=node)
            if self.chance(0.5)
            else self.call(ATEN.add.Tensor, node, other=node, alpha=2)
        )

    def nested(self, node):
        """The node somewhere in lists, tuples, dicts and slices, once or more often."""

        def wrap(value, depth):
            other = self.rng.choice([None, 1, 2.5, "text", torch.int8, self.pick(), node])
            shape = self.rng.randrange(5)
            value = [
                lambda: [other, value],
                lambda: (value,),
                lambda: {"k": value, "other": [other]},
                lambda: slice(value, None, other),
                lambda: [(value, {"deep": slice(None, value)}), other],
            ][shape]()
            return wrap(value, depth - 1) if depth else value

        value = wrap(node, self.rng.randint(0, 3))
        target = self.rng.choice([operator.getitem, ATEN.index.Tensor, torch.cat, ATEN.cat.default])
        if target is operator.getitem or self.chance(0.5):
            return self.call(target, self.pick(), value)
        return self.call(target, value, extra=value) if self.chance(0.2) else self.call(target, value)

    def shape_query(self, node):
        return self.call(self.rng.choice(SHAPE_QUERIES), node)

    def no_shape_query(self, node):
        if self.chance(0.3):
            return self.graph.call_method(self.rng.choice(["size", "sym_size", "numel"]), (node,))
        return self.call(self.rng.choice(NO_SHAPE_QUERIES), node, *([0] if self.chance(0.5) else []))

    def impure(self, node):
        kind = self.rng.randrange(5)
        if kind == 0:
            return self.call(ATEN.add_.Tensor, node, self.pick())
        if kind == 1:
            return self.call(operator.setitem, self.pick(), 0, node)
        if kind == 2:
            return self.call(ATEN._assert_async.msg, node, 'must "hold"')
        if kind == 3:
            return self.call(ATEN.dropout.default, node, 0.5, False)
        return self.call(self.rng.choice(IMPURE), node)

    def method(self, node):
        return self.graph.call_method(
            self.rng.choice(["view", "add_", "relu"]),
            (node, [-1, {"s": node}]),
            {} if self.chance(0.7) else {"k": node},
        )

    def several_outputs(self, node):
        split = self.call(ATEN.split.Tensor, node, 1)
        for index in range(self.rng.randint(0, 2)):
            self.keep(self.call(operator.getitem, split, index))
        return split

    def plain_module(self, node):
        path, impure = self.rng.choice([("loud", True), ("quiet", False), ("block.loud", True), ("block.quiet", False)])
        module = self.children.setdefault(path, nn.Module())
        module._is_impure = impure
        return self.graph.call_module(path, (node,))

    def functionalized(self, node):
        """As impure as the op that it is given."""
        target = self.rng.choice([HOP.auto_functionalized, HOP.auto_functionalized_v2])
        return self.call(target, self.rng.choice([ATEN.mul.Tensor, ATEN._assert_async.msg, ATEN.add_.Tensor]), x=node)

    def requantized(self, node):
        parameters = (0.125, 3)
        quantized = self.call(self.rng.choice(QUANTIZE), node, *parameters, *INT8)
        return self.call(self.rng.choice(DEQUANTIZE), quantized, *parameters, *INT8)

    def values_of_all_kinds(self, node):
        values = [
            2**63,
            -(2**70),
            float("inf"),
            float("-inf"),
            float("nan"),
            -0.0,
            0.0,
            0,
            1,
            True,
            1e-45,
            1e22,
            1.0,
            1 + 2j,
            "größe \U0001f600",
            Symbolic("u0"),
            Symbolic("2*u0 + 1"),
            torch.channels_last,
            torch.strided,
            torch.device("cuda:1"),
            torch.bfloat16,
            ...,
            range(2),
            (),
            [],
            {},
            None,
        ]
        chosen = [self.rng.choice(values) for _ in range(self.rng.randint(1, 4))]
        return self.call(
            ATEN.clamp.default, node, *chosen[:2], **{f"k{index}": value for index, value in enumerate(chosen[2:])}
        )

    def branch(self, node):
        """Something that has to do with a GraphModule below."""
        if self.depth > 2 or self.chance(0.5):
            return self.unary(node)
        path = self.rng.choice(["true_graph_0", "false_graph_0", "body", "blocks.body"])
        if path not in self.children:
            known = [module for module in self.children.values() if isinstance(module, torch.fx.GraphModule)]
            twice = known and self.chance(0.2)
            self.children[path] = self.rng.choice(known) if twice else Maker(self.rng, self.depth + 1).module()
        way = self.rng.randrange(6)
        if way == 0:
            return self.graph.call_module(path, (node,))
        if way == 1:  # something inside it, and not itself
            self.children.setdefault(f"{path}.weight", torch.ones(1))
            return self.call(ATEN.add.Tensor, node, self.graph.get_attr(f"{path}.weight"))
        if way == 2:  # there, and named by nobody
            return self.unary(node)
        got = self.graph.get_attr(path)
        if way == 3:  # reached, and the get_attr may be dead
            return self.unary(node)
        return self.call(
            self.rng.choice([HOP.cond, HOP.while_loop, HOP.map_impl]), node, got, got, [node, (self.pick(),)]
        )

    def output(self):
        values = [self.pick() for _ in range(self.rng.randint(1, 5))]
        if self.chance(0.4):  # hardly any dead code
            values += [node for node in self.graph.nodes if not node.users and node not in values]
        shape = self.rng.randrange(4)
        self.graph.output(
            [
                lambda: tuple(values),
                lambda: values,
                lambda: values[0],
                lambda: ({"out": values[:1]}, [tuple(values[1:])]),
            ][shape]()
        )

    # -- meta

    def annotate_all(self):
        nodes = list(self.graph.nodes)
        names = {node.name: node for node in nodes}
        share = self.rng.choice([0.0, 0.3, 0.7, 0.7, 1.0])
        for node in nodes:
            if self.chance(share):
                node.meta["quantization_annotation"] = self.annotation(node, names)
            if self.chance(0.3):
                node.meta.update(self.other_meta())

    def annotation(self, node, names):
        kind = self.rng.random()
        if kind < 0.12:  # there, and invalid
            return self.rng.choice(
                [None, Annotation({"input_qspec_map": [], "output_qspec": None, "_annotated": True}, names)]
            )
        if kind < 0.15:  # no spec, and not None either
            return Annotation({"input_qspec_map": [], "output_qspec": self.rng.choice([{}, False, 0, "", []])}, names)
        if kind < 0.155:  # PyTorch's pass raises where it looks
            return self.rng.choice([{}, "text", [], {"input_qspec_map": {}, "output_qspec": SPEC}])
        inputs = [
            [
                {"node": input.name},
                self.rng.choice([SPEC, None, {"kind": "SharedQuantizationSpec", "edge_or_node": {"node": input.name}}]),
            ]
            for input in node.all_input_nodes
        ]
        if self.chance(0.1):
            inputs.append([{"node": "gone_from_the_graph"}, SPEC])
        form = {
            "input_qspec_map": inputs if self.chance(0.7) else [],
            "output_qspec": SPEC if self.chance(0.6) else None,
            "allow_implicit_sharing": True,
            "_annotated": self.chance(0.9),
        }
        if self.chance(0.2):
            form["_is_output_of_quantized_pattern"] = True
        return Annotation(form, names)

    def other_meta(self):
        return self.rng.choice(
            [
                {"val": torch.empty(2, 3, device="meta")},
                {"val": [torch.empty(1, device="meta"), None, 3]},
                {"val": Symbolic("s0")},
                {"custom": {"größe": [1, 1.0, True, None, '"\\\n\u2028'], "": {}}, "quantization_tag": "layer.0"},
                {"stack_trace": 'File "a.py", line 1\n', "3": [[]]},
                {"numbers": [2**64, -0.0, 1e-7, 1e300]},
            ]
        )

    # -- oddities, after all is there

    def spoil_calls(self):
        """Calls that do not fit their schema: too many arguments, unknown keywords, one argument twice."""
        before = []
        for node in self.graph.nodes:
            if node.op == "call_function" and hasattr(node.target, "_schema") and self.chance(0.2):
                way = self.rng.randrange(3)
                extra = self.rng.choice([1, None, *before[-3:]])
                if way == 0:
                    node.args = (*node.args, *[extra] * self.rng.randint(4, 7))
                elif way == 1:
                    node.kwargs = {**node.kwargs, "no_such_argument": extra}
                else:
                    names = [argument.name for argument in node.target._schema.arguments[: len(node.args)]]
                    node.kwargs = {**node.kwargs, **({self.rng.choice(names): extra} if names else {"nothing": extra})}
            before.append(node)

    def rename(self):
        """Names that create_name would never give."""
        taken = {node.name for node in self.graph.nodes}
        for node in self.graph.nodes:
            name = self.rng.choice(ODD_NAMES)
            if self.chance(0.35) and name not in taken:
                taken.add(name)
                node.name = name

    def finish(self):
        top = torch.fx.GraphModule(nn.Module(), torch.fx.Graph())
        for path in sorted(self.children, key=lambda path: path.count(".")):
            place, name = top, path
            while "." in name:
                first, _, name = name.partition(".")
                if not hasattr(place, first):
                    place.add_module(first, nn.Module())
                place = getattr(place, first)
            child = self.children[path]
            if not hasattr(place, name):  # "block.0" may be there, and "block.0.bias" then hangs in it
                (place.add_module if isinstance(child, nn.Module) else place.register_buffer)(name, child)
        with contextlib.suppress(Exception):  # FX makes no code of some graphs; it is not needed here
            top.graph = self.graph
        return top


def seeded(seed, index):
    """The source of randomness of one case: a case can be made again without those before it."""
    return random.Random(f"{seed}/{index}")
