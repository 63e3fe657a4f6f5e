#!/usr/bin/env python3
"""Counts how the command's instructions grow with its input, where something quadratic could hide.

    growth.py DQREWRITE [CASE...]

A case makes inputs of size n; it is run with n, 2 n and 4 n, and of the three counts only the two steps between them are
compared, so what every run costs does not matter: the exponent is log2((c4 - c2) / (c2 - c1)), which is 1 where the work is
proportional to n and 2 where it is quadratic. Counts do not depend on how busy the machine is. To add a case, add a
function to CASES: it gets a folder and a size, writes its files there, and gives the arguments of the command.
Exit: 0 all are good, 1 an exponent is above LIMIT or a run ended with another status than the case says, 2 no count.
"""
import concurrent.futures
import json
import math
import os
import re
import subprocess
import sys
import tempfile

LIMIT = 1.2
COUNT = re.compile(rb"I +refs: +([\d,]+)")
CASES = []


def case(size, status=0):
    """A function of a folder and a size, for sizes from `size` up; `status` is how the command ends."""
    def add(make):
        CASES.append((make.__name__.replace("_", " "), size, status, make))
        return make
    return add


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


# -- graphs

def node(name, op, target, *args, **more):
    return {"name": name, "op": op, "target": target, "args": list(args), "kwargs": {}, **more}


def call(name, op, *args, **more):
    return node(name, "call_function", "torch.ops." + op, *args, **more)


def use(name):
    return {"node": name}


def graph(*nodes, result=("x",)):
    return {"nodes": [node("x", "placeholder", "x"), *nodes, node("output", "output", "output", [use(n) for n in result])]}


def dump(folder, top, name="graph.json", submodules=None):
    whole = {"format": "fx-graph", "version": 1, "graph": top}
    if submodules:
        whole["submodules"] = submodules
    return write(folder, name, json.dumps(whole))


def relus(n, start="x"):
    """r1 reads `start`, each of the others the one before it."""
    names = [start] + [f"r{i}" for i in range(1, n + 1)]
    return [call(b, "aten.relu.default", use(a)) for a, b in zip(names, names[1:])]


def star(n, **more):
    return [call(f"r{i}", "aten.relu.default", use("x"), **more) for i in range(n)]


ANNOTATED = {"quantization_annotation": {"input_qspec_map": {"map": []}, "output_qspec": None, "_annotated": True}}


def dequantize(name, of, **more):
    return call(name, "quantized_decomposed.dequantize_per_tensor.default", use(of), 0.1, 0, -128, 127,
                {"dtype": "int8"}, **more)


def run(folder, rules, *more):
    return ["run", "--rules", write(folder, "r.rules", rules), *more, "-o", os.path.join(folder, "out.json")]


# -- runs

@case(500)
def one_dequantize_of_n_users(folder, n):
    users = [call(f"r{i}", "aten.relu.default", use("dq"), meta=ANNOTATED) for i in range(n)]
    return ["run", dump(folder, graph(dequantize("dq", "x"), *users, result=[f"r{i}" for i in range(n)])), "-o",
            os.path.join(folder, "out.json")]


@case(500)
def one_user_of_n_dequantizes(folder, n):
    names = [f"dq{i}" for i in range(n)]
    cats = [call(f"cat{i}", "aten.cat.default", [use(name) for name in names], meta=ANNOTATED) for i in range(2)]
    return ["run", dump(folder, graph(*[dequantize(name, "x") for name in names], *cats, result=["cat0", "cat1"])),
            "-o", os.path.join(folder, "out.json")]


@case(500)
def a_chain_of_calls(folder, n):
    return run(folder, "rule r { aten.relu.default(x) => aten.neg.default(x) } pass P { sweep r }",
               dump(folder, graph(*relus(n), result=[f"r{n}"])))


@case(500)
def a_pattern_chain_that_is_shortened(folder, n):
    nodes = [*relus(n), call("end", "aten.neg.default", use(f"r{n}"))]
    return run(folder, "rule r { match n: aten.neg.default(aten.relu.default*(aten.abs.default(_))) "
                       "rewrite { set n.meta.a = 1 } } pass P { sweep r }", dump(folder, graph(*nodes, result=["end"])))


@case(500)
def users_that_are_asked_whether_they_are(folder, n):
    return run(folder, "rule r { match n: placeholder() rewrite { for u in n.users if u in n.users { set u.meta.a = 1 } } }"
                       "rule s { match n: aten.relu.default(x) where n in x.users and len(x.users) > 1 "
                       "rewrite { set n.meta.b = 1 } } pass P { sweep r, s }",
               dump(folder, graph(*star(n), result=[f"r{i}" for i in range(n)])))


