"""Is the pass right where PyTorch itself runs it, in the midst of convert_pt2e?

    PYTHONPATH=python python3 tests/live/convert.py --dqrewrite build/live/dqrewrite

Each time that convert_pt2e calls DuplicateDQPass the graph is dumped before and after. What dqrewrite makes of the first
dump is the second one, with the order of users and the names that are taken. The graphs have a history then: observers
came and went, and quantize and dequantize nodes were put in for them.
Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import json
import warnings

import torch
from torch import nn
from torchao.quantization.pt2e import quantize_pt2e
from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86
from torchao.quantization.pt2e.quantizer.duplicate_dq_pass import DuplicateDQPass

import dqrewrite_dump
import harness


class Linears(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(8, 8, bias=bias) for bias in (True, True, False))

    def forward(self, x):
        shared = self.q(x)
        return shared + self.k(shared), shared * self.v(shared), self.k(x), torch.cat([shared, x], 1)


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 1)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        a = self.norm(self.first(x)).relu()
        b = self.second(a)
        pooled = nn.functional.max_pool2d(a, 1) + b
        return torch.cat([a, b], 1) + torch.cat([b, a], 1), pooled, (a + b).relu(), a * b


MODELS = [(Linears, torch.randn(4, 8)), (Convolutions, torch.randn(2, 3, 8, 8))]


def dumps():
    """Pairs of dumps, before and after each run of the pass."""
    found, call = [], DuplicateDQPass.call

    def watched(self, module):
        before = dqrewrite_dump.to_document(module)
        result = call(self, module)
        found.append((before, dqrewrite_dump.to_document(result.graph_module)))
        return result

    DuplicateDQPass.call = watched
    for dynamic in (False, True):
        for make, inputs in MODELS:
            config = x86.get_default_x86_inductor_quantization_config(is_dynamic=dynamic)
            quantizer = x86.X86InductorQuantizer().set_global(config)
            module = torch.export.export(make().eval(), (inputs,)).module()
            prepared = quantize_pt2e.prepare_pt2e(module, quantizer)
            prepared(inputs)
            quantize_pt2e.convert_pt2e(prepared)
    DuplicateDQPass.call = call
    return found


def main():
    chosen = harness.options(__doc__.partition("\n")[0], 0).parse_args()
    warnings.simplefilter("ignore")
    pairs = dumps()
    lines, status, said = harness.answers(
        [chosen.dqrewrite, "run", "--ndjson", "-"], [json.dumps(before) for before, _ in pairs]
    )
    if status != 0:
        raise harness.CannotRun(said)
    wrong = 0
    for (_, wanted), line in zip(pairs, lines, strict=True):
        if difference := harness.difference(wanted["graph"], json.loads(line)["graph"]):
            wrong += 1
            print(difference)
    odd = sum("users" in before["graph"]["past"] and before["graph"] != after["graph"] for before, after in pairs)
    print(f"{len(pairs)} runs, {odd} that changed a graph with users in an order of their own, {wrong} with another result")
    return pairs and odd and not wrong


if __name__ == "__main__":
    harness.exit_with(main)
