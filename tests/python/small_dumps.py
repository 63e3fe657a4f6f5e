"""What the tests of dqrewrite_dump share: dumps as text, and small dumps written by hand."""

import io

import dqrewrite_dump


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