@case(500)
def users_erased_one_by_one(folder, n):
    return run(folder, "rule r { match n: aten.relu.default(_) rewrite { erase n } } pass P { sweep r }",
               dump(folder, graph(*star(n))))


@case(200)
def a_pass_in_each_submodule(folder, n):
    calls = [node(f"g{i}", "get_attr", f"s{i}") for i in range(n)]
    return run(folder, "rule r { match n: aten.relu.default(_) rewrite { set n.meta.a = 1 } } "
                       "pass Inner { sweep r  if changed { eliminate dead code } } "
                       "pass Outer { in submodules { run Inner } }",
               "--pass", "Outer", dump(folder, graph(*calls), submodules={f"s{i}": graph(*relus(1)) for i in range(n)}))


@case(500)
def a_table_of_n_keys(folder, n):
    return run(folder, "rule r { match n: aten.relu.default(_) rewrite { remember t[n.name] = len(t) } } "
                       "rule s { match n: aten.relu.default(_) where t[n.name] >= 0 rewrite { set n.meta.a = t[n.name] } } "
                       "pass P { sweep r  sweep s }", dump(folder, graph(*star(n))))


@case(500)
def metadata_of_n_keys(folder, n):
    many = call("r", "aten.relu.default", use("x"), meta={f"k{i}": i for i in range(n)})
    return run(folder, "rule r { match n: aten.relu.default(_) where n.meta.last is None rewrite { set n.meta.new = 1 } } "
                       "pass P { sweep r }", dump(folder, graph(many, result=["r"])))


@case(500)
def a_list_of_n_operands(folder, n):
    nodes = [*star(n), call("c", "aten.cat.default", [use(f"r{i}") for i in range(n)])]
    return run(folder, "rule r { match n: aten.relu.default(x) rewrite { replace n with x erase n } } pass P { sweep r }",
               dump(folder, graph(*nodes, result=["c"])))


@case(500)
def a_plan(folder, n):
    return run(folder, "rule r { aten.relu.default(x) => aten.neg.default(x) } pass P { sweep r }", "--plan",
               dump(folder, graph(*relus(n), result=[f"r{n}"])))


@case(100)
def n_rules_and_some_lines(folder, n):
    rules = "\n".join(f"rule r{i} {{ aten.add.Tensor(x, {i}) => aten.neg.default(x) }}" for i in range(n))
    rules += "\npass P { sweep " + ", ".join(f"r{i}" for i in range(n)) + " }"
    line = json.dumps({"format": "fx-graph", "version": 1, "graph": graph(*relus(2), result=["r2"])})
    return run(folder, rules, "--ndjson", write(folder, "lines.json", (line + "\n") * 200))


@case(200)
def n_lines(folder, n):
    line = json.dumps({"format": "fx-graph", "version": 1, "graph": graph(*relus(2), result=["r2"])})
    return run(folder, "rule r { aten.relu.default(x) => aten.neg.default(x) } pass P { repeat at most 9 { sweep r } }",
               "--ndjson", write(folder, "lines.json", (line + "\n") * n))


# -- rule files

def rules_file(folder, text):
    return write(folder, "many.rules", text + "\n")


@case(100)
def check_n_rules(folder, n):
    rows = [f"rule r{i} {{ match n: aten.relu.default(x{i}) where x{i}.meta.a == {i} rewrite {{ replace n with x{i} erase n }} }}"
            for i in range(n)]
    return ["check", rules_file(folder, "\n".join(rows) + "\npass P { sweep " + ", ".join(f"r{i}" for i in range(n)) + " }")]


@case(100)
def check_n_defines_of_the_one_before(folder, n):
    rows = ["define d0 = 1"] + [f"define d{i} = d{i - 1} + 1" if i % 40 else f"define d{i} = {i}" for i in range(1, n)]
    return ["check", rules_file(folder, "\n".join(rows) + f"\nrule r {{ match n: aten.relu.default(_) where n.meta.a == d{n - 1} "
                                "rewrite { erase n } }\npass P { sweep r }")]


@case(100)
def check_a_set_of_n_ops(folder, n):
    write(folder, "my.ops", "".join(f"my::op{i}(Tensor x) -> Tensor\n" for i in range(n)))
    return ["check", rules_file(folder, 'import "my.ops"\nops mine = my.{' + ", ".join(f"op{i}" for i in range(n)) + "}.default\n"
                                "rule r { match n: mine(_) rewrite { erase n } }\npass P { sweep r }")]


