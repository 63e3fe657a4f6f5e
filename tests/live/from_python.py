"""Do the rows of docs/from_python.md say the same in FX's Python and in rules?

    PYTHONPATH=python python3 tests/live/from_python.py --dqrewrite PATH

A row is asked where each of its two cells is code and nothing else. Those of "Reading" are expressions: their values are
the same as text. Those of "Editing" are statements, and those of "Going over the graph" loops: the dumps after them are
the same, and so is the order of users. Both sides have the names that the page says.
Exit status: 0 the same, 1 not, 2 it could not be run.
"""

import io
import json
import pathlib
import re
import subprocess
import tempfile

import torch

import dqrewrite_dump
import harness

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "from_python.md"
LEAST_ROWS = {"Reading": 20, "Editing": 20, "Going over the graph": 5}

# For users, the order of which no dump shows: each node is told its users' names at the end.
TELL_USERS = "rule tell { match m: node(...)  rewrite { set m.meta.seen_users = [v.name for v in m.users] } }\n"

NAMES = """match n: aten.add.Tensor(a, x, ...)
    let u = n.users[0]
    let p = next((v for v in x.users if v is aten.abs.default), None)
    let y = next((v for v in x.users if v is aten.mul.Tensor), None)
    where [u, p, y]
"""

LOOP_BODY = """
    if n.op == "call_function" and "copy" not in n.meta:
        with graph.inserting_after(n):
            copy = graph.node_copy(n)
        copy.meta["copy"] = True
        with graph.inserting_before(n):
            copy = graph.node_copy(n)
        copy.meta["copy"] = True
    n.meta["number"] = number
    number += 1
"""

LOOP_RULE = """rewrite {
        if n is call_function and "copy" not in n.meta {
            clone n as copy after n    set copy.meta.copy = True
            clone n as other before n  set other.meta.copy = True
        }
        set n.meta.number = len(seen)
        remember seen[n] = True
    }
}
"""


def rows():
    """section -> its rows of code, each a pair of a list of Python statements and the rule's text"""
    found, section = {title: [] for title in LEAST_ROWS}, None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if section in found and line.startswith("| ") and len(cells) == 2:
            if all(re.fullmatch(r"`[^`]+`( `[^`]+`)*", cell) for cell in cells):
                python, rule = (re.findall("`([^`]+)`", cell) for cell in cells)
                if "…" not in "".join(python):
                    found[section].append((python, " ".join(rule)))
    return found


def before():
    """A graph that has what the page names, and some nodes more."""
    aten, graph = torch.ops.aten, torch.fx.Graph()
    x = graph.placeholder("x")
    w = graph.get_attr("w")
    p = graph.call_function(aten.abs.default, (x,))
    y = graph.call_function(aten.mul.Tensor, (x, w))
    a = graph.call_function(aten.relu.default, (x,))
    n = graph.call_function(aten.add.Tensor, (a, x), {"alpha": 2})
    u = graph.call_function(aten.neg.default, (n,))
    v = graph.call_function(aten.sub.Tensor, (n, p))
    graph.call_function(aten.neg.default, (v,))
    graph.output((n, u, v, y))
    n.meta.update(val=torch.empty(2, 3, device="meta"), custom={"layer": "first"})
    module = torch.nn.Module()
    module.w = torch.nn.Parameter(torch.empty(3))
    return json.dumps(dqrewrite_dump.to_document(torch.fx.GraphModule(module, graph)))


def by_python(document, section, statements):
    """What Python makes of the graph: a value as text, or a dump."""
    module = dqrewrite_dump.load(io.StringIO(document))
    graph = module.graph
    named = {node.name: node for node in graph.nodes}
    names = {"graph": graph, "torch": torch, "x": named["x"], "a": named["relu_default"], "n": named["add_tensor"], "u": named["neg_default"]}
    names |= {"p": named["abs_default"], "y": named["mul_tensor"], "number": 0}
    if section == "Reading":
        return str(eval(statements[0], names))
    exec("\n".join(statements) + (LOOP_BODY if section == "Going over the graph" else ""), names)
    graph.lint()
    for node in graph.nodes:
        node.meta["seen_users"] = [user.name for user in node.users]
    return dqrewrite_dump.to_document(module)


def rules_for(section, text):
    if section == "Reading":
        return f'rule row {{ {NAMES}    rewrite {{ set n.meta.answer = f"{{{text}}}" }}\n}}\npass Row {{ sweep row }}\n'
    if section == "Editing":
        rule, step = f"rule row {{ {NAMES}    rewrite {{ {text} }}\n}}\n", "sweep row over snapshot"
    else:
        root = "aten.neg.default" if "negs" in text else "node"
        rule, step = f"rule {text.split()[1]} {{ match n: {root}(...)  {LOOP_RULE}", text
    return f"{rule}{TELL_USERS}pass Row {{ {step}  sweep tell }}\n"


def by_rule(program, document, section, text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "row.rules"
        file.write_text(rules_for(section, text), encoding="utf-8")
        command = [program, "run", "--rules", str(file), "-", "-o", "-"]
        ran = subprocess.run(command, input=document, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        return ran.stderr
    after = json.loads(ran.stdout)
    if section == "Reading":
        return next(node["meta"]["answer"] for node in after["graph"]["nodes"] if node["name"] == "add_tensor")
    return after


def without_empty_meta(after):
    """Metadata without keys is written or not; keys may stand in any order."""
    if isinstance(after, dict):
        after = json.loads(json.dumps(after["graph"]))
        for node in after["nodes"]:
            if not node.get("meta", True):
                del node["meta"]
    return after


def main():
    chosen = harness.options(__doc__.partition("\n")[0], 0).parse_args()
    document = before()
    asked = wrong = 0
    for section, pairs in rows().items():
        if len(pairs) < LEAST_ROWS[section]:
            raise harness.CannotRun(f"{section}: {len(pairs)} rows of code, and there must be {LEAST_ROWS[section]}")
        for statements, text in pairs:
            expected = without_empty_meta(by_python(document, section, statements))
            found = without_empty_meta(by_rule(chosen.dqrewrite, document, section, text))
            asked += 1
            if expected != found:
                wrong += 1
                print(f"{section}: {' '.join(statements)}\n  FX:   {expected}\n  rule: {text}\n        {found}")
    print(f"{asked} rows of {PAGE.name}, {wrong} of them not the same")
    return not wrong


if __name__ == "__main__":
    harness.exit_with(main)
