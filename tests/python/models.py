"""GraphModules of all kinds for the tests of dqrewrite_dump: MODELS is name -> a function that makes one.

Needs torch; those in QUANTIZED need torchao as well.
"""

import collections
import contextlib
import enum
import operator

import torch
import torch.fx
from torch import nn
from torch.export import Dim, export
from torch.fx.experimental.symbolic_shapes import ShapeEnv

ATEN = torch.ops.aten


def traced(module):
    return torch.fx.symbolic_trace(module.eval())


def exported(module, inputs, dynamic=None):
    return export(module.eval(), inputs, dynamic_shapes=dynamic, strict=False).module()


def bare(graph):
    """A GraphModule of a graph of which FX may be unable to make code."""
    module = torch.fx.GraphModule(nn.Module(), torch.fx.Graph())
    with contextlib.suppress(Exception):
        module.graph = graph
    return module


# -- torch's own modules


def conv_net():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU6(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, groups=8),
        nn.Hardswish(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 4),
    )


def transformer_encoder():
    return exported(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), (torch.randn(2, 5, 16),))


def lstm():
    return exported(nn.LSTM(4, 6, num_layers=2, batch_first=True), (torch.randn(2, 3, 4),))


def gru_cell():
    return exported(nn.GRUCell(4, 6), (torch.randn(2, 4), torch.randn(2, 6)))


def multihead_attention():
    return exported(nn.MultiheadAttention(8, 2, batch_first=True), (torch.randn(1, 3, 8),) * 3)


def embedding_bag():
    return exported(nn.EmbeddingBag(10, 4, mode="sum"), (torch.tensor([1, 2, 4]), torch.tensor([0, 2])))


# -- hand-written ones


class Branches(nn.Module):
    """cond inside cond, so that a submodule hangs below a submodule."""

    def forward(self, x, flag):
        def inner(y):
            return torch.cond(y.sum() > 0, lambda z: z.sin(), lambda z: z.cos(), (y,))

        return torch.cond(flag, inner, lambda y: y * 2, (x,))


class WhileLoop(nn.Module):
    def forward(self, x, count):
        from torch._higher_order_ops import while_loop

        return while_loop(lambda i, y: i > 0, lambda i, y: (i - 1, y + y.cos()), (count, x))


class Mapped(nn.Module):
    def forward(self, rows, y):
        from torch._higher_order_ops.map import map as map_rows

        return map_rows(lambda row, z: row.sin() + z, rows, y)


class Mutating(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros(3))

    def forward(self, x):
        self.count.add_(1)
        y = x.clone()
        y[0] = self.count
        y.relu_()
        torch._assert_async((y >= 0).all(), "must hold")
        return y


class DynamicShapes(nn.Module):
    def forward(self, x):
        half = x.shape[0] // 2
        return x.new_zeros(half, x.shape[1] + 1), x[:half].reshape(-1), x.shape[0] * 2


class BuiltinNames(nn.Module):
    def forward(self, input, max, self_1=None):
        return torch.where(input > max, input, max)


class Pair(collections.namedtuple("Pair", "first second")):
    pass


class Colour(enum.Enum):
    RED = 1


def every_value():
    """Every kind of value, in args and in kwargs, and nested in one another."""
    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    y = graph.placeholder("y")
    sym = ShapeEnv().create_unbacked_symint()
    values = [
        None,
        True,
        False,
        0,
        -1,
        2**63 - 1,
        -(2**63),
        2**63,
        -(2**200),
        0.0,
        -0.0,
        1.0,
        1e-5,
        1e300,
        5e-324,
        float("inf"),
        float("-inf"),
        float("nan"),
        1 + 2j,
        complex("inf-nanj"),
        "",
        "text",
        'quote " \\ \n',
        "größe 漢字 \U0001f600",
        "\ud800",
        [],
        (),
        {},
        [[x], (y,)],
        ([x, [y, {"k": (x, None)}]],),
        {"a": [x], "b": {"c": (y,)}, 3: 4, (1, 2): 5},
        slice(None),
        slice(x, None, 2),
        [slice(1, y), slice(None, None, x)],
        torch.int8,
        torch.float8_e4m3fn,
        torch.complex64,
        torch.device("cpu"),
        torch.device("cuda", 1),
        torch.channels_last,
        torch.preserve_format,
        torch.strided,
        torch.sparse_coo,
        sym,
        sym + 1,
        sym > 2,
        torch.Size([1, 2]),
        Pair(x, 2),
        Colour.RED,
        range(3),
        ...,
        ATEN.mul.Tensor,
        ATEN.mul,
        torch.per_tensor_affine,
        object,
    ]
    for value in values:
        graph.call_function(ATEN.relu.default, (value, x), {"key": value, "other": [value]})
    graph.output(((x, y), [x], {"out": y}))
    return bare(graph)


