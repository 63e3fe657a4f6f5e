"""What a graph knows beyond its nodes, from the edits that made it <-> the "past" of a graph in a dump.

In which order users stand, which names are taken that no node bears, and where the search for a free number starts: on
this depends what the next pass makes. A graph that was made node by node has none of it.
Tested by tests/python/test_dump.py.
"""

from torch.fx.graph import _Namespace

from .errors import DumpError

KEYS = ("users", "taken", "counts")


def past_of(graph):
    """The past as a dict. A name that a node bears counts as taken, also where FX has lost it."""
    place = {node: index for index, node in enumerate(graph.nodes)}
    users = {}
    for node in graph.nodes:
        places = [place[user] for user in node.users if user in place]
        if places != sorted(places):
            users[node.name] = [user.name for user in node.users if user in place]
    fresh, known = _fresh_names(graph), graph._graph_namespace
    counts = {
        base: known._base_count.get(base, 0)
        for base in sorted({*known._base_count, *fresh._base_count})
        if known._base_count.get(base, 0) != fresh._base_count.get(base, 0)
    }
    taken = sorted(known._used_names - fresh._used_names)
    return {key: value for key, value in zip(KEYS, (users, taken, counts)) if value}


def _fresh_names(graph):
    names = _Namespace()
    for node in graph.nodes:
        names.create_name(node.name, None)
        names._used_names.add(node.name)
    return names


def set_past(graph, past):
    """Gives `past` to a graph that was made node by node. DumpError: it is not one of this graph."""
    check_past(past)
    nodes = {node.name: node for node in graph.nodes}
    for name, users in past.get("users", {}).items():
        if name not in nodes:
            raise DumpError(f"'past' speaks of {name!r}, but no node of this graph has that name")
        there = [user.name for user in nodes[name].users]
        if sorted(users) != sorted(there):
            raise DumpError(f"'past': these must be all users of {name!r}, each once: {', '.join(there) or 'none'}")
        ordered = {nodes[user]: None for user in users}
        nodes[name].users.clear()
        nodes[name].users.update(ordered)
    graph._graph_namespace._used_names.update(past.get("taken", ()))
    graph._graph_namespace._base_count.update(past.get("counts", {}))


def check_past(past):
    if not isinstance(past, dict) or not set(past) <= set(KEYS):
        raise DumpError(f"'past' must be an object with the keys {', '.join(KEYS)}")
    users, taken, counts = past.get("users", {}), past.get("taken", []), past.get("counts", {})
    if not isinstance(users, dict) or not all(map(_is_names, users.values())):
        raise DumpError("'past': 'users' must be an object of arrays of names")
    if not _is_names(taken):
        raise DumpError("'past': 'taken' must be an array of names")
    if not isinstance(counts, dict) or not all(type(count) is int and count >= 0 for count in counts.values()):
        raise DumpError("'past': 'counts' must be an object of whole numbers")


def _is_names(value):
    return isinstance(value, list) and all(isinstance(name, str) for name in value)