@case(100)
def check_n_alternatives(folder, n):
    rows = " | ".join(f"aten.add.Tensor(x, {i})" for i in range(n))
    return ["check", rules_file(folder, f"pattern p(x) = {rows}\nrule r {{ match n: p(x) rewrite {{ replace n with x erase n }} }}\n"
                                "pass P { sweep r }")]


@case(50, status=1)
def check_n_mistakes(folder, n):
    return ["check", rules_file(folder, "\n".join(f"rule r{i} {{ aten.relo{i}.default(x) => aten.neg.default(y) }}" for i in range(n)))]


@case(100)
def format_n_rules(folder, n):
    row = "# a comment\nrule r{0} {{ match n: aten.relu.default(x) # why\nwhere n.meta.a == {0} rewrite {{ replace n with x erase n }} }}\n"
    return ["fmt", rules_file(folder, "".join(row.format(i) for i in range(n)))]


@case(30)
def n_tests(folder, n):
    row = 'test "t{0}" {{ run P on {{ x = placeholder() r = aten.relu.default(x) return r }} ' \
          "becomes {{ x = placeholder() neg_default = aten.neg.default(x) return neg_default }} }}\n"
    return ["test", rules_file(folder, "rule r { aten.relu.default(x) => aten.neg.default(x) }\npass P { sweep r }\n" +
                               "".join(row.format(i) for i in range(n)))]


# -- what else looks at graphs

@case(200)
def explain_a_call_of_n_keywords(folder, n):
    rules = write(folder, "r.rules", "rule r { aten.relu.default(x) => aten.neg.default(x) } pass P { sweep r }")
    many = call("r", "aten.relu.default", use("x")) | {"kwargs": {f"k{i}": i for i in range(n)}}
    return ["explain", "--rules", rules, "--node", "r", dump(folder, graph(many, result=["r"]))]


@case(500)
def explain_n_nodes(folder, n):
    rules = write(folder, "r.rules", "rule r { aten.relu.default(aten.abs.default(x)) => aten.neg.default(x) } pass P { sweep r }")
    return ["explain", "--rules", rules, dump(folder, graph(*relus(n), result=[f"r{n}"]))]


@case(500, status=1)
def diff_of_n_calls(folder, n):
    other = [call(f"s{i}", "aten.neg.default", use("x")) for i in range(n)]
    return ["diff", dump(folder, graph(*star(n), result=[f"r{i}" for i in range(n)])),
            dump(folder, graph(*other, result=[f"s{i}" for i in range(n)]), "other.json")]


@case(500)
def show_n_calls(folder, n):
    return ["show", dump(folder, graph(*star(n), result=[f"r{i}" for i in range(n)]))]


@case(500)
def dot_of_n_calls(folder, n):
    return ["show", "--format", "dot", dump(folder, graph(*relus(n), result=[f"r{n}"]))]


# -- counting

def instructions(argv, status):
    run = subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *argv],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if run.returncode != status:
        raise ValueError(f"status {run.returncode}: {' '.join(argv)}\n{run.stderr.decode(errors='replace')[:1000]}")
    return int(COUNT.search(run.stderr).group(1).replace(b",", b""))


def exponent(program, size, status, make):
    counts = []
    for n in (size, 2 * size, 4 * size):
        with tempfile.TemporaryDirectory() as folder:
            counts.append(instructions([program, *make(folder, n)], status))
    return math.log2((counts[2] - counts[1]) / (counts[1] - counts[0])), counts


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    program = os.path.realpath(sys.argv[1])
    wanted = [each for each in CASES if len(sys.argv) == 2 or each[0] in sys.argv[2:]]
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [(name, pool.submit(exponent, program, size, status, make)) for name, size, status, make in wanted]
        for name, future in found:
            try:
                power, counts = future.result()
            except FileNotFoundError as error:
                print(f"{error.filename} is needed", file=sys.stderr)
                return 2
            except ValueError as error:
                bad += 1
                print(f"{name}: {error}")
                continue
            bad += power > LIMIT
            print(f"{power:5.2f}  {'too steep' if power > LIMIT else 'good     '}  {name}  ({counts[0] / 1e6:.1f} to {counts[2] / 1e6:.1f} M)")
    print(f"{len(wanted)} cases, {bad} of them bad; the limit is {LIMIT}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
