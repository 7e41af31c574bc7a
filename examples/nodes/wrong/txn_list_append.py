#!/usr/bin/env python3
"""Wrong on purpose. Transactions on lists, each list under its own key of `lin-kv`.

The mistake: lost updates. A list is read and then written with one element more; what another
transaction has appended in between is gone. The service being linearizable does not help, since
a read and a write are two operations.
The checker says: violated, from incompatible orders of a list (two reads of which neither is the
beginning of the other) to dirty writes (G0).

    sim test -w txn-list-append --bin examples/nodes/wrong/txn_list_append.py --node-count 2 \\
        --concurrency 4n --rate 200 --time-limit 3
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

node = Node()


@node.on("txn")
def txn(request):
    node.spawn(carry_out(request))


def carry_out(request):
    completed = []
    for f, key, value in request["body"]["txn"]:
        answer = yield "lin-kv", {"type": "read", "key": key}
        known = answer["value"] if answer and answer["type"] == "read_ok" else None
        if f == "append":
            yield "lin-kv", {"type": "write", "key": key, "value": (known or []) + [value]}
        else:
            value = known
        completed.append([f, key, value])
    node.reply(request, {"type": "txn_ok", "txn": completed})


node.run()
