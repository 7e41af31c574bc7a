#!/usr/bin/env python3
"""Transactions on lists that are strictly serializable, over the service `lin-kv`.

Idea: a list never changes. An append writes a new list under a new name, and one key, the root, has
the name of each list. A transaction reads the root, the lists that it needs, writes the new ones,
and then compares and sets the root: at that instant all of it takes effect. If another one was
faster, it begins again.

    sim test -w txn-list-append --bin examples/nodes/txn_list_append.py --node-count 2 \\
        --concurrency 2n --rate 50 --time-limit 20 --nemesis kill

Cost: two messages for the root, two for each list, two to compare and set the root; all of it again
after a conflict.
Allows: nothing. While `lin-kv` cannot be reached transactions fail, or their outcome is unknown.
Survives: everything that the service survives. Nodes keep nothing.
"""
import os

from maelstrom import Node

# Number of times that a transaction is begun again before its client is told to.
ATTEMPTS = 50

node = Node()


class Unavailable(Exception):
    """The service did not answer before anything has taken effect."""


@node.on("txn")
def txn(request):
    node.spawn(carry_out(request))


def carry_out(request):
    try:
        for _ in range(ATTEMPTS):
            outcome, completed = yield from attempt(request["body"]["txn"])
            if outcome == "done":
                node.reply(request, {"type": "txn_ok", "txn": completed})
                return
            if outcome == "unknown":
                node.reply(request, error(0, "lin-kv did not answer to the last step"))
                return
        node.reply(request, error(30, "other transactions were always faster"))
    except Unavailable:
        node.reply(request, error(11, "lin-kv does not answer"))


def attempt(ops):
    """Returns what became of it (`done`, `conflict` or `unknown`), and the completed operations."""
    root = yield from value_at("root")
    names = dict(root or [])
    # The lists of this transaction's keys, and those that it has appended to.
    lists = {}
    changed = set()
    completed = []
    for f, key, value in ops:
        if key not in lists:
            lists[key] = (yield from value_at(names[key])) if key in names else None
        if f == "append":
            lists[key] = (lists[key] or []) + [value]
            changed.add(key)
        else:
            value = lists[key]
        completed.append([f, key, value])
    if not changed:
        return "done", completed
    for key in sorted(changed):
        names[key] = os.urandom(8).hex()
        answer = yield "lin-kv", {"type": "write", "key": names[key], "value": lists[key]}
        if answer is None or answer["type"] != "write_ok":
            raise Unavailable
    answer = yield "lin-kv", {
        "type": "cas",
        "key": "root",
        "from": root,
        # Pairs: a key of a JSON object would be text.
        "to": sorted(names.items()),
        "create_if_not_exists": True,
    }
    if answer is None:
        return "unknown", None
    return ("done" if answer["type"] == "cas_ok" else "conflict"), completed


def value_at(key):
    """Returns the value of a key of the service, `None` if it has none."""
    answer = yield "lin-kv", {"type": "read", "key": key}
    if answer is not None and answer["type"] == "read_ok":
        return answer["value"]
    if answer is not None and answer.get("code") == 20:
        return None
    raise Unavailable


def error(code, text):
    return {"type": "error", "code": code, "text": text}


node.run()