def every_target():
    """Functions of all origins; `x` is never really computed."""
    import math
    import torch.nn.functional as functional

    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    for target in (
        ATEN.add.Tensor,
        ATEN.add,
        operator.getitem,
        operator.setitem,
        operator.iadd,
        getattr,
        len,
        torch.relu,
        torch.rand,
        functional.relu,
        functional.gelu,
        functional.conv2d,
        functional.scaled_dot_product_attention,
        torch.Tensor.add,
        torch.Tensor.size,
        torch.sym_max,
        math.ceil,
        torch._assert,
        torch._C._set_grad_enabled,
        torch.amp.autocast_mode._enter_autocast,
        torch.ops.higher_order.cond,
        torch.ops.higher_order.auto_functionalized,
        ATEN.bernoulli.default,
        ATEN.add_.Tensor,
    ):
        graph.call_function(target, (x,))
    return bare(graph)


def impure_by_argument():
    """auto_functionalized is as impure as the op that it is given; the table of ops cannot say it."""
    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    for op in (ATEN.mul.Tensor, ATEN._assert_async.msg):
        graph.call_function(torch.ops.higher_order.auto_functionalized, (op, x))
    graph.output(x)
    return bare(graph)


def odd_names():
    graph = torch.fx.Graph()
    previous = graph.placeholder("input")
    for name in (
        "dq_3",
        "dq",
        "x_01",
        "x_99999999999999999999",
        "None",
        "a.b",
        "größe",
        "0",
        "_1",
        "x\n",
        "input_1",
        "max",
    ):
        previous = graph.call_function(torch.relu, (previous,))
        previous.name = name
    next(iter(graph.nodes)).name = "input"
    graph.output(previous)
    return bare(graph)


def module_tree():
    """GraphModules at several depths, reached or not, one of them in two places; impure and plain modules."""

    def leaf(dead):
        graph = torch.fx.Graph()
        x = graph.placeholder("x")
        if dead:
            graph.call_function(torch.neg, (x,))
        graph.output(x)
        return bare(graph)

    root = nn.Module()
    shared = leaf(True)
    root.first, root.unused, root.again = shared, leaf(True), shared
    root.blocks = nn.Module()
    root.blocks.body = leaf(False)
    root.first.register_buffer("weight", torch.ones(2, 3))
    root.loud, root.quiet = nn.Module(), nn.Module()
    root.loud._is_impure = True
    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    got = [graph.get_attr(target) for target in ("first", "again", "blocks.body", "first.weight")]
    for target in ("loud", "quiet", "first", "blocks.body"):
        graph.call_module(target, (x,))
    graph.output((x, *got))
    module = torch.fx.GraphModule(root, graph)
    module.add_module("unused", root.unused)
    return module


def every_meta():
    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    tensor = torch.empty(2, 3, 4, device="meta")
    for value in (
        tensor,
        tensor.transpose(0, 1),
        [tensor, None],
        (tensor, (1, 2.5)),
        {"a": tensor},
        7,
        float("nan"),
        None,
        torch.int8,
        torch.empty(0, 3),
        torch.empty(()),
        torch.empty(2, 2).to_sparse(),
        ShapeEnv().create_unbacked_symint(),
    ):
        graph.call_function(torch.relu, (x,)).meta = {"val": value}
    loop = []
    loop.append(loop)
    for value in (
        None,
        2**70,
        float("inf"),
        "\udc80",
        b"bytes",
        {1: {2: (3,)}},
        [x, torch.relu, nn.Linear, object()],
        {torch.int8},
        tensor,
        loop,
    ):
        graph.call_function(torch.relu, (x,)).meta = {"custom": value, 3: "key", "quantization_annotation": value}
    graph.output(x)
    return bare(graph)


def no_output():
    graph = torch.fx.Graph()
    graph.placeholder("x", default_value=3)
    return bare(graph)


class FunctionalNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 4), nn.GELU())

    def forward(self, x):
        y = self.inner(x)[..., 1:3, None]
        return {"sum": y.sum(dim=[0], keepdim=True), "pair": (x.size(0), getattr(y, "shape"))}


MODELS = {
    "sequential conv net, traced": lambda: traced(conv_net()),
    "conv net, exported": lambda: exported(conv_net(), (torch.randn(1, 3, 8, 8),)),
    "conv net, lifted": lambda: export(conv_net().eval(), (torch.randn(1, 3, 8, 8),)).graph_module,
    "conv net, decomposed": lambda: export(conv_net().eval(), (torch.randn(1, 3, 8, 8),)).run_decompositions().module(),
    "TransformerEncoderLayer": transformer_encoder,
    "LSTM": lstm,
    "GRUCell": gru_cell,
    "MultiheadAttention": multihead_attention,
    "EmbeddingBag": embedding_bag,
    "functional, traced": lambda: traced(FunctionalNet()),
    "cond in cond": lambda: exported(Branches(), (torch.randn(3), torch.tensor(True))),
    "while_loop": lambda: exported(WhileLoop(), (torch.randn(3), torch.tensor(4))),
    "map": lambda: exported(Mapped(), (torch.randn(4, 3), torch.randn(3))),
    "mutating": lambda: exported(Mutating(), (torch.randn(2, 3),)),
    "dynamic shapes": lambda: exported(DynamicShapes(), (torch.randn(4, 3),), ({0: 2 * Dim("half"), 1: Dim("width")},)),
    "builtins as names": lambda: exported(BuiltinNames(), (torch.randn(2), torch.randn(2))),
    "every value": every_value,
    "every target": every_target,
    "impure by argument": impure_by_argument,
    "odd names": odd_names,
    "module tree": module_tree,
    "every meta": every_meta,
    "no output": no_output,
}


# -- quantized ones, by the real flow


class SharedInput(nn.Module):
    """One activation with several quantized users, and an in-place one."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.left, self.right = nn.Conv2d(8, 8, 1), nn.Conv2d(8, 8, 1)
        self.last = nn.Linear(8, 4)

    def forward(self, x):
        x = torch.relu_(self.stem(x))
        y = self.left(x) + self.right(x) + x
        return self.last(torch.flatten(nn.functional.adaptive_avg_pool2d(y, 1), 1))


def own_quantizer():
    """A quantizer that uses every kind of spec, and leaves names of gone nodes behind."""
    from torchao.quantization.pt2e.observer import MinMaxObserver
    from torchao.quantization.pt2e.quantizer.quantizer import (
        DerivedQuantizationSpec,
        FixedQParamsQuantizationSpec,
        QuantizationAnnotation,
        QuantizationSpec,
        Quantizer,
        SharedQuantizationSpec,
    )

    int8 = QuantizationSpec(torch.int8, MinMaxObserver.with_args(eps=2**-12), -128, 127, torch.per_tensor_affine)
    weight = QuantizationSpec(torch.int8, MinMaxObserver, -127, 127, torch.per_tensor_symmetric)

    def bias_params(observers):
        scale = observers[0].calculate_qparams()[0] * observers[1].calculate_qparams()[0]
        return scale, torch.zeros_like(scale, dtype=torch.int64)

    class EverySpec(Quantizer):
        def annotate(self, model):
            for node in model.graph.nodes:
                inputs = node.all_input_nodes
                if node.target is ATEN.conv2d.default:
                    specs = {
                        inputs[0]: int8,
                        inputs[1]: weight,
                        inputs[2]: DerivedQuantizationSpec(
                            [(inputs[0], node), (inputs[1], node)], bias_params, torch.int32, -(2**31), 2**31 - 1
                        ),
                    }
                    node.meta["quantization_annotation"] = QuantizationAnnotation(specs, int8, _annotated=True)
                elif node.target is ATEN.add.Tensor:
                    specs = {inputs[0]: int8, inputs[1]: SharedQuantizationSpec((inputs[0], node))}
                    node.meta["quantization_annotation"] = QuantizationAnnotation(
                        specs, SharedQuantizationSpec(inputs[0]), _annotated=True
                    )
                elif node.target is ATEN.adaptive_avg_pool2d.default:
                    fixed = FixedQParamsQuantizationSpec(torch.uint8, 1 / 256, 0, 0, 255, torch.per_tensor_affine)
                    node.meta["quantization_annotation"] = QuantizationAnnotation({inputs[0]: fixed}, None, False, True)
            return model

        def validate(self, model):
            pass

    return EverySpec()


def x86_quantizer(dynamic=False, qat=False):
    from torchao.quantization.pt2e.quantizer.x86_inductor_quantizer import (
        X86InductorQuantizer,
        get_default_x86_inductor_quantization_config,
    )

    config = get_default_x86_inductor_quantization_config(is_dynamic=dynamic, is_qat=qat)
    return X86InductorQuantizer().set_global(config)


def quantized(module, inputs, quantizer, converted=True, qat=False):
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e, prepare_qat_pt2e

    graph_module = export(module.train() if qat else module.eval(), inputs).module()
    graph_module = (prepare_qat_pt2e if qat else prepare_pt2e)(graph_module, quantizer)
    graph_module(*inputs)
    return convert_pt2e(graph_module, fold_quantize=False) if converted else graph_module


IMAGE = (torch.zeros(1, 3, 8, 8),)
QUANTIZED = {
    "x86, prepared": lambda: quantized(SharedInput(), IMAGE, x86_quantizer(), converted=False),
    "x86, converted": lambda: quantized(SharedInput(), IMAGE, x86_quantizer()),
    "x86, quantization-aware": lambda: quantized(SharedInput(), IMAGE, x86_quantizer(qat=True), qat=True),
    "x86, dynamic": lambda: quantized(
        nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)), (torch.randn(2, 4),), x86_quantizer(dynamic=True)
    ),
    "every spec, converted": lambda: quantized(SharedInput(), IMAGE, own_quantizer()),
}
